#ifndef OL_X11_LINK_H
#define OL_X11_LINK_H

#include <stdbool.h>

#include <xcb/xcb.h>
#include <xcb/record.h>

#include "probe.h"
#include "x11_area.h"
#include "x11_input.h"
#include "x11_outputs.h"
#include "x11_reply.h"
#include "x11_server.h"
#include "x11_stream.h"

enum {
	X11_SCREENS_MAX = 8,
	/* The most clients that an X server can be told to take. */
	X11_CLIENTS_MAX = 2048,
};

/*
 * Two connections to an X server: RECORD sends without end on the one, we ask
 * on the other. Opening blocks and belongs on the worker; afterwards nothing
 * here waits for the server.
 */
struct x11_link {
	char *display;

	/* The outcome; without it nothing below is set. */
	enum onlooker_probe_state state;
	const char *reason; /* static */
	bool was_ended;     /* by another program, before recording began */

	xcb_connection_t *control;
	xcb_connection_t *data;
	xcb_record_context_t context;
	unsigned stream; /* sequence number of the endless reply */
	struct x11_opcodes opcodes;
	uint32_t id_mask; /* the bits of an id that are not its client's */
	xcb_window_t screens[X11_SCREENS_MAX];
	int screen_count;
	struct x11_layout layout;
	xcb_atom_t compositor; /* selection that a compositor owns */
	uint8_t randr_event;   /* 0: no RandR 1.5 */
	bool has_ids;          /* X-Resource 1.2 */
	struct x11_outputs outputs;
	struct x11_inputs inputs;
	struct x11_server server;

	/* Who was there when recording had begun. */
	struct x11_client_id clients[X11_CLIENTS_MAX];
	int client_count;
	xcb_window_t compositor_window;
};

/* Whether a server has an extension. Waits for the answer, the first time. */
bool ol_x11_link_has(xcb_connection_t *connection, xcb_extension_t *extension);

/*
 * The processes behind a server's clients, as X-Resource tells them. Waits for
 * the answer. Returns how many there are, or -ENOTSUP.
 */
int ol_x11_ids_ask(xcb_connection_t *connection,
                   struct x11_client_id ret[X11_CLIENTS_MAX]);

/* For a display name, which is copied. Returns 0 or -ENOMEM. */
int ol_x11_link_new(const char *display, struct x11_link **ret);
void ol_x11_link_free(struct x11_link *link);

/* Connect and begin to record. Blocks. link->state tells how it went. */
void ol_x11_link_open(struct x11_link *link);

/* Whether a resource, or client, is one of our two connections'. */
bool ol_x11_link_is_ours(const struct x11_link *link, uint32_t id);

/* Record all of every client, as at the beginning. */
void ol_x11_link_record_all(struct x11_link *link);
/* Record of a client what all are recorded for, with these or without. */
void ol_x11_link_record(struct x11_link *link, uint32_t client, bool has_copies,
                        bool has_pictures);

/*
 * Send what was asked. Keeps SIGPIPE away from the host program in case the
 * server dies in this moment. Does not block while no more is outstanding than
 * a socket's buffer takes.
 */
void ol_x11_link_flush(struct x11_link *link);

#endif
