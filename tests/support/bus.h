#ifndef TEST_BUS_H
#define TEST_BUS_H

#include "tests/support/process.h"

/* A session bus of our own, on which nothing is started on demand but `bait`. */
struct bus {
	struct child daemon;
	char directory[32];
};

/*
 * Start a bus and name it in the environment. Returns 0 or -errno; -ENOENT:
 * not installed. Whoever asks for org.freedesktop.portal.Desktop by name, and
 * lets it be started, makes the file "bait" appear in the directory.
 */
int bus_start(struct bus *bus);
/* Start it again at the same address after bus_end(). */
int bus_restart(struct bus *bus);
void bus_end(struct bus *bus);
/* End it if it runs, and remove the directory. */
void bus_remove(struct bus *bus);

/* bus_service or bus_client; waits until it says "ready" or fails the test. */
void bus_run(struct child *child, const char *const arguments[]);

#endif
