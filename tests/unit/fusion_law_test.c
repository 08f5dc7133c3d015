/*
 * The laws of what could not be seen, of falling late, and of the ledger, each
 * tried on thousands of random ledgers.
 */
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "tests/unit/world.h"

/* Percent of a channel that its probe can see; -1 if it is up against something. */
static int sight_by_the_book(const struct world *world, size_t channel)
{
	for (size_t p = 0; p < PROBES; p++) {
		if (ol_channels[channel].probe == NULL ||
		    strcmp(ol_channels[channel].probe, world_probe_names[p]) !=
		            0)
			continue;
		switch (world->probes[p].state) {
		case ONLOOKER_PROBE_WATCHING:
		case ONLOOKER_PROBE_ABSENT:
			return 100;
		case ONLOOKER_PROBE_DEGRADED:
			return 50;
		case ONLOOKER_PROBE_OFF:
			return 0;
		default:
			return -1;
		}
	}
	return 0;
}

struct book {
	int coverage;
	double plausible;
	bool is_obstructed;
};

static struct book judge_by_the_book(const struct world *world,
                                     enum ol_question q, int confidence)
{
	struct book book = { 0 };
	double none = 1 - confidence / 100.0;

	for (size_t c = 0; ol_channels[c].name != NULL; c++) {
		int sight = sight_by_the_book(world, c);

		if (ol_channels[c].weight[q] == 0)
			continue;
		if (sight < 0) {
			book.is_obstructed = true;
			sight = 0;
		}
		book.coverage += ol_channels[c].weight[q] * sight;
		none *= 1 - ol_channels[c].prior[q] * (100 - sight) / 10000.0;
	}
	book.coverage /= 100;
	book.plausible = 100 * (1 - none);
	if (book.plausible > 99)
		book.plausible = 99;
	return book;
}

static void law_numbers_are_percentages(struct random *random,
                                        struct world *world)
{
	const struct onlooker_report *report = world_fuse(world);

	(void)random;
	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++) {
		const struct onlooker_finding *finding = finding_of(report, q);
		struct book book =
			judge_by_the_book(world, q, finding->confidence);

		assert_in_range(finding->confidence, 0, 99);
		assert_in_range(finding->plausible, finding->confidence, 99);
		assert_true(finding->plausible - book.plausible <= 0.5001);
		assert_true(book.plausible - finding->plausible <= 0.5001);
		assert_in_range(finding->coverage, 0, 100);
		assert_int_equal(finding->coverage, book.coverage);
	}
	assert_in_range(report->coverage, 0, 100);
	onlooker_report_unref(report);
}

static void law_blind_is_not_clear(struct random *random, struct world *world)
{
	const struct onlooker_report *report;

	/* Claims few and far between, so that clear is within reach. */
	if (random_chance(random, 70))
		world->count = 0;
	if (random_chance(random, 50)) {
		for (size_t i = 0; i < PROBES; i++)
			world->probes[i].state = ONLOOKER_PROBE_WATCHING;
	}
	report = world_fuse(world);
	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++) {
		const struct onlooker_finding *finding = finding_of(report, q);
		struct book book =
			judge_by_the_book(world, q, finding->confidence);
		bool can_be_clear = book.coverage >= OL_COVERAGE_FLOOR &&
		                    !book.is_obstructed;

		if (finding->confidence < OL_SUSPECTED)
			assert_int_equal(finding->state,
			                 can_be_clear ? ONLOOKER_CLEAR
			                              : ONLOOKER_UNKNOWN);
		else
			assert_true(finding->state >= ONLOOKER_SUSPECTED);
	}
	onlooker_report_unref(report);
}

static void law_blinder_is_never_surer(struct random *random,
                                       struct world *world)
{
	const struct onlooker_report *before = world_fuse(world);
	const struct onlooker_report *after;

	world->probes[random_below(random, PROBES)].state =
		ONLOOKER_PROBE_DENIED;
	after = world_fuse(world);
	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++) {
		const struct onlooker_finding *seen = finding_of(before, q);
		const struct onlooker_finding *blind = finding_of(after, q);

		assert_int_equal(blind->confidence, seen->confidence);
		assert_true(blind->plausible >= seen->plausible);
		assert_true(blind->coverage <= seen->coverage);
		if (blind->state == ONLOOKER_CLEAR)
			assert_int_equal(seen->state, ONLOOKER_CLEAR);
	}
	onlooker_report_unref(before);
	onlooker_report_unref(after);
}

static int threshold_of(enum onlooker_state state)
{
	return state == ONLOOKER_SHARED ? OL_IS_SHARED : OL_SUSPECTED;
}

/*
 * A state rises at once. It is given up when the confidence has stayed ten
 * points below its threshold for the hold, and not before.
 */
static void check_fall(enum onlooker_state before, enum onlooker_state after,
                       int confidence, uint64_t low_for_us)
{
	if (confidence >= OL_IS_SHARED)
		assert_int_equal(after, ONLOOKER_SHARED);
	else if (before < ONLOOKER_SUSPECTED)
		assert_int_equal(after >= ONLOOKER_SUSPECTED,
		                 confidence >= OL_SUSPECTED);
	else if (low_for_us >= OL_HOLD_US)
		assert_true(after < before);
	else
		assert_true(after >= before);
	if (confidence >= OL_SUSPECTED)
		assert_true(after >= ONLOOKER_SUSPECTED);
}

static void law_falls_late(struct random *random, struct world *world)
{
	struct ol_signal signals[OL_QUESTIONS] = { 0 };
	enum onlooker_state before = ONLOOKER_UNKNOWN;
	uint64_t low_since[ONLOOKER_SHARED + 1] = { 0 };
	uint64_t now_us = NOW_US;

	for (int step = 0; step < 30; step++) {
		const struct onlooker_report *report;
		int confidence;

		world->count = 0;
		if (random_chance(random, 80))
			world_claim(random, world);
		now_us += random_below(random, 1500000);
		report = world_fuse_at(world, signals, now_us);
		confidence = report->shared.confidence;
		for (enum onlooker_state level = ONLOOKER_SUSPECTED;
		     level <= ONLOOKER_SHARED; level++) {
			if (confidence >= threshold_of(level) - OL_FALL_POINTS)
				low_since[level] = 0;
			else if (low_since[level] == 0)
				low_since[level] = now_us;
		}
		check_fall(before, report->shared.state, confidence,
		           low_since[before] > 0 ? now_us - low_since[before]
		                                 : 0);
		before = report->shared.state;
		onlooker_report_unref(report);
	}
}

/* Through the ledger: withdrawing all returns to where it began. */
static void law_withdrawing_all_returns(struct random *random,
                                        struct world *world)
{
	struct ol_signal signals[OL_QUESTIONS] = { 0 };
	struct ol_signal fresh[OL_QUESTIONS] = { 0 };
	struct ol_ledger ledger = { 0 };
	struct world now = *world;
	const struct onlooker_report *start, *end;

	for (size_t i = 0; i < world->count; i++) {
		const struct ol_entry *entry = &world->entries[i];
		unsigned probe = random_below(random, PROBES);

		assert_int_equal(ol_ledger_claim(&ledger, entry->rule, probe,
		                                 entry->key, &entry->who, "",
		                                 NOW_US),
		                 1);
	}
	assert_int_equal(ledger.count, world->count);
	onlooker_report_unref(world_fuse_at(world, signals, NOW_US));
	for (unsigned probe = 0; probe < PROBES; probe++)
		ol_ledger_withdraw_all(&ledger, probe);
	assert_int_equal(ledger.count, 0);
	ol_ledger_finish(&ledger);

	now.count = 0;
	onlooker_report_unref(world_fuse_at(&now, signals, NOW_US));
	end = world_fuse_at(&now, signals, NOW_US + OL_HOLD_US);
	start = world_fuse_at(&now, fresh, NOW_US + OL_HOLD_US);
	assert_true(ol_report_is_equal(start, end));
	onlooker_report_unref(start);
	onlooker_report_unref(end);
}

/* The ledger too: in whatever order claims come, the findings are the same. */
static void law_claims_come_in_any_order(struct random *random,
                                         struct world *world)
{
	struct ol_ledger ledger = { 0 };
	struct world other = *world;

	for (size_t i = other.count; i > 1; i--)
		world_swap(&other, i - 1, random_below(random, (unsigned)i));
	for (size_t i = 0; i < other.count; i++) {
		const struct ol_entry *entry = &other.entries[i];

		(void)ol_ledger_claim(&ledger, entry->rule, 0, entry->key,
		                      &entry->who, "", entry->since_us);
	}
	assert_int_equal(ledger.count, world->count);
	for (size_t i = 0; i < ledger.count; i++) {
		const struct ol_entry *entry = &ledger.entries[i];

		/* One subject, one watcher. */
		for (size_t j = 0; j < i; j++)
			assert_int_equal(entry->watcher ==
			                         ledger.entries[j].watcher,
			                 ol_who_equal(&entry->who,
			                              &ledger.entries[j].who));
		other.entries[i] = *entry;
	}
	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++)
		assert_int_equal(confidence_of(&other, q),
		                 confidence_of(world, q));
	ol_ledger_finish(&ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAW(numbers_are_percentages), LAW(blind_is_not_clear),
		LAW(blinder_is_never_surer),  LAW(falls_late),
		LAW(withdrawing_all_returns), LAW(claims_come_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
