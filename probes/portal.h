#ifndef OL_PORTAL_H
#define OL_PORTAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe.h"

/*
 * What the files of the portal probe share.
 *
 *  portal.c           the probe: states, timers, the bus in the loop
 *  portal_bus.c       where the bus is, and a connection to it
 *  portal_round.c     one look around the bus: questions, and who holds names
 *  portal_tree.c      a part of it: the objects of sessions
 *  portal_whose.c     a part of it: who asked for them
 *  portal_peer.c      which process that is
 *  portal_judge.c     pure: what was seen, and what that means
 *  portal_text.c      pure: introspection data, paths, match rules, addresses
 *
 * The bus is a session bus as the D-Bus specification has it. Portal sessions
 * are described in xdg-desktop-portal's org.freedesktop.portal.Session, mutter's
 * in its org.gnome.Mutter.ScreenCast and org.gnome.Mutter.RemoteDesktop.
 */

struct sd_bus;

/* Bounds on what others can make us keep; a busy desktop has a handful. */
enum {
	OL_PORTAL_NAME = 32,  /* of a program on the bus, ":1.27" */
	OL_PORTAL_PATH = 160, /* the longest paths we ask about */
	OL_PORTAL_NODE = 64,  /* one element of a path */
	OL_PORTAL_SESSIONS_MAX = 64,
	OL_PORTAL_PEERS_MAX = 128,
	OL_PORTAL_CREATORS_MAX = 32,
	OL_PORTAL_CLAIMS_MAX = 256, /* sessions, and mutter's three kinds */
	/* Bytes of introspection data; sixty sessions make eleven thousand. */
	OL_PORTAL_XML_MAX = 65536,
};

/* Who holds a well-known name that says where to look. */
enum ol_portal_service {
	OL_PORTAL_FRONTEND,
	OL_PORTAL_BACKEND_GNOME,
	OL_PORTAL_BACKEND_WLR,
	OL_PORTAL_MUTTER_CAST,
	OL_PORTAL_MUTTER_CONTROL,
	OL_PORTAL_GNOME_REMOTE,   /* asks mutter for itself */
	OL_PORTAL_GNOME_RECORDER, /* the same */
	OL_PORTAL_SERVICES,
};

/* A session of the portal: "/org/freedesktop/portal/desktop/session/1_27/t". */
struct ol_portal_session {
	char requester[OL_PORTAL_NAME];
	char token[OL_PORTAL_NODE];
	bool is_cast; /* its backend can do nothing else */
};

/* An object of mutter's: its number, and of a stream its size in pixels. */
struct ol_portal_object {
	uint32_t id;
	int width;
	int height;
};

struct ol_portal_objects {
	struct ol_portal_object items[OL_PORTAL_SESSIONS_MAX];
	size_t n;
};

/* What one look around the bus has found. */
struct ol_portal_view {
	struct ol_portal_session sessions[OL_PORTAL_SESSIONS_MAX];
	size_t n_sessions;
	struct ol_portal_objects casts;    /* sessions of mutter */
	struct ol_portal_objects streams;  /* of these sessions */
	struct ol_portal_objects controls; /* sessions of mutter */
	/*
	 * Whom mutter watches: all that hold sessions, and perhaps others. It
	 * goes on watching some that have left, so only the last are kept.
	 */
	char creators[OL_PORTAL_CREATORS_MAX][OL_PORTAL_NAME];
	size_t n_creators;
	/* Who holds each name, "" if nobody does. */
	char owners[OL_PORTAL_SERVICES][OL_PORTAL_NAME];
	bool is_cut; /* there was more than could be kept */
};

/* A program on the bus. */
struct ol_portal_peer {
	char name[OL_PORTAL_NAME]; /* never given to another on the same bus */
	bool is_gone;              /* has left the bus */
	int64_t pid;               /* 0: cannot be known */
	uint64_t start_time;
	char program[OL_PORTAL_NODE]; /* or the sandboxed application's id */
};

struct ol_portal_claim {
	const char *rule;
	uint64_t key;
	enum onlooker_watcher_kind kind;
	int64_t pid;
	uint64_t start_time;
	char who[2 * OL_PORTAL_NODE];
	char detail[OL_PORTAL_NODE];
};

/*
 * The next child node in introspection data (D-Bus specification, "Introspection
 * Data Format"): the name of a <node> element below the outermost. Begin with
 * *at = 0. Returns true and the name; false at the end. Names that are not one
 * element of an object path, or too long, are passed over.
 */
bool ol_portal_next_node(const char *xml, size_t size, size_t *at,
                         char ret[OL_PORTAL_NODE]);
/* "1_27" to ":1.27". -EINVAL if it is anything else. */
int ol_portal_parse_sender(const char *node, char ret[OL_PORTAL_NAME]);
/* "u12" to 12. -EINVAL if it is anything else. */
int ol_portal_parse_number(const char *node, uint32_t *ret);
/*
 * The program whose end this match rule waits for: the argument 0, if that is a
 * unique name, of a rule for NameOwnerChanged. -EINVAL for other rules.
 */
int ol_portal_parse_match(const char *rule, char ret[OL_PORTAL_NAME]);
/*
 * The first address of a list (D-Bus specification, "Server Addresses") that is
 * a Unix socket, or -ENOENT: others would run a program or leave the machine.
 */
int ol_portal_parse_address(const char *list, char *ret, size_t size);
/* The application of the contents of a /.flatpak-info, or -EINVAL. */
int ol_portal_parse_app(const char *text, size_t size,
                        char ret[OL_PORTAL_NODE]);

/* Add to a view. What is there already, or does not fit, is not added. */
void ol_portal_add_session(struct ol_portal_view *view, const char *requester,
                           const char *token, bool is_cast);
void ol_portal_add_object(struct ol_portal_view *view,
                          struct ol_portal_objects *objects, uint32_t id);
void ol_portal_add_creator(struct ol_portal_view *view, const char *name);

/*
 * Who may be behind mutter's sessions. Those that mutter watches and that are
 * known to ask it: for GNOME's portal backend, the requesters of portal
 * sessions. If none of these, all that mutter watches. If nothing is known of
 * that, all requesters. Without those that have left; of `peers` may be missing
 * whoever is not known yet. Returns how many there are.
 */
size_t ol_portal_suspects(const struct ol_portal_view *view,
                          const struct ol_portal_peer *peers, size_t n_peers,
                          const char *ret[OL_PORTAL_PEERS_MAX]);

struct ol_portal_claims {
	struct ol_portal_claim items[OL_PORTAL_CLAIMS_MAX];
	size_t n;
};

/* What a view means; all of ret is set. */
void ol_portal_judge(const struct ol_portal_view *view,
                     const struct ol_portal_peer *peers, size_t n_peers,
                     struct ol_portal_claims *ret);

/*
 * Fill in a peer from its pid: program and start time. Not an error if there is
 * no such process: then pid is 0 too.
 */
void ol_portal_peer_identify(struct ol_host *host, int64_t pid,
                             struct ol_portal_peer *peer);

/* The bus that the environment names. -ENOENT: none; -ENAMETOOLONG. */
int ol_portal_bus_locate(struct ol_host *host, char *ret, size_t size);
/* Begin to connect, without waiting. 0 or -errno. */
int ol_portal_bus_connect(const char *address, struct sd_bus **ret);

/* Looks at the bus, one question after another, on a connection it is given. */
struct ol_round;

/* What a look around amounts to. */
struct ol_round_result {
	const struct ol_portal_view *view;
	const struct ol_portal_peer *peers;
	size_t n_peers;
	bool is_silent;  /* somebody did not answer */
	bool is_denied;  /* somebody would not answer */
	bool is_foreign; /* the bus counts processes in another pid namespace */
	bool is_idle;    /* nobody is there who could hold a session */
};

/*
 * Begin to follow the names on a bus that is open. done() is called, from within
 * sd_bus_process(), at the end of each look; wanted() when something happened
 * that makes another look worth while. 0 or -errno.
 */
int ol_round_new(struct ol_host *host, struct sd_bus *bus,
                 void (*done)(void *data, const struct ol_round_result *result),
                 void (*wanted)(void *data), void *data, struct ol_round **ret);
/* Takes NULL. */
void ol_round_free(struct ol_round *round);
/* Look around, unless a look is under way. */
void ol_round_begin(struct ol_round *round);

#endif
