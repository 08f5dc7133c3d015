#ifndef MONITOR_LOOP_H
#define MONITOR_LOOP_H

#include "monitor.h"

/*
 * A context in the program's own poll loop, beside the signals that end it.
 * SIGINT, SIGTERM, SIGHUP, SIGCHLD
 * and SIGWINCH arrive by a descriptor: nothing runs in a signal
 * handler, and a signal between two calls is not lost.
 */
struct loop {
	struct onlooker *onlooker;
	int signal_fd;
	int input;      /* polled too; -1, as loop_init() sets it: none */
	int has_input;  /* whether it had something in the latest turn */
	int interrupts; /* how many SIGINT, SIGTERM, SIGHUP have come */
	int is_done;    /* a callback sets it to end loop_until_done() */
};

/*
 * Open a context as the arguments say, and the signals. Complains itself.
 * Returns STATUS_SUCCESS or another exit status; finish only after success.
 */
int loop_init(struct loop *loop, const struct arguments *arguments);
void loop_finish(struct loop *loop);

/* Complain that onlooker_open() returned an error; an exit status. */
int open_failed(const struct arguments *arguments, int error);

/*
 * Wait until the context or a signal has something, and dispatch the context.
 * Returns 1 after that, 0 if `timeout_ms` passed first (-1: never), or a
 * negative errno.
 */
int loop_turn(struct loop *loop, int timeout_ms);

/*
 * Turn until no probe is starting and the settle time after that is over.
 * Returns 0, -EINTR if a signal came first, or another negative errno.
 */
int loop_settle(struct loop *loop, int settle_ms);

/*
 * Open a context as the arguments say, settle, and hand the report to show(),
 * which returns an exit status, or a negative errno for what the library
 * refused. Complains itself. Returns an exit status.
 */
int loop_once(const struct arguments *arguments,
              int (*show)(const struct arguments *arguments,
                          const struct onlooker_report *report));

/* Turn until interrupted or done. Returns 0 or a negative errno. */
int loop_until_done(struct loop *loop);

#endif
