#ifndef TEST_PIPEWIRE_H
#define TEST_PIPEWIRE_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

#include "onlooker/onlooker.h"
#include "tests/support/process.h"

/* A PipeWire daemon of our own in a runtime directory of our own. */
struct pipewire {
	struct child daemon;
	char directory[32];
};

/*
 * Make an empty runtime directory and put it, and nothing else that PipeWire
 * goes by, into the environment. Returns 0 or -errno.
 */
int pipewire_prepare(struct pipewire *pipewire);
/* Start the daemon there and wait until it listens. -ENOENT: not installed. */
int pipewire_start(struct pipewire *pipewire);
/* End it: SIGTERM lets it remove its socket, SIGKILL does not. */
void pipewire_end(struct pipewire *pipewire, int signal_number);
/* End it if it runs, and remove the directory. */
void pipewire_remove(struct pipewire *pipewire);

/*
 * pipewire_cast with these arguments, NULL at the end, and what it says: the id
 * of its node and the pids of the consumers that it has started. cast_start()
 * waits for the node, and fails the test if none comes.
 */
struct cast {
	struct child child;
	uint32_t node;
	pid_t consumers[4];
	int n_consumers;
};
void cast_start(struct cast *cast, const char *const arguments[]);
void cast_stop(struct cast *cast);
/* Wait for a line that begins with this. Returns the number at its end, or 0. */
uint32_t cast_wait(struct cast *cast, const char *begin);

#define ARGUMENTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

enum {
	/*
	 * How long to wait for what takes tens of milliseconds, or seconds for
	 * a flood, on a machine that has much else to do.
	 */
	PIPEWIRE_LIMIT_MS = 30000,
};

/*
 * For cmocka: a daemon for each test, for what a failed one leaves must not be
 * seen by the next. *state is its struct pipewire.
 */
int pipewire_set_up(void **state);
int pipewire_tear_down(void **state);

/* A context with the pipewire probe alone, when it is watching. */
struct onlooker *pipewire_open(void);
/* Wait until there is evidence of this rule about this pid (0: any); or none. */
void pipewire_expect(struct onlooker *onlooker, const char *rule, pid_t pid);
void pipewire_expect_none(struct onlooker *onlooker, const char *rule);
void pipewire_expect_state(struct onlooker *onlooker,
                           enum onlooker_probe_state state);

#endif
