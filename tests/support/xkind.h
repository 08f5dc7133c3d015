#ifndef TEST_XKIND_H
#define TEST_XKIND_H

#include "tests/support/session.h"

/*
 * A private X server of another kind than Xvfb, and what it runs on. All show
 * 1280 by 720 pixels and are not to be had by TCP.
 */
struct xkind {
	struct session session;
	struct child outer; /* the server that Xephyr is a window of */
	struct child child;
	char display[16]; /* ":N" */
};

enum xkind_result { XKIND_RUNS, XKIND_MISSING };

/*
 * Start "Xvfb", "Xorg" (the dummy driver), "Xephyr", "Xtigervnc" (viewers find
 * it at $XDG_RUNTIME_DIR/rfb) or "Xwayland" (within weston), and wait until it
 * takes connections. Sets DISPLAY, and XDG_RUNTIME_DIR to a directory without
 * PipeWire. Fails the test if what is installed does not start.
 */
enum xkind_result xkind_start(struct xkind *server, const char *kind);
void xkind_stop(struct xkind *server);

#endif
