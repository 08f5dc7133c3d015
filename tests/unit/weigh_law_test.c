/* The laws of adding claims up, each tried on thousands of random ledgers. */
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "tests/unit/world.h"

static void law_no_claim_is_zero(struct random *random, struct world *world)
{
	(void)random;
	world->count = 0;
	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++)
		assert_int_equal(confidence_of(world, q), 0);
}

static void law_a_claim_more_never_lowers(struct random *random,
                                          struct world *world)
{
	int before[OL_QUESTIONS];

	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++)
		before[q] = confidence_of(world, q);
	world_claim(random, world);
	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++)
		assert_true(confidence_of(world, q) >= before[q]);
}

static void law_order_does_not_matter(struct random *random,
                                      struct world *world)
{
	const struct onlooker_report *before = world_fuse(world);
	const struct onlooker_report *after;

	for (size_t i = world->count; i > 1; i--)
		world_swap(world, i - 1, random_below(random, (unsigned)i));
	after = world_fuse(world);
	assert_true(ol_report_is_equal(before, after));
	onlooker_report_unref(before);
	onlooker_report_unref(after);
}

/* 1 - prod(1 - strongest of the channel), of the claims of either kind. */
static double sum_by_the_book(const struct world *world, enum ol_question q,
                              bool with_weak)
{
	int best[OL_CHANNELS_MAX] = { 0 };
	double none = 1;

	for (size_t i = 0; i < world->count; i++) {
		const struct ol_entry *entry = &world->entries[i];
		int strength = ol_rule_strength(entry->rule, q);

		if ((with_weak || is_strong(entry, NULL)) &&
		    strength > best[entry->channel])
			best[entry->channel] = strength;
	}
	for (int i = 0; i < OL_CHANNELS_MAX; i++)
		none *= 1 - best[i] / 100.0;
	return 100 * (1 - none);
}

/* Channels are independent, and weak claims lift nothing above suspected. */
static void law_sums_go_by_the_book(struct random *random, struct world *world)
{
	if (random_chance(random, 30))
		world_filter(world, is_strong, NULL);
	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++) {
		double all = sum_by_the_book(world, q, true);
		double strong = sum_by_the_book(world, q, false);
		double expected =
			all < OL_IS_SHARED - 1 ? all : OL_IS_SHARED - 1;
		int confidence = confidence_of(world, q);

		if (expected < strong)
			expected = strong;
		if (expected > 99)
			expected = 99; /* never certain */
		/* Half a point of rounding, or of the floor of 1. */
		if (confidence != 1 || expected <= 0)
			assert_true(confidence - expected <= 0.5001);
		assert_true(expected - confidence <= 0.5001);
	}
}

static void law_present_and_armed_only_suspect(struct random *random,
                                               struct world *world)
{
	const struct onlooker_report *report;

	(void)random;
	world_filter(world, is_weak, NULL);
	report = world_fuse(world);
	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++) {
		assert_true(finding_of(report, q)->confidence < OL_IS_SHARED);
		assert_int_not_equal(finding_of(report, q)->state,
		                     ONLOOKER_SHARED);
	}
	onlooker_report_unref(report);
}

/*
 * A probe's claims, however many, do no more than its strongest claim in each
 * channel would have done.
 */
struct strongest {
	const struct world *world;
	const char *probe;
	enum ol_question q;
};

static bool is_of_probe(const struct ol_entry *entry, const char *probe)
{
	return ol_rule_is_of(entry->rule, probe);
}

static bool is_strongest(const struct ol_entry *entry, const void *arg)
{
	const struct strongest *self = arg;

	if (!is_of_probe(entry, self->probe))
		return true;
	for (size_t i = 0; i < self->world->count; i++) {
		const struct ol_entry *other = &self->world->entries[i];

		/* A weak stage is weighed apart from a strong one. */
		if (is_of_probe(other, self->probe) &&
		    other->channel == entry->channel &&
		    is_weak(other, NULL) == is_weak(entry, NULL) &&
		    ol_rule_strength(other->rule, self->q) >
		            ol_rule_strength(entry->rule, self->q))
			return false;
	}
	return true;
}

static void law_influence_is_bounded(struct random *random, struct world *world)
{
	const char *probe = world_probe_names[random_below(random, PROBES)];

	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++) {
		struct strongest strongest = { world, probe, q };
		struct world few = *world;

		world_filter(&few, is_strongest, &strongest);
		assert_int_equal(confidence_of(&few, q),
		                 confidence_of(world, q));
	}
}

static void law_shares_add_up(struct random *random, struct world *world)
{
	const struct onlooker_report *report = world_fuse(world);
	int best = 0, sum = 0;

	(void)random;
	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++) {
		if (finding_of(report, q)->confidence > best)
			best = finding_of(report, q)->confidence;
	}
	for (size_t w = 0; report->watchers[w] != NULL; w++) {
		const struct onlooker_watcher *watcher = report->watchers[w];

		for (size_t e = 0; watcher->evidence[e] != NULL; e++) {
			assert_in_range(watcher->evidence[e]->share, 0, 99);
			sum += watcher->evidence[e]->share;
		}
	}
	assert_int_equal(sum, best);
	onlooker_report_unref(report);
}

static int strongest_of(int shared, int controlled, int remote)
{
	int most = shared > controlled ? shared : controlled;

	return most > remote ? most : remote;
}

/* Returns the number of its evidence. */
static size_t check_evidence(const struct onlooker_watcher *watcher)
{
	size_t count = 0;

	for (int last = 100; watcher->evidence[count] != NULL; count++) {
		const struct onlooker_evidence *evidence =
			watcher->evidence[count];
		int most = strongest_of(evidence->shared, evidence->controlled,
		                        evidence->remote);

		assert_true(most <= last);
		last = most;
	}
	return count;
}

/*
 * Every claim shows once, at the one watcher it is about; no watcher is surer
 * than all together; the strongest comes first.
 */
static void law_every_claim_has_its_place(struct random *random,
                                          struct world *world)
{
	const struct onlooker_report *report = world_fuse(world);
	bool is_seen[WATCHERS + 1] = { false };
	size_t claims = 0;

	(void)random;
	for (int w = 0, last = 100; report->watchers[w] != NULL; w++) {
		const struct onlooker_watcher *watcher = report->watchers[w];
		int most = strongest_of(watcher->shared, watcher->controlled,
		                        watcher->remote);

		assert_true(most <= last);
		last = most;
		assert_in_range(watcher->id, 1, WATCHERS);
		assert_false(is_seen[watcher->id]);
		is_seen[watcher->id] = true;
		assert_int_equal(watcher->pid, watcher->id);
		assert_in_range(watcher->shared, 0, report->shared.confidence);
		assert_in_range(watcher->controlled, 0,
		                report->controlled.confidence);
		assert_in_range(watcher->remote, 0, report->remote.confidence);
		claims += check_evidence(watcher);
	}
	assert_int_equal(claims, world->count);
	onlooker_report_unref(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAW(no_claim_is_zero),
		LAW(a_claim_more_never_lowers),
		LAW(sums_go_by_the_book),
		LAW(present_and_armed_only_suspect),
		LAW(influence_is_bounded),
		LAW(shares_add_up),
		LAW(every_claim_has_its_place),
		LAW(order_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
