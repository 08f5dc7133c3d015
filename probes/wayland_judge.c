/* What the compositor and its clients amount to. Pure. */
#include "wayland.h"

#include <stdio.h>
#include <string.h>

static struct ol_wl_claim *add(struct ol_wl_claims *claims, const char *rule,
                               uint64_t key, const struct ol_wl_client *client)
{
	struct ol_wl_claim *claim;

	if (claims->n == OL_WL_CLAIMS_MAX)
		return NULL;
	claim = &claims->items[claims->n++];
	claim->rule = rule;
	claim->key = key;
	claim->pid = client->pid;
	claim->start_time = client->start_time;
	memcpy(claim->who, client->comm, sizeof(claim->who));
	memcpy(claim->peer, client->peer, sizeof(claim->peer));
	return claim;
}

static const char *rule_of(const struct ol_wl_client *client)
{
	if (client->pictures == 0)
		return "wayland.screen-copy-client";
	if (client->is_listening && client->peer[0] == '\0')
		return "wayland.screen-copy-server";
	return client->was_copying || client->peer[0] != '\0'
	               ? "wayland.screen-copy"
	               : "wayland.screenshot";
}

static bool judge_client(struct ol_wl_client *client,
                         struct ol_wl_claims *claims)
{
	bool is_copying = client->pictures > 0 &&
	                  (!client->is_listening || client->peer[0] != '\0');
	bool is_new =
		is_copying && !client->was_copying && client->peer[0] == '\0';

	(void)add(claims, rule_of(client), (uint64_t)client->pid, client);
	if (client->peer[0] != '\0' && (client->can & OL_WL_CAN_INJECT))
		(void)add(claims, "wayland.virtual-input",
		          (uint64_t)client->pid, client);
	client->was_copying = is_copying;
	return is_new;
}

/* weston's RDP backend makes a seat for each viewer, "RDP" and whose it is. */
static bool is_remote_seat(const struct ol_wl_global *global)
{
	return global->kind == OL_WL_SEAT &&
	       strncmp(global->text, "RDP ", 4) == 0;
}

bool ol_wl_judge(const struct ol_wire *wire, struct ol_wl_client *clients,
                 size_t n_clients, const struct ol_wl_client *compositor,
                 struct ol_wl_claims *ret)
{
	bool is_new = false;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < wire->n_globals; i++) {
		const struct ol_wl_global *global = &wire->globals[i];
		struct ol_wl_claim *claim;

		if (!is_remote_seat(global))
			continue;
		claim = add(ret, "wayland.remote-seat", global->name,
		            compositor);
		if (claim != NULL)
			memcpy(claim->detail, global->text,
			       sizeof(claim->detail));
	}
	for (size_t i = 0; i < n_clients; i++) {
		if ((clients[i].can & OL_WL_CAN_COPY) && !clients[i].is_portal)
			is_new |= judge_client(&clients[i], ret);
	}
	return is_new;
}
