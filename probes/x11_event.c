/*
 * What clients do, given to whom it concerns: reads to the client's reader,
 * everything else to what we know of the client.
 */
#include "x11_event.h"

#include <errno.h>

#include "x11_claim.h"
#include "x11_flood.h"
#include "x11_inject.h"
#include "x11_lens.h"
#include "x11_tamper.h"
#include "x11_target.h"

static struct x11_client *need_client(struct x11_watch *watch, uint32_t base)
{
	struct x11_client *client = ol_x11_clients_find(&watch->clients, base);

	if (client == NULL)
		client = ol_x11_clients_add(&watch->clients, base);
	if (client != NULL)
		ol_x11_watch_identify(watch, client);
	return client;
}

static bool has_untold(const struct x11_client *client)
{
	return client->has_tampered ||
	       (client->reader != NULL &&
	        client->reader->shots != client->shots_told);
}

static void client_died(struct x11_watch *watch, struct x11_client *client)
{
	ol_x11_watch_update(watch, client);
	ol_x11_claim_drop(watch->host, client);
	ol_x11_inject_gone(watch, client);
	ol_x11_flood_forget(watch, client);
	/* What it did is claimed when we know who took it. */
	if (client->id_state == X11_ID_ASKED && has_untold(client) &&
	    ol_x11_clients_retire(&watch->clients, client) == 0)
		return;
	ol_x11_clients_remove(&watch->clients, client);
}

static void client_started(struct x11_watch *watch, uint32_t base)
{
	struct x11_client *client = ol_x11_clients_find(&watch->clients, base);

	/* Listed when it had connected but was not recorded yet. */
	if (client != NULL && client->reader == NULL && !client->is_new) {
		client->is_new = true;
		return;
	}
	if (client != NULL)
		client_died(watch, client);
	client = need_client(watch, base);
	if (client != NULL)
		client->is_new = true;
}

static void name_pixmap(struct x11_watch *watch, struct x11_client *client,
                        const struct x11_event *event)
{
	enum x11_target target;

	ol_x11_lens_name(watch, client, event);
	if (!ol_x11_target_find(watch, client, event->drawable, &target) ||
	    ol_x11_clients_need_reader(&watch->clients, client) < 0)
		return;
	ol_x11_lens_check(watch, client);
	if (client->reader->held_ms == 0)
		client->reader->held_ms = watch->server_ms;
}

static void read_drawable(struct x11_watch *watch, struct x11_client *client,
                          const struct x11_event *event)
{
	enum x11_target target;

	if (!ol_x11_target_find(watch, client, event->drawable, &target) &&
	    !ol_x11_lens_find_own(watch, client, event, &target)) {
		if (event->kind == X11_COPY)
			ol_x11_flood_count(watch, client);
		return;
	}
	if (event->kind == X11_COPY && target == X11_UNCLEAR) {
		ol_x11_flood_count(watch, client);
		return;
	}
	ol_x11_lens_read(watch, client, event, target);
}

static void see_damage(struct x11_watch *watch, struct x11_client *client,
                       const struct x11_event *event)
{
	enum x11_target target;

	if (event->kind == X11_DESTROY_DAMAGE) {
		if (client->reader != NULL &&
		    client->reader->damage == event->id)
			client->reader->damage = 0;
		return;
	}
	if (!ol_x11_target_find(watch, client, event->drawable, &target) ||
	    target != X11_SCREEN || client->base == watch->compositor ||
	    ol_x11_clients_need_reader(&watch->clients, client) < 0)
		return;
	ol_x11_lens_check(watch, client);
	client->reader->damage = event->id;
}

int ol_x11_event_handle(struct x11_watch *watch, const struct x11_event *event)
{
	struct x11_client *client;

	if (event->kind == X11_END)
		return -EPIPE;
	if (event->kind == X11_CLIENT_STARTED) {
		client_started(watch, event->client);
		return 0;
	}
	client = need_client(watch, event->client);
	if (client == NULL)
		return 0;
	switch (event->kind) {
	case X11_CLIENT_DIED:
		client_died(watch, client);
		break;
	case X11_READ:
	case X11_COPY:
		read_drawable(watch, client, event);
		break;
	case X11_CREATE_PICTURE:
		ol_x11_lens_create(watch, client, event);
		break;
	case X11_FREE_PICTURE:
		ol_x11_lens_free(client, event);
		break;
	case X11_DRAW_PICTURE:
		ol_x11_lens_draw(watch, client, event);
		break;
	case X11_NAME_PIXMAP:
		name_pixmap(watch, client, event);
		break;
	case X11_CREATE_DAMAGE:
	case X11_DESTROY_DAMAGE:
		see_damage(watch, client, event);
		break;
	case X11_USE_TEST:
		ol_x11_inject_note(client);
		break;
	case X11_READ_POINTER:
		if (ol_x11_clients_need_reader(&watch->clients, client) == 0)
			ol_x11_reader_read_pointer(client->reader,
			                           watch->server_ms);
		break;
	case X11_CHANGE_RECORD:
	case X11_END_RECORD:
	case X11_KILL:
		ol_x11_tamper_see(watch, client, event);
		break;
	default:
		break;
	}
	return 0;
}
