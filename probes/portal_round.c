/*
 * One look around the bus: who holds the names, which objects they show, whom
 * mutter watches, and which processes these are. Every question is asked without
 * waiting; a phase ends when its last answer is in, or has been waited for long
 * enough. Decides nothing.
 */
#include "portal_round.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const service_names[OL_PORTAL_SERVICES] = {
	[OL_PORTAL_FRONTEND] = "org.freedesktop.portal.Desktop",
	[OL_PORTAL_BACKEND_GNOME] = "org.freedesktop.impl.portal.desktop.gnome",
	[OL_PORTAL_BACKEND_WLR] = "org.freedesktop.impl.portal.desktop.wlr",
	[OL_PORTAL_MUTTER_CAST] = "org.gnome.Mutter.ScreenCast",
	[OL_PORTAL_MUTTER_CONTROL] = "org.gnome.Mutter.RemoteDesktop",
	[OL_PORTAL_GNOME_REMOTE] = "org.gnome.RemoteDesktop",
	[OL_PORTAL_GNOME_RECORDER] = "org.gnome.Shell.Screencast",
};

/*
 * Where mutter signals that a session has ended. The beginning of a stream it
 * tells its owner alone, and that of a session nobody.
 */
static const char *const event_paths[OL_ROUND_EVENTS] = {
	"/org/gnome/Mutter/ScreenCast",
	"/org/gnome/Mutter/RemoteDesktop",
};

static void next_phase(struct ol_round *self);

static struct ol_round_call *take_call(struct ol_round *self)
{
	for (size_t i = 0; i < OL_ROUND_CALLS_MAX; i++) {
		if (self->calls[i].slot == NULL)
			return &self->calls[i];
	}
	self->view.is_cut = true;
	return NULL;
}

/* Takes over the message. */
struct ol_round_call *ol_round_send(struct ol_round *self,
                                    sd_bus_message *message,
                                    sd_bus_message_handler_t answered,
                                    int number)
{
	struct ol_round_call *call = take_call(self);
	int r;

	if (call == NULL) {
		sd_bus_message_unref(message);
		return NULL;
	}
	/* Asking must never start what was not there. */
	r = sd_bus_message_set_auto_start(message, false);
	if (r >= 0)
		r = sd_bus_call_async(self->bus, &call->slot, message, answered,
		                      call, OL_ROUND_SILENCE_US);
	sd_bus_message_unref(message);
	if (r < 0) {
		self->view.is_cut = true;
		return NULL;
	}
	call->round = self;
	call->number = number;
	call->sender[0] = '\0';
	self->n_open++;
	return call;
}

struct ol_round_call *ol_round_ask(struct ol_round *self, const char *whom,
                                   const char *path, const char *interface,
                                   const char *member,
                                   sd_bus_message_handler_t answered,
                                   int number)
{
	sd_bus_message *message;

	if (sd_bus_message_new_method_call(self->bus, &message, whom, path,
	                                   interface, member) < 0) {
		self->view.is_cut = true;
		return NULL;
	}
	return ol_round_send(self, message, answered, number);
}

void ol_round_ask_bus(struct ol_round *self, const char *interface,
                      const char *member, const char *argument,
                      sd_bus_message_handler_t answered, int number)
{
	sd_bus_message *message;
	int r;

	r = sd_bus_message_new_method_call(
		self->bus, &message, "org.freedesktop.DBus",
		"/org/freedesktop/DBus", interface, member);
	if (r < 0) {
		self->view.is_cut = true;
		return;
	}
	if (argument != NULL)
		(void)sd_bus_message_append(message, "s", argument);
	(void)ol_round_send(self, message, answered, number);
}

/* An answer came, or will not. Returns whether it says anything. */
bool ol_round_is_answer(struct ol_round *self, sd_bus_message *message)
{
	if (!sd_bus_message_is_method_error(message, NULL))
		return true;
	if (sd_bus_message_is_method_error(message, SD_BUS_ERROR_NO_REPLY) ||
	    sd_bus_message_is_method_error(message, SD_BUS_ERROR_TIMEOUT))
		self->result.is_silent = true;
	else if (sd_bus_message_is_method_error(message,
	                                        SD_BUS_ERROR_ACCESS_DENIED))
		self->result.is_denied = true;
	return false;
}

/* Every handler of an answer ends with this. */
int ol_round_end(struct ol_round_call *call)
{
	struct ol_round *self = call->round;

	call->slot = sd_bus_slot_unref(call->slot);
	if (--self->n_open == 0)
		next_phase(self);
	return 0;
}

static void set_owner(struct ol_round *self, int service, const char *owner)
{
	snprintf(self->view.owners[service], OL_PORTAL_NAME, "%s", owner);
}

static int on_owner(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct ol_round_call *call = data;
	const char *owner;

	(void)error;
	if (ol_round_is_answer(call->round, message) &&
	    sd_bus_message_read(message, "s", &owner) > 0)
		set_owner(call->round, call->number, owner);
	return ol_round_end(call);
}

static int on_own_pid(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct ol_round_call *call = data;
	struct ol_round *self = call->round;
	uint32_t pid;

	(void)error;
	if (ol_round_is_answer(self, message) &&
	    sd_bus_message_read(message, "u", &pid) > 0)
		self->result.is_foreign = (int64_t)pid != (int64_t)getpid();
	return ol_round_end(call);
}

static void ask_names(struct ol_round *self)
{
	const char *own_name;

	for (int i = 0; i < OL_PORTAL_SERVICES; i++)
		ol_round_ask_bus(self, "org.freedesktop.DBus", "GetNameOwner",
		                 service_names[i], on_owner, i);
	if (sd_bus_get_unique_name(self->bus, &own_name) >= 0)
		ol_round_ask_bus(self, "org.freedesktop.DBus",
		                 "GetConnectionUnixProcessID", own_name,
		                 on_own_pid, 0);
	self->are_names_known = true;
}

static int on_service(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct ol_round *self = data;
	const char *name, *old, *new;

	(void)error;
	if (sd_bus_message_read(message, "sss", &name, &old, &new) <= 0)
		return 0;
	for (int i = 0; i < OL_PORTAL_SERVICES; i++) {
		if (strcmp(service_names[i], name) == 0)
			set_owner(self, i, new);
	}
	self->wanted(self->data);
	return 0;
}

int ol_round_on_event(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct ol_round *self = data;

	(void)message;
	(void)error;
	self->wanted(self->data);
	return 0;
}

int ol_round_watch_name(struct ol_round *self, const char *name,
                        sd_bus_message_handler_t changed, sd_bus_slot **ret)
{
	char match[192];

	snprintf(match, sizeof(match),
	         "type='signal',sender='org.freedesktop.DBus',"
	         "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
	         "arg0='%s'",
	         name);
	return sd_bus_add_match_async(self->bus, ret, match, changed, NULL,
	                              self);
}

static int watch_services(struct ol_round *self)
{
	char match[128];
	int r = 0;

	for (int i = 0; r >= 0 && i < OL_PORTAL_SERVICES; i++)
		r = ol_round_watch_name(self, service_names[i], on_service,
		                        &self->matches[i]);
	for (int i = 0; r >= 0 && i < OL_ROUND_EVENTS; i++) {
		snprintf(match, sizeof(match),
		         "type='signal',path_namespace='%s'", event_paths[i]);
		r = sd_bus_add_match_async(
			self->bus, &self->matches[OL_PORTAL_SERVICES + i],
			match, ol_round_on_event, NULL, self);
	}
	return r;
}

static void finish(struct ol_round *self)
{
	self->is_busy = false;
	if (self->result.is_silent)
		self->are_names_known = false;
	self->result.view = &self->view;
	self->result.peers = self->peers;
	self->result.n_peers = self->n_peers;
	self->result.is_idle = !ol_round_has_trees(self);
	self->done(self->data, &self->result);
}

static void next_phase(struct ol_round *self)
{
	static void (*const questions[])(struct ol_round *) = {
		[OL_PHASE_NAMES] = ask_names,
		[OL_PHASE_TREES] = ol_round_ask_trees,
		[OL_PHASE_RULES] = ol_round_ask_rules,
		[OL_PHASE_PEERS] = ol_round_ask_peers,
	};

	while (self->n_open == 0 && self->phase < OL_PHASE_DONE)
		questions[self->phase++](self);
	if (self->n_open == 0)
		finish(self);
}

void ol_round_begin(struct ol_round *self)
{
	struct ol_portal_view *view = &self->view;
	char owners[OL_PORTAL_SERVICES][OL_PORTAL_NAME];

	if (self->is_busy)
		return;
	memcpy(owners, view->owners, sizeof(owners));
	memset(view, 0, sizeof(*view));
	memcpy(view->owners, owners, sizeof(owners));
	self->result.is_silent = self->result.is_denied = false;
	self->is_busy = true;
	self->phase = self->are_names_known ? OL_PHASE_TREES : OL_PHASE_NAMES;
	next_phase(self);
}

int ol_round_new(struct ol_host *host, sd_bus *bus,
                 void (*done)(void *data, const struct ol_round_result *result),
                 void (*wanted)(void *data), void *data, struct ol_round **ret)
{
	struct ol_round *self = calloc(1, sizeof(*self));
	int r;

	if (self == NULL)
		return -ENOMEM;
	self->host = host;
	self->bus = sd_bus_ref(bus);
	self->done = done;
	self->wanted = wanted;
	self->data = data;
	r = watch_services(self);
	if (r < 0) {
		ol_round_free(self);
		return r;
	}
	*ret = self;
	return 0;
}

void ol_round_free(struct ol_round *self)
{
	if (self == NULL)
		return;
	for (size_t i = 0; i < OL_ROUND_CALLS_MAX; i++)
		sd_bus_slot_unref(self->calls[i].slot);
	for (size_t i = 0; i < OL_PORTAL_SERVICES + OL_ROUND_EVENTS; i++)
		sd_bus_slot_unref(self->matches[i]);
	for (size_t i = 0; i < self->n_peers; i++)
		sd_bus_slot_unref(self->peer_matches[i]);
	sd_bus_unref(self->bus);
	free(self);
}
