#ifndef OL_LOOP_H
#define OL_LOOP_H

#include <stdint.h>

/*
 * The event loop of one context, and the only reader of clocks.
 *
 * Its descriptor nests in any other loop: it is readable while something is
 * due and quiet when nothing is. Sources are level triggered.
 */
struct ol_loop;
struct ol_source;

/* Returns 0 or -errno. */
int ol_loop_new(struct ol_loop **ret);
/* Sources must have been unwatched. NULL is ignored. */
void ol_loop_free(struct ol_loop *loop);

int ol_loop_get_fd(struct ol_loop *loop);

/*
 * Run what is due, without waiting, but no more than a batch: what is left
 * makes the descriptor readable again. Returns 0 or -errno; -ECHILD in a forked
 * child.
 */
int ol_loop_dispatch(struct ol_loop *loop);

/* Make the descriptor readable until the next dispatch. */
void ol_loop_kick(struct ol_loop *loop);

/* See ol_watch_fd() and ol_watch_time(). `ret` is untouched on failure. */
int ol_loop_watch_fd(struct ol_loop *loop, int fd, uint32_t events,
                     void (*ready)(void *userdata, uint32_t events),
                     void *userdata, struct ol_source **ret);
int ol_loop_watch_time(struct ol_loop *loop, uint64_t at_us, uint64_t slack_us,
                       void (*due)(void *userdata), void *userdata,
                       struct ol_source **ret);
/* Takes NULL, returns NULL. */
struct ol_source *ol_loop_unwatch(struct ol_source *source);

/* Microseconds of CLOCK_MONOTONIC. */
uint64_t ol_clock_now(void);
/* What to add to it for microseconds since 1970. */
int64_t ol_clock_wall_offset(void);

#endif
