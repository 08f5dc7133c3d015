/* From numbers to states: up at once, down late. Reads no clock. */
#include "sdk/signal.h"

#include "sdk/weigh.h"

static void level_step(struct ol_level *level, int threshold, int confidence,
                       uint64_t now_us)
{
	if (confidence >= threshold) {
		*level = (struct ol_level){ .is_on = true };
		return;
	}
	if (!level->is_on)
		return;
	if (confidence >= threshold - OL_FALL_POINTS) {
		level->is_falling = false;
	} else if (!level->is_falling) {
		level->is_falling = true;
		level->falls_at_us = now_us + OL_HOLD_US;
	} else if (now_us >= level->falls_at_us) {
		*level = (struct ol_level){ 0 };
	}
}

struct ol_signal ol_signal_step(struct ol_signal signal, int confidence,
                                bool can_be_clear, uint64_t now_us)
{
	level_step(&signal.suspected, OL_SUSPECTED, confidence, now_us);
	level_step(&signal.shared, OL_IS_SHARED, confidence, now_us);
	if (signal.shared.is_on)
		signal.state = ONLOOKER_SHARED;
	else if (signal.suspected.is_on)
		signal.state = ONLOOKER_SUSPECTED;
	else
		signal.state = can_be_clear ? ONLOOKER_CLEAR : ONLOOKER_UNKNOWN;
	return signal;
}

uint64_t ol_signal_deadline(const struct ol_signal *signal)
{
	uint64_t next = UINT64_MAX;

	if (signal->suspected.is_falling)
		next = signal->suspected.falls_at_us;
	if (signal->shared.is_falling && signal->shared.falls_at_us < next)
		next = signal->shared.falls_at_us;
	return next;
}
