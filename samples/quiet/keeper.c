/* Whose a do-not-disturb is. Knows no desktop. */
#include "keeper.h"

void keeper_find(struct keeper *keeper, bool is_on, bool is_ours)
{
	/*
	 * One that was on and now is not was switched off by nobody: whoever
	 * held it forgot.
	 */
	if (keeper->is_on && !is_on)
		keeper->is_left = false;
	keeper->is_on = is_on;
	keeper->is_ours = is_on && is_ours;
}

static enum keeper_action keep_on(struct keeper *keeper)
{
	bool was_left = keeper->is_left;

	if (keeper->is_ours && keeper->is_on)
		return KEEPER_NOTHING;
	if (!keeper->is_ours && !keeper->is_on && !keeper->is_left) {
		keeper->is_on = true;
		keeper->is_ours = true;
		return KEEPER_SWITCH_ON;
	}
	keeper->is_ours = false;
	keeper->is_left = true;
	if (was_left)
		return KEEPER_NOTHING;
	return keeper->is_on ? KEEPER_LEAVE_ON : KEEPER_LEAVE_OFF;
}

enum keeper_action keeper_step(struct keeper *keeper, bool is_wanted,
                               bool is_on)
{
	bool is_ours = keeper->is_ours;
	bool was_left = keeper->is_left;

	keeper->is_wanted = is_wanted;
	keeper->is_on = is_on;
	if (is_wanted)
		return keep_on(keeper);
	keeper->is_ours = false;
	keeper->is_left = false;
	if (!is_ours || !is_on)
		return was_left ? KEEPER_LEFT : KEEPER_NOTHING;
	keeper->is_on = false;
	return KEEPER_SWITCH_OFF;
}
