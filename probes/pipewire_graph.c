/*
 * What is known of PipeWire's nodes, clients and links: three tables, sorted by
 * id, filled from properties. Pure: it asks nobody but the function that looks
 * up a process, and does not know what any of it means.
 */
#include "pipewire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/keys.h>
#include <pipewire/link.h>
#include <pipewire/permission.h>

static struct ol_table table_of(size_t size, size_t max)
{
	return (struct ol_table){ .size = size, .max = max };
}

void ol_graph_init(struct ol_graph *graph, int64_t own_pid,
                   ol_find_process_fn find_process, void *data)
{
	*graph = (struct ol_graph){
		.nodes = table_of(sizeof(struct ol_node), OL_GRAPH_NODES_MAX),
		.clients = table_of(sizeof(struct ol_client),
		                    OL_GRAPH_CLIENTS_MAX),
		.links = table_of(sizeof(struct ol_link), OL_GRAPH_LINKS_MAX),
		.find_process = find_process,
		.data = data,
		.own_pid = own_pid,
	};
}

void ol_graph_finish(struct ol_graph *graph)
{
	free(graph->nodes.items);
	free(graph->clients.items);
	free(graph->links.items);
	ol_graph_init(graph, graph->own_pid, graph->find_process, graph->data);
}

static int cut(struct ol_graph *graph, int r)
{
	graph->is_cut = true;
	return r;
}

const struct ol_client *ol_graph_client(const struct ol_graph *graph,
                                        uint32_t id)
{
	return ol_table_find(&graph->clients, id);
}

const struct ol_node *ol_graph_node(const struct ol_graph *graph, uint32_t id)
{
	return ol_table_find(&graph->nodes, id);
}

int ol_graph_put_client(struct ol_graph *graph, uint32_t id,
                        const struct spa_dict *properties)
{
	struct ol_client *client;
	uint32_t pid;
	void *item;
	int r = ol_table_put(&graph->clients, id, &item);

	if (r < 0)
		return cut(graph, r);
	client = item;
	if (client->is_gone)
		*client = (struct ol_client){ .id = id };
	ol_property_copy(client->name, sizeof(client->name),
	                 ol_property(properties, PW_KEY_APP_NAME));
	ol_property_copy(client->claimed_binary, sizeof(client->claimed_binary),
	                 ol_property(properties, PW_KEY_APP_PROCESS_BINARY));
	/*
	 * The daemon does not let a client change this key; and a process may
	 * have ended and its pid have been given away when we are told again.
	 */
	if (client->process.pid == 0 &&
	    ol_property_number(ol_property(properties, PW_KEY_SEC_PID),
	                       INT32_MAX, &pid) &&
	    pid > 0) {
		(void)graph->find_process(graph->data, pid, &client->process);
		client->process.pid = pid;
	}
	if (ol_property_number(ol_property(properties, PW_KEY_APP_PROCESS_ID),
	                       INT32_MAX, &pid) &&
	    pid != client->claimed_pid) {
		client->claimed_pid = pid;
		client->claimed = (struct ol_process){ 0 };
		if (pid > 0 && pid != client->process.pid)
			(void)graph->find_process(graph->data, pid,
			                          &client->claimed);
	}
	return 0;
}

static void learn_node(struct ol_node *node, const struct spa_dict *properties)
{
	const char *media = ol_property(properties, PW_KEY_MEDIA_CLASS);
	const char *role = ol_property(properties, PW_KEY_MEDIA_ROLE);

	(void)ol_property_number(ol_property(properties, PW_KEY_CLIENT_ID),
	                         UINT32_MAX, &node->client);
	if (media != NULL)
		node->media = ol_property_media(media);
	if (role != NULL)
		node->is_camera = strcmp(role, "Camera") == 0;
	if (ol_property(properties, PW_KEY_DEVICE_ID) != NULL ||
	    ol_property(properties, "api.v4l2.path") != NULL ||
	    ol_property(properties, "api.libcamera.path") != NULL)
		node->has_device = true;
	ol_property_copy(node->name, sizeof(node->name),
	                 ol_property(properties, PW_KEY_NODE_NAME));
	ol_property_copy(node->media_name, sizeof(node->media_name),
	                 ol_property(properties, PW_KEY_MEDIA_NAME));
}

/* What left is back, or gone for good. */
static void forget_doubt(struct ol_graph *graph, uint64_t left, bool is_hidden)
{
	if (is_hidden)
		graph->n_hidden--;
	else if (left != 0)
		graph->n_left--;
}

static uint64_t doubt(struct ol_graph *graph)
{
	graph->n_left++;
	return ++graph->doubt;
}

static int put_node(struct ol_graph *graph, uint32_t id, struct ol_node **ret)
{
	struct ol_node *node;
	void *item;
	size_t before = graph->nodes.n;
	int r = ol_table_put(&graph->nodes, id, &item);

	if (r < 0)
		return cut(graph, r);
	node = item;
	if (graph->nodes.n != before) {
		node->client = UINT32_MAX;
		node->state = OL_GRAPH_STATE_UNKNOWN;
	}
	*ret = node;
	return 0;
}

int ol_graph_put_node(struct ol_graph *graph, uint32_t id,
                      const struct spa_dict *properties)
{
	struct ol_node *node;
	int r = put_node(graph, id, &node);

	if (r < 0)
		return r;
	if (node->left != 0) {
		/* A new node, or the old one shown again: all comes anew. */
		forget_doubt(graph, node->left, node->is_hidden);
		*node = (struct ol_node){
			.id = id,
			.client = UINT32_MAX,
			.state = OL_GRAPH_STATE_UNKNOWN,
		};
	}
	node->was_seen = true;
	learn_node(node, properties);
	return 0;
}

/* An end of a link; one that nobody told us about is in doubt. */
static int put_end(struct ol_graph *graph, uint32_t id)
{
	struct ol_node *node;
	int r = put_node(graph, id, &node);

	if (r < 0)
		return r;
	node->is_linked = true;
	if (!node->was_seen && node->left == 0)
		node->left = doubt(graph);
	return 0;
}

int ol_graph_put_link(struct ol_graph *graph, uint32_t id,
                      const struct spa_dict *properties)
{
	const struct ol_node *node;
	struct ol_link *link;
	uint32_t output, input;
	void *item;
	size_t before = graph->links.n;
	int r;

	if (!ol_property_number(
		    ol_property(properties, PW_KEY_LINK_OUTPUT_NODE),
		    UINT32_MAX, &output) ||
	    !ol_property_number(ol_property(properties, PW_KEY_LINK_INPUT_NODE),
	                        UINT32_MAX, &input))
		return -EINVAL;
	/* Sound is most of the links of a desktop, and none of our business. */
	node = ol_graph_node(graph, output);
	if (node != NULL && node->media == OL_MEDIA_OTHER)
		return 0;
	r = put_end(graph, output);
	if (r == 0)
		r = put_end(graph, input);
	if (r < 0)
		return r;
	r = ol_table_put(&graph->links, id, &item);
	if (r < 0)
		return cut(graph, r);
	link = item;
	if (graph->links.n != before || link->left != 0) {
		forget_doubt(graph, link->left, link->is_hidden);
		*link = (struct ol_link){ .id = id,
			                  .state = OL_GRAPH_STATE_UNKNOWN };
	}
	link->output = output;
	link->input = input;
	return 0;
}

void ol_graph_set_node_state(struct ol_graph *graph, uint32_t id, int state)
{
	struct ol_node *node = ol_table_find(&graph->nodes, id);

	if (node != NULL)
		node->state = state;
}

void ol_graph_set_link_state(struct ol_graph *graph, uint32_t id, int state)
{
	struct ol_link *link = ol_table_find(&graph->links, id);

	if (link != NULL)
		link->state = state;
}

void ol_graph_remove(struct ol_graph *graph, uint32_t id)
{
	struct ol_client *client = ol_table_find(&graph->clients, id);
	struct ol_node *node = ol_table_find(&graph->nodes, id);
	struct ol_link *link = ol_table_find(&graph->links, id);

	if (client != NULL)
		client->is_gone = true;
	if (node != NULL && node->left == 0)
		node->left = doubt(graph);
	if (link != NULL && link->left == 0)
		link->left = doubt(graph);
}

static bool is_denied(uint32_t id, const struct pw_permission *permissions,
                      size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (permissions[i].id == id)
			return !PW_PERM_IS_R(permissions[i].permissions);
	}
	return false;
}

void ol_graph_mark(struct ol_graph *graph)
{
	struct ol_node *nodes = graph->nodes.items;
	const struct ol_link *links = graph->links.items;

	for (size_t i = 0; i < graph->nodes.n; i++)
		nodes[i].is_linked = nodes[i].is_taken = false;
	for (size_t i = 0; i < graph->links.n; i++) {
		struct ol_node *output =
			ol_table_find(&graph->nodes, links[i].output);
		struct ol_node *input =
			ol_table_find(&graph->nodes, links[i].input);

		if (output != NULL) {
			output->is_linked = true;
			output->is_taken |=
				links[i].state >= PW_LINK_STATE_INIT;
		}
		if (input != NULL)
			input->is_linked = true;
	}
}

static void drop_clients(struct ol_graph *graph)
{
	struct ol_client *clients = graph->clients.items;
	const struct ol_node *nodes = graph->nodes.items;

	for (size_t i = graph->clients.n; i-- > 0;) {
		bool is_used = !clients[i].is_gone;

		for (size_t j = 0; j < graph->nodes.n && !is_used; j++)
			is_used = nodes[j].client == clients[i].id;
		if (!is_used)
			ol_table_remove(&graph->clients, &clients[i]);
	}
}

static void settle_links(struct ol_graph *graph, uint64_t until,
                         const struct pw_permission *permissions, size_t n)
{
	struct ol_link *links = graph->links.items;

	for (size_t i = graph->links.n; i-- > 0;) {
		if (links[i].left == 0 || links[i].left > until)
			continue;
		forget_doubt(graph, links[i].left, links[i].is_hidden);
		if (is_denied(links[i].id, permissions, n)) {
			links[i].is_hidden = true;
			graph->n_hidden++;
		} else {
			ol_table_remove(&graph->links, &links[i]);
		}
	}
}

static void settle_nodes(struct ol_graph *graph, uint64_t until,
                         const struct pw_permission *permissions, size_t n)
{
	struct ol_node *nodes = graph->nodes.items;

	for (size_t i = graph->nodes.n; i-- > 0;) {
		struct ol_node *node = &nodes[i];
		/* When all could not be kept, an unknown end proves nothing. */
		bool is_known = node->was_seen || !graph->is_cut;

		if (node->left == 0 || node->left > until)
			continue;
		forget_doubt(graph, node->left, node->is_hidden);
		if ((node->is_linked && is_known) ||
		    is_denied(node->id, permissions, n)) {
			node->is_hidden = true;
			graph->n_hidden++;
		} else {
			ol_table_remove(&graph->nodes, node);
		}
	}
}

void ol_graph_settle(struct ol_graph *graph, uint64_t until,
                     const struct pw_permission *permissions, size_t n)
{
	settle_links(graph, until, permissions, n);
	ol_graph_mark(graph);
	settle_nodes(graph, until, permissions, n);
	drop_clients(graph);
}

size_t ol_graph_bind(struct ol_graph *graph,
                     void (*bind)(void *data, enum ol_object type, uint32_t id),
                     void *data)
{
	struct ol_node *nodes = graph->nodes.items;
	struct ol_link *links = graph->links.items;
	size_t bound = 0;

	for (size_t i = 0; i < graph->links.n; i++) {
		if (links[i].is_bound || links[i].left != 0)
			continue;
		links[i].is_bound = true;
		bind(data, OL_OBJECT_LINK, links[i].id);
		bound++;
	}
	for (size_t i = 0; i < graph->nodes.n; i++) {
		struct ol_node *node = &nodes[i];
		struct ol_client *client;
		bool is_video = node->media == OL_MEDIA_SOURCE ||
		                node->media == OL_MEDIA_SINK;

		if (node->left != 0 || (!is_video && !node->is_linked))
			continue;
		if (!node->is_bound) {
			node->is_bound = true;
			bind(data, OL_OBJECT_NODE, node->id);
			bound++;
		}
		client = ol_table_find(&graph->clients, node->client);
		if (client != NULL && !client->is_bound && !client->is_gone) {
			client->is_bound = true;
			bind(data, OL_OBJECT_CLIENT, client->id);
			bound++;
		}
	}
	return bound;
}
