/*
 * Looks at the outputs: first the CRTCs, then what each shows, then the names.
 * What it all means, x11_output.c says.
 */
#include "x11_outputs.h"

#include <stdlib.h>
#include <string.h>

#include <xcb/randr.h>

#include "x11_ask.h"

enum { REPLY_HEADER = 32 };

static void take_crtc(struct x11_outputs *outputs, size_t place,
                      const void *reply, size_t size)
{
	int n;

	if (place >= X11_LIT_MAX)
		return;
	n = ol_x11_output_read_crtc(reply, size, outputs->crtcs[place],
	                            &outputs->next[outputs->next_count],
	                            X11_LIT_MAX - outputs->next_count);
	if (n > 0)
		outputs->next_count += n;
}

static void take_output(struct x11_outputs *outputs, size_t place,
                        const void *reply, size_t size)
{
	/* Without a name nothing is said of it. */
	if (place < (size_t)outputs->next_count)
		(void)ol_x11_output_read(reply, size, &outputs->next[place]);
}

static void end_look(struct x11_outputs *outputs)
{
	memcpy(outputs->lit, outputs->next, sizeof(outputs->lit));
	outputs->count = outputs->next_count;
}

static size_t size_of(const void *reply)
{
	return REPLY_HEADER +
	       (size_t)((const xcb_generic_reply_t *)reply)->length * 4;
}

static bool has_randr(xcb_connection_t *connection)
{
	xcb_randr_query_version_reply_t *version;
	bool is_new;

	if (!ol_x11_link_has(connection, &xcb_randr_id))
		return false;
	version = xcb_randr_query_version_reply(
		connection, xcb_randr_query_version(connection, 1, 5), NULL);
	is_new = version != NULL &&
	         (version->major_version > 1 || version->minor_version >= 3);
	free(version);
	return is_new;
}

static void open_crtcs(struct x11_outputs *outputs,
                       xcb_connection_t *connection, int count)
{
	for (int i = 0; i < count; i++) {
		xcb_randr_get_crtc_info_reply_t *reply =
			xcb_randr_get_crtc_info_reply(
				connection,
				xcb_randr_get_crtc_info(connection,
		                                        outputs->crtcs[i],
		                                        XCB_CURRENT_TIME),
				NULL);

		if (reply != NULL)
			take_crtc(outputs, (size_t)i, reply, size_of(reply));
		free(reply);
	}
}

static void open_names(struct x11_outputs *outputs,
                       xcb_connection_t *connection)
{
	for (int i = 0; i < outputs->next_count; i++) {
		xcb_randr_get_output_info_reply_t *reply =
			xcb_randr_get_output_info_reply(
				connection,
				xcb_randr_get_output_info(
					connection, outputs->next[i].output,
					XCB_CURRENT_TIME),
				NULL);

		if (reply != NULL)
			take_output(outputs, (size_t)i, reply, size_of(reply));
		free(reply);
	}
}

void ol_x11_outputs_open(struct x11_outputs *outputs,
                         xcb_connection_t *connection, xcb_window_t root)
{
	xcb_randr_get_screen_resources_current_reply_t *reply;
	int n;

	outputs->is_there = has_randr(connection);
	if (!outputs->is_there)
		return;
	reply = xcb_randr_get_screen_resources_current_reply(
		connection,
		xcb_randr_get_screen_resources_current(connection, root), NULL);
	if (reply == NULL)
		return;
	n = ol_x11_output_read_crtcs(reply, size_of(reply), outputs->crtcs,
	                             X11_LIT_MAX);
	free(reply);
	open_crtcs(outputs, connection, n);
	open_names(outputs, connection);
	end_look(outputs);
}

void ol_x11_outputs_refresh(struct x11_outputs *outputs, struct x11_asks *asks,
                            struct x11_link *link, uint64_t now_us)
{
	if (!outputs->is_there)
		return;
	outputs->is_stale = outputs->outstanding > 0 ||
	                    ol_x11_ask_crtcs(asks, link, now_us) < 0;
	if (!outputs->is_stale)
		outputs->outstanding = 1;
}

static void ask_crtcs(struct x11_outputs *outputs, struct x11_asks *asks,
                      struct x11_link *link, const struct x11_answer *answer,
                      uint64_t now_us)
{
	int n = ol_x11_output_read_crtcs(answer->reply, answer->size,
	                                 outputs->crtcs, X11_LIT_MAX);

	outputs->next_count = 0;
	for (int i = 0; i < n; i++) {
		if (ol_x11_ask_crtc(asks, link, outputs->crtcs[i], (uint64_t)i,
		                    now_us) == 0)
			outputs->outstanding++;
		else
			outputs->is_stale = true;
	}
}

static void ask_names(struct x11_outputs *outputs, struct x11_asks *asks,
                      struct x11_link *link, uint64_t now_us)
{
	for (int i = 0; i < outputs->next_count; i++) {
		if (ol_x11_ask_output(asks, link, outputs->next[i].output,
		                      (uint64_t)i, now_us) == 0)
			outputs->outstanding++;
		else
			outputs->is_stale = true;
	}
}

bool ol_x11_outputs_answer(struct x11_outputs *outputs, struct x11_asks *asks,
                           struct x11_link *link,
                           const struct x11_answer *answer, uint64_t now_us)
{
	if (outputs->outstanding > 0)
		outputs->outstanding--;
	/* Without a reply it has gone: an event will tell, if none has. */
	if (answer->reply != NULL && answer->kind == X11_ASK_CRTCS)
		ask_crtcs(outputs, asks, link, answer, now_us);
	else if (answer->reply != NULL && answer->kind == X11_ASK_CRTC)
		take_crtc(outputs, answer->serial, answer->reply, answer->size);
	else if (answer->reply != NULL)
		take_output(outputs, answer->serial, answer->reply,
		            answer->size);
	if (outputs->outstanding > 0)
		return false;
	if (answer->kind == X11_ASK_CRTC)
		ask_names(outputs, asks, link, now_us);
	if (outputs->outstanding > 0)
		return false;
	if (outputs->is_stale) {
		ol_x11_outputs_refresh(outputs, asks, link, now_us);
		return false;
	}
	end_look(outputs);
	return true;
}

/* FNV-1a. Two outputs of one server have two names. */
static uint64_t key_of(const char *who)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *who != '\0'; who++)
		hash = (hash ^ (unsigned char)*who) * UINT64_C(0x100000001b3);
	return hash;
}

static bool is_among(const struct x11_output_found *found,
                     const struct x11_output_found *list, int count)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(list[i].rule, found->rule) == 0 &&
		    strcmp(list[i].who, found->who) == 0)
			return true;
	}
	return false;
}

void ol_x11_outputs_claim(struct ol_host *host, struct x11_outputs *outputs)
{
	struct x11_output_found found[X11_OUTPUT_FOUND_MAX];
	int count = ol_x11_output_judge(outputs->lit, outputs->count, found);

	for (int i = 0; i < outputs->claimed_count; i++) {
		const struct x11_output_found *claimed = &outputs->claimed[i];

		if (!is_among(claimed, found, count))
			ol_withdraw(host, claimed->rule, key_of(claimed->who));
	}
	for (int i = 0; i < count; i++)
		/* A full ledger shows itself as a degraded probe. */
		(void)ol_claim(
			host,
			&(struct ol_claim){
				.rule = found[i].rule,
				.key = key_of(found[i].who),
				.subject = { .kind = ONLOOKER_WATCHER_DISPLAY,
		                             .name = found[i].who },
				.detail = found[i].detail,
			});
	memcpy(outputs->claimed, found, (size_t)count * sizeof(found[0]));
	outputs->claimed_count = count;
}
