#ifndef TEST_SCENARIO_H
#define TEST_SCENARIO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "onlooker/onlooker.h"

/*
 * A session file with checkpoints: lines as in sdk/session.h, of which those
 * with "expect" say what the report must hold at that moment.
 *
 * An expectation has the members of the report's own JSON, as many as matter:
 *  - an object must hold each member that is expected, and may hold more;
 *  - an array must have as many elements, each as expected, in that order;
 *  - a number may be expected as a text: ">=80", "<30", "<=79", ">0".
 * One member more, "calls", is how often the callback came since the last
 * checkpoint.
 *
 * A first line "# private" opens the context in private mode.
 */
struct scenario_line {
	unsigned number; /* in the file, from 1 */
	char *text;
	json_t *expect; /* NULL: no checkpoint */
};

struct scenario {
	char *path;
	unsigned flags; /* of struct onlooker_options */
	/* Lines will be refused and fed again: count no calls, log nothing. */
	bool is_swept;
	struct scenario_line *lines;
	size_t count;
};

/* Returns 0 or -errno; what is wrong with the file is said on stderr. */
int scenario_load(const char *path, struct scenario **ret);
void scenario_free(struct scenario *scenario);

/* One run of a scenario through the public functions. */
struct scenario_run {
	const struct scenario *scenario;
	FILE *out; /* where failures go, "FILE:LINE: ..." */
	struct onlooker *onlooker;
	unsigned calls;    /* of the callback, since the last checkpoint */
	unsigned failures; /* expectations that were not met */
	const struct onlooker_report *last; /* that the callback was given */
};

/* Open a simulated context for it. Returns 0 or -errno. */
int scenario_begin(struct scenario_run *run, const struct scenario *scenario,
                   FILE *out);
/* Feed one line and dispatch what is due. Returns 0 or -errno. */
int scenario_step(struct scenario_run *run, const struct scenario_line *line);
/* If the line is a checkpoint, compare; failures are counted and told. */
void scenario_check(struct scenario_run *run, const struct scenario_line *line);
void scenario_end(struct scenario_run *run);

#endif
