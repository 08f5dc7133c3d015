#ifndef OL_X11_ASK_H
#define OL_X11_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "x11_link.h"

/* Questions to the X server whose answers nobody waits for. */

enum {
	/*
	 * So few requests of at most 32 bytes always fit into the buffer of a
	 * socket, and of XCB: sending them cannot block.
	 */
	X11_ASKS_MAX = 64,
};

enum x11_ask_kind {
	X11_ASK_CLIENT,     /* which process a client is */
	X11_ASK_COMPOSITOR, /* who owns the compositor selection; also a sync */
	X11_ASK_MONITORS,
	X11_ASK_CRTCS,   /* which there are */
	X11_ASK_CRTC,    /* what one shows, and where; serial: its place */
	X11_ASK_OUTPUT,  /* its name; serial: its place */
	X11_ASK_COUNTER, /* of SYNC; serial: its place */
	X11_ASK_OWN,     /* what an id of a client is; serial: the client's */
	X11_ASK_TREE, /* the parent of a window; these are of a guard's look */
	X11_ASK_ATTRIBUTES,
	X11_ASK_GEOMETRY,
	X11_ASK_POSITION, /* on the screen */
};

struct x11_ask {
	enum x11_ask_kind kind;
	uint64_t serial; /* of a client or a look, or a place, in question */
	unsigned sequence;
	uint32_t id; /* in question */
	uint64_t since_us;
};

struct x11_asks {
	struct x11_ask ring[X11_ASKS_MAX];
	unsigned first;
	unsigned count;
};

struct x11_answer {
	enum x11_ask_kind kind;
	uint64_t serial;
	uint32_t id;
	void *reply; /* to be freed; NULL: the server could not tell */
	size_t size;
};

/* Ask, and flush later. Returns 0, or -EBUSY when too much is outstanding. */
int ol_x11_ask_client(struct x11_asks *asks, struct x11_link *link,
                      uint32_t base, uint64_t serial, uint64_t now_us);
int ol_x11_ask_compositor(struct x11_asks *asks, struct x11_link *link,
                          uint64_t now_us);
int ol_x11_ask_monitors(struct x11_asks *asks, struct x11_link *link,
                        uint64_t now_us);
int ol_x11_ask_crtcs(struct x11_asks *asks, struct x11_link *link,
                     uint64_t now_us);
int ol_x11_ask_crtc(struct x11_asks *asks, struct x11_link *link, uint32_t crtc,
                    uint64_t place, uint64_t now_us);
int ol_x11_ask_output(struct x11_asks *asks, struct x11_link *link,
                      uint32_t output, uint64_t place, uint64_t now_us);
int ol_x11_ask_counter(struct x11_asks *asks, struct x11_link *link,
                       uint32_t counter, uint64_t place, uint64_t now_us);
/* Answered if the id is a window. */
int ol_x11_ask_own(struct x11_asks *asks, struct x11_link *link, uint32_t id,
                   uint64_t serial, uint64_t now_us);

/* One of the last four, about a window. */
int ol_x11_ask_window(struct x11_asks *asks, struct x11_link *link,
                      enum x11_ask_kind kind, uint32_t window, uint64_t serial,
                      uint64_t now_us);

/* The next answer that has come. Returns 1 and fills *ret, or 0. */
int ol_x11_asks_next(struct x11_asks *asks, struct x11_link *link,
                     struct x11_answer *ret);

/* When the oldest question without an answer was asked; 0: there is none. */
uint64_t ol_x11_asks_since(const struct x11_asks *asks);

#endif
