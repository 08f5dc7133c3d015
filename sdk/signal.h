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

/* The memory of one finding. Zero it to begin with. */
struct ol_signal {
	enum onlooker_state state;
	bool is_falling;
	uint64_t falls_at_us; /* valid while is_falling */
};

/*
 * The signal as it is from now on. What falls from shared falls at once to where
 * the confidence is by then: a cast that pauses for a moment before it ends is
 * over once, not twice. can_be_clear: whether, with nothing found,
 * enough was looked at to say so.
 */
struct ol_signal ol_signal_step(struct ol_signal signal, int confidence,
                                bool can_be_clear, uint64_t now_us);

#endif
