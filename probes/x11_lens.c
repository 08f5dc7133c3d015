/*
 * Reads of the screen through something else, and the reads themselves on their
 * way to the client's reader. It does not weigh them.
 */
#include "x11_lens.h"

#include "x11_flood.h"
#include "x11_target.h"

enum {
	SECOND_MS = 1000,
	/*
	 * Copies between drawables of its own about which we ask in a second.
	 * Programs draw into a pixmap and copy it to their window; what they
	 * copy from is the same few times over.
	 */
	OWN_ASKS_MAX = 8,
};

void ol_x11_lens_check(struct x11_watch *watch, struct x11_client *client)
{
	if (client->is_checked)
		return;
	client->is_checked = ol_x11_ask_compositor(&watch->asks, watch->link,
	                                           ol_now(watch->host)) == 0;
}

/* Which part of the screen; of a picture of it that is not known. */
static void note_area(struct x11_watch *watch, struct x11_client *client,
                      const struct x11_event *event)
{
	const struct x11_layout *layout = &watch->link->layout;
	struct x11_rectangle area = { event->x, event->y, event->width,
		                      event->height };

	if (!ol_x11_target_is_screen(watch, event->drawable))
		area = (struct x11_rectangle){ 0, 0, layout->width,
			                       layout->height };
	area = ol_x11_area_clip(layout, &area);
	if (ol_x11_area(&client->seen) == 0)
		client->seen = area;
	else if (ol_x11_area(&area) > 0)
		ol_x11_area_widen(&client->seen, &area);
	ol_x11_guard_read(watch, client, &area);
}

void ol_x11_lens_read(struct x11_watch *watch, struct x11_client *client,
                      const struct x11_event *event, enum x11_target target)
{
	struct x11_event read = *event;
	bool is_own = ol_x11_clients_base(&watch->clients, event->drawable) ==
	              client->base;

	if (ol_x11_clients_need_reader(&watch->clients, client) < 0)
		return;
	if (is_own)
		ol_x11_lens_check(watch, client);
	if (target == X11_SCREEN)
		note_area(watch, client, event);
	read.drawable =
		ol_x11_target_source(watch, client, event->drawable, target);
	ol_x11_reader_read(client->reader, &watch->link->layout, target, &read,
	                   watch->server_ms);
}

/* It may still be held: its holder is taken to look through all that it has. */
static void forget_pixmap(struct x11_watch *watch,
                          const struct x11_pixmap *pixmap)
{
	struct x11_client *client = ol_x11_clients_find(
		&watch->clients,
		ol_x11_clients_base(&watch->clients, pixmap->id));
	enum x11_target target;

	if (client != NULL &&
	    ol_x11_target_find(watch, client, pixmap->id, &target) &&
	    target != X11_UNCLEAR)
		client->lenses |= 1u << target;
}

void ol_x11_lens_name(struct x11_watch *watch, struct x11_client *client,
                      const struct x11_event *event)
{
	struct x11_pixmap *pixmap =
		&watch->pixmaps[watch->pixmap_count % X11_PIXMAPS_MAX];

	if (watch->pixmap_count >= X11_PIXMAPS_MAX)
		forget_pixmap(watch, pixmap);
	watch->pixmap_count++;
	client->has_named = true;
	*pixmap = (struct x11_pixmap){ .id = event->id,
		                       .window = event->drawable };
}

void ol_x11_lens_create(struct x11_watch *watch, struct x11_client *client,
                        const struct x11_event *event)
{
	enum x11_target target;

	if (!ol_x11_target_find(watch, client, event->drawable, &target) ||
	    target == X11_UNCLEAR ||
	    ol_x11_clients_base(&watch->clients, event->drawable) ==
	            client->base)
		return;
	client->lenses |= 1u << target;
	if (client->picture_count < X11_LENSES_MAX)
		client->pictures[client->picture_count++] =
			(struct x11_lens){ event->id, target };
	else
		client->has_more_pictures = true;
	if (client->are_pictures_recorded)
		return;
	/* Into a pixmap in shared memory it need not be read any more. */
	ol_x11_lens_check(watch, client);
	client->are_pictures_recorded = true;
	ol_x11_flood_record(watch, client);
}

void ol_x11_lens_free(struct x11_client *client, const struct x11_event *event)
{
	for (int i = 0; i < client->picture_count; i++) {
		if (client->pictures[i].id != event->id)
			continue;
		client->pictures[i] = client->pictures[--client->picture_count];
		return;
	}
}

static const struct x11_lens *find_lens(const struct x11_client *client,
                                        const struct x11_event *event)
{
	for (int i = 0; i < client->picture_count; i++) {
		const struct x11_lens *lens = &client->pictures[i];

		if (lens->id == event->id ||
		    (event->drawable != 0 && lens->id == event->drawable))
			return lens;
	}
	/* It has more than we remember: this may be one of them. */
	return client->has_more_pictures ? &client->pictures[0] : NULL;
}

void ol_x11_lens_draw(struct x11_watch *watch, struct x11_client *client,
                      const struct x11_event *event)
{
	const struct x11_layout *layout = &watch->link->layout;
	const struct x11_lens *lens = find_lens(client, event);
	struct x11_event read = *event;

	if (lens == NULL) {
		ol_x11_flood_count(watch, client);
		return;
	}
	if (ol_x11_target_is_compositor(watch, client))
		return;
	if (event->width == 0 || event->height == 0) {
		read.x = read.y = 0;
		read.width = layout->width;
		read.height = layout->height;
	}
	/* The root, where the place counts, is the server's. */
	read.drawable =
		lens->target == X11_SCREEN ? watch->link->screens[0] : lens->id;
	ol_x11_lens_read(watch, client, &read, lens->target);
}

static struct x11_own *find_own(struct x11_client *client, uint32_t id)
{
	for (int i = 0; i < X11_OWN_MAX; i++) {
		if (client->own[i].id == id)
			return &client->own[i];
	}
	return NULL;
}

static bool may_ask(const struct x11_watch *watch, struct x11_client *client,
                    const struct x11_event *event)
{
	if (event->kind != X11_COPY)
		return true;
	if (watch->server_ms - client->copies_ms >= SECOND_MS)
		client->own_asks = 0;
	return client->own_asks++ < OWN_ASKS_MAX;
}

/* The answer is for the id of now: the client may use it for another thing. */
static void ask_own(struct x11_watch *watch, struct x11_client *client,
                    struct x11_own *own, const struct x11_event *event)
{
	if (!may_ask(watch, client, event) ||
	    ol_x11_ask_own(&watch->asks, watch->link, event->drawable,
	                   client->serial, ol_now(watch->host)) < 0)
		return;
	if (own == NULL)
		own = &client->own[client->own_count++ % X11_OWN_MAX];
	*own = (struct x11_own){ .id = event->drawable,
		                 .asked_ms = watch->server_ms,
		                 .read = *event };
}

bool ol_x11_lens_find_own(struct x11_watch *watch, struct x11_client *client,
                          const struct x11_event *event, enum x11_target *ret)
{
	struct x11_own *own = find_own(client, event->drawable);

	/* Scrolling is a copy to where it came from. */
	if (ol_x11_clients_base(&watch->clients, event->drawable) !=
	            client->base ||
	    (event->kind == X11_COPY && event->id == event->drawable) ||
	    ol_x11_target_is_compositor(watch, client))
		return false;
	if (own == NULL || (own->kind == X11_OWN_PIXMAP &&
	                    watch->server_ms - own->asked_ms >= SECOND_MS)) {
		ask_own(watch, client, own, event);
		return false;
	}
	if (own->kind == X11_OWN_ASKED)
		own->read = *event;
	*ret = X11_THROUGH;
	return own->kind == X11_OWN_WINDOW_ID;
}

void ol_x11_lens_answer(struct x11_watch *watch,
                        const struct x11_answer *answer)
{
	struct x11_client *client =
		ol_x11_clients_find_serial(&watch->clients, answer->serial);
	struct x11_own *own =
		client != NULL ? find_own(client, answer->id) : NULL;

	if (own == NULL || own->kind != X11_OWN_ASKED)
		return;
	own->kind = answer->reply != NULL ? X11_OWN_WINDOW_ID : X11_OWN_PIXMAP;
	if (own->kind == X11_OWN_WINDOW_ID)
		ol_x11_lens_read(watch, client, &own->read, X11_THROUGH);
}
