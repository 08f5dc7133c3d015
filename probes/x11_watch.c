/*
 * What a server sends, taken from both connections: the recording goes on to
 * x11_event.c, answers to the client they are about. Knows no timers.
 */
#include "x11_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xcb/randr.h>
#include <xcb/xcbext.h>

#include "x11_claim.h"
#include "x11_event.h"
#include "x11_flood.h"
#include "x11_inject.h"
#include "x11_lens.h"
#include "x11_tamper.h"
#include "x11_target.h"

enum {
	/*
	 * Replies taken before the host's other sources get their turn; at 1
	 * KiB each, what a server sends in a few milliseconds.
	 */
	BATCH = 256,
	REPLY_HEADER = 32,
	/* Any start will do but 0, which means never. */
	FIRST_MS = 1000,
};

static int add_clients(struct x11_watch *watch)
{
	for (int i = 0; i < watch->link->client_count; i++) {
		const struct x11_client_id *id = &watch->link->clients[i];
		struct x11_client *client =
			ol_x11_clients_add(&watch->clients, id->client);

		if (client == NULL)
			continue;
		client->pid = id->pid;
		client->id_state = X11_ID_KNOWN;
	}
	return 0;
}

int ol_x11_watch_new(struct ol_host *host, struct x11_link *link,
                     struct x11_watch **ret)
{
	struct x11_watch *watch = calloc(1, sizeof(*watch));
	int r = watch != NULL
	                ? ol_x11_clients_init(&watch->clients, link->id_mask)
	                : -ENOMEM;

	if (r < 0) {
		free(watch);
		ol_x11_link_free(link);
		return r;
	}
	watch->host = host;
	watch->link = link;
	watch->server_ms = FIRST_MS;
	watch->seen_us = ol_now(host);
	watch->compositor =
		ol_x11_clients_base(&watch->clients, link->compositor_window);
	add_clients(watch);
	ol_x11_server_claim(host, &link->server);
	ol_x11_outputs_claim(host, &link->outputs);
	*ret = watch;
	return 0;
}

void ol_x11_watch_free(struct x11_watch *watch)
{
	if (watch == NULL)
		return;
	ol_x11_clients_finish(&watch->clients);
	ol_x11_link_free(watch->link);
	free(watch);
}

/* The server's time now; never less than that of anything it has sent. */
static uint64_t server_now(const struct x11_watch *watch)
{
	return watch->server_ms + (ol_now(watch->host) - watch->seen_us) / 1000;
}

/* Its clock has 32 bits and may be set back; ours only goes on. */
static void follow_clock(struct x11_watch *watch, uint32_t time_ms)
{
	uint32_t passed = time_ms - watch->server_time;

	if (watch->server_time != 0 && passed <= INT32_MAX)
		watch->server_ms += passed;
	watch->server_time = time_ms;
	watch->seen_us = ol_now(watch->host);
}

void ol_x11_watch_identify(struct x11_watch *watch, struct x11_client *client)
{
	if (client->id_state != X11_ID_UNKNOWN)
		return;
	client->is_unknown = !watch->link->has_ids;
	if (client->is_unknown)
		client->id_state = X11_ID_KNOWN;
	else if (ol_x11_ask_client(&watch->asks, watch->link, client->base,
	                           client->serial, ol_now(watch->host)) == 0)
		client->id_state = X11_ID_ASKED;
}

/*
 * Compositors take their selection after their first picture of a window: ask
 * once more before it is told, and give the answer the same time again.
 */
static void confirm_holding(struct x11_watch *watch, struct x11_client *client,
                            uint64_t now_ms)
{
	if (ol_x11_target_is_compositor(watch, client))
		client->reader->held_ms = 0;
	if (client->is_confirmed ||
	    !ol_x11_reader_is_holding(client->reader, now_ms))
		return;
	client->is_confirmed = ol_x11_ask_compositor(&watch->asks, watch->link,
	                                             ol_now(watch->host)) == 0;
	client->reader->held_ms = now_ms;
}

void ol_x11_watch_update(struct x11_watch *watch, struct x11_client *client)
{
	uint64_t now_ms = server_now(watch);

	ol_x11_tamper_tell(watch, client);
	if (client->reader == NULL)
		return;
	confirm_holding(watch, client, now_ms);
	ol_x11_reader_judge(client->reader, &watch->link->layout, now_ms);
	ol_x11_guard_place(watch, client);
	if (client->id_state == X11_ID_KNOWN)
		ol_x11_claim_update(watch->host, client, &watch->link->layout,
		                    now_ms);
}

static int take_apart(struct x11_watch *watch, const void *reply, size_t size)
{
	struct x11_stream stream;
	struct x11_event event;
	int r = ol_x11_stream_init(&stream, reply, size, &watch->link->opcodes);

	if (r < 0)
		return r;
	follow_clock(watch, stream.time_ms);
	while ((r = ol_x11_stream_next(&stream, &event)) > 0) {
		r = ol_x11_event_handle(watch, &event);
		if (r < 0)
			return r;
	}
	/* A client can send nonsense; that is no fault of the server. */
	return 0;
}

static int read_stream(struct x11_watch *watch)
{
	xcb_connection_t *data = watch->link->data;
	int n = 0;

	for (; n < BATCH; n++) {
		xcb_generic_error_t *error = NULL;
		void *reply = NULL;
		int r;

		if (!xcb_poll_for_reply(data, watch->link->stream, &reply,
		                        &error))
			break;
		free(error);
		if (reply == NULL)
			return -EPIPE;
		r = take_apart(
			watch, reply,
			REPLY_HEADER +
				(size_t)((xcb_generic_reply_t *)reply)->length *
					4);
		free(reply);
		if (r < 0)
			return -EPIPE;
	}
	if (xcb_connection_has_error(data) != 0)
		return -EPIPE;
	return n == BATCH;
}

static void set_compositor(struct x11_watch *watch,
                           const struct x11_answer *answer)
{
	const xcb_get_selection_owner_reply_t *reply = answer->reply;
	uint32_t base = ol_x11_clients_base(&watch->clients, reply->owner);
	struct x11_client *client;

	if (base == watch->compositor)
		return;
	watch->compositor = base;
	client = ol_x11_clients_find(&watch->clients, base);
	if (client == NULL || client->reader == NULL)
		return;
	client->reader->damage = 0;
	ol_x11_reader_forget(client->reader);
}

static void set_process(struct x11_watch *watch,
                        const struct x11_answer *answer)
{
	struct x11_client *client =
		ol_x11_clients_find_serial(&watch->clients, answer->serial);
	struct x11_client_id id = { 0 };

	if (client == NULL)
		return;
	if (answer->reply != NULL &&
	    ol_x11_reply_client_ids(answer->reply, answer->size, &id, 1) > 0)
		client->pid = id.pid;
	client->id_state = X11_ID_KNOWN;
	ol_x11_watch_update(watch, client);
	if (ol_x11_clients_find(&watch->clients, client->base) == client)
		return;
	ol_x11_claim_drop(watch->host, client);
	ol_x11_clients_remove(&watch->clients, client);
}

static void set_monitors(struct x11_watch *watch,
                         const struct x11_answer *answer)
{
	uint32_t name;

	/* Without sense it leaves us with the monitors that were. */
	(void)ol_x11_reply_monitors(answer->reply, answer->size,
	                            &watch->link->layout, &name);
}

static void look_at_outputs(struct x11_watch *watch,
                            const struct x11_answer *answer)
{
	struct x11_link *link = watch->link;

	if (ol_x11_outputs_answer(&link->outputs, &watch->asks, link, answer,
	                          ol_now(watch->host)))
		ol_x11_outputs_claim(watch->host, &link->outputs);
}

static void read_answers(struct x11_watch *watch)
{
	struct x11_answer answer;

	while (ol_x11_asks_next(&watch->asks, watch->link, &answer)) {
		if (answer.kind == X11_ASK_CLIENT)
			set_process(watch, &answer);
		else if (answer.kind >= X11_ASK_CRTCS &&
		         answer.kind <= X11_ASK_OUTPUT)
			look_at_outputs(watch, &answer);
		else if (answer.reply != NULL &&
		         answer.kind == X11_ASK_COMPOSITOR)
			set_compositor(watch, &answer);
		else if (answer.reply != NULL &&
		         answer.kind == X11_ASK_MONITORS)
			set_monitors(watch, &answer);
		else if (answer.kind == X11_ASK_COUNTER)
			ol_x11_inject_answer(watch, &answer);
		else if (answer.kind == X11_ASK_OWN)
			ol_x11_lens_answer(watch, &answer);
		else if (answer.kind >= X11_ASK_TREE)
			ol_x11_guard_answer(watch, &answer);
		free(answer.reply);
	}
}

static void read_events(struct x11_watch *watch)
{
	struct x11_link *link = watch->link;
	xcb_generic_event_t *event;

	for (int n = 0; n < BATCH; n++) {
		event = xcb_poll_for_event(link->control);
		if (event == NULL)
			return;
		if (ol_x11_guard_event(watch, event) ||
		    ol_x11_inject_event(watch, event)) {
			free(event);
			continue;
		}
		if ((event->response_type & 0x7f) ==
		            link->randr_event +
		                    XCB_RANDR_SCREEN_CHANGE_NOTIFY &&
		    link->randr_event != 0) {
			const xcb_randr_screen_change_notify_event_t *change =
				(const void *)event;

			if (change->width != 0 && change->height != 0) {
				link->layout.width = change->width;
				link->layout.height = change->height;
			}
		}
		free(event);
		if (link->randr_event == 0)
			continue;
		(void)ol_x11_ask_monitors(&watch->asks, link,
		                          ol_now(watch->host));
		ol_x11_outputs_refresh(&link->outputs, &watch->asks, link,
		                       ol_now(watch->host));
	}
}

/* Noisy clients included, which are found out again. */
static void record_all(struct x11_watch *watch)
{
	watch->must_record_all = false;
	ol_x11_link_record_all(watch->link);
	for (unsigned i = 0; i < watch->clients.size; i++) {
		struct x11_client *client = watch->clients.table[i];

		if (client == NULL)
			continue;
		ol_x11_flood_forget(watch, client);
		if (client->are_pictures_recorded)
			ol_x11_flood_record(watch, client);
	}
}

/*
 * Somebody had the server end our control connection, which is the first to
 * hear of it, or the server has gone. The end of the other tells. What makes us
 * wait is a question that is never answered.
 */
static void cut(struct x11_watch *watch)
{
	watch->is_cut = true;
	(void)ol_x11_ask_compositor(&watch->asks, watch->link,
	                            ol_now(watch->host));
}

static void read_control(struct x11_watch *watch)
{
	if (watch->is_cut)
		return;
	read_events(watch);
	if (xcb_connection_has_error(watch->link->control) != 0) {
		cut(watch);
		return;
	}
	read_answers(watch);
	ol_x11_guard_look(watch);
}

int ol_x11_watch_read(struct x11_watch *watch)
{
	int r;

	read_control(watch);
	r = read_stream(watch);
	if (r >= 0 && watch->must_record_all)
		record_all(watch);
	ol_x11_link_flush(watch->link);
	return r;
}

void ol_x11_watch_judge(struct x11_watch *watch)
{
	ol_x11_flood_tick(watch, server_now(watch));
	for (unsigned i = 0; i < watch->clients.size; i++) {
		struct x11_client *client = watch->clients.table[i];

		if (client == NULL || client->reader == NULL)
			continue;
		ol_x11_watch_identify(watch, client);
		ol_x11_watch_update(watch, client);
	}
	ol_x11_link_flush(watch->link);
}

bool ol_x11_watch_is_busy(const struct x11_watch *watch)
{
	if (watch->noisy_count > 0)
		return true;
	for (unsigned i = 0; i < watch->clients.size; i++) {
		const struct x11_client *client = watch->clients.table[i];

		if (client != NULL && ol_x11_client_is_claimed(client))
			return true;
	}
	return false;
}

uint64_t ol_x11_watch_deadline(struct x11_watch *watch)
{
	uint64_t now_ms = server_now(watch);
	uint64_t earliest = ol_x11_flood_deadline(watch);

	for (unsigned i = 0; i < watch->clients.size; i++) {
		const struct x11_client *client = watch->clients.table[i];
		uint64_t deadline;

		if (client == NULL || client->reader == NULL)
			continue;
		deadline = ol_x11_reader_deadline(client->reader, now_ms);
		if (deadline != 0 && (earliest == 0 || deadline < earliest))
			earliest = deadline;
	}
	if (earliest == 0)
		return 0;
	if (earliest < now_ms)
		earliest = now_ms;
	return ol_now(watch->host) + (earliest - now_ms) * 1000;
}
