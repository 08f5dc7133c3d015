#ifndef BANK_SCREEN_H
#define BANK_SCREEN_H

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <stdbool.h>

#include "tests/support/xserver.h"

enum {
	SCREEN_WIDTH = 1280,
	SCREEN_HEIGHT = 720,
	PATIENCE_MS = 30000,
};

/* An X server with the bank on it. */
struct bank_screen {
	struct xserver server;
	Display *display;
	struct child bank;
	int session; /* where lines for --session are written to, or -1 */
	char folder[64];
};

/* A part of the screen. */
struct area {
	int left, top, right, bottom; /* the last two are just outside */
};

/* Start the server alone; bank_start() puts the bank on it. Fails the test. */
void bank_screen_open(struct bank_screen *screen);
void bank_screen_close(struct bank_screen *screen);

/*
 * Start the bank with an account of this balance: on a simulated session, or
 * else with the probes named.
 */
void bank_start(struct bank_screen *screen, const char *balance,
                const char *probes);
/* Write a line of the session. */
void bank_feed(struct bank_screen *screen, const char *line);
/* Wait until the bank says a line that contains the text. */
void bank_wait(struct bank_screen *screen, const char *text);
/* Whether it has said so by now; waits for a millisecond at most. */
bool bank_has_said(struct bank_screen *screen, const char *text);

/* A picture of the whole screen; XDestroyImage() it. */
XImage *bank_grab(struct bank_screen *screen);
/* Whether two pictures are the same there. */
bool area_is_equal(XImage *one, XImage *other, struct area area);
/* The smallest area that holds all differences; empty if there are none. */
struct area area_of_difference(XImage *one, XImage *other, struct area within);

#endif
