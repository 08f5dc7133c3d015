/*
 * A connection to PipeWire: what the registry and the bound objects tell goes
 * into the graph. Does not know what any of it means, nor when to try again.
 */
#include "pipewire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/pipewire.h>

enum {
	/*
	 * Rounds of the loop in one call. Each reads all that has arrived; an
	 * endless stream of messages may take some of the host's time, not all.
	 */
	ROUNDS_MAX = 64,
	/* As many as there can be globals in what we keep. */
	PERMISSIONS_MAX =
		OL_GRAPH_NODES_MAX + OL_GRAPH_CLIENTS_MAX + OL_GRAPH_LINKS_MAX,
};

struct ol_remote {
	struct ol_graph *graph;
	struct pw_loop *loop;
	struct pw_context *context;
	struct pw_core *core;
	struct pw_registry *registry;
	struct spa_hook core_hook;
	struct spa_hook registry_hook;
	struct spa_hook client_hook;
	struct spa_list bound;
	struct pw_permission *permissions;
	size_t n_permissions;
	int asked;      /* sequence number of the question, or 0 */
	uint64_t doubt; /* the graph's, when it was asked */
	int lost;       /* -errno, or 0 */
	bool must_ask;
	bool must_check; /* ask for permissions too */
	unsigned rounds; /* questions answered */
	bool is_complete;
	bool is_denied;
};

/* An object that is bound. Lives in its proxy. */
struct bound {
	struct spa_list link;
	struct ol_remote *remote;
	struct pw_proxy *proxy;
	uint32_t id;
	struct spa_hook proxy_hook;
	struct spa_hook object_hook;
};

static void on_node_info(void *data, const struct pw_node_info *info)
{
	struct bound *bound = data;
	struct ol_graph *graph = bound->remote->graph;

	if (info->change_mask & PW_NODE_CHANGE_MASK_PROPS)
		(void)ol_graph_put_node(graph, bound->id, info->props);
	if (info->change_mask & PW_NODE_CHANGE_MASK_STATE)
		ol_graph_set_node_state(graph, bound->id, info->state);
}

static const struct pw_node_events node_events = {
	PW_VERSION_NODE_EVENTS,
	.info = on_node_info,
};

static void on_client_info(void *data, const struct pw_client_info *info)
{
	struct bound *bound = data;

	if (info->change_mask & PW_CLIENT_CHANGE_MASK_PROPS)
		(void)ol_graph_put_client(bound->remote->graph, bound->id,
		                          info->props);
}

static const struct pw_client_events client_events = {
	PW_VERSION_CLIENT_EVENTS,
	.info = on_client_info,
};

static void on_link_info(void *data, const struct pw_link_info *info)
{
	struct bound *bound = data;

	if (info->change_mask & PW_LINK_CHANGE_MASK_STATE)
		ol_graph_set_link_state(bound->remote->graph, bound->id,
		                        info->state);
}

static const struct pw_link_events link_events = {
	PW_VERSION_LINK_EVENTS,
	.info = on_link_info,
};

static void on_proxy_removed(void *data)
{
	struct bound *bound = data;

	pw_proxy_destroy(bound->proxy);
}

static void on_proxy_destroy(void *data)
{
	struct bound *bound = data;

	spa_list_remove(&bound->link);
	spa_hook_remove(&bound->object_hook);
	spa_hook_remove(&bound->proxy_hook);
}

static const struct pw_proxy_events proxy_events = {
	PW_VERSION_PROXY_EVENTS,
	.removed = on_proxy_removed,
	.destroy = on_proxy_destroy,
};

static const struct {
	const char *type;
	uint32_t version;
	const void *events;
} objects[] = {
	[OL_OBJECT_CLIENT] = { PW_TYPE_INTERFACE_Client, PW_VERSION_CLIENT,
	                       &client_events },
	[OL_OBJECT_NODE] = { PW_TYPE_INTERFACE_Node, PW_VERSION_NODE,
	                     &node_events },
	[OL_OBJECT_LINK] = { PW_TYPE_INTERFACE_Link, PW_VERSION_LINK,
	                     &link_events },
};

static void bind_object(void *data, enum ol_object type, uint32_t id)
{
	struct ol_remote *remote = data;
	struct pw_proxy *proxy =
		pw_registry_bind(remote->registry, id, objects[type].type,
	                         objects[type].version, sizeof(struct bound));
	struct bound *bound;

	/* Lack of memory: the object stays without a state, so unjudged. */
	if (proxy == NULL) {
		remote->graph->is_cut = true;
		return;
	}
	bound = pw_proxy_get_user_data(proxy);
	bound->remote = remote;
	bound->proxy = proxy;
	bound->id = id;
	spa_list_append(&remote->bound, &bound->link);
	pw_proxy_add_listener(proxy, &bound->proxy_hook, &proxy_events, bound);
	pw_proxy_add_object_listener(proxy, &bound->object_hook,
	                             objects[type].events, bound);
}

static void on_global(void *data, uint32_t id, uint32_t permissions,
                      const char *type, uint32_t version,
                      const struct spa_dict *properties)
{
	struct ol_remote *remote = data;

	(void)permissions;
	(void)version;
	/* What did not fit is counted in the graph. */
	if (strcmp(type, PW_TYPE_INTERFACE_Node) == 0)
		(void)ol_graph_put_node(remote->graph, id, properties);
	else if (strcmp(type, PW_TYPE_INTERFACE_Client) == 0)
		(void)ol_graph_put_client(remote->graph, id, properties);
	else if (strcmp(type, PW_TYPE_INTERFACE_Link) == 0)
		(void)ol_graph_put_link(remote->graph, id, properties);
}

static void on_global_remove(void *data, uint32_t id)
{
	struct ol_remote *remote = data;

	/* Only somebody who took away every permission makes this happen. */
	if (id == PW_ID_CORE && remote->lost == 0)
		remote->lost = -EACCES;
	if (remote->lost == 0)
		ol_graph_remove(remote->graph, id);
}

static const struct pw_registry_events registry_events = {
	PW_VERSION_REGISTRY_EVENTS,
	.global = on_global,
	.global_remove = on_global_remove,
};

static void on_permissions(void *data, uint32_t index, uint32_t n,
                           const struct pw_permission *permissions)
{
	struct ol_remote *remote = data;
	struct pw_permission *copy = NULL;

	if (index != 0 || n > PERMISSIONS_MAX)
		return;
	if (n > 0) {
		copy = reallocarray(NULL, n, sizeof(*copy));
		if (copy == NULL)
			return;
		memcpy(copy, permissions, n * sizeof(*copy));
	}
	free(remote->permissions);
	remote->permissions = copy;
	remote->n_permissions = n;
	remote->is_denied = false;
	for (uint32_t i = 0; i < n; i++) {
		if (copy[i].id == PW_ID_ANY)
			remote->is_denied = !PW_PERM_IS_R(copy[i].permissions);
	}
}

static const struct pw_client_events own_client_events = {
	PW_VERSION_CLIENT_EVENTS,
	.permissions = on_permissions,
};

static void on_done(void *data, uint32_t id, int seq)
{
	struct ol_remote *remote = data;

	if (id != PW_ID_CORE || remote->asked == 0 || seq != remote->asked)
		return;
	remote->asked = 0;
	ol_graph_settle(remote->graph, remote->doubt, remote->permissions,
	                remote->n_permissions);
	remote->rounds++;
}

static void on_error(void *data, uint32_t id, int seq, int res,
                     const char *message)
{
	struct ol_remote *remote = data;

	(void)seq;
	(void)message;
	/* Of any other object: it went away while we asked for it. */
	if (id == PW_ID_CORE && remote->lost == 0)
		remote->lost = res < 0 ? res : -EPROTO;
}

static const struct pw_core_events core_events = {
	PW_VERSION_CORE_EVENTS,
	.done = on_done,
	.error = on_error,
};

int ol_remote_new(struct ol_graph *graph, struct ol_remote **ret)
{
	struct ol_remote *remote = calloc(1, sizeof(*remote));
	int r;

	if (remote == NULL)
		return -ENOMEM;
	remote->graph = graph;
	spa_list_init(&remote->bound);
	r = ol_pipewire_load(&remote->loop, &remote->context);
	if (r < 0) {
		free(remote);
		return r;
	}
	*ret = remote;
	return 0;
}

void ol_remote_free(struct ol_remote *remote)
{
	if (remote == NULL)
		return;
	ol_remote_disconnect(remote);
	ol_pipewire_unload(remote->loop, remote->context);
	free(remote);
}

int ol_remote_get_fd(struct ol_remote *remote)
{
	return pw_loop_get_fd(remote->loop);
}

int ol_remote_connect(struct ol_remote *remote, int fd)
{
	struct pw_client *client;

	remote->core = pw_context_connect_fd(remote->context, fd, NULL, 0);
	if (remote->core == NULL)
		return -errno;
	pw_core_add_listener(remote->core, &remote->core_hook, &core_events,
	                     remote);
	client = pw_core_get_client(remote->core);
	pw_client_add_listener(client, &remote->client_hook, &own_client_events,
	                       remote);
	remote->registry =
		pw_core_get_registry(remote->core, PW_VERSION_REGISTRY, 0);
	if (remote->registry == NULL) {
		int r = -errno;

		ol_remote_disconnect(remote);
		return r;
	}
	pw_registry_add_listener(remote->registry, &remote->registry_hook,
	                         &registry_events, remote);
	remote->must_ask = true;
	remote->must_check = true;
	return 0;
}

/* PipeWire complains to stderr about what is left when a core goes. */
static void destroy_proxies(struct ol_remote *remote)
{
	struct bound *bound;

	spa_list_consume(bound, &remote->bound, link)
		pw_proxy_destroy(bound->proxy);
	if (remote->registry != NULL)
		pw_proxy_destroy((struct pw_proxy *)remote->registry);
}

void ol_remote_disconnect(struct ol_remote *remote)
{
	if (remote->core != NULL) {
		destroy_proxies(remote);
		(void)pw_core_disconnect(remote->core); /* always 0 */
	}
	free(remote->permissions);
	*remote = (struct ol_remote){
		.graph = remote->graph,
		.loop = remote->loop,
		.context = remote->context,
	};
	spa_list_init(&remote->bound);
}

static void ask(struct ol_remote *remote)
{
	struct ol_graph *graph = remote->graph;

	if (remote->lost != 0)
		return;
	if (ol_graph_bind(graph, bind_object, remote) > 0)
		remote->must_ask = true;
	if (graph->n_left > 0)
		remote->must_ask = remote->must_check = true;
	if (!remote->must_ask || remote->asked != 0)
		return;
	if (remote->must_check)
		(void)pw_client_get_permissions(
			pw_core_get_client(remote->core), 0, PERMISSIONS_MAX);
	remote->must_ask = remote->must_check = false;
	remote->doubt = graph->doubt;
	remote->asked = pw_core_sync(remote->core, PW_ID_CORE, 0);
	if (remote->asked < 0)
		remote->lost = remote->asked;
}

int ol_remote_iterate(struct ol_remote *remote)
{
	/* The host may move a context from thread to thread between calls. */
	pw_loop_enter(remote->loop);
	ask(remote);
	for (int i = 0; i < ROUNDS_MAX && remote->lost == 0; i++) {
		if (pw_loop_iterate(remote->loop, 0) <= 0)
			break;
		ask(remote);
	}
	pw_loop_leave(remote->loop);
	/*
	 * The first answer comes behind all that exists, the second behind the
	 * states of all that was bound then. Later objects make no difference:
	 * whoever adds one after the other must not keep us from telling.
	 */
	if (remote->rounds >= 2 ||
	    (remote->rounds == 1 && !ol_remote_is_asking(remote)))
		remote->is_complete = true;
	return remote->lost;
}

bool ol_remote_is_asking(const struct ol_remote *remote)
{
	return remote->asked != 0 || remote->must_ask;
}

bool ol_remote_is_complete(const struct ol_remote *remote)
{
	return remote->is_complete;
}

bool ol_remote_is_denied(const struct ol_remote *remote)
{
	return remote->is_denied;
}

void ol_remote_check(struct ol_remote *remote)
{
	remote->must_ask = remote->must_check = true;
}
