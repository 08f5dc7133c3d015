#ifndef OL_X11_FLOOD_H
#define OL_X11_FLOOD_H

#include "x11_watch.h"

/*
 * Clients that copy and draw so fast that recording it would slow the server
 * down. It is recorded only now and then, for a moment that they cannot foresee,
 * lest a flood be the way to hide a capture among its copies.
 */

/* A copy, or drawing with pictures, of no interest. */
void ol_x11_flood_count(struct x11_watch *watch, struct x11_client *client);
/* Have recorded of a client what is to be at present. */
void ol_x11_flood_record(struct x11_watch *watch, struct x11_client *client);
/* It is no flood, or there is no client any more. */
void ol_x11_flood_forget(struct x11_watch *watch, struct x11_client *client);

/* Begin and end those moments; times are the server's. */
void ol_x11_flood_tick(struct x11_watch *watch, uint64_t now_ms);
/* When the next one begins or ends; 0: never. */
uint64_t ol_x11_flood_deadline(const struct x11_watch *watch);

#endif
