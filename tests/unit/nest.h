#ifndef TEST_NEST_H
#define TEST_NEST_H

#include <stdbool.h>

#include "onlooker/onlooker.h"

/*
 * A context inside a loop of another kind. Only its descriptor is known to that
 * loop, and onlooker_dispatch() is called only when the loop says that it is
 * readable: whatever does not wake the descriptor does not happen.
 */
struct nest {
	struct onlooker *onlooker;
	bool is_done; /* the report is as waited for */
	bool (*is_so)(const struct onlooker_report *report);
	unsigned calls; /* of the callback */
};

enum { NEST_LIMIT_MS = 20000 }; /* never met but by a failure */

/* Runs until is_done. Returns 0, -ETIMEDOUT or -errno. */
typedef int (*nest_run_fn)(struct nest *nest);

/* Open a context of two fakes in a nest, with its callback. */
void nest_open(struct nest *nest);
/* Give an open context the nest's callback. */
void nest_adopt(struct nest *nest);
void nest_close(struct nest *nest);
/* Run the loop until a report satisfies is_so. */
void nest_wait(struct nest *nest, nest_run_fn run,
               bool (*is_so)(const struct onlooker_report *report));

bool is_shared(const struct onlooker_report *report);
bool is_clear(const struct onlooker_report *report);
bool is_settled(const struct onlooker_report *report);

/* The plainest of loops, for tests about something else. */
int nest_run_epoll(struct nest *nest);

/* All that must work in a loop of any kind. Returns an exit status. */
int nest_test(nest_run_fn run);

#endif
