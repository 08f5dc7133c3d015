#ifndef OL_X11_SERVER_H
#define OL_X11_SERVER_H

#include <stdint.h>

#include <xcb/xcb.h>

#include "probe.h"
#include "x11_device.h"
#include "x11_outputs.h"

/*
 * Which X server this is: one with a screen of its own, or one that is a
 * remote display or a window. Told by extensions, properties of
 * the root window, names of outputs and input devices; vendor strings are the
 * same everywhere.
 */

/* What a server can be told by, bits. */
enum x11_mark {
	X11_MARK_XWAYLAND = 1 << 0,
	X11_MARK_VNC = 1 << 1,        /* extension VNC-EXTENSION */
	X11_MARK_VNC_OUTPUT = 1 << 2, /* an output VNC-0 */
	X11_MARK_RDP_DEVICE = 1 << 3,
	X11_MARK_NX = 1 << 4,   /* root property NX_AGENT_VERSION */
	X11_MARK_XPRA = 1 << 5, /* XPRA_SERVER; shadow servers have none */
	X11_MARK_NESTED_DEVICE = 1 << 6,
};

enum x11_server_kind {
	X11_SERVER_PLAIN,
	X11_SERVER_XWAYLAND,
	X11_SERVER_XPRA,
	X11_SERVER_NX,
	X11_SERVER_VNC,
	X11_SERVER_VNC_MODULE, /* VNC inside a server with its own screen */
	X11_SERVER_XRDP,
	X11_SERVER_NESTED,
};

struct x11_server {
	enum x11_server_kind kind;
	int64_t pid; /* who holds the other end of the socket; 0: unknown */
};

/* Pure. marks: enum x11_mark. */
enum x11_server_kind ol_x11_server_judge(unsigned marks);
/* The mark that an output's name is, or 0. Pure. */
unsigned ol_x11_server_output_mark(const char *name);

/* Find it out; blocks, and belongs on the worker. */
void ol_x11_server_ask(struct x11_server *server, xcb_connection_t *connection,
                       xcb_window_t root, const struct x11_outputs *outputs,
                       const struct x11_device *devices, int device_count);
/* What cannot be seen on such a server, a clause; NULL: nothing of note. */
const char *ol_x11_server_blind(const struct x11_server *server);
/* Claim what it means that our screen is on it, if anything. */
void ol_x11_server_claim(struct ol_host *host, const struct x11_server *server);
/* The subject of claims about it; name has X11_NAME_MAX bytes, borrowed. */
void ol_x11_server_subject(struct ol_host *host,
                           const struct x11_server *server, char *name,
                           struct ol_subject *ret);

#endif
