/*
 * The window that findings are about, followed across the screen. It asks and
 * listens, and never waits; what a client reads it learns from others.
 */
#include "x11_guard.h"

#include <string.h>

#include "x11_watch.h"

static bool is_in_chain(const struct x11_spot *spot, uint32_t window)
{
	for (int i = 0; i < spot->chain_count; i++) {
		if (spot->chain[i] == window)
			return true;
	}
	return false;
}

/* Findings are about the whole screen again. */
static void end(struct x11_watch *watch)
{
	struct x11_guard *guard = &watch->guard;

	if (guard->window != 0)
		ol_log(watch->host, ONLOOKER_LOG_WARNING,
		       "the guarded window is not there: the whole screen "
		       "counts");
	guard->window = 0;
	guard->is_found = guard->is_looking = guard->is_stale = false;
}

/* Up to the root, a question for each level. */
static void climb(struct x11_watch *watch, uint32_t window)
{
	const uint32_t events = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
	struct x11_guard *guard = &watch->guard;
	struct x11_spot *next = &guard->next;

	if (next->chain_count == X11_CHAIN_MAX) {
		end(watch);
		return;
	}
	next->chain[next->chain_count++] = window;
	/* Before we ask, so that no move goes unseen. */
	(void)xcb_change_window_attributes(watch->link->control, window,
	                                   XCB_CW_EVENT_MASK, &events);
	if (ol_x11_ask_window(&watch->asks, watch->link, X11_ASK_TREE, window,
	                      guard->serial, ol_now(watch->host)) == 0)
		return;
	/* Too much is outstanding; later, then. */
	guard->is_looking = false;
	guard->is_stale = true;
}

void ol_x11_guard_look(struct x11_watch *watch)
{
	struct x11_guard *guard = &watch->guard;

	if (guard->window == 0 || guard->is_looking || !guard->is_stale)
		return;
	guard->is_stale = false;
	guard->is_looking = true;
	guard->serial++;
	guard->next = (struct x11_spot){ 0 };
	climb(watch, guard->window);
}

void ol_x11_guard_set(struct x11_watch *watch, uint32_t window, bool has_canary)
{
	struct x11_guard *guard = &watch->guard;

	if (window != guard->window) {
		guard->window = window;
		guard->is_found = guard->is_looking = false;
		guard->tick_us = 0;
		ol_x11_guard_forget(watch);
	}
	guard->has_canary = has_canary;
	guard->is_stale = true;
	ol_x11_guard_look(watch);
}

/* Something happened to a window; of interest only if ours lies in it. */
static void doubt_spot(struct x11_guard *guard, uint32_t window)
{
	if (guard->is_looking || is_in_chain(&guard->spot, window))
		guard->is_stale = true;
}

bool ol_x11_guard_event(struct x11_watch *watch,
                        const xcb_generic_event_t *event)
{
	/* They all begin with whose event it is and what it is about. */
	const xcb_destroy_notify_event_t *notify = (const void *)event;
	struct x11_guard *guard = &watch->guard;

	switch (event->response_type & 0x7f) {
	case 0: /* a window that has gone; the answers tell */
		return true;
	case XCB_DESTROY_NOTIFY:
		if (notify->window == guard->window)
			end(watch);
		else
			doubt_spot(guard, notify->event);
		return true;
	case XCB_UNMAP_NOTIFY:
	case XCB_MAP_NOTIFY:
	case XCB_REPARENT_NOTIFY:
	case XCB_CONFIGURE_NOTIFY:
	case XCB_GRAVITY_NOTIFY:
		doubt_spot(guard, notify->event);
		return true;
	case XCB_CIRCULATE_NOTIFY:
		return true;
	default:
		return false;
	}
}

static void ask_spot(struct x11_watch *watch)
{
	static const enum x11_ask_kind kinds[] = {
		X11_ASK_ATTRIBUTES,
		X11_ASK_GEOMETRY,
		X11_ASK_POSITION,
	};
	struct x11_guard *guard = &watch->guard;

	for (int i = 0; i < 3; i++) {
		if (ol_x11_ask_window(&watch->asks, watch->link, kinds[i],
		                      guard->window, guard->serial,
		                      ol_now(watch->host)) == 0)
			continue;
		guard->is_looking = false;
		guard->is_stale = true;
		return;
	}
}

static void take_tree(struct x11_watch *watch, const struct x11_answer *answer)
{
	const xcb_query_tree_reply_t *tree = answer->reply;

	if (tree->root != watch->link->screens[0])
		end(watch); /* it is on another screen */
	else if (tree->parent == tree->root)
		ask_spot(watch);
	else
		climb(watch, tree->parent);
}

/* A picture of any window may be one of what has become an ancestor. */
static void doubt_pictures(struct x11_watch *watch)
{
	for (unsigned i = 0; i < watch->clients.size; i++) {
		struct x11_client *client = watch->clients.table[i];

		if (client != NULL && client->lenses & 1u << X11_WINDOW)
			client->lenses |= 1u << X11_OWN_WINDOW;
	}
}

static void take_position(struct x11_watch *watch,
                          const struct x11_answer *answer)
{
	const xcb_translate_coordinates_reply_t *place = answer->reply;
	struct x11_guard *guard = &watch->guard;
	struct x11_spot *next = &guard->next;

	next->area.x = next->x = place->dst_x;
	next->area.y = next->y = place->dst_y;
	next->area = ol_x11_area_clip(&watch->link->layout, &next->area);
	if (!guard->is_found || next->chain_count != guard->spot.chain_count ||
	    memcmp(next->chain, guard->spot.chain, sizeof(next->chain)) != 0)
		doubt_pictures(watch);
	guard->spot = *next;
	guard->is_found = true;
	guard->is_looking = false;
	ol_x11_guard_look(watch);
}

void ol_x11_guard_answer(struct x11_watch *watch,
                         const struct x11_answer *answer)
{
	struct x11_guard *guard = &watch->guard;
	const xcb_get_window_attributes_reply_t *attributes = answer->reply;
	const xcb_get_geometry_reply_t *geometry = answer->reply;

	if (!guard->is_looking || answer->serial != guard->serial)
		return;
	if (answer->reply == NULL && guard->next.chain_count > 1 &&
	    answer->kind == X11_ASK_TREE) {
		/* An ancestor has gone; the window is somewhere else now. */
		guard->is_looking = false;
		guard->is_stale = true;
		return;
	}
	if (answer->reply == NULL) {
		end(watch);
		return;
	}
	switch (answer->kind) {
	case X11_ASK_TREE:
		take_tree(watch, answer);
		break;
	case X11_ASK_ATTRIBUTES:
		guard->next.is_shown =
			attributes->map_state == XCB_MAP_STATE_VIEWABLE;
		break;
	case X11_ASK_GEOMETRY:
		guard->next.area.width = geometry->width;
		guard->next.area.height = geometry->height;
		break;
	default:
		take_position(watch, answer);
		break;
	}
}

/*
 * What its own program made beside it may be a part of it, or the pixmap that
 * it is drawn in: only the server could tell.
 */
bool ol_x11_guard_shows(const struct x11_watch *watch, uint32_t drawable)
{
	const struct x11_guard *guard = &watch->guard;

	return is_in_chain(&guard->spot, drawable) ||
	       ol_x11_clients_base(&watch->clients, drawable) ==
	               ol_x11_clients_base(&watch->clients, guard->window);
}

static bool holds_it(const struct x11_watch *watch,
                     const struct x11_client *client)
{
	unsigned count = watch->pixmap_count < X11_PIXMAPS_MAX
	                         ? watch->pixmap_count
	                         : X11_PIXMAPS_MAX;

	/* What has been pushed out of the table may have been it. */
	if (watch->pixmap_count > X11_PIXMAPS_MAX)
		return true;
	for (unsigned i = 0; i < count; i++) {
		const struct x11_pixmap *pixmap = &watch->pixmaps[i];

		if (ol_x11_clients_base(&watch->clients, pixmap->id) ==
		            client->base &&
		    ol_x11_guard_shows(watch, pixmap->window))
			return true;
	}
	return false;
}

static enum x11_place place_on_screen(const struct x11_guard *guard,
                                      const struct x11_client *client)
{
	const struct x11_sight *sight = &client->reader->sights[X11_SCREEN];

	/* A window that is not shown may come up anywhere. */
	if (!guard->spot.is_shown)
		return X11_PLACE_UNKNOWN;
	if (ol_x11_area_meets(&sight->area, &guard->spot.area))
		return X11_PLACE_GUARDED;
	/* Of one that came before us we do not know what it has had. */
	if (client->is_new && !client->is_noisy &&
	    !ol_x11_area_meets(&client->seen, &guard->spot.area))
		return X11_PLACE_ELSEWHERE;
	return X11_PLACE_UNKNOWN;
}

void ol_x11_guard_place(const struct x11_watch *watch,
                        struct x11_client *client)
{
	const struct x11_guard *guard = &watch->guard;

	memset(client->places, 0, sizeof(client->places));
	client->held_place = X11_PLACE_UNKNOWN;
	if (!guard->is_found)
		return;
	client->places[X11_SCREEN] = place_on_screen(guard, client);
	/* Reads of what shows it have a target of their own. */
	client->places[X11_WINDOW] = X11_PLACE_ELSEWHERE;
	if (client->reader->held_ms != 0 && !holds_it(watch, client))
		client->held_place = X11_PLACE_ELSEWHERE;
}
