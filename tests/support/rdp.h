#ifndef TEST_RDP_H
#define TEST_RDP_H

#include "tests/support/process.h"
#include "tests/support/session.h"

/* What RDP takes. Everything fails the test that cannot be done. */

enum { RDP_PATH = 64 };

/* A key and a certificate of it, in files of the session's directory. */
void rdp_make_certificate(const struct session *session, char key[RDP_PATH],
                          char certificate[RDP_PATH]);

/* xfreerdp, and the X server that it draws on. */
struct rdp_viewer {
	struct child screen;
	struct child program;
};

enum { RDP_PROGRAMS = 3 };
/* What these functions run. */
extern const char *const rdp_programs[RDP_PROGRAMS];

/* Look at the desktop on this port of ours, as the user "x", password "x". */
void rdp_view(struct rdp_viewer *viewer, int port);
/* Hang up. The X server stays, for whoever looks at the end of the peer. */
void rdp_hang_up(struct rdp_viewer *viewer);
void rdp_stop(struct rdp_viewer *viewer);

#endif
