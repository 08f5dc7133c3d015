/* Random ledgers, and what fusion concludes from them. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "tests/unit/world.h"

const char *const world_probe_names[PROBES] = { "x11", "pipewire", "drm",
	                                        "login" };

static int random_strength(struct random *random)
{
	/* Mostly nothing: most rules speak of one finding only. */
	return random_chance(random, 50) ? 0 : (int)random_below(random, 101);
}

static void make_rules(struct random *random, struct world *world)
{
	unsigned channels = 0;

	while (ol_channels[channels].name != NULL)
		channels++;
	for (unsigned i = 0; i < RULES; i++) {
		struct onlooker_rule *rule = &world->rules[i];

		snprintf(world->names[i], sizeof(world->names[i]), "%s.%u",
		         world_probe_names[random_below(random, PROBES)], i);
		*rule = (struct onlooker_rule){
			.name = world->names[i],
			.channel = ol_channels[random_below(random, channels)]
			                   .name,
			.stage = (enum onlooker_stage)random_below(random, 6),
			.shared = random_strength(random),
			.controlled = random_strength(random),
			.remote = random_strength(random),
			.sentence = "Something.",
			.attack = "",
			.reason = "",
		};
	}
}

void world_claim(struct random *random, struct world *world)
{
	struct ol_entry *entry = &world->entries[world->count];
	unsigned watcher = random_below(random, WATCHERS);

	*entry = (struct ol_entry){
		.rule = &world->rules[random_below(random, RULES)],
		.key = world->count,
		.who = world->who[watcher],
		.detail = (char *)(uintptr_t) "",
		.watcher = watcher + 1,
		.since_us = random_below(random, NOW_US),
		.expires_us = OL_NEVER,
	};
	entry->channel = ol_channel_find(entry->rule->channel);
	world->count++;
}

static void make_world(struct random *random, struct world *world)
{
	unsigned count = random_below(random, CLAIMS_MAX - 1);

	*world = (struct world){ 0 };
	make_rules(random, world);
	for (unsigned i = 0; i < WATCHERS; i++) {
		world->who[i] = (struct ol_who){
			.kind = ONLOOKER_WATCHER_PROGRAM,
			.pid = i + 1,
			.name = "",
			.peer = "",
		};
	}
	for (unsigned i = 0; i < PROBES; i++) {
		world->probes[i] = (struct onlooker_probe){
			.name = world_probe_names[i],
			.state = (enum onlooker_probe_state)random_below(random,
			                                                 7),
			.reason = "",
		};
	}
	for (unsigned i = 0; i < count; i++)
		world_claim(random, world);
}

const struct onlooker_report *world_fuse_at(const struct world *world,
                                            struct ol_signal *signals,
                                            uint64_t now_us)
{
	const struct ol_view view = {
		.entries = world->entries,
		.count = world->count,
		.probes = world->probes,
		.probe_count = PROBES,
		.now_us = now_us,
	};
	struct ol_report *report;

	assert_int_equal(ol_fuse(&view, signals, &report), 0);
	return &report->report;
}

const struct onlooker_report *world_fuse(const struct world *world)
{
	struct ol_signal signals[OL_QUESTIONS] = { 0 };

	return world_fuse_at(world, signals, NOW_US);
}

const struct onlooker_finding *finding_of(const struct onlooker_report *report,
                                          enum ol_question q)
{
	const struct onlooker_finding *const findings[OL_QUESTIONS] = {
		&report->shared,
		&report->controlled,
		&report->remote,
	};

	return findings[q];
}

int confidence_of(const struct world *world, enum ol_question q)
{
	const struct onlooker_report *report = world_fuse(world);
	int confidence = finding_of(report, q)->confidence;

	onlooker_report_unref(report);
	return confidence;
}

void world_swap(struct world *world, size_t a, size_t b)
{
	struct ol_entry entry = world->entries[a];

	world->entries[a] = world->entries[b];
	world->entries[b] = entry;
}

void world_filter(struct world *world,
                  bool (*keep)(const struct ol_entry *entry, const void *arg),
                  const void *arg)
{
	size_t kept = 0;

	for (size_t i = 0; i < world->count; i++) {
		if (keep(&world->entries[i], arg))
			world->entries[kept++] = world->entries[i];
	}
	world->count = kept;
}

bool is_strong(const struct ol_entry *entry, const void *unused)
{
	(void)unused;
	return !ol_stage_is_weak(entry->rule->stage);
}

bool is_weak(const struct ol_entry *entry, const void *unused)
{
	return !is_strong(entry, unused);
}

void world_test(void **state)
{
	struct random random = random_begin("law");
	law_fn law = (law_fn)(uintptr_t)*state;
	struct world world;

	for (unsigned i = random_rounds(); i > 0; i--) {
		make_world(&random, &world);
		law(&random, &world);
	}
}
