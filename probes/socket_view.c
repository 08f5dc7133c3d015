/*
 * One look at the sockets of this network namespace: which belong to known
 * programs, and who is at their other end. What they mean, socket_judge.c says.
 */
#include "socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CANDIDATES_MAX = 1024, /* connections that may matter; bounds a flood */
	LISTENERS = 256,
};

/* A running program and the sockets that it holds, as far as we may know. */
struct holder {
	const struct ol_run *run;
	struct ol_inodes inodes;
};

struct listener {
	struct ol_tcp tcp;
	const struct holder *owner; /* NULL: nobody that we know */
};

struct look {
	struct ol_host *host;
	struct ol_diag *diag;
	const struct ol_screens *ours;
	struct ol_sights *sights;
	struct holder holders[OL_RUNS_MAX];
	size_t holder_count;
	struct listener listeners[LISTENERS];
	size_t listener_count;
	struct ol_ports ports;
	uint32_t listening[65536 / 32]; /* a bit for each port */
	struct ol_tcp candidates[CANDIDATES_MAX];
	size_t candidate_count;
};

static const struct ol_tool *tool_of(const struct holder *holder)
{
	return holder->run->process->tool;
}

static bool is_listening(const struct look *look, uint16_t port)
{
	return look->listening[port / 32] >> (port % 32) & 1;
}

/* ---- whose it is ---- */

static struct holder *find_by_inode(struct look *look, uint32_t inode)
{
	for (size_t i = 0; i < look->holder_count; i++) {
		if (ol_inodes_have(&look->holders[i].inodes, inode))
			return &look->holders[i];
	}
	return NULL;
}

/*
 * Who listens here, of programs that we may not look into: one of the same user,
 * and either known for this port or alone in its control group.
 */
static struct holder *find_by_traits(struct look *look,
                                     const struct ol_tcp *tcp)
{
	for (size_t i = 0; i < look->holder_count; i++) {
		struct holder *holder = &look->holders[i];
		const struct ol_run *run = holder->run;

		if (holder->inodes.count > 0 || run->uid != tcp->uid)
			continue;
		if (ol_tool_has_port(tool_of(holder), tcp->local.port, false) ||
		    (run->cgroup != 0 && run->cgroup == tcp->cgroup))
			return holder;
	}
	return NULL;
}

static const struct holder *owner_of_port(const struct look *look,
                                          uint16_t port)
{
	for (size_t i = 0; i < look->listener_count; i++) {
		if (look->listeners[i].tcp.local.port == port)
			return look->listeners[i].owner;
	}
	return NULL;
}

/*
 * A program that is connected to its relay, or to its own window, all day: there
 * only the ports that are known for direct peers count.
 */
static bool takes_peers_at(const struct ol_tool *tool, uint16_t port)
{
	return (tool->reach & OL_REACH_RELAY) == 0 ||
	       ol_tool_has_port(tool, port, false);
}

static bool is_known_port(uint16_t port)
{
	return (port >= 5900 && port <= 5999) || port == 3389; /* VNC, RDP */
}

/* ---- what is seen ---- */

static struct ol_sight *add_sight(struct look *look, const char *rule,
                                  uint64_t key, const struct holder *holder)
{
	struct ol_sights *sights = look->sights;
	struct ol_sight *sight;

	if (sights->count == OL_CONNECTIONS_MAX + OL_LISTENERS_MAX)
		return NULL; /* long found out */
	sight = &sights->items[sights->count++];
	*sight = (struct ol_sight){ .rule = rule, .key = key };
	if (holder == NULL)
		return sight;
	sight->pid = holder->run->pid;
	sight->start_time = holder->run->start_time;
	snprintf(sight->name, sizeof(sight->name), "%s", holder->run->comm);
	snprintf(sight->detail, sizeof(sight->detail), "%s",
	         tool_of(holder)->name);
	return sight;
}

static void add_listener(void *data, const struct ol_tcp *tcp)
{
	struct look *look = data;
	uint16_t port = tcp->local.port;
	struct holder *owner;

	look->listening[port / 32] |= UINT32_C(1) << (port % 32);
	owner = find_by_inode(look, tcp->inode);
	if (owner == NULL)
		owner = find_by_traits(look, tcp);
	if (owner == NULL && !is_known_port(port))
		return;
	if (look->listener_count == LISTENERS)
		return;
	look->listeners[look->listener_count++] =
		(struct listener){ .tcp = *tcp, .owner = owner };
	ol_ports_add(&look->ports, port, port);
	/* sshd and its like are on most machines, and show nothing themselves. */
	look->sights->is_waiting |= owner == NULL ||
	                            tool_of(owner)->role == OL_TOOL_SERVER ||
	                            tool_of(owner)->role == OL_TOOL_MIRROR;
}

/* One claim for a program, on however many sockets it listens. */
static void see_listeners(struct look *look)
{
	for (size_t i = 0; i < look->listener_count; i++) {
		const struct listener *listener = &look->listeners[i];
		const struct holder *owner = listener->owner;
		const char *rule;
		size_t j = 0;

		if (owner == NULL ||
		    !takes_peers_at(tool_of(owner), listener->tcp.local.port))
			continue;
		rule = ol_judge_listener(tool_of(owner), owner->run->tie);
		while (j < i && look->listeners[j].owner != owner)
			j++;
		if (rule != NULL && j == i)
			(void)add_sight(look, rule, owner->run->serial, owner);
	}
}

/* Whether this program may hold a connection that it has made itself. */
static bool is_outward(const struct holder *holder)
{
	const struct ol_tool *tool = tool_of(holder);

	if (tool->reach & OL_REACH_RELAY)
		return holder->inodes.count > 0 || holder->run->cgroup != 0;
	return (tool->reach & OL_REACH_REVERSE) != 0 &&
	       holder->inodes.count > 0;
}

static const struct holder *find_outward(struct look *look,
                                         const struct ol_tcp *tcp)
{
	const struct holder *holder = find_by_inode(look, tcp->inode);

	if (holder != NULL)
		return is_outward(holder) ? holder : NULL;
	for (size_t i = 0; tcp->cgroup != 0 && i < look->holder_count; i++) {
		holder = &look->holders[i];
		if (holder->inodes.count == 0 && is_outward(holder) &&
		    holder->run->cgroup == tcp->cgroup)
			return holder;
	}
	return NULL;
}

static void add_candidate(void *data, const struct ol_tcp *tcp)
{
	struct look *look = data;

	if (look->candidate_count == CANDIDATES_MAX)
		return;
	if (ol_ports_has(&look->ports, tcp->local.port) ||
	    (look->sights->is_outward && find_outward(look, tcp) != NULL))
		look->candidates[look->candidate_count++] = *tcp;
}

/* ---- who the peer is ---- */

/* Who is connected to this holder's own port. */
static const struct ol_tcp *find_caller(const struct look *look,
                                        const struct holder *holder)
{
	for (size_t i = 0; i < look->candidate_count; i++) {
		const struct ol_tcp *tcp = &look->candidates[i];

		if (is_listening(look, tcp->local.port) &&
		    ol_inodes_have(&holder->inodes, tcp->inode))
			return tcp;
	}
	return NULL;
}

static bool is_caller_of(const struct look *look, const struct ol_tcp *tcp,
                         const struct ol_tool *tool)
{
	const struct holder *owner = owner_of_port(look, tcp->local.port);

	return owner != NULL && tool_of(owner) == tool;
}

static bool has_caller(const struct look *look, const struct ol_tool *tool)
{
	for (size_t i = 0; i < look->candidate_count; i++) {
		if (is_caller_of(look, &look->candidates[i], tool))
			return true;
	}
	return false;
}

/*
 * sshd's sessions let nobody look into them. If but one machine is logged in,
 * the tunnel is from there.
 */
static const struct ol_tcp *find_only_caller(const struct look *look,
                                             const struct ol_tool *tool)
{
	const struct ol_tcp *found = NULL;

	for (size_t i = 0; i < look->candidate_count; i++) {
		const struct ol_tcp *tcp = &look->candidates[i];

		if (!is_caller_of(look, tcp, tool))
			continue;
		if (found != NULL && memcmp(found->peer.bytes, tcp->peer.bytes,
		                            sizeof(found->peer.bytes)) != 0)
			return NULL;
		found = tcp;
	}
	return found;
}

/*
 * A viewer of the same user's as the other end, which nobody may look into: that
 * may well be it, and no gateway at all.
 */
static bool may_be_viewer(const struct look *look, uint32_t uid)
{
	for (size_t i = 0; i < look->holder_count; i++) {
		const struct holder *holder = &look->holders[i];

		if (tool_of(holder)->role == OL_TOOL_VIEWER &&
		    holder->inodes.count == 0 && holder->run->uid == uid)
			return true;
	}
	return false;
}

/*
 * The gateway that we may not look into and that has but one caller. Where two
 * could be meant none is: a wrong name is worse than none.
 */
static const struct holder *find_closed_gateway(const struct look *look,
                                                const struct ol_tcp **caller)
{
	const struct holder *found = NULL;

	for (size_t i = 0; i < look->holder_count; i++) {
		const struct holder *holder = &look->holders[i];
		const struct ol_tool *tool = tool_of(holder);

		if (tool->role != OL_TOOL_GATEWAY || holder->inodes.count > 0 ||
		    (found != NULL && tool_of(found) == tool) ||
		    !has_caller(look, tool))
			continue;
		if (found != NULL)
			return NULL;
		found = holder;
	}
	*caller = found != NULL ? find_only_caller(look, tool_of(found)) : NULL;
	return *caller != NULL ? found : NULL;
}

/* Where a peer on this machine passes on what comes from another. */
static void follow(struct look *look, const struct ol_tcp *tcp,
                   struct ol_sight *sight)
{
	const struct ol_tcp *caller = NULL;
	const struct holder *gateway;
	struct ol_tcp other;
	char through[sizeof(sight->detail)];

	if (!ol_address_is_loopback(&tcp->peer) ||
	    ol_diag_other_end(look->diag, tcp, &other) < 0)
		return;
	gateway = find_by_inode(look, other.inode);
	if (gateway != NULL) {
		if (tool_of(gateway)->role != OL_TOOL_GATEWAY)
			return;
		caller = find_caller(look, gateway);
	} else {
		/* Any program of this machine could be the other end. */
		if (may_be_viewer(look, other.uid))
			return;
		gateway = find_closed_gateway(look, &caller);
		if (gateway == NULL)
			return;
	}
	if (caller != NULL)
		ol_address_format(&caller->peer, sight->peer);
	snprintf(through, sizeof(through), "%.60s, through %.60s",
	         sight->detail, tool_of(gateway)->name);
	strcpy(sight->detail, through);
}

/* ---- connections ---- */

static void see_unknown(struct look *look, const struct ol_tcp *tcp)
{
	struct ol_sight *sight;

	if (!is_known_port(tcp->local.port))
		return;
	sight = add_sight(look, "socket.unknown-server", tcp->cookie, NULL);
	if (sight == NULL)
		return;
	snprintf(sight->name, sizeof(sight->name), "port %u",
	         (unsigned)tcp->local.port);
	ol_address_format(&tcp->peer, sight->peer);
	sight->has_tcp = true;
	sight->tcp = *tcp;
}

static const char *judge_out(const struct holder *holder,
                             const struct ol_tcp *tcp)
{
	const struct ol_tool *tool = tool_of(holder);

	if (ol_is_x11(tcp))
		return NULL;
	if (tool->role == OL_TOOL_INPUT &&
	    !ol_tool_has_port(tool, tcp->peer.port, false))
		return NULL;
	if (tool->reach & OL_REACH_RELAY)
		return ol_judge_relay(tool, holder->run->tie);
	return ol_judge_connection(tool, holder->run->tie, OL_WAY_OUT);
}

static void see_connection(struct look *look, const struct ol_tcp *tcp)
{
	const struct holder *port_owner = owner_of_port(look, tcp->local.port);
	const struct holder *holder = find_by_inode(look, tcp->inode);
	bool is_inward = is_listening(look, tcp->local.port);
	struct ol_sight *sight;
	const char *rule;

	if (holder == NULL)
		holder = is_inward ? port_owner : find_outward(look, tcp);
	if (holder == NULL) {
		see_unknown(look, tcp);
		return;
	}
	if (is_inward)
		rule = takes_peers_at(tool_of(holder), tcp->local.port)
		               ? ol_judge_connection(tool_of(holder),
		                                     holder->run->tie,
		                                     OL_WAY_IN)
		               : NULL;
	else
		rule = judge_out(holder, tcp);
	if (rule == NULL)
		return;
	sight = add_sight(look, rule, tcp->cookie, holder);
	if (sight == NULL)
		return;
	ol_address_format(&tcp->peer, sight->peer);
	sight->has_tcp = true;
	sight->tcp = *tcp;
	sight->is_relay =
		!is_inward && (tool_of(holder)->reach & OL_REACH_RELAY) != 0;
	sight->sends_picture =
		!sight->is_relay &&
		ol_judge_sends_picture(tool_of(holder), holder->run->tie);
	follow(look, tcp, sight);
}

/* ---- local transports ---- */

/*
 * The one who is connected to this program by TCP while its UNIX socket is: then
 * that connection is this session's, and is not seen twice.
 */
static void join_tcp(struct look *look, const struct ol_tool *tool,
                     struct ol_sight *sight)
{
	struct ol_sights *sights = look->sights;
	struct ol_sight *found = NULL;

	for (size_t i = 0; i < sights->count; i++) {
		struct ol_sight *item = &sights->items[i];

		if (!item->has_tcp ||
		    strcmp(item->rule, "socket.elsewhere") != 0 ||
		    strcmp(item->detail, tool->name) != 0)
			continue;
		if (found != NULL)
			return;
		found = item;
	}
	if (found == NULL)
		return;
	strcpy(sight->peer, found->peer);
	sight->pid = found->pid;
	sight->start_time = found->start_time;
	strcpy(sight->name, found->name);
	/* `sight` is the last one. */
	*found = *sight;
	sights->count--;
}

static void see_unix(void *data, const struct ol_unix *unix)
{
	struct look *look = data;
	const struct holder *holder = NULL;
	struct ol_sight *sight;
	const char *rule;

	if (!unix->is_connected || unix->path[0] == '\0' ||
	    ol_judge_socket(unix->path, look->ours) != OL_TIE_OURS)
		return;
	for (size_t i = 0; i < look->holder_count; i++) {
		const struct holder *candidate = &look->holders[i];

		if (!ol_tool_has_socket(tool_of(candidate), unix->path))
			continue;
		if (holder == NULL ||
		    ol_inodes_have(&candidate->inodes, unix->inode))
			holder = candidate;
	}
	if (holder == NULL)
		return;
	rule = ol_judge_connection(tool_of(holder), OL_TIE_OURS, OL_WAY_LOCAL);
	if (rule == NULL)
		return;
	sight = add_sight(look, rule, unix->cookie, holder);
	if (sight != NULL)
		join_tcp(look, tool_of(holder), sight);
}

/* ---- the look ---- */

static int hold(struct look *look, const struct ol_tool_table *table)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ol_tool_table_count(table); i++) {
		struct holder *holder = &look->holders[look->holder_count];
		const struct ol_run *run = ol_tool_table_get(table, i);

		*holder = (struct holder){ .run = run };
		if (run->is_open)
			r = ol_inodes_read(look->host, run->pid,
			                   &holder->inodes);
		look->holder_count++;
		if (run->is_open && run->process->tool->role <= OL_TOOL_INPUT &&
		    ol_is_elsewhere(look->host, run->pid))
			look->sights->is_elsewhere = true;
	}
	return r;
}

static int look_at(struct look *look, const struct ol_tool_table *table)
{
	bool has_unix = false;
	int r = hold(look, table);

	if (r == 0)
		r = ol_diag_listeners(look->diag, add_listener, look);
	if (r < 0)
		return r;
	for (size_t i = 0; i < look->holder_count; i++) {
		look->sights->is_outward |= is_outward(&look->holders[i]);
		has_unix |= tool_of(&look->holders[i])->socket_count > 0;
	}
	see_listeners(look);
	r = ol_diag_established(look->diag,
	                        look->sights->is_outward ? NULL : &look->ports,
	                        add_candidate, look);
	if (r < 0)
		return r;
	for (size_t i = 0; i < look->candidate_count; i++)
		see_connection(look, &look->candidates[i]);
	return has_unix ? ol_diag_unix(look->diag, see_unix, look) : 0;
}

int ol_look_around(struct ol_host *host, struct ol_diag *diag,
                   const struct ol_tool_table *table,
                   const struct ol_screens *ours, struct ol_sights *ret)
{
	struct look *look = calloc(1, sizeof(*look));
	int r;

	*ret = (struct ol_sights){ .count = 0 };
	if (look == NULL)
		return -ENOMEM;
	look->host = host;
	look->diag = diag;
	look->ours = ours;
	look->sights = ret;
	r = look_at(look, table);
	for (size_t i = 0; i < look->holder_count; i++)
		ol_inodes_finish(&look->holders[i].inodes);
	free(look);
	return r;
}
