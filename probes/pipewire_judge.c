/*
 * What a graph means: which sources are screens, what each link amounts to, and
 * who takes part. Pure. The names in the tables are those that programs were
 * seen to use, or that their authors publish; data, to be added to.
 */
#include "pipewire.h"

#include <stdio.h>
#include <string.h>

#include <pipewire/link.h>
#include <pipewire/node.h>

static const char *const rules[OL_VERDICTS] = {
	[OL_VERDICT_CAST] = "pipewire.screen-cast",
	[OL_VERDICT_HIDDEN] = "pipewire.hidden-link",
	[OL_VERDICT_PAUSED] = "pipewire.screen-cast-paused",
	[OL_VERDICT_OPEN] = "pipewire.screen-cast-open",
	[OL_VERDICT_UNKNOWN] = "pipewire.unknown-video",
	[OL_VERDICT_PREVIEW] = "pipewire.desktop-preview",
};

/* Prefixes of what the DRM subsystem and compositors call their outputs. */
static const char *const connectors[] = {
	"eDP-", "DP-",      "HDMI-",     "DVI-", "VGA-", "LVDS-", "DSI-",
	"USB-", "Virtual-", "HEADLESS-", "WL-",  "X11-", NULL,
};

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static enum ol_verdict judge_hidden(const struct ol_graph *graph,
                                    const struct ol_node *output,
                                    const struct ol_node *input)
{
	if (!output->was_seen)
		return input->media == OL_MEDIA_SINK ? OL_VERDICT_HIDDEN
		                                     : OL_VERDICT_NONE;
	return ol_node_origin(graph, output) != OL_ORIGIN_OTHER
	               ? OL_VERDICT_HIDDEN
	               : OL_VERDICT_NONE;
}

static enum ol_verdict judge_link(const struct ol_graph *graph,
                                  const struct ol_link *link)
{
	const struct ol_node *output = ol_graph_node(graph, link->output);
	const struct ol_node *input = ol_graph_node(graph, link->input);
	enum ol_origin source;
	bool is_running;

	if (output == NULL || input == NULL ||
	    link->state == PW_LINK_STATE_ERROR ||
	    link->state == PW_LINK_STATE_UNLINKED)
		return OL_VERDICT_NONE;
	if (link->is_hidden || output->is_hidden || input->is_hidden)
		return judge_hidden(graph, output, input);
	if (link->state == OL_GRAPH_STATE_UNKNOWN ||
	    output->state == OL_GRAPH_STATE_UNKNOWN ||
	    input->state == OL_GRAPH_STATE_UNKNOWN)
		return OL_VERDICT_NONE;
	source = ol_node_origin(graph, output);
	is_running = link->state == PW_LINK_STATE_ACTIVE &&
	             output->state == PW_NODE_STATE_RUNNING &&
	             input->state == PW_NODE_STATE_RUNNING;
	if (ol_origin_is_screen(source) && ol_node_is_desktop(graph, input))
		return OL_VERDICT_PREVIEW;
	if (ol_origin_is_screen(source))
		return is_running ? OL_VERDICT_CAST : OL_VERDICT_PAUSED;
	if (source == OL_ORIGIN_UNKNOWN && is_running &&
	    (output->media == OL_MEDIA_SOURCE || input->media == OL_MEDIA_SINK))
		return OL_VERDICT_UNKNOWN;
	return OL_VERDICT_NONE;
}

static enum ol_verdict judge_node(const struct ol_graph *graph,
                                  const struct ol_node *node)
{
	bool is_source = node->media == OL_MEDIA_SOURCE;

	if (node->is_hidden && node->is_linked)
		return OL_VERDICT_NONE; /* the link tells more */
	if (node->is_hidden)
		return node->media == OL_MEDIA_SINK ||
		                       (is_source &&
		                        ol_node_origin(graph, node) !=
		                                OL_ORIGIN_OTHER)
		               ? OL_VERDICT_HIDDEN
		               : OL_VERDICT_NONE;
	if (!is_source || node->is_taken || node->left != 0 ||
	    node->state == OL_GRAPH_STATE_UNKNOWN ||
	    !ol_origin_is_screen(ol_node_origin(graph, node)))
		return OL_VERDICT_NONE;
	if (ol_node_is_standing(graph, node))
		return OL_VERDICT_NONE;
	return OL_VERDICT_OPEN;
}

static void name_process(struct ol_cast *cast, const struct ol_process *process)
{
	cast->kind = ONLOOKER_WATCHER_PROGRAM;
	cast->pid = process->pid;
	cast->start_time = process->start_time;
	memcpy(cast->name, process->comm, sizeof(process->comm));
}

/*
 * Behind a portal, all there is is what the program says of itself. Its pid is
 * believed if that process runs the program it claims to be; a sandboxed program
 * gives the number it has inside, which is another's here. That it is the host
 * program is never believed: it would make the claim vanish.
 */
static const char *name_claimed(struct ol_cast *cast,
                                const struct ol_client *client, int64_t own_pid)
{
	const struct ol_process *claimed = &client->claimed;
	const char *binary = client->claimed_binary;

	cast->kind = ONLOOKER_WATCHER_PROGRAM;
	if (claimed->start_time != 0 && claimed->pid != own_pid &&
	    ol_process_is_called(claimed, binary)) {
		name_process(cast, claimed);
		return "through the portal, process as it says of itself";
	}
	snprintf(cast->name, sizeof(cast->name), "%s",
	         client->name[0] != '\0' ? client->name : binary);
	return "through the portal, name as it says of itself";
}

/* Its own process. Returns how far that can be relied on, "" if wholly. */
static const char *name_itself(struct ol_cast *cast,
                               const struct ol_client *client)
{
	name_process(cast, &client->process);
	if (client->process.comm[0] != '\0')
		return "";
	/* It has ended, or lives in another pid namespace. */
	memcpy(cast->name, client->name, sizeof(cast->name));
	return "name as it says of itself";
}

/* Whoever a stream goes to, or whoever offers it. Returns the same. */
static const char *name_client(const struct ol_graph *graph,
                               struct ol_cast *cast, enum ol_verdict verdict,
                               const struct ol_client *client)
{
	if (client == NULL) {
		cast->kind = ONLOOKER_WATCHER_UNKNOWN;
		return "";
	}
	if (verdict != OL_VERDICT_OPEN &&
	    ol_process_is_portal(&client->process))
		return name_claimed(cast, client, graph->own_pid);
	return name_itself(cast, client);
}

static bool is_connector(const char *name)
{
	for (const char *const *list = connectors; *list != NULL; list++) {
		if (has_prefix(name, *list))
			return true;
	}
	return false;
}

/* Which output or window. KWin alone tells. */
static void describe_source(const struct ol_graph *graph,
                            const struct ol_node *node, char *to, size_t size)
{
	static const char kwin[] = "kwin-screencast-";
	const struct ol_client *client = ol_graph_client(graph, node->client);
	const char *by = client != NULL ? client->process.comm : "";
	const char *what = node->media_name + strlen(kwin);

	if (!node->was_seen)
		snprintf(to, size, "unknown source");
	else if (has_prefix(node->media_name, kwin) && is_connector(what))
		snprintf(to, size, "output %s", what);
	else if (has_prefix(node->media_name, kwin) && *what != '\0')
		snprintf(to, size, "window of %s", what);
	else if (ol_node_origin(graph, node) == OL_ORIGIN_SCREEN_BY_NAME)
		snprintf(to, size, "screen, by the name of the stream");
	else if (ol_node_origin(graph, node) == OL_ORIGIN_SCREEN)
		snprintf(to, size, "screen of %s", by);
	else
		snprintf(to, size, "%s",
		         node->name[0] != '\0' ? node->name : node->media_name);
}

static void append(char *to, size_t size, const char *text)
{
	size_t length = strlen(to);

	if (*text != '\0')
		snprintf(to + length, size - length, "%s%s",
		         length > 0 ? "; " : "", text);
}

static void tell(const struct ol_graph *graph, enum ol_verdict verdict,
                 uint64_t key, const struct ol_node *source,
                 const struct ol_node *who, struct ol_cast *cast)
{
	const char *reliance;

	memset(cast, 0, sizeof(*cast));
	cast->rule = rules[verdict];
	cast->key = key;
	reliance = name_client(graph, cast, verdict,
	                       ol_graph_client(graph, who->client));
	describe_source(graph, source, cast->detail, sizeof(cast->detail));
	append(cast->detail, sizeof(cast->detail), reliance);
	if (verdict == OL_VERDICT_HIDDEN)
		append(cast->detail, sizeof(cast->detail),
		       who->is_hidden      ? "the consumer is hidden"
		       : source->is_hidden ? "the source is hidden"
		                           : "the link is hidden");
}

static void judge_all(struct ol_graph *graph)
{
	struct ol_node *nodes = graph->nodes.items;
	struct ol_link *links = graph->links.items;

	ol_graph_mark(graph);
	for (size_t i = 0; i < graph->links.n; i++)
		links[i].verdict = judge_link(graph, &links[i]);
	for (size_t i = 0; i < graph->nodes.n; i++)
		nodes[i].verdict = judge_node(graph, &nodes[i]);
}

/* A hidden consumer is named if it was known; nobody can know an unseen one. */
static void tell_link(const struct ol_graph *graph, const struct ol_link *link,
                      struct ol_cast *cast)
{
	tell(graph, link->verdict, link->id, ol_graph_node(graph, link->output),
	     ol_graph_node(graph, link->input), cast);
}

/* No link in sight, so the key must not be that of one: ids are 32 bits. */
static void tell_node(const struct ol_graph *graph, const struct ol_node *node,
                      struct ol_cast *cast)
{
	tell(graph, node->verdict, UINT64_C(1) << 32 | node->id, node, node,
	     cast);
}

size_t ol_graph_judge(struct ol_graph *graph, struct ol_cast *casts, size_t max,
                      bool *is_cut)
{
	const struct ol_node *nodes = graph->nodes.items;
	const struct ol_link *links = graph->links.items;
	size_t n = 0, all = 0;

	judge_all(graph);
	for (int v = OL_VERDICT_CAST; v < OL_VERDICTS; v++) {
		for (size_t i = 0; i < graph->links.n; i++) {
			if ((int)links[i].verdict != v || all++ >= max)
				continue;
			tell_link(graph, &links[i], &casts[n++]);
		}
		for (size_t i = 0; i < graph->nodes.n; i++) {
			if ((int)nodes[i].verdict != v || all++ >= max)
				continue;
			tell_node(graph, &nodes[i], &casts[n++]);
		}
	}
	*is_cut = all > max;
	return n;
}
