/*
 * The objects that the portal and the compositor show: where they are, and what
 * is read of them. Decides nothing.
 */
#include "portal_round.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum tree_kind {
	TREE_SENDERS, /* of portal sessions */
	TREE_CASTS,
	TREE_STREAMS,
	TREE_CONTROLS,
};

/* Where objects are; each node below is one, or a sender with its tokens. */
static const struct tree {
	enum ol_portal_service service;
	enum tree_kind kind;
	const char *path;
} trees[] = {
	{ OL_PORTAL_FRONTEND, TREE_SENDERS,
	  "/org/freedesktop/portal/desktop/session" },
	{ OL_PORTAL_BACKEND_WLR, TREE_SENDERS,
	  "/org/freedesktop/portal/desktop/session" },
	{ OL_PORTAL_MUTTER_CAST, TREE_CASTS,
	  "/org/gnome/Mutter/ScreenCast/Session" },
	{ OL_PORTAL_MUTTER_CAST, TREE_STREAMS,
	  "/org/gnome/Mutter/ScreenCast/Stream" },
	{ OL_PORTAL_MUTTER_CONTROL, TREE_CONTROLS,
	  "/org/gnome/Mutter/RemoteDesktop/Session" },
};

enum { TREES = sizeof(trees) / sizeof(trees[0]) };

static int on_tree(sd_bus_message *message, void *data, sd_bus_error *error);
static int on_tokens(sd_bus_message *message, void *data, sd_bus_error *error);
static int on_size(sd_bus_message *message, void *data, sd_bus_error *error);

static struct ol_round_call *introspect(struct ol_round *self,
                                        const struct tree *tree,
                                        const char *node,
                                        sd_bus_message_handler_t answered)
{
	char path[OL_PORTAL_PATH];

	snprintf(path, sizeof(path), "%s%s%s", tree->path,
	         *node != '\0' ? "/" : "", node);
	return ol_round_ask(self, self->view.owners[tree->service], path,
	                    "org.freedesktop.DBus.Introspectable", "Introspect",
	                    answered, (int)(tree - trees));
}

static void ask_size(struct ol_round *self, const struct tree *tree,
                     const char *node, uint32_t id)
{
	char path[OL_PORTAL_PATH];
	sd_bus_message *message;

	snprintf(path, sizeof(path), "%s/%s", tree->path, node);
	if (sd_bus_message_new_method_call(
		    self->bus, &message, self->view.owners[tree->service], path,
		    "org.freedesktop.DBus.Properties", "Get") < 0)
		return;
	(void)sd_bus_message_append(message, "ss",
	                            "org.gnome.Mutter.ScreenCast.Stream",
	                            "Parameters");
	(void)ol_round_send(self, message, on_size, (int)id);
}

static void see_node(struct ol_round *self, const struct tree *tree,
                     const char *node)
{
	struct ol_portal_view *view = &self->view;
	char sender[OL_PORTAL_NAME];
	struct ol_round_call *call;
	uint32_t id;

	if (tree->kind == TREE_SENDERS) {
		if (ol_portal_parse_sender(node, sender) < 0)
			return;
		call = introspect(self, tree, node, on_tokens);
		if (call != NULL)
			memcpy(call->sender, sender, sizeof(sender));
		return;
	}
	if (ol_portal_parse_number(node, &id) < 0)
		return;
	if (tree->kind == TREE_CASTS)
		ol_portal_add_object(view, &view->casts, id);
	else if (tree->kind == TREE_CONTROLS)
		ol_portal_add_object(view, &view->controls, id);
	else
		ol_portal_add_object(view, &view->streams, id);
	if (tree->kind == TREE_STREAMS)
		ask_size(self, tree, node, id);
}

/* Introspection data of an answer, or NULL. */
static const char *read_xml(struct ol_round *self, sd_bus_message *message,
                            size_t *size)
{
	const char *xml;

	if (!ol_round_is_answer(self, message) ||
	    sd_bus_message_read(message, "s", &xml) <= 0)
		return NULL;
	*size = strnlen(xml, OL_PORTAL_XML_MAX + 1);
	if (*size <= OL_PORTAL_XML_MAX)
		return xml;
	self->view.is_cut = true;
	*size = OL_PORTAL_XML_MAX;
	return xml;
}

static int on_tree(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct ol_round_call *call = data;
	struct ol_round *self = call->round;
	char node[OL_PORTAL_NODE];
	size_t at = 0, size, n = 0;
	const char *xml = read_xml(self, message, &size);

	(void)error;
	while (xml != NULL && ol_portal_next_node(xml, size, &at, node)) {
		if (++n > OL_PORTAL_SESSIONS_MAX) {
			self->view.is_cut = true;
			break;
		}
		see_node(self, &trees[call->number], node);
	}
	return ol_round_end(call);
}

static int on_tokens(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct ol_round_call *call = data;
	struct ol_round *self = call->round;
	bool is_cast = trees[call->number].service == OL_PORTAL_BACKEND_WLR;
	char node[OL_PORTAL_NODE];
	size_t at = 0, size;
	const char *xml = read_xml(self, message, &size);

	(void)error;
	while (xml != NULL && ol_portal_next_node(xml, size, &at, node) &&
	       !self->view.is_cut)
		ol_portal_add_session(&self->view, call->sender, node, is_cast);
	return ol_round_end(call);
}

/* A stream's Parameters, a{sv}, of which "size" is (ii). */
static int read_size(sd_bus_message *message, struct ol_portal_object *ret)
{
	const char *key;
	int r;

	r = sd_bus_message_enter_container(message, 'v', "a{sv}");
	if (r > 0)
		r = sd_bus_message_enter_container(message, 'a', "{sv}");
	if (r <= 0)
		return -EBADMSG;
	while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
		r = sd_bus_message_read(message, "s", &key);
		if (r <= 0)
			return -EBADMSG;
		if (strcmp(key, "size") == 0)
			return sd_bus_message_read(message, "v", "(ii)",
			                           &ret->width, &ret->height);
		if (sd_bus_message_skip(message, "v") < 0 ||
		    sd_bus_message_exit_container(message) < 0)
			return -EBADMSG;
	}
	return r;
}

static int on_size(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct ol_round_call *call = data;
	struct ol_portal_objects *streams = &call->round->view.streams;
	struct ol_portal_object read = { 0 };

	(void)error;
	if (ol_round_is_answer(call->round, message) &&
	    read_size(message, &read) > 0) {
		for (size_t i = 0; i < streams->n; i++) {
			if (streams->items[i].id != (uint32_t)call->number)
				continue;
			streams->items[i].width = read.width;
			streams->items[i].height = read.height;
		}
	}
	return ol_round_end(call);
}

void ol_round_ask_trees(struct ol_round *self)
{
	for (size_t i = 0; i < TREES; i++) {
		if (self->view.owners[trees[i].service][0] != '\0')
			(void)introspect(self, &trees[i], "", on_tree);
	}
}

bool ol_round_has_trees(const struct ol_round *self)
{
	for (size_t i = 0; i < TREES; i++) {
		if (self->view.owners[trees[i].service][0] != '\0')
			return true;
	}
	return false;
}
