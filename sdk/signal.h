#ifndef OL_SIGNAL_H
#define OL_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "onlooker/onlooker.h"

enum {
	/*
	 * A state falls only when the confidence has been this many points
	 * below its threshold for this long: twice the gap between two looks of
	 * the slowest capturer that is claimed as a periodic one, a second.
	 */
	OL_FALL_POINTS = 10,
	OL_HOLD_US = 2000000,
};

/* One of the two states that something has to be found for. */
struct ol_level {
	bool is_on;
	bool is_falling;      /* only while on */
	uint64_t falls_at_us; /* valid while falling */
};

/* The memory of one finding. Zero it to begin with. */
struct ol_signal {
	enum onlooker_state state;
	struct ol_level suspected;
	struct ol_level shared; /* on only while suspected is */
};

/*
 * The signal as it is from now on. can_be_clear: whether, with nothing found,
 * enough was looked at to say so.
 */
struct ol_signal ol_signal_step(struct ol_signal signal, int confidence,
                                bool can_be_clear, uint64_t now_us);
/* When it falls by itself; UINT64_MAX: never. */
uint64_t ol_signal_deadline(const struct ol_signal *signal);

#endif
