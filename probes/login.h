#ifndef OL_LOGIN_H
#define OL_LOGIN_H

#include <stdbool.h>

#include "probe.h"

enum { OL_LOGIN_PEER = 64 };

/* What logind says of a session; "" where it says nothing. sd-login(3). */
struct ol_login {
	bool is_remote;
	const char *type;  /* x11, wayland, mir, tty, unspecified */
	const char *class; /* user, greeter, ... */
	const char *seat;
	const char *service; /* the PAM service that opened it */
};

/* ---- pure ---- */

/* The rule that a session of ours is claimed by, or NULL: it is local. */
const char *ol_login_judge(const struct ol_login *login);
/*
 * Whether a DISPLAY leads to another machine, or to sshd, which forwards from
 * its number 10 on (X11DisplayOffset in sshd_config(5)).
 */
bool ol_login_is_forwarded(const char *display);
/*
 * "ADDRESS:PORT" of the client, from SSH_CONNECTION (ssh(1)), which may be NULL.
 * Returns whether it is one.
 */
bool ol_login_ssh_peer(const char *connection, char peer[OL_LOGIN_PEER]);

#endif
