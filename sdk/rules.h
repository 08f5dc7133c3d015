#ifndef OL_RULES_H
#define OL_RULES_H

#include <stddef.h>

#include "onlooker/onlooker.h"

/* The three questions; indexes of every array of three numbers. */
enum ol_question {
	OL_SHARED,
	OL_CONTROLLED,
	OL_REMOTE,
	OL_QUESTIONS,
};

/*
 * A way out of the machine that is looked at independently of the others.
 *
 * `probe` is the one whose sight opens or closes the channel; others may claim
 * in it without adding coverage. NULL: no probe of this version looks there, so
 * the channel counts as blind, for ever.
 *
 * `weight` is its part of each finding's coverage; a column sums up to 100.
 * `prior` is the percentage at which `plausible` puts a channel that is blind.
 */
struct ol_channel {
	const char *name;
	const char *probe;
	int weight[OL_QUESTIONS];
	int prior[OL_QUESTIONS];
	const char *way; /* completes "nobody could look at ..." */
};

enum {
	OL_CHANNELS_MAX = 16,
	/*
	 * Percent. Below it a finding cannot be clear: silence from less than
	 * half of the ways out, by weight, says nothing about the rest.
	 */
	OL_COVERAGE_FLOOR = 50,
};

/* NULL-name terminated, at most OL_CHANNELS_MAX. */
extern const struct ol_channel ol_channels[];

/* The rule of this name, or NULL. */
const struct onlooker_rule *ol_rule_find(const char *name);
/* Index into ol_channels, or -1. */
int ol_channel_find(const char *name);
/* rule->shared, ->controlled or ->remote. */
int ol_rule_strength(const struct onlooker_rule *rule, enum ol_question q);
/* Whether a rule is named after this probe, "PROBE.WHAT". */
int ol_rule_is_of(const struct onlooker_rule *rule, const char *probe);
/* Present and armed: can make a finding suspected, never more. */
int ol_stage_is_weak(enum onlooker_stage stage);

#endif
