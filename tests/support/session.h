#ifndef TEST_SESSION_H
#define TEST_SESSION_H

#include "tests/support/process.h"

/*
 * A user's session of our own without a screen: a runtime directory, which is
 * HOME too, and a compositor in it. Everything fails the test that cannot be
 * done.
 */
struct session {
	char directory[32];
	struct child compositor;
};

enum { SESSION_LIMIT_MS = 30000 }; /* programs start slowly at times */

#define RUN(...) ((const char *const[]){ __VA_ARGS__, NULL })

/*
 * Go on as an ordinary user, if we are root: sway would refuse, and what root
 * may look at says little.
 */
void session_become_nobody(void);
/* Make the directory, and leave nothing of an outer session in the environment. */
void session_prepare(struct session *session);
void session_remove(struct session *session);
/* sway with one output of 1280 by 720 pixels. */
void session_start_sway(struct session *session);
/*
 * Run a compositor and wait until its socket appears; then it is
 * WAYLAND_DISPLAY.
 */
void session_start_compositor(struct session *session,
                              const char *const arguments[],
                              const char *socket);
/*
 * weston with one output of 1280 by 720 pixels. Root may run it.
 */
void session_start_weston(struct session *session);
/* Run something quietly. */
void session_run(struct child *child, const char *const arguments[]);

#endif
