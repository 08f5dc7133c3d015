/* From numbers to states: up at once, down late. Reads no clock. */
#include "sdk/signal.h"

#include "sdk/weigh.h"

static int threshold(enum onlooker_state state)
{
	switch (state) {
	case ONLOOKER_SHARED:
		return OL_IS_SHARED;
	case ONLOOKER_SUSPECTED:
		return OL_SUSPECTED;
	default:
		return 0;
	}
}

static enum onlooker_state state_of(int confidence, bool can_be_clear)
{
	if (confidence >= OL_IS_SHARED)
		return ONLOOKER_SHARED;
	if (confidence >= OL_SUSPECTED)
		return ONLOOKER_SUSPECTED;
	return can_be_clear ? ONLOOKER_CLEAR : ONLOOKER_UNKNOWN;
}

struct ol_signal ol_signal_step(struct ol_signal signal, int confidence,
                                bool can_be_clear, uint64_t now_us)
{
	enum onlooker_state state = state_of(confidence, can_be_clear);

	if (threshold(state) >= threshold(signal.state))
		return (struct ol_signal){ .state = state };
	if (confidence >= threshold(signal.state) - OL_FALL_POINTS)
		return (struct ol_signal){ .state = signal.state };
	if (!signal.is_falling) {
		signal.is_falling = true;
		signal.falls_at_us = now_us + OL_HOLD_US;
		return signal;
	}
	if (now_us < signal.falls_at_us)
		return signal;
	if (signal.state == ONLOOKER_SHARED &&
	    confidence >= OL_SUSPECTED - OL_FALL_POINTS)
		state = ONLOOKER_SUSPECTED;
	return (struct ol_signal){ .state = state };
}
