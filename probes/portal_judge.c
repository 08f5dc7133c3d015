/*
 * What was seen on the bus, and what it means. Pure.
 *
 * A portal session names its requester, but not whether it is about the screen;
 * mutter's objects tell what they are, but not whose. Together they tell both,
 * as long as there is one suspect alone; otherwise the claim says so.
 */
#include "portal.h"

#include <stdio.h>
#include <string.h>

static uint64_t hash_text(uint64_t hash, const char *text)
{
	/* FNV-1a; a key has to tell apart, no more. */
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t key_of(const struct ol_portal_session *session)
{
	uint64_t hash =
		hash_text(UINT64_C(0xcbf29ce484222325), session->requester);

	return hash_text(hash, session->token);
}

void ol_portal_add_session(struct ol_portal_view *view, const char *requester,
                           const char *token, bool is_cast)
{
	struct ol_portal_session *session = view->sessions;

	for (size_t i = 0; i < view->n_sessions; i++, session++) {
		if (strcmp(session->requester, requester) != 0 ||
		    strcmp(session->token, token) != 0)
			continue;
		session->is_cast |= is_cast;
		return;
	}
	if (view->n_sessions == OL_PORTAL_SESSIONS_MAX) {
		view->is_cut = true;
		return;
	}
	view->n_sessions++;
	*session = (struct ol_portal_session){ .is_cast = is_cast };
	snprintf(session->requester, sizeof(session->requester), "%s",
	         requester);
	snprintf(session->token, sizeof(session->token), "%s", token);
}

void ol_portal_add_object(struct ol_portal_view *view,
                          struct ol_portal_objects *objects, uint32_t id)
{
	for (size_t i = 0; i < objects->n; i++) {
		if (objects->items[i].id == id)
			return;
	}
	if (objects->n == OL_PORTAL_SESSIONS_MAX) {
		view->is_cut = true;
		return;
	}
	objects->items[objects->n++] = (struct ol_portal_object){ .id = id };
}

void ol_portal_add_creator(struct ol_portal_view *view, const char *name)
{
	size_t n = view->n_creators;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(view->creators[i], name) == 0)
			return;
	}
	if (n == OL_PORTAL_CREATORS_MAX)
		memmove(view->creators[0], view->creators[1],
		        --n * sizeof(view->creators[0]));
	snprintf(view->creators[n], sizeof(view->creators[n]), "%s", name);
	view->n_creators = n + 1;
}

static const struct ol_portal_peer *
find_peer(const struct ol_portal_peer *peers, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(peers[i].name, name) == 0)
			return &peers[i];
	}
	return NULL;
}

static size_t add_suspect(const char **list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], name) == 0)
			return n;
	}
	if (n < OL_PORTAL_PEERS_MAX)
		list[n++] = name;
	return n;
}

static size_t add_requesters(const struct ol_portal_view *view,
                             const char **list, size_t n)
{
	for (size_t i = 0; i < view->n_sessions; i++)
		n = add_suspect(list, n, view->sessions[i].requester);
	return n;
}

static bool is_service(const struct ol_portal_view *view,
                       enum ol_portal_service service, const char *name)
{
	return strcmp(view->owners[service], name) == 0;
}

static bool is_gone(const struct ol_portal_peer *peers, size_t n,
                    const char *name)
{
	const struct ol_portal_peer *peer = find_peer(peers, n, name);

	return peer != NULL && peer->is_gone;
}

size_t ol_portal_suspects(const struct ol_portal_view *view,
                          const struct ol_portal_peer *peers, size_t n_peers,
                          const char *ret[OL_PORTAL_PEERS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < view->n_creators; i++) {
		const char *name = view->creators[i];

		if (is_service(view, OL_PORTAL_BACKEND_GNOME, name))
			n = add_requesters(view, ret, n);
		else if (is_service(view, OL_PORTAL_GNOME_REMOTE, name) ||
		         is_service(view, OL_PORTAL_GNOME_RECORDER, name))
			n = add_suspect(ret, n, name);
	}
	if (n > 0)
		return n;
	for (size_t i = 0; i < view->n_creators; i++) {
		if (!is_gone(peers, n_peers, view->creators[i]))
			n = add_suspect(ret, n, view->creators[i]);
	}
	return n > 0 ? n : add_requesters(view, ret, n);
}

static void name_peer(struct ol_portal_claim *claim,
                      const struct ol_portal_peer *peer, const char *name)
{
	claim->kind = ONLOOKER_WATCHER_PROGRAM;
	if (peer != NULL) {
		claim->pid = peer->pid;
		claim->start_time = peer->start_time;
	}
	if (peer != NULL && peer->program[0] != '\0')
		snprintf(claim->who, sizeof(claim->who), "%s", peer->program);
	else
		snprintf(claim->who, sizeof(claim->who), "bus client %s", name);
}

/* A watcher that stands for all of mutter's sessions. */
static void name_suspects(struct ol_portal_claim *claim,
                          const struct ol_portal_view *view,
                          const struct ol_portal_peer *peers, size_t n_peers)
{
	const char *names[OL_PORTAL_PEERS_MAX];
	size_t n = ol_portal_suspects(view, peers, n_peers, names);
	struct ol_portal_claim second = { 0 };

	if (n == 0) {
		claim->kind = ONLOOKER_WATCHER_UNKNOWN;
		return;
	}
	name_peer(claim, find_peer(peers, n_peers, names[0]), names[0]);
	if (n == 1)
		return;
	name_peer(&second, find_peer(peers, n_peers, names[1]), names[1]);
	claim->pid = 0;
	claim->start_time = 0;
	if (n > 2)
		snprintf(claim->who, sizeof(claim->who), "one of %zu programs",
		         n);
	else
		snprintf(claim->who + strlen(claim->who),
		         sizeof(claim->who) - strlen(claim->who), " or %s",
		         second.who);
}

static void tell_session(const struct ol_portal_session *session,
                         const struct ol_portal_peer *peers, size_t n_peers,
                         struct ol_portal_claim *claim)
{
	claim->rule = session->is_cast ? "portal.screen-cast-session"
	                               : "portal.session";
	claim->key = key_of(session);
	name_peer(claim, find_peer(peers, n_peers, session->requester),
	          session->requester);
}

static void describe(const struct ol_portal_object *object,
                     struct ol_portal_claim *claim)
{
	if (object->width > 0 && object->height > 0)
		snprintf(claim->detail, sizeof(claim->detail),
		         "%d by %d pixels", object->width, object->height);
}

static void add_objects(const struct ol_portal_objects *objects,
                        const char *rule, const struct ol_portal_claim *whose,
                        struct ol_portal_claims *to)
{
	for (size_t i = 0; i < objects->n; i++) {
		struct ol_portal_claim *claim;

		if (to->n == OL_PORTAL_CLAIMS_MAX)
			return;
		claim = &to->items[to->n++];
		*claim = *whose;
		claim->rule = rule;
		claim->key = objects->items[i].id;
		describe(&objects->items[i], claim);
	}
}

void ol_portal_judge(const struct ol_portal_view *view,
                     const struct ol_portal_peer *peers, size_t n_peers,
                     struct ol_portal_claims *ret)
{
	struct ol_portal_claim whose;

	memset(ret, 0, sizeof(*ret));
	memset(&whose, 0, sizeof(whose));
	name_suspects(&whose, view, peers, n_peers);
	add_objects(&view->controls, "portal.remote-control", &whose, ret);
	add_objects(&view->streams, "portal.screen-cast", &whose, ret);
	/* A session with a stream shows in the stream. */
	if (view->streams.n == 0)
		add_objects(&view->casts, "portal.screen-cast-session", &whose,
		            ret);
	for (size_t i = 0;
	     i < view->n_sessions && ret->n < OL_PORTAL_CLAIMS_MAX; i++)
		tell_session(&view->sessions[i], peers, n_peers,
		             &ret->items[ret->n++]);
}
