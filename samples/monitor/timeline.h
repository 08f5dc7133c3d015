#ifndef MONITOR_TIMELINE_H
#define MONITOR_TIMELINE_H

#include <stdint.h>

#include "change.h"

enum {
	/* Ten minutes: as long as one remembers what one was doing. */
	TIMELINE_SECONDS = 600,
};

/*
 * What the states of the findings were, second by second. Of several in one
 * second the strongest is kept: a screenshot must not fall between two.
 */
struct timeline {
	int64_t now_s;   /* the latest second that has been noted */
	int64_t first_s; /* the first */
	int is_begun;
	unsigned char last[FINDINGS];
	/* 1 and the rank of the state; by second, modulo. */
	unsigned char ranks[FINDINGS][TIMELINE_SECONDS];
};

/* Note the states of a report at this second, which never goes back. */
void timeline_note(struct timeline *timeline,
                   const struct onlooker_report *report, int64_t now_s);

/*
 * The strongest state of a finding within the last `from_s` seconds but for the
 * last `to_s`, the second that runs being the last one.
 * Returns -1 if nothing was noted then.
 */
int timeline_state(const struct timeline *timeline, int finding, int64_t from_s,
                   int64_t to_s);

#endif
