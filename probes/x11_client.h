#ifndef OL_X11_CLIENT_H
#define OL_X11_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "probe.h"
#include "x11_guard.h"
#include "x11_reader.h"

enum {
	/* As many programs as anyone runs that look at the screen, and more. */
	X11_READERS_MAX = 256,
	/* Clients that ended before we heard which process they were. */
	X11_GONE_MAX = 64,
	/* Pictures of what is not its own, of one client. */
	X11_LENSES_MAX = 32,
	/* Drawables of its own that a client reads by turns. */
	X11_OWN_MAX = 4,
};

/* A RENDER picture of what a client has not drawn itself. */
struct x11_lens {
	uint32_t id;
	enum x11_target target;
};

enum x11_own_kind {
	X11_OWN_ASKED,
	X11_OWN_WINDOW_ID,
	X11_OWN_PIXMAP,
};

/* A drawable of its own that a client has read. */
struct x11_own {
	uint32_t id;
	enum x11_own_kind kind;
	uint64_t asked_ms;
	struct x11_event read; /* the latest while it is not known */
};

enum x11_id_state {
	X11_ID_UNKNOWN, /* not asked, for too much was outstanding */
	X11_ID_ASKED,
	X11_ID_KNOWN, /* pid is set, or 0 for ever */
};

/* A client of the X server. */
struct x11_client {
	uint32_t base;   /* of its resource ids; used again after its end */
	uint64_t serial; /* never used again */
	enum x11_id_state id_state;
	int64_t pid;
	bool is_new;       /* it came after us */
	bool is_checked;   /* the compositor was asked for on its account */
	bool is_confirmed; /* and again, before it was told to hold a window */
	bool is_injector;  /* it has used XTEST */
	bool is_noisy;     /* its copies are recorded now and then only */
	bool is_sampled;   /* now */
	uint64_t turn_ms;  /* when that changes */
	bool has_tampered; /* and that is not told yet */
	bool is_unknown;   /* nor will its process ever be known */
	bool is_sought; /* its process has ended, and its heir was looked for */
	unsigned copies; /* of no interest, in the second of copies_ms */
	uint64_t copies_ms;
	unsigned lenses; /* bits 1 << x11_target: pictures it held, ever */
	struct x11_lens pictures[X11_LENSES_MAX];
	int picture_count;
	bool has_more_pictures;     /* than the table holds */
	bool are_pictures_recorded; /* what it draws with them */
	bool has_named;             /* pixmaps, in the watch's table */
	struct x11_own own[X11_OWN_MAX];
	unsigned own_count;        /* ever; a ring */
	unsigned own_asks;         /* in the second of copies_ms */
	struct x11_reader *reader; /* NULL: has not read anything */

	/* For the guarded window. */
	struct x11_rectangle seen; /* of the screen, ever; bounding box */
	enum x11_place places[X11_TARGETS];
	enum x11_place held_place;
	uint8_t answers;   /* to the canary, a bit a tick, the latest lowest */
	bool has_answered; /* since the last tick */

	/* What x11_claim.c has claimed of it. */
	const char *claimed[X11_TARGETS]; /* rules */
	const char *held_claimed;         /* rule */
	bool is_shot_claimed;
	bool is_canary_claimed;
	unsigned shots_told; /* of reader->shots */
};

struct x11_clients {
	uint32_t id_mask;
	uint64_t serial;           /* the latest */
	unsigned size;             /* of the table */
	struct x11_client **table; /* by number, NULL where there is none */
	unsigned reader_count;
	struct x11_client *gone[X11_GONE_MAX];
	int gone_count;
};

/* id_mask: the bits of a resource id that do not tell its client. */
int ol_x11_clients_init(struct x11_clients *clients, uint32_t id_mask);
void ol_x11_clients_finish(struct x11_clients *clients);

/* The resource id base of whoever made a resource; 0: the server. */
uint32_t ol_x11_clients_base(const struct x11_clients *clients, uint32_t id);
/* The client with this base, or NULL. */
struct x11_client *ol_x11_clients_find(const struct x11_clients *clients,
                                       uint32_t base);
/* The client with this serial, gone ones included, or NULL. */
struct x11_client *ol_x11_clients_find_serial(const struct x11_clients *clients,
                                              uint64_t serial);
/* Add a client. Returns NULL for a base that cannot be, or without memory. */
struct x11_client *ol_x11_clients_add(struct x11_clients *clients,
                                      uint32_t base);
/* Keep a client that ended until its process is known; 0 or -ENOSPC. */
int ol_x11_clients_retire(struct x11_clients *clients,
                          struct x11_client *client);
void ol_x11_clients_remove(struct x11_clients *clients,
                           struct x11_client *client);
/* Give it a reader; -ENOSPC when too many have one. */
int ol_x11_clients_need_reader(struct x11_clients *clients,
                               struct x11_client *client);

/* Whether anything that lasts is claimed of it. */
bool ol_x11_client_is_claimed(const struct x11_client *client);

/* Whether the process of a client, whose pid is known, is gone. */
bool ol_x11_client_has_ended(struct ol_host *host,
                             const struct x11_client *client);
/*
 * Fill in the claim's subject: pid, start time and name, or a name that says
 * what is known instead. name has X11_NAME_MAX bytes and is borrowed.
 */
enum { X11_NAME_MAX = 64 };
void ol_x11_client_subject(struct ol_host *host,
                           const struct x11_client *client, char *name,
                           struct ol_subject *ret);

#endif
