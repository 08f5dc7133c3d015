#ifndef TEST_XSERVER_H
#define TEST_XSERVER_H

#include "tests/support/process.h"

/* A private X server, and an environment in which nothing else is to be seen. */
struct xserver {
	struct child child;
	char display[16]; /* ":N" */
};

/*
 * Start Xvfb at 1280x720 with these further arguments (NULL: none), on a free
 * display, or on `display` if that is not NULL, and wait until it takes
 * connections. Sets DISPLAY, and XDG_RUNTIME_DIR to nowhere, so that PipeWire is
 * absent. Returns 0 or -errno; -ENOENT without Xvfb.
 */
int xserver_start(struct xserver *server, const char *display,
                  const char *const arguments[]);
void xserver_stop(struct xserver *server);

#endif
