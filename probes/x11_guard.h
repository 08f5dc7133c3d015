#ifndef OL_X11_GUARD_H
#define OL_X11_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include <xcb/xcb.h>

#include "x11_area.h"

struct x11_answer;
struct x11_client;
struct x11_watch;

/*
 * The window of the host program that findings are about: where it is, what of
 * the reads can show it, and the canary in it, a pixel that is drawn over once
 * a second without a change, so that whoever fetches what changes does so.
 *
 * Its place is followed by events of the window and of its ancestors, which a
 * window manager moves in its stead (ICCCM, 4.1.5).
 */

enum {
	/*
	 * Windows from the guarded one up to the root. Window managers were
	 * seen to add two; who nests deeper is not told apart from the screen.
	 */
	X11_CHAIN_MAX = 16,
};

/* Where a client's reads are, seen from the guarded window. */
enum x11_place {
	X11_PLACE_UNKNOWN, /* there is no such window, or they may show it */
	X11_PLACE_GUARDED, /* they do show it */
	X11_PLACE_ELSEWHERE,
};

/* Where the window is. */
struct x11_spot {
	bool is_shown;                 /* it and all its ancestors are mapped */
	int16_t x, y;                  /* on the screen or beyond it */
	struct x11_rectangle area;     /* the part that is on the screen */
	uint32_t chain[X11_CHAIN_MAX]; /* the window, its parent, and so on */
	int chain_count;
};

struct x11_guard {
	uint32_t window; /* 0: none */
	bool is_found;
	struct x11_spot spot; /* of use once found */

	/* The look that is going on. */
	uint64_t serial;
	bool is_looking;
	bool is_stale; /* something moved since it began */
	struct x11_spot next;

	/* The canary. */
	bool has_canary;
	xcb_gcontext_t gc; /* 0: not made yet */
	uint64_t tick_us;  /* when to draw next; 0: at once */
	uint64_t random;
	int16_t x, y; /* on the screen, where it was drawn last */
	bool is_drawn;
};

/* Guard this window, or none for 0. Its answers come later. */
void ol_x11_guard_set(struct x11_watch *watch, uint32_t window,
                      bool has_canary);
/* Returns whether the event, or error, was about windows and is done with. */
bool ol_x11_guard_event(struct x11_watch *watch,
                        const xcb_generic_event_t *event);
void ol_x11_guard_answer(struct x11_watch *watch,
                         const struct x11_answer *answer);
/* Look again if something has moved. */
void ol_x11_guard_look(struct x11_watch *watch);

/* Whether this drawable is the window, shows it, or may be a part of it. */
bool ol_x11_guard_shows(const struct x11_watch *watch, uint32_t drawable);
/* Fill in client->places, and whether the window is what it holds. */
void ol_x11_guard_place(const struct x11_watch *watch,
                        struct x11_client *client);

/* When to draw the canary, in our time; 0: never. */
uint64_t ol_x11_guard_deadline(const struct x11_watch *watch);
/* Count who fetched the last one, and draw the next if it is time. */
void ol_x11_guard_tick(struct x11_watch *watch);
/* Who fetched earlier ones does not count any more: it is another window. */
void ol_x11_guard_forget(struct x11_watch *watch);
/* A client reads this area of the screen. */
void ol_x11_guard_read(const struct x11_watch *watch, struct x11_client *client,
                       const struct x11_rectangle *area);

#endif
