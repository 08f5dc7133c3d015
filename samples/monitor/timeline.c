/* The last minutes, in a ring. Pure: no clock, no output. */
#include "timeline.h"

/* States by strength; the position and one is kept. */
static const enum onlooker_state order[] = {
	ONLOOKER_CLEAR,
	ONLOOKER_UNKNOWN,
	ONLOOKER_SUSPECTED,
	ONLOOKER_SHARED,
};

static unsigned char rank_of(enum onlooker_state state)
{
	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (order[i] == state)
			return (unsigned char)(i + 1);
	}
	return rank_of(ONLOOKER_UNKNOWN);
}

static unsigned char *slot(struct timeline *timeline, int finding,
                           int64_t second)
{
	return &timeline->ranks[finding][second % TIMELINE_SECONDS];
}

/* What went on in the seconds in which nothing was noted: still the same. */
static void catch_up(struct timeline *timeline, int64_t now_s)
{
	if (now_s - timeline->now_s > TIMELINE_SECONDS)
		timeline->now_s = now_s - TIMELINE_SECONDS;
	while (timeline->now_s < now_s) {
		for (int i = 0; i < FINDINGS; i++) {
			*slot(timeline, i, timeline->now_s + 1) =
				timeline->last[i];
		}
		timeline->now_s++;
	}
}

void timeline_note(struct timeline *timeline,
                   const struct onlooker_report *report, int64_t now_s)
{
	if (!timeline->is_begun) {
		timeline->is_begun = 1;
		timeline->first_s = now_s;
		timeline->now_s = now_s;
	}
	catch_up(timeline, now_s);
	for (int i = 0; i < FINDINGS; i++) {
		unsigned char rank = rank_of(report_finding(report, i)->state);
		unsigned char *kept = slot(timeline, i, timeline->now_s);

		timeline->last[i] = rank;
		if (rank > *kept)
			*kept = rank;
	}
}

int timeline_state(const struct timeline *timeline, int finding, int64_t from_s,
                   int64_t to_s)
{
	unsigned char strongest = 0;

	for (int64_t ago = to_s; ago < from_s; ago++) {
		int64_t second = timeline->now_s - ago;

		if (ago >= TIMELINE_SECONDS || second < timeline->first_s)
			break;
		if (timeline->ranks[finding][second % TIMELINE_SECONDS] >
		    strongest)
			strongest = timeline->ranks[finding]
			                           [second % TIMELINE_SECONDS];
	}
	return strongest == 0 ? -1 : (int)order[strongest - 1];
}
