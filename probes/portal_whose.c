/*
 * Whose the sessions are: whom mutter watches, and which process a program on
 * the bus is. Decides nothing.
 */
#include "portal_round.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool is_mutter(const struct ol_portal_view *view, const char *name)
{
	return strcmp(name, view->owners[OL_PORTAL_MUTTER_CAST]) == 0 ||
	       strcmp(name, view->owners[OL_PORTAL_MUTTER_CONTROL]) == 0;
}

static int read_rules(struct ol_round *self, sd_bus_message *message)
{
	char creator[OL_PORTAL_NAME];
	const char *name, *rule;
	int r;

	r = sd_bus_message_enter_container(message, 'a', "{sas}");
	while (r > 0 &&
	       (r = sd_bus_message_enter_container(message, 'e', "sas")) > 0) {
		r = sd_bus_message_read(message, "s", &name);
		if (r <= 0 || !is_mutter(&self->view, name)) {
			if (sd_bus_message_skip(message, "as") < 0)
				return -EBADMSG;
			r = sd_bus_message_exit_container(message);
			continue;
		}
		r = sd_bus_message_enter_container(message, 'a', "s");
		while (r > 0 &&
		       (r = sd_bus_message_read(message, "s", &rule)) > 0) {
			if (ol_portal_parse_match(rule, creator) == 0)
				ol_portal_add_creator(&self->view, creator);
		}
		if (r < 0 || sd_bus_message_exit_container(message) < 0)
			return -EBADMSG;
		r = sd_bus_message_exit_container(message);
	}
	return r;
}

static int on_rules(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct ol_round_call *call = data;
	struct ol_round *self = call->round;

	(void)error;
	/* Buses without these statistics are common: no reason to complain. */
	if (sd_bus_message_is_method_error(message, NULL) ||
	    read_rules(self, message) < 0)
		self->are_rules_refused = true;
	return ol_round_end(call);
}

void ol_round_ask_rules(struct ol_round *self)
{
	const struct ol_portal_view *view = &self->view;

	if (self->are_rules_refused ||
	    view->controls.n + view->casts.n + view->streams.n == 0)
		return;
	ol_round_ask_bus(self, "org.freedesktop.DBus.Debug.Stats",
	                 "GetAllMatchRules", NULL, on_rules, 0);
}

static int on_pid(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct ol_round_call *call = data;
	struct ol_round *self = call->round;
	struct ol_portal_peer *peer = &self->peers[call->number];
	uint32_t pid;

	(void)error;
	if (sd_bus_message_is_method_error(message,
	                                   SD_BUS_ERROR_NAME_HAS_NO_OWNER))
		peer->is_gone = true;
	else if (ol_round_is_answer(self, message) &&
	         !self->result.is_foreign &&
	         sd_bus_message_read(message, "u", &pid) > 0)
		ol_portal_peer_identify(self->host, pid, peer);
	return ol_round_end(call);
}

static bool is_needed(const struct ol_portal_view *view, const char *name)
{
	const char *suspects[OL_PORTAL_PEERS_MAX];
	size_t n = ol_portal_suspects(view, NULL, 0, suspects);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(suspects[i], name) == 0)
			return true;
	}
	for (size_t i = 0; i < view->n_sessions; i++) {
		if (strcmp(view->sessions[i].requester, name) == 0)
			return true;
	}
	return false;
}

static void forget_peers(struct ol_round *self)
{
	for (size_t i = self->n_peers; i-- > 0;) {
		if (is_needed(&self->view, self->peers[i].name))
			continue;
		sd_bus_slot_unref(self->peer_matches[i]);
		self->n_peers--;
		self->peers[i] = self->peers[self->n_peers];
		self->peer_matches[i] = self->peer_matches[self->n_peers];
	}
}

static void need_peer(struct ol_round *self, const char *name)
{
	struct ol_portal_peer *peer = self->peers;
	size_t n = self->n_peers;

	for (size_t i = 0; i < n; i++, peer++) {
		if (strcmp(peer->name, name) == 0)
			return;
	}
	if (n == OL_PORTAL_PEERS_MAX) {
		self->view.is_cut = true;
		return;
	}
	*peer = (struct ol_portal_peer){ 0 };
	snprintf(peer->name, sizeof(peer->name), "%s", name);
	self->peer_matches[n] = NULL;
	/* Without it, the next look finds out. */
	(void)ol_round_watch_name(self, name, ol_round_on_event,
	                          &self->peer_matches[n]);
	self->n_peers++;
	ol_round_ask_bus(self, "org.freedesktop.DBus",
	                 "GetConnectionUnixProcessID", name, on_pid, (int)n);
}

void ol_round_ask_peers(struct ol_round *self)
{
	const struct ol_portal_view *view = &self->view;
	const char *suspects[OL_PORTAL_PEERS_MAX];
	size_t n = ol_portal_suspects(view, NULL, 0, suspects);

	if (!view->is_cut && !self->result.is_silent)
		forget_peers(self);
	if (view->controls.n + view->casts.n + view->streams.n == 0)
		n = 0;
	for (size_t i = 0; i < n; i++)
		need_peer(self, suspects[i]);
	for (size_t i = 0; i < view->n_sessions; i++)
		need_peer(self, view->sessions[i].requester);
}
