/*
 * The canary: one pixel of the guarded window, drawn over without a change.
 * Programs that fetch what changes are told by the server that it did.
 */
#include <unistd.h>

#include "x11_watch.h"

enum {
	PERIOD_MS = 1000,
	/*
	 * The largest piece that counts as fetched for this pixel: 64x64, the
	 * largest tile that the servers watched round changes up to.
	 */
	PIECE_MAX = 64 * 64,
	/* Nor more than one part in so many of the window, lest it be chance. */
	WINDOW_PART = 64,
	/* Pointers in small windows; nothing harmless reads less on and on. */
	PIECE_LEAST = 16 * 16,
};

uint64_t ol_x11_guard_deadline(const struct x11_watch *watch)
{
	const struct x11_guard *guard = &watch->guard;

	if (!guard->has_canary || !guard->is_found || !guard->spot.is_shown)
		return 0;
	return guard->tick_us != 0 ? guard->tick_us : ol_now(watch->host);
}

/* Nobody's window but our own is drawn in. */
static bool is_ours(const struct x11_watch *watch)
{
	const struct x11_client *owner = ol_x11_clients_find(
		&watch->clients,
		ol_x11_clients_base(&watch->clients, watch->guard.window));

	return owner != NULL && owner->pid == (int64_t)getpid();
}

/* xorshift64, after Marsaglia: places need to be spread, not secret. */
static uint32_t pick(struct x11_guard *guard, uint32_t below)
{
	guard->random ^= guard->random << 13;
	guard->random ^= guard->random >> 7;
	guard->random ^= guard->random << 17;
	return (uint32_t)(guard->random >> 32) % below;
}

/*
 * "No operation" is a function of drawing like any other (X Window System
 * Protocol, CreateGC): DAMAGE reports it, and no pixel is touched, so that a
 * window that is just being redrawn cannot come to harm. Through its children,
 * for these may be all that there is to see of it.
 */
static void make_gc(struct x11_watch *watch)
{
	const uint32_t values[] = { XCB_GX_NOOP,
		                    XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS, 0 };
	struct x11_guard *guard = &watch->guard;

	guard->gc = xcb_generate_id(watch->link->control);
	(void)xcb_create_gc(watch->link->control, guard->gc, guard->window,
	                    XCB_GC_FUNCTION | XCB_GC_SUBWINDOW_MODE |
	                            XCB_GC_GRAPHICS_EXPOSURES,
	                    values);
}

static void draw(struct x11_watch *watch)
{
	struct x11_guard *guard = &watch->guard;
	const struct x11_rectangle *area = &guard->spot.area;
	xcb_rectangle_t pixel = { .width = 1, .height = 1 };

	if (ol_x11_area(area) == 0)
		return;
	if (guard->random == 0)
		guard->random = ol_now(watch->host) | 1;
	guard->x = (int16_t)(area->x + (int)pick(guard, area->width));
	guard->y = (int16_t)(area->y + (int)pick(guard, area->height));
	pixel.x = (int16_t)(guard->x - guard->spot.x);
	pixel.y = (int16_t)(guard->y - guard->spot.y);
	if (guard->gc == 0)
		make_gc(watch);
	(void)xcb_poly_fill_rectangle(watch->link->control, guard->window,
	                              guard->gc, 1, &pixel);
	guard->is_drawn = true;
}

static void count_answers(struct x11_watch *watch)
{
	for (unsigned i = 0; i < watch->clients.size; i++) {
		struct x11_client *client = watch->clients.table[i];

		if (client == NULL ||
		    (client->answers == 0 && !client->has_answered))
			continue;
		client->answers =
			(uint8_t)(client->answers << 1 | client->has_answered);
		client->has_answered = false;
		ol_x11_watch_update(watch, client);
	}
}

void ol_x11_guard_tick(struct x11_watch *watch)
{
	struct x11_guard *guard = &watch->guard;
	uint64_t now_us = ol_now(watch->host), due_us;

	due_us = ol_x11_guard_deadline(watch);
	if (due_us == 0 && guard->is_drawn)
		ol_x11_guard_forget(watch);
	if (due_us == 0 || now_us < due_us)
		return;
	count_answers(watch);
	guard->is_drawn = false;
	guard->tick_us = now_us + (uint64_t)PERIOD_MS * 1000;
	if (is_ours(watch))
		draw(watch);
}

void ol_x11_guard_forget(struct x11_watch *watch)
{
	struct x11_guard *guard = &watch->guard;

	if (guard->gc != 0)
		(void)xcb_free_gc(watch->link->control, guard->gc);
	guard->gc = 0;
	guard->is_drawn = false;
	for (unsigned i = 0; i < watch->clients.size; i++) {
		struct x11_client *client = watch->clients.table[i];

		if (client != NULL) {
			client->answers = 0;
			client->has_answered = false;
		}
	}
}

static uint64_t piece_max(const struct x11_guard *guard)
{
	uint64_t part = ol_x11_area(&guard->spot.area) / WINDOW_PART;

	if (part > PIECE_MAX)
		return PIECE_MAX;
	return part > PIECE_LEAST ? part : PIECE_LEAST;
}

void ol_x11_guard_read(const struct x11_watch *watch, struct x11_client *client,
                       const struct x11_rectangle *area)
{
	const struct x11_guard *guard = &watch->guard;
	const struct x11_rectangle pixel = { guard->x, guard->y, 1, 1 };

	if (guard->is_drawn && ol_x11_area_meets(area, &pixel) &&
	    ol_x11_area(area) <= piece_max(guard))
		client->has_answered = true;
}
