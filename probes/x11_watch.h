#ifndef OL_X11_WATCH_H
#define OL_X11_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "x11_ask.h"
#include "x11_client.h"
#include "x11_guard.h"
#include "x11_link.h"

enum {
	/*
	 * Pixmaps of windows that we remember, the latest ones. A capturer
	 * that names more at a time is seen by its reads of the others.
	 */
	X11_PIXMAPS_MAX = 1024,
};

/* A pixmap that somebody made of a window. */
struct x11_pixmap {
	uint32_t id;
	uint32_t window;
};

/* The latest to interfere with the recording. */
struct x11_tamper {
	uint32_t base; /* 0: nobody has */
	bool is_told;
	bool is_end; /* nothing is recorded any more */
};

/* One X server, from the moment on when it records for us until it is gone. */
struct x11_watch {
	struct ol_host *host;
	struct x11_link *link;
	struct x11_clients clients;
	struct x11_asks asks;
	uint32_t compositor; /* resource id base; 0: none */
	struct x11_pixmap pixmaps[X11_PIXMAPS_MAX];
	unsigned pixmap_count; /* ever; the table is a ring */
	unsigned noisy_count;
	uint64_t random;
	struct x11_guard guard;
	struct x11_tamper tamper;
	bool must_record_all; /* somebody saw to it that we do not */
	bool is_cut; /* the control connection has ended, but not yet the other */
	uint64_t injector_gone_us; /* one that used XTEST ended; 0: none */

	/* The server's clock, widened, at the moment seen_us of ours. */
	uint64_t server_ms;
	uint32_t server_time;
	uint64_t seen_us;
};

/* Takes the link over, on failure too. Returns 0 or -errno. */
int ol_x11_watch_new(struct ol_host *host, struct x11_link *link,
                     struct x11_watch **ret);
/* Claims stay; NULL is ignored. */
void ol_x11_watch_free(struct x11_watch *watch);

/*
 * Take what the server has sent, but no more than a batch. Returns 1 if there
 * may be more, 0 if there is not, -EPIPE if the server has gone or has ended
 * the recording. Once is_cut is set nothing more comes on the control connection.
 */
int ol_x11_watch_read(struct x11_watch *watch);
/* Bring the claims up to now. */
void ol_x11_watch_judge(struct x11_watch *watch);
/* The same for one client. */
void ol_x11_watch_update(struct x11_watch *watch, struct x11_client *client);
/* Ask which process a client is, unless that is known or has been asked. */
void ol_x11_watch_identify(struct x11_watch *watch, struct x11_client *client);
/* Whether anything lasts that ends with a client. */
bool ol_x11_watch_is_busy(const struct x11_watch *watch);
/* When to judge again though nothing has come, in our time; 0: never. */
uint64_t ol_x11_watch_deadline(struct x11_watch *watch);

#endif
