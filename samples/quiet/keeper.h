#ifndef QUIET_KEEPER_H
#define QUIET_KEEPER_H

#include <stdbool.h>

/*
 * Whose a do-not-disturb is. There is one switch, and two who may use it: the
 * user, who is right, and we, who take back only what we did ourselves. Pure.
 */
struct keeper {
	bool is_wanted; /* the screen is shared */
	bool is_on;     /* the switch, as it was seen last */
	bool is_ours;   /* on, and we did it */
	/* Until the sharing ends, the switch is left to the user, who used it. */
	bool is_left;
};

enum keeper_action {
	KEEPER_NOTHING = 0,
	KEEPER_SWITCH_ON,
	KEEPER_SWITCH_OFF,
	KEEPER_LEAVE_ON,  /* told once: it was on already, and stays so after */
	KEEPER_LEAVE_OFF, /* told once: its user wants to be disturbed */
	KEEPER_LEFT, /* told once: the sharing that it was left in is over */
};

/*
 * A switch was found: at the start, or because who holds it has started anew.
 *
 * @param is_ours it bears our mark: if it is on, we did that
 */
void keeper_find(struct keeper *keeper, bool is_on, bool is_ours);

/*
 * What to do about the switch as it stands. To be called when either has
 * changed; an action counts as done.
 */
enum keeper_action keeper_step(struct keeper *keeper, bool is_wanted,
                               bool is_on);

#endif
