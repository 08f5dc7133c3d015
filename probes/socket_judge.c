/* What a connection or a listener of a known program means. No I/O. */
#include "socket.h"

#include <string.h>

static const char *judge_server(const struct ol_tool *tool, enum ol_tie tie)
{
	bool is_checked = tool->proof != OL_PROOF_NONE;

	/* A session that is not known to be ours is somebody else's. */
	if (tie == OL_TIE_OTHER ||
	    (tool->shows == OL_SHOWS_SESSION && tie != OL_TIE_OURS))
		return "socket.elsewhere";
	if (tool->shows == OL_SHOWS_SESSION)
		return is_checked ? "socket.session-peer"
		                  : "socket.unchecked-session-peer";
	if (!is_checked)
		return "socket.unchecked-peer";
	return tie == OL_TIE_OURS ? "socket.peer" : "socket.likely-peer";
}

const char *ol_judge_connection(const struct ol_tool *tool, enum ol_tie tie,
                                enum ol_way way)
{
	bool is_checked = tool->proof != OL_PROOF_NONE;

	if (way == OL_WAY_OUT && (tool->reach & OL_REACH_REVERSE) == 0)
		return NULL;
	switch (tool->role) {
	case OL_TOOL_SERVER:
		return judge_server(tool, tie);
	case OL_TOOL_MIRROR:
		if (tie == OL_TIE_OTHER)
			return NULL;
		return is_checked ? "socket.likely-peer"
		                  : "socket.unchecked-peer";
	case OL_TOOL_INPUT:
		if (way != OL_WAY_OUT || tie == OL_TIE_OTHER)
			return NULL;
		return is_checked ? "socket.input-peer"
		                  : "socket.unchecked-input-peer";
	default:
		return NULL;
	}
}

const char *ol_judge_relay(const struct ol_tool *tool, enum ol_tie tie)
{
	if (tool->role != OL_TOOL_SERVER || tie == OL_TIE_OTHER)
		return NULL;
	return tool->proof != OL_PROOF_NONE ? "socket.relay-traffic"
	                                    : "socket.unchecked-relay-traffic";
}

const char *ol_judge_listener(const struct ol_tool *tool, enum ol_tie tie)
{
	bool is_checked = tool->proof != OL_PROOF_NONE;

	if (tool->role != OL_TOOL_SERVER || tie == OL_TIE_OTHER)
		return NULL;
	if (tool->shows != OL_SHOWS_SESSION)
		return is_checked ? "socket.listening"
		                  : "socket.unchecked-listening";
	if (tie != OL_TIE_OURS)
		return NULL;
	return is_checked ? "socket.session-server"
	                  : "socket.unchecked-session-server";
}

bool ol_judge_sends_picture(const struct ol_tool *tool, enum ol_tie tie)
{
	return tool->role == OL_TOOL_SERVER && tool->shows == OL_SHOWS_SCREEN &&
	       tie == OL_TIE_OURS && tool->proof != OL_PROOF_NONE;
}

/* "10" of ".../xrdp_display_10" and "HOST-10", "1a2b" of "x-server-1a2b.sock". */
static void last_token(const char *path, char *token, size_t size)
{
	const char *name = strrchr(path, '/');
	const char *end;

	name = name != NULL ? name + 1 : path;
	end = strchr(name, '.');
	if (end == NULL || strcmp(end, ".sock") != 0)
		end = name + strlen(name);
	for (const char *text = name; text < end; text++) {
		if (*text == '-' || *text == '_')
			name = text + 1;
	}
	token[0] = '\0';
	if ((size_t)(end - name) >= size)
		return;
	memcpy(token, name, (size_t)(end - name));
	token[end - name] = '\0';
}

enum ol_tie ol_judge_socket(const char *path, const struct ol_screens *ours)
{
	const char *wayland = strrchr(ours->wayland, '-');
	char token[64];

	last_token(path, token, sizeof(token));
	if (token[0] == '\0')
		return OL_TIE_UNKNOWN;
	if (ours->x11[0] == ':' && strcmp(ours->x11 + 1, token) == 0)
		return OL_TIE_OURS;
	if (wayland != NULL && strcmp(wayland + 1, token) == 0)
		return OL_TIE_OURS;
	return OL_TIE_OTHER;
}

bool ol_is_x11(const struct ol_tcp *tcp)
{
	enum { X11_PORT = 6000, X11_DISPLAYS = 64 };

	return ol_address_is_loopback(&tcp->peer) &&
	       tcp->peer.port >= X11_PORT &&
	       tcp->peer.port < X11_PORT + X11_DISPLAYS;
}

void ol_ports_add(struct ol_ports *ports, uint16_t first, uint16_t last)
{
	if (ol_ports_has(ports, first) && ol_ports_has(ports, last))
		return;
	if (ports->count == OL_PORTS_MAX) {
		ports->is_all = true;
		return;
	}
	ports->ranges[ports->count].first = first;
	ports->ranges[ports->count++].last = last;
}

bool ol_ports_has(const struct ol_ports *ports, uint16_t port)
{
	for (size_t i = 0; i < ports->count; i++) {
		if (port >= ports->ranges[i].first &&
		    port <= ports->ranges[i].last)
			return true;
	}
	return false;
}
