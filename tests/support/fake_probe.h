#ifndef TEST_FAKE_PROBE_H
#define TEST_FAKE_PROBE_H

#include <stdbool.h>

#include "onlooker/onlooker.h"

/*
 * Two probes, "x11" and "pipewire", that look at nothing and do what a test
 * tells them. Whoever links fake_probe.c has this file's ol_probes instead of
 * the library's, and so no real probe.
 */
enum fake_which {
	FAKE_X11,
	FAKE_PIPEWIRE,
	FAKES,
};

/* What a fake does next. It learns of it by its descriptor, as a probe does. */
enum fake_order {
	FAKE_CLAIM, /* "x11.screen-read" or "pipewire.screen-cast", pid 4321 */
	FAKE_WITHDRAW, /* that claim */
	FAKE_SHOT,     /* "x11.screenshot", momentary; x11 alone */
	FAKE_LATER,    /* claim when a timer of 10 ms is due */
	FAKE_BLOCK,    /* claim when a job on the worker thread is done */
	FAKE_WATCH,    /* set the state to WATCHING */
	FAKE_FAIL,     /* withdraw all and set the state to FAILED */
	FAKE_DEGRADE,
	FAKE_DENY,
	FAKE_FLOOD, /* stay ready for ever: never drain the descriptor */
};

/*
 * How a context that this thread opens next finds its fakes: the result of
 * start(), 0 or a negative errno; and whether they stay STARTING until told
 * otherwise. Both begin as zero.
 */
void fake_set_start(enum fake_which which, int result, bool is_slow);
/* Give an order to the fake of the context this thread opened last. */
void fake_order(enum fake_which which, enum fake_order order);
/* How many fakes of this thread run: zero when its contexts are gone. */
int fake_running(void);

#endif
