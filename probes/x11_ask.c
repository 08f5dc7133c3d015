/* A queue of questions. Answers come in order, so only its head is looked at. */
#include "x11_ask.h"

#include <errno.h>
#include <stdlib.h>

#include <xcb/randr.h>
#include <xcb/res.h>
#include <xcb/sync.h>
#include <xcb/xcbext.h>

enum { REPLY_HEADER = 32 };

static struct x11_ask *push(struct x11_asks *asks, enum x11_ask_kind kind,
                            uint64_t serial, uint64_t now_us)
{
	struct x11_ask *ask;

	if (asks->count == X11_ASKS_MAX)
		return NULL;
	ask = &asks->ring[(asks->first + asks->count) % X11_ASKS_MAX];
	*ask = (struct x11_ask){ .kind = kind,
		                 .serial = serial,
		                 .since_us = now_us };
	asks->count++;
	return ask;
}

int ol_x11_ask_client(struct x11_asks *asks, struct x11_link *link,
                      uint32_t base, uint64_t serial, uint64_t now_us)
{
	const xcb_res_client_id_spec_t spec = {
		.client = base,
		.mask = XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID,
	};
	struct x11_ask *ask = push(asks, X11_ASK_CLIENT, serial, now_us);

	if (ask == NULL)
		return -EBUSY;
	ask->sequence =
		xcb_res_query_client_ids(link->control, 1, &spec).sequence;
	return 0;
}

int ol_x11_ask_compositor(struct x11_asks *asks, struct x11_link *link,
                          uint64_t now_us)
{
	struct x11_ask *ask = push(asks, X11_ASK_COMPOSITOR, 0, now_us);

	if (ask == NULL)
		return -EBUSY;
	ask->sequence = xcb_get_selection_owner(link->control, link->compositor)
	                        .sequence;
	return 0;
}

int ol_x11_ask_monitors(struct x11_asks *asks, struct x11_link *link,
                        uint64_t now_us)
{
	struct x11_ask *ask = push(asks, X11_ASK_MONITORS, 0, now_us);

	if (ask == NULL)
		return -EBUSY;
	ask->sequence =
		xcb_randr_get_monitors(link->control, link->screens[0], 1)
			.sequence;
	return 0;
}

int ol_x11_ask_counter(struct x11_asks *asks, struct x11_link *link,
                       uint32_t counter, uint64_t place, uint64_t now_us)
{
	struct x11_ask *ask = push(asks, X11_ASK_COUNTER, place, now_us);

	if (ask == NULL)
		return -EBUSY;
	ask->sequence = xcb_sync_query_counter(link->control, counter).sequence;
	return 0;
}

int ol_x11_ask_own(struct x11_asks *asks, struct x11_link *link, uint32_t id,
                   uint64_t serial, uint64_t now_us)
{
	struct x11_ask *ask = push(asks, X11_ASK_OWN, serial, now_us);

	if (ask == NULL)
		return -EBUSY;
	ask->id = id;
	ask->sequence = xcb_get_window_attributes(link->control, id).sequence;
	return 0;
}

int ol_x11_ask_window(struct x11_asks *asks, struct x11_link *link,
                      enum x11_ask_kind kind, uint32_t window, uint64_t serial,
                      uint64_t now_us)
{
	struct x11_ask *ask = push(asks, kind, serial, now_us);
	xcb_connection_t *control = link->control;

	if (ask == NULL)
		return -EBUSY;
	switch (kind) {
	case X11_ASK_TREE:
		ask->sequence = xcb_query_tree(control, window).sequence;
		break;
	case X11_ASK_ATTRIBUTES:
		ask->sequence =
			xcb_get_window_attributes(control, window).sequence;
		break;
	case X11_ASK_GEOMETRY:
		ask->sequence = xcb_get_geometry(control, window).sequence;
		break;
	default:
		ask->sequence = xcb_translate_coordinates(
					control, window, link->screens[0], 0, 0)
		                        .sequence;
		break;
	}
	return 0;
}

int ol_x11_ask_crtcs(struct x11_asks *asks, struct x11_link *link,
                     uint64_t now_us)
{
	struct x11_ask *ask = push(asks, X11_ASK_CRTCS, 0, now_us);

	if (ask == NULL)
		return -EBUSY;
	ask->sequence = xcb_randr_get_screen_resources_current(link->control,
	                                                       link->screens[0])
	                        .sequence;
	return 0;
}

int ol_x11_ask_crtc(struct x11_asks *asks, struct x11_link *link, uint32_t crtc,
                    uint64_t place, uint64_t now_us)
{
	struct x11_ask *ask = push(asks, X11_ASK_CRTC, place, now_us);

	if (ask == NULL)
		return -EBUSY;
	ask->sequence =
		xcb_randr_get_crtc_info(link->control, crtc, XCB_CURRENT_TIME)
			.sequence;
	return 0;
}

int ol_x11_ask_output(struct x11_asks *asks, struct x11_link *link,
                      uint32_t output, uint64_t place, uint64_t now_us)
{
	struct x11_ask *ask = push(asks, X11_ASK_OUTPUT, place, now_us);

	if (ask == NULL)
		return -EBUSY;
	ask->sequence = xcb_randr_get_output_info(link->control, output,
	                                          XCB_CURRENT_TIME)
	                        .sequence;
	return 0;
}

int ol_x11_asks_next(struct x11_asks *asks, struct x11_link *link,
                     struct x11_answer *ret)
{
	const struct x11_ask *ask = &asks->ring[asks->first];
	xcb_generic_error_t *error = NULL;
	void *reply = NULL;

	if (asks->count == 0 ||
	    !xcb_poll_for_reply(link->control, ask->sequence, &reply, &error))
		return 0;
	free(error); /* such as BadValue: the client has ended */
	*ret = (struct x11_answer){
		.kind = ask->kind,
		.serial = ask->serial,
		.id = ask->id,
		.reply = reply,
	};
	if (reply != NULL)
		ret->size = REPLY_HEADER +
		            (size_t)((xcb_generic_reply_t *)reply)->length * 4;
	asks->first = (asks->first + 1) % X11_ASKS_MAX;
	asks->count--;
	return 1;
}

uint64_t ol_x11_asks_since(const struct x11_asks *asks)
{
	return asks->count > 0 ? asks->ring[asks->first].since_us : 0;
}
