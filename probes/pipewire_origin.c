/*
 * Where a stream comes from: a screen, a camera, something else; and which
 * programs are the desktop's own. Pure. The tables hold the names that programs
 * were seen to use or that their authors publish: data, to be added to.
 */
#include "pipewire.h"

#include <string.h>

/*
 * Compositors that make PipeWire streams of their screen themselves. Others that
 * are built on mutter's or KWin's libraries give their streams the same names.
 */
static const char *const compositors[] = {
	"gnome-shell", "mutter",    "kwin_wayland", "kwin_x11",
	"niri",        "gamescope", "gamescope-wl", NULL,
};

/*
 * These offer their picture for as long as they run, so that the offer says
 * nothing: gamescope creates its node at start.
 */
static const char *const standing_offers[] = {
	"gamescope",
	"gamescope-wl",
	NULL,
};

/* What compositors and portals call their screen streams. */
static const char *const stream_names[] = {
	"meta-screen-cast-src", /* mutter, gnome-shell */
	"kwin-screencast-", /* then the output, or the window's desktop file */
	"xdpw-stream-",     /* xdg-desktop-portal-wlr */
	"xdph-streaming-",  /* xdg-desktop-portal-hyprland */
	"niri-screen-cast-src", NULL,
};

/*
 * Consumers that belong to the desktop: Plasma's task bar and overview show
 * live windows this way, and portal backends the choice of what to share.
 */
static const char *const desktop_programs[] = {
	"plasmashell", "kwin_wayland", "kwin_x11", "gnome-shell", NULL,
};

#define PORTAL_PREFIX "xdg-desktop-portal"

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_listed(const char *const list[], const char *text)
{
	for (; *list != NULL; list++) {
		if (strcmp(*list, text) == 0)
			return true;
	}
	return false;
}

/* The kernel keeps 15 characters of a process name. */
static bool is_comm(const char *comm, const char *name)
{
	enum { COMM = sizeof(((struct ol_process *)0)->comm) - 1 };

	return strncmp(comm, name, COMM) == 0;
}

bool ol_process_is_called(const struct ol_process *process, const char *name)
{
	return *name != '\0' && (strcmp(process->binary, name) == 0 ||
	                         is_comm(process->comm, name));
}

static bool is_process(const struct ol_process *process,
                       const char *const names[])
{
	for (; *names != NULL; names++) {
		if (ol_process_is_called(process, *names))
			return true;
	}
	return false;
}

static bool is_portal_backend(const struct ol_process *process)
{
	return has_prefix(process->binary, PORTAL_PREFIX "-");
}

bool ol_process_is_portal(const struct ol_process *process)
{
	return !is_portal_backend(process) &&
	       (strcmp(process->binary, PORTAL_PREFIX) == 0 ||
	        is_comm(process->comm, PORTAL_PREFIX));
}

static bool is_screen_name(const char *name)
{
	for (const char *const *list = stream_names; *list != NULL; list++) {
		if (has_prefix(name, *list))
			return true;
	}
	return false;
}

enum ol_origin ol_node_origin(const struct ol_graph *graph,
                              const struct ol_node *node)
{
	const struct ol_client *client = ol_graph_client(graph, node->client);

	if (node->media == OL_MEDIA_OTHER || node->media == OL_MEDIA_SINK)
		return OL_ORIGIN_OTHER;
	if (client != NULL && (is_process(&client->process, compositors) ||
	                       is_portal_backend(&client->process) ||
	                       ol_process_is_portal(&client->process)))
		return OL_ORIGIN_SCREEN;
	if (is_screen_name(node->media_name) ||
	    has_prefix(node->name, PORTAL_PREFIX "-"))
		return OL_ORIGIN_SCREEN_BY_NAME;
	/* A virtual camera has the role, but no device behind it. */
	if (node->is_camera && node->has_device)
		return OL_ORIGIN_OTHER;
	return OL_ORIGIN_UNKNOWN;
}

bool ol_origin_is_screen(enum ol_origin origin)
{
	return origin == OL_ORIGIN_SCREEN || origin == OL_ORIGIN_SCREEN_BY_NAME;
}

bool ol_node_is_standing(const struct ol_graph *graph,
                         const struct ol_node *node)
{
	const struct ol_client *client = ol_graph_client(graph, node->client);

	return client != NULL && is_process(&client->process, standing_offers);
}

/*
 * Nothing that a program says of itself counts here: any recorder would say it
 * were the desktop.
 */
bool ol_node_is_desktop(const struct ol_graph *graph,
                        const struct ol_node *node)
{
	const struct ol_client *client = ol_graph_client(graph, node->client);

	return client != NULL && client->process.is_trusted &&
	       (is_listed(desktop_programs, client->process.binary) ||
	        is_portal_backend(&client->process));
}
