/* What kind of display the X server is. Knows nothing of what clients do. */
#include "x11_server.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "x11_client.h"

/* The first kind all of whose marks are there. */
static const struct {
	unsigned marks;
	enum x11_server_kind kind;
} kinds[] = {
	{ X11_MARK_XPRA, X11_SERVER_XPRA }, /* over Xvfb or the dummy driver */
	{ X11_MARK_NX, X11_SERVER_NX },
	{ X11_MARK_XWAYLAND, X11_SERVER_XWAYLAND },
	{ X11_MARK_VNC | X11_MARK_VNC_OUTPUT, X11_SERVER_VNC },
	{ X11_MARK_VNC, X11_SERVER_VNC_MODULE },
	{ X11_MARK_RDP_DEVICE, X11_SERVER_XRDP },
	{ X11_MARK_NESTED_DEVICE, X11_SERVER_NESTED },
};

/*
 * A server that draws into memory alone, Xvfb or the dummy driver, is none of
 * these: whoever shows it to anybody reads it as any client does.
 */
static const struct {
	const char *rule;   /* NULL: no remote display */
	const char *detail; /* what it is */
	const char *blind;  /* NULL: its readers are all clients */
} meanings[] = {
	[X11_SERVER_PLAIN] = { NULL, NULL, NULL },
	[X11_SERVER_XWAYLAND] = { NULL, NULL, NULL }, /* x11_link.c */
	[X11_SERVER_XPRA] = { "x11.remote-server", "xpra", NULL },
	[X11_SERVER_NX] = { "x11.remote-server", "nxagent",
	                    "this X server sends its picture to an NX viewer "
	                    "itself, which cannot be seen here" },
	[X11_SERVER_VNC] = { "x11.remote-server", "VNC",
	                     "this X server shows its picture to VNC viewers "
	                     "itself, which cannot be seen here but in their "
	                     "connections" },
	[X11_SERVER_VNC_MODULE] = { "x11.vnc-module", "VNC module",
	                            "this X server shows its picture to VNC "
	                            "viewers itself, which cannot be seen here "
	                            "but in their connections" },
	[X11_SERVER_XRDP] = { "x11.remote-server", "xrdp",
	                      "this X server hands its picture to xrdp itself, "
	                      "which cannot be seen here but in its "
	                      "connections" },
	[X11_SERVER_NESTED] = { NULL, NULL,
	                        "this X server is a window on another display, "
	                        "and whoever reads it there cannot be seen "
	                        "here; watch that display too" },
};

static const struct {
	const char *prefix;
	unsigned mark;
} prefixes[] = {
	{ "VNC-", X11_MARK_VNC_OUTPUT },
	{ "XWAYLAND", X11_MARK_XWAYLAND },
};

enum {
	KINDS = sizeof(kinds) / sizeof(kinds[0]),
	PREFIXES = sizeof(prefixes) / sizeof(prefixes[0]),
};

enum x11_server_kind ol_x11_server_judge(unsigned marks)
{
	for (int i = 0; i < KINDS; i++) {
		if ((marks & kinds[i].marks) == kinds[i].marks)
			return kinds[i].kind;
	}
	return X11_SERVER_PLAIN;
}

unsigned ol_x11_server_output_mark(const char *name)
{
	for (int i = 0; i < PREFIXES; i++) {
		if (strncmp(name, prefixes[i].prefix,
		            strlen(prefixes[i].prefix)) == 0)
			return prefixes[i].mark;
	}
	return 0;
}

static bool has_extension(xcb_connection_t *connection, const char *name)
{
	xcb_query_extension_reply_t *reply = xcb_query_extension_reply(
		connection,
		xcb_query_extension(connection, (uint16_t)strlen(name), name),
		NULL);
	bool is_there = reply != NULL && reply->present;

	free(reply);
	return is_there;
}

/* Whether the root has this property; what it says is not read. */
static bool has_property(xcb_connection_t *connection, xcb_window_t root,
                         const char *name)
{
	xcb_intern_atom_reply_t *atom = xcb_intern_atom_reply(
		connection,
		xcb_intern_atom(connection, 1, (uint16_t)strlen(name), name),
		NULL);
	xcb_get_property_reply_t *property;
	bool is_there;

	if (atom == NULL || atom->atom == XCB_ATOM_NONE) {
		free(atom);
		return false;
	}
	property = xcb_get_property_reply(
		connection,
		xcb_get_property(connection, 0, root, atom->atom,
	                         XCB_GET_PROPERTY_TYPE_ANY, 0, 0),
		NULL);
	is_there = property != NULL && property->type != XCB_ATOM_NONE;
	free(property);
	free(atom);
	return is_there;
}

static unsigned mark_outputs(const struct x11_outputs *outputs)
{
	unsigned marks = 0;

	for (int i = 0; i < outputs->count; i++)
		marks |= ol_x11_server_output_mark(outputs->lit[i].name);
	return marks;
}

static unsigned mark_devices(const struct x11_device *devices, int count)
{
	unsigned marks = 0;

	for (int i = 0; i < count; i++) {
		if (devices[i].kind == X11_DEVICE_RDP)
			marks |= X11_MARK_RDP_DEVICE;
		else if (devices[i].kind == X11_DEVICE_NESTED)
			marks |= X11_MARK_NESTED_DEVICE;
	}
	return marks;
}

/* Of a socket over the network, or of another pid namespace, it is 0. */
static int64_t find_pid(xcb_connection_t *connection)
{
	struct ucred peer = { 0 };
	socklen_t size = sizeof(peer);

	if (getsockopt(xcb_get_file_descriptor(connection), SOL_SOCKET,
	               SO_PEERCRED, &peer, &size) < 0)
		return 0;
	return peer.pid > 0 ? peer.pid : 0;
}

void ol_x11_server_ask(struct x11_server *server, xcb_connection_t *connection,
                       xcb_window_t root, const struct x11_outputs *outputs,
                       const struct x11_device *devices, int device_count)
{
	unsigned marks =
		mark_devices(devices, device_count) | mark_outputs(outputs);

	if (has_extension(connection, "XWAYLAND"))
		marks |= X11_MARK_XWAYLAND;
	if (has_extension(connection, "VNC-EXTENSION"))
		marks |= X11_MARK_VNC;
	if (has_property(connection, root, "NX_AGENT_VERSION"))
		marks |= X11_MARK_NX;
	if (has_property(connection, root, "XPRA_SERVER"))
		marks |= X11_MARK_XPRA;
	server->kind = ol_x11_server_judge(marks);
	server->pid = find_pid(connection);
}

const char *ol_x11_server_blind(const struct x11_server *server)
{
	return meanings[server->kind].blind;
}

void ol_x11_server_subject(struct ol_host *host,
                           const struct x11_server *server, char *name,
                           struct ol_subject *ret)
{
	struct x11_client process = { .pid = server->pid };

	ol_x11_client_subject(host, &process, name, ret);
	if (server->pid != 0)
		return;
	(void)snprintf(name, X11_NAME_MAX, "X server");
	ret->kind = ONLOOKER_WATCHER_SESSION;
}

void ol_x11_server_claim(struct ol_host *host, const struct x11_server *server)
{
	char name[X11_NAME_MAX];
	struct ol_claim claim = {
		.rule = meanings[server->kind].rule,
		.detail = meanings[server->kind].detail,
	};

	if (claim.rule == NULL)
		return;
	ol_x11_server_subject(host, server, name, &claim.subject);
	/* A full ledger shows itself as a degraded probe. */
	(void)ol_claim(host, &claim);
}
