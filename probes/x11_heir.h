#ifndef OL_X11_HEIR_H
#define OL_X11_HEIR_H

#include <stdbool.h>
#include <stdint.h>

#include "x11_watch.h"

/*
 * The server knows a client by the process that connected. A program that goes
 * into the background afterwards, as with `x11vnc -bg`, leaves its connection to
 * a child that the server has never heard of. That child is found by
 * elimination: of all processes that hold a connection to this server, it is
 * the one that no client accounts for.
 */
struct x11_heir;

/*
 * Whether something is claimed of a client whose process has ended. Each such
 * client is told of once.
 */
bool ol_x11_heir_is_missed(struct x11_watch *watch);
/* All such clients belong to this process; 0: that is not known. */
void ol_x11_heir_take_over(struct x11_watch *watch, int64_t pid);

/* A search on the server of this display, which is copied. 0 or -errno. */
int ol_x11_heir_new(struct ol_host *host, const char *display,
                    struct x11_heir **ret);
void ol_x11_heir_free(struct x11_heir *heir);

/* For the worker: connects, asks, looks into /proc, and may take a while. */
void ol_x11_heir_find(struct x11_heir *heir);
/* The process that was found; 0: none, or more than one could be it. */
int64_t ol_x11_heir_pid(const struct x11_heir *heir);

#endif
