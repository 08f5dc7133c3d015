/* How claims add up: the arithmetic of fusion, and nothing but. */
#include "sdk/weigh.h"

#include <assert.h>

/* The strongest claims of one channel, weak stages and others apart. */
struct top {
	int first;  /* percent; 0: no claim */
	int second; /* the strongest that is weaker than first */
	int ties;   /* how many are as strong as first */
};

struct tally {
	struct top weak[OL_CHANNELS_MAX];
	struct top strong[OL_CHANNELS_MAX];
};

static void top_add(struct top *top, int strength)
{
	if (strength > top->first) {
		top->second = top->first;
		top->first = strength;
		top->ties = 1;
	} else if (strength == top->first) {
		top->ties++;
	} else if (strength > top->second) {
		top->second = strength;
	}
}

static struct top *top_of(struct tally *tally, const struct ol_entry *entry)
{
	assert(entry->channel >= 0 && entry->channel < OL_CHANNELS_MAX);
	return ol_stage_is_weak(entry->rule->stage)
	               ? &tally->weak[entry->channel]
	               : &tally->strong[entry->channel];
}

static void tally_add(struct tally *tally, const struct ol_entry *entry,
                      enum ol_question q)
{
	int strength = ol_rule_strength(entry->rule, q);

	if (strength > 0)
		top_add(top_of(tally, entry), strength);
}

/* The sum of a tally, 0 to 1. */
static double tally_sum(const struct tally *tally)
{
	const double cap = (OL_IS_SHARED - 1) / 100.0;
	double none = 1, none_strong = 1, all;

	for (int i = 0; i < OL_CHANNELS_MAX; i++) {
		int weak = tally->weak[i].first;
		int strong = tally->strong[i].first;

		none *= 1 - (weak > strong ? weak : strong) / 100.0;
		none_strong *= 1 - strong / 100.0;
	}
	all = 1 - none;
	if (all > cap)
		all = cap;
	return all > 1 - none_strong ? all : 1 - none_strong;
}

int ol_weigh_percent(double part)
{
	int percent = (int)(part * 100 + 0.5);

	if (percent > 99)
		return 99;
	return percent < 1 && part > 0 ? 1 : percent;
}

int ol_weigh(const struct ol_entry *const *entries, size_t count,
             enum ol_question q)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < count; i++)
		tally_add(&tally, entries[i], q);
	return ol_weigh_percent(tally_sum(&tally));
}

/* What the sum loses without this claim and those that equal it, its part. */
static double loss_of(const struct tally *tally, const struct ol_entry *entry,
                      enum ol_question q)
{
	struct tally without = *tally;
	struct top *top = top_of(&without, entry);
	int strength = ol_rule_strength(entry->rule, q);

	if (strength == 0 || strength < top->first)
		return 0;
	top->first = top->second;
	return (tally_sum(tally) - tally_sum(&without)) / top->ties;
}

void ol_weigh_shares(const struct ol_entry *const *entries, size_t count,
                     enum ol_question q, double *losses, int *shares)
{
	struct tally tally = { 0 };
	double sum = 0;
	int total, given = 0;

	for (size_t i = 0; i < count; i++)
		tally_add(&tally, entries[i], q);
	total = ol_weigh_percent(tally_sum(&tally));
	for (size_t i = 0; i < count; i++)
		sum += losses[i] = loss_of(&tally, entries[i], q);
	if (sum <= 0) {
		for (size_t i = 0; i < count; i++)
			sum += losses[i] =
				ol_rule_strength(entries[i]->rule, q);
	}
	for (size_t i = 0; sum > 0 && i < count; i++) {
		losses[i] *= total / sum;
		shares[i] = (int)losses[i];
		given += shares[i];
		losses[i] -= shares[i];
	}
	for (; sum > 0 && given < total; given++) {
		size_t best = 0;

		for (size_t i = 1; i < count; i++) {
			if (losses[i] > losses[best])
				best = i;
		}
		shares[best]++;
		losses[best] = -1;
	}
}
