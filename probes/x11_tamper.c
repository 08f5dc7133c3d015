/*
 * Who interferes with our recording, and what is done about it at once. It does
 * not know what the interference was to hide.
 */
#include "x11_tamper.h"

static const char rule[] = "x11.tampering";

/* Serials begin anew with each recording, and the claim outlives them. */
static uint64_t key_of(const struct x11_client *client)
{
	return client->pid != 0 ? (uint64_t)client->pid
	                        : UINT64_C(1) << 32 | client->base;
}

static void claim(struct ol_host *host, const struct x11_client *client)
{
	char name[X11_NAME_MAX];
	struct ol_claim claim = {
		.rule = rule,
		.key = key_of(client),
		.detail = "our recording of what the screen's readers ask for",
	};

	ol_x11_client_subject(host, client, name, &claim.subject);
	/* A full ledger shows itself as a degraded probe. */
	(void)ol_claim(host, &claim);
}

void ol_x11_tamper_tell(struct x11_watch *watch, struct x11_client *client)
{
	if (!client->has_tampered || client->id_state != X11_ID_KNOWN)
		return;
	client->has_tampered = false;
	claim(watch->host, client);
	if (watch->tamper.base == client->base)
		watch->tamper.is_told = true;
}

void ol_x11_tamper_see(struct x11_watch *watch, struct x11_client *client,
                       const struct x11_event *event)
{
	bool is_about_us = event->kind == X11_KILL
	                           ? ol_x11_link_is_ours(watch->link, event->id)
	                           : event->id == watch->link->context;

	if (!is_about_us || ol_x11_link_is_ours(watch->link, client->base))
		return;
	client->has_tampered = true;
	watch->tamper = (struct x11_tamper){
		.base = client->base,
		.is_end = event->kind != X11_CHANGE_RECORD,
	};
	ol_x11_tamper_tell(watch, client);
	/* A flood of it is answered once a batch. */
	watch->must_record_all = true;
}

void ol_x11_tamper_tell_unseen(struct ol_host *host)
{
	const struct x11_client nobody = { .is_unknown = true };

	claim(host, &nobody);
}

void ol_x11_tamper_resume(struct x11_watch *watch,
                          const struct x11_tamper *former)
{
	struct x11_client *client =
		ol_x11_clients_find(&watch->clients, former->base);

	if (former->base == 0 || former->is_told)
		return;
	if (client != NULL)
		claim(watch->host, client);
	else
		ol_x11_tamper_tell_unseen(watch->host);
}
