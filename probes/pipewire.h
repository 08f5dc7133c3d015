#ifndef OL_PIPEWIRE_H
#define OL_PIPEWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe.h"

/*
 * What the files of the PipeWire probe share.
 *
 *  pipewire.c          the probe: states, timers, claims made and withdrawn
 *  pipewire_claim.c    the difference between what is so and what was claimed
 *  pipewire_remote.c   a connection: registry and proxies into the graph
 *  pipewire_context.c  the library itself, loaded quietly and without threads
 *  pipewire_socket.c   where the daemon listens, and noticing that it does
 *  pipewire_process.c  who a process is, from /proc
 *  pipewire_graph.c    pure: what is known of nodes, clients and links
 *  pipewire_property.c pure: values out of properties
 *  pipewire_origin.c   pure: screen, camera or what a stream comes from
 *  pipewire_judge.c    pure: what that means
 *  pipewire_table.c    pure: a bounded table
 */

struct spa_dict;
struct pw_permission;

/* A process. Text is empty and numbers are 0 where nothing is known. */
struct ol_process {
	int64_t pid;
	uint64_t start_time; /* clock ticks since boot: field 22 of stat */
	char comm[16];       /* anyone may choose it */
	char binary[64];     /* file name of its executable */
	bool is_trusted;     /* only root can write that executable */
};

/* Look a process up. -ESRCH if there is none; then ret is untouched. */
int ol_process_find(struct ol_host *host, int64_t pid, struct ol_process *ret);

enum {
	/*
	 * Bounds on what others can make us keep. A busy desktop has a hundred
	 * nodes; 2048 of each make under a megabyte.
	 */
	OL_GRAPH_NODES_MAX = 2048,
	OL_GRAPH_CLIENTS_MAX = 1024,
	OL_GRAPH_LINKS_MAX = 2048,
	/* Below the 1024 claims a host takes: there, a flood hides nothing. */
	OL_GRAPH_CLAIMS_MAX = 256,
	OL_GRAPH_TEXT = 64, /* longer names are cut */
	OL_GRAPH_STATE_UNKNOWN = -128,
};

enum ol_media {
	OL_MEDIA_UNKNOWN, /* no media.class, or one that we do not know */
	OL_MEDIA_OTHER,   /* audio, MIDI */
	OL_MEDIA_SOURCE,  /* gives video */
	OL_MEDIA_SINK,    /* takes video */
};

enum ol_origin {
	OL_ORIGIN_OTHER, /* a camera, or no video at all */
	OL_ORIGIN_SCREEN,
	OL_ORIGIN_SCREEN_BY_NAME, /* its process tells us nothing */
	OL_ORIGIN_UNKNOWN,
};

/* In the order in which claims are kept when there are too many. */
enum ol_verdict {
	OL_VERDICT_NONE,
	OL_VERDICT_CAST,
	OL_VERDICT_HIDDEN,
	OL_VERDICT_PAUSED,
	OL_VERDICT_OPEN,
	OL_VERDICT_UNKNOWN,
	OL_VERDICT_PREVIEW,
	OL_VERDICTS,
};

/* The first member of each is its id in the registry: tables are sorted. */
struct ol_client {
	uint32_t id;
	struct ol_process process; /* who called connect(), says the kernel */
	struct ol_process claimed; /* behind a portal: who it says it is */
	char name[OL_GRAPH_TEXT];  /* application.name: what it says */
	char claimed_binary[OL_GRAPH_TEXT];
	int64_t claimed_pid;
	bool is_bound;
	bool is_gone; /* kept for a node that may be hidden */
};

struct ol_node {
	uint32_t id;
	uint32_t client; /* UINT32_MAX: made by the daemon itself */
	enum ol_media media;
	int state; /* enum pw_node_state, or unknown */
	char name[OL_GRAPH_TEXT];
	char media_name[OL_GRAPH_TEXT];
	bool is_camera;  /* media.role */
	bool has_device; /* comes from a device, says its maker */
	bool is_bound;
	bool is_linked; /* is an end of some link */
	bool is_taken;  /* the giving end of a link that is known to work */
	bool was_seen;  /* or only an end of a link names it */
	bool is_hidden; /* lives, but not for us */
	uint64_t left;  /* doubt number of its removal; 0: it is there */
	enum ol_verdict verdict;
};

struct ol_link {
	uint32_t id;
	uint32_t output; /* node that gives */
	uint32_t input;  /* node that takes */
	int state;       /* enum pw_link_state, or unknown */
	bool is_bound;
	bool is_hidden; /* as of a node */
	uint64_t left;
	enum ol_verdict verdict;
};

struct ol_table {
	void *items;
	size_t n;
	size_t capacity;
	size_t max;
	size_t size; /* of an item */
};

/* Properties may be NULL, and so may the value. */
const char *ol_property(const struct spa_dict *properties, const char *key);
/* Cuts at a whole UTF-8 character. NULL leaves what is there. */
void ol_property_copy(char *to, size_t size, const char *from);
/* Decimal digits alone, at most max. NULL is false, and leaves *ret. */
bool ol_property_number(const char *text, uint32_t max, uint32_t *ret);
enum ol_media ol_property_media(const char *class);

/* The item of this id, or NULL. Good until the next put or remove. */
void *ol_table_find(const struct ol_table *table, uint32_t id);
/*
 * The same, or a new one that is all zeroes but for its id. 0, -ENOSPC when the
 * table holds max, -ENOMEM.
 */
int ol_table_put(struct ol_table *table, uint32_t id, void **ret);
void ol_table_remove(struct ol_table *table, void *item);

/* 0 or -ESRCH, as ol_process_find(). */
typedef int (*ol_find_process_fn)(void *data, int64_t pid,
                                  struct ol_process *ret);

/*
 * Nodes, clients and links. Everything in it comes from outside, in any order,
 * and is believed only as far as the comments above say.
 */
struct ol_graph {
	struct ol_table nodes;
	struct ol_table clients;
	struct ol_table links;
	ol_find_process_fn find_process;
	void *data;
	int64_t own_pid; /* the host program's */
	uint64_t doubt;  /* counts the removals that have to be looked into */
	size_t n_left;   /* nodes and links that left, not looked into yet */
	size_t n_hidden;
	bool is_cut; /* something did not fit: what is seen is a part */
};

struct ol_cast {
	const char *rule;
	uint64_t key;
	enum onlooker_watcher_kind kind;
	int64_t pid;
	uint64_t start_time;
	char name[OL_GRAPH_TEXT];
	char detail[2 * OL_GRAPH_TEXT];
};

void ol_graph_init(struct ol_graph *graph, int64_t own_pid,
                   ol_find_process_fn find_process, void *data);
/* Forget everything, and free it. */
void ol_graph_finish(struct ol_graph *graph);

/*
 * Learn about an object: that it exists, or more of its properties. Properties
 * that are missing leave what is known. Ids are those of the registry. Returns
 * 0; -ENOSPC or -ENOMEM, then is_cut is set too; -EINVAL for a link without
 * ends.
 */
int ol_graph_put_client(struct ol_graph *graph, uint32_t id,
                        const struct spa_dict *properties);
int ol_graph_put_node(struct ol_graph *graph, uint32_t id,
                      const struct spa_dict *properties);
int ol_graph_put_link(struct ol_graph *graph, uint32_t id,
                      const struct spa_dict *properties);
/* States of what has been put; others are ignored. */
void ol_graph_set_node_state(struct ol_graph *graph, uint32_t id, int state);
void ol_graph_set_link_state(struct ol_graph *graph, uint32_t id, int state);
/*
 * The registry took this object back. It may have ended, or may only be hidden
 * from us: it stays, as it was, until ol_graph_settle().
 */
void ol_graph_remove(struct ol_graph *graph, uint32_t id);

/*
 * A round trip has ended that began at this value of graph->doubt, and our
 * permissions, as the daemon had them meanwhile, are these. What left before it
 * is hidden if we may not read it, or if it is a node that still has a link,
 * for the daemon removes the links first; all else is forgotten. The daemon
 * forgets a permission together with the object.
 */
void ol_graph_settle(struct ol_graph *graph, uint64_t until,
                     const struct pw_permission *permissions, size_t n);

/* Bring is_linked and is_taken up to date. */
void ol_graph_mark(struct ol_graph *graph);

enum ol_object {
	OL_OBJECT_CLIENT,
	OL_OBJECT_NODE,
	OL_OBJECT_LINK,
};
/*
 * Call bind() once for every object of which more has to be known than the
 * registry says. Returns how many there were.
 */
size_t ol_graph_bind(struct ol_graph *graph,
                     void (*bind)(void *data, enum ol_object type, uint32_t id),
                     void *data);

const struct ol_client *ol_graph_client(const struct ol_graph *graph,
                                        uint32_t id);
const struct ol_node *ol_graph_node(const struct ol_graph *graph, uint32_t id);

/*
 * A screen is known by its producer, not by what the consumer says: the
 * producer's process is a compositor or a portal, or the stream bears the name
 * that one of these gives. Such names can be forged, to raise a false alarm
 * about whoever takes the stream. They cannot be forged away: nobody but the
 * compositor has the picture to begin with.
 */
enum ol_origin ol_node_origin(const struct ol_graph *graph,
                              const struct ol_node *node);
bool ol_origin_is_screen(enum ol_origin origin);
/* Offered for as long as its program runs, so that the offer says nothing. */
bool ol_node_is_standing(const struct ol_graph *graph,
                         const struct ol_node *node);
/*
 * Belongs to the desktop, which shows the stream where it came from. A program
 * is believed to be the desktop's by an executable that only root can write; no
 * name it gives itself is enough.
 */
bool ol_node_is_desktop(const struct ol_graph *graph,
                        const struct ol_node *node);
/*
 * The portal itself, which connects for others and hands them the socket. The
 * names of its backends are longer, and cut by the kernel to the same comm.
 */
bool ol_process_is_portal(const struct ol_process *process);
/*
 * By its file or its comm: a thread may have changed the one, and the other is
 * unreadable for a file with capabilities, as kwin_wayland can be.
 */
bool ol_process_is_called(const struct ol_process *process, const char *name);

/*
 * What it all means: at most max claims, the strongest first. Returns their
 * number, and sets *is_cut if there were more. Cameras yield nothing.
 */
size_t ol_graph_judge(struct ol_graph *graph, struct ol_cast *casts, size_t max,
                      bool *is_cut);

/* What is claimed at the moment. */
struct ol_claims {
	struct ol_cast *casts; /* room for twice OL_GRAPH_CLAIMS_MAX */
	size_t n;
};
int ol_claims_init(struct ol_claims *claims);
void ol_claims_finish(struct ol_claims *claims);
/*
 * Tell the host what has changed: new claims first, so that a cast that goes
 * from paused to running is never neither. Returns whether some did not fit.
 */
bool ol_claims_update(struct ol_claims *claims, struct ol_host *host,
                      struct ol_graph *graph);
void ol_claims_withdraw_all(struct ol_claims *claims, struct ol_host *host);

/* Where the daemon listens: the places to try, in order. */
struct ol_socket {
	char directory[2][108];
	char path[2][108]; /* "" from the first that there is not */
};
/*
 * From the environment, as pipewire(1) has it. -ENOENT if it names no place;
 * -ENAMETOOLONG.
 */
int ol_socket_locate(const char *remote, const char *pipewire_dir,
                     const char *xdg_dir, struct ol_socket *ret);
/*
 * Connect without waiting. Returns a descriptor; -ENOENT if there is no socket,
 * -ECONNREFUSED if nobody listens, -EACCES, -EAGAIN if too many wait already.
 */
int ol_socket_connect(const struct ol_socket *socket);
/* An inotify descriptor that is readable when a socket may have appeared. */
int ol_socket_watch(const struct ol_socket *socket);
/* Empty it. True if one of the sockets has appeared or events were lost. */
bool ol_socket_appeared(const struct ol_socket *socket, int inotify);

struct pw_context;
struct pw_loop;
/*
 * Load PipeWire: a loop, and a context on it that reads no configuration and
 * runs no thread. 0 or -errno.
 */
int ol_pipewire_load(struct pw_loop **ret_loop, struct pw_context **ret);
void ol_pipewire_unload(struct pw_loop *loop, struct pw_context *context);

/* A connection to the daemon. */
struct ol_remote;
/*
 * Load PipeWire. -ENOMEM or what loading fails with. `graph` is written to from
 * ol_remote_iterate() alone.
 */
int ol_remote_new(struct ol_graph *graph, struct ol_remote **ret);
void ol_remote_free(struct ol_remote *remote);
int ol_remote_get_fd(struct ol_remote *remote);
/* Takes over fd, even on failure. */
int ol_remote_connect(struct ol_remote *remote, int fd);
void ol_remote_disconnect(struct ol_remote *remote);
/*
 * Do all that is due, never wait. Returns 0, or why the connection is of no use
 * any more: -EPIPE, or -EACCES if somebody took all permissions from it.
 */
int ol_remote_iterate(struct ol_remote *remote);
/* The daemon owes us an answer. */
bool ol_remote_is_asking(const struct ol_remote *remote);
/* Everything that there was when it connected is in the graph. */
bool ol_remote_is_complete(const struct ol_remote *remote);
/* The daemon does not let us see what there is. */
bool ol_remote_is_denied(const struct ol_remote *remote);
/* Ask for our permissions again. */
void ol_remote_check(struct ol_remote *remote);

#endif
