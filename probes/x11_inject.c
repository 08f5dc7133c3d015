/*
 * From input that came to whoever may have sent it. Knows neither keys nor
 * places of the pointer: no request that has them is recorded.
 */
#include "x11_inject.h"

#include <stdio.h>

enum {
	/*
	 * Programs like xdotool have ended before we hear of their input. So
	 * long they are reckoned with: an alarm rests for one second.
	 */
	GONE_MS = 3000,
	DETAIL_MAX = X11_NAME_MAX + 16,
	/* Keys of claims; those of clients are their serials. */
	KEY_UNKNOWN = 0,
};

/* Who may have injected: processes, for one may have several connections. */
struct suspects {
	const struct x11_client *able;   /* used XTEST; the first of them */
	const struct x11_client *reader; /* reads the screen; the first */
	int able_count;
	int reader_count;
};

void ol_x11_inject_note(struct x11_client *client)
{
	client->is_injector = true;
}

void ol_x11_inject_gone(struct x11_watch *watch,
                        const struct x11_client *client)
{
	if (client->is_injector)
		watch->injector_gone_us = ol_now(watch->host);
}

static bool is_reading(const struct x11_client *client)
{
	for (int target = 0;
	     client->reader != NULL && target < X11_OTHER_SCREEN; target++) {
		if (client->reader->sights[target].class >= X11_PART)
			return true;
	}
	return false;
}

static bool is_same(const struct x11_client *a, const struct x11_client *b)
{
	return a == b ||
	       (a != NULL && b != NULL && a->pid != 0 && a->pid == b->pid);
}

static void add(const struct x11_client *client,
                const struct x11_client **first, int *count)
{
	if (is_same(*first, client))
		return;
	if (*first == NULL)
		*first = client;
	(*count)++;
}

static void find_suspects(const struct x11_watch *watch, struct suspects *ret)
{
	struct x11_client *const *table = watch->clients.table;
	uint64_t since_us = ol_now(watch->host) - watch->injector_gone_us;

	*ret = (struct suspects){ 0 };
	/* One that has ended counts, but cannot be named. */
	if (watch->injector_gone_us != 0 && since_us < (uint64_t)GONE_MS * 1000)
		ret->able_count++;
	for (unsigned i = 0; i < watch->clients.size; i++) {
		if (table[i] != NULL && table[i]->is_injector)
			add(table[i], &ret->able, &ret->able_count);
	}
	for (unsigned i = 0; i < watch->clients.size; i++) {
		/* Of those before us it is not known whether they did. */
		if (table[i] != NULL && is_reading(table[i]) &&
		    (table[i]->is_injector || !table[i]->is_new ||
		     is_same(table[i], ret->able)))
			add(table[i], &ret->reader, &ret->reader_count);
	}
}

static void claim_named(struct x11_watch *watch,
                        const struct suspects *suspects)
{
	char name[X11_NAME_MAX];
	struct ol_claim claim = {
		.rule = suspects->reader_count > 0 ? "x11.remote-input"
		                                   : "x11.synthetic-input",
		.key = suspects->able->serial,
		.detail = "XTEST",
	};

	ol_x11_client_subject(watch->host, suspects->able, name,
	                      &claim.subject);
	/* A full ledger shows itself as a degraded probe. */
	(void)ol_claim(watch->host, &claim);
}

static void claim_unknown(struct x11_watch *watch,
                          const struct suspects *suspects)
{
	char name[X11_NAME_MAX], detail[DETAIL_MAX];
	struct ol_subject reader;
	struct ol_claim claim = {
		.rule = suspects->reader_count > 0 ? "x11.likely-remote-input"
		                                   : "x11.unknown-input",
		.key = KEY_UNKNOWN,
		.subject = { .kind = ONLOOKER_WATCHER_PROGRAM,
		             .name = "unknown program" },
		.detail = suspects->able_count > 1 ? "one of several" : "XTEST",
	};

	if (suspects->reader_count == 1) {
		ol_x11_client_subject(watch->host, suspects->reader, name,
		                      &reader);
		(void)snprintf(detail, sizeof(detail), "perhaps %s",
		               reader.name);
		claim.detail = detail;
	}
	(void)ol_claim(watch->host, &claim);
}

static bool is_alone(const struct suspects *suspects)
{
	return suspects->able_count == 1 && suspects->able != NULL &&
	       suspects->able->id_state == X11_ID_KNOWN &&
	       (suspects->reader_count == 0 ||
	        (suspects->reader_count == 1 &&
	         is_same(suspects->reader, suspects->able)));
}

static void claim_programs(struct x11_watch *watch)
{
	struct suspects suspects;

	find_suspects(watch, &suspects);
	if (is_alone(&suspects))
		claim_named(watch, &suspects);
	else
		claim_unknown(watch, &suspects);
}

static void claim_viewers(struct x11_watch *watch)
{
	const struct x11_server *server = &watch->link->server;
	char name[X11_NAME_MAX];
	struct ol_claim claim = {
		.rule = server->kind == X11_SERVER_VNC ||
		                        server->kind == X11_SERVER_XRDP
		                ? "x11.session-input"
		                : "x11.viewer-input",
		.detail = "the viewers' devices",
	};

	ol_x11_server_subject(watch->host, server, name, &claim.subject);
	(void)ol_claim(watch->host, &claim);
}

bool ol_x11_inject_event(struct x11_watch *watch, const void *event)
{
	return ol_x11_inputs_event(&watch->link->inputs, &watch->asks,
	                           watch->link, event, ol_now(watch->host));
}

void ol_x11_inject_answer(struct x11_watch *watch,
                          const struct x11_answer *answer)
{
	const struct x11_inputs *inputs = &watch->link->inputs;
	uint32_t active = ol_x11_inputs_answer(&watch->link->inputs, answer);
	bool is_program = false, is_viewer = false;

	for (int i = 0; i < inputs->count; i++) {
		if ((active >> i & 1) == 0)
			continue;
		if (inputs->devices[i].kind == X11_DEVICE_TEST)
			is_program = true;
		else
			is_viewer = true;
	}
	if (is_program)
		claim_programs(watch);
	if (is_viewer)
		claim_viewers(watch);
}

void ol_x11_inject_tick(struct x11_watch *watch)
{
	ol_x11_inputs_tick(&watch->link->inputs, watch->link,
	                   ol_now(watch->host));
}

uint64_t ol_x11_inject_deadline(const struct x11_watch *watch)
{
	return watch->link->inputs.arm_us;
}
