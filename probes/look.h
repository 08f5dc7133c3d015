#ifndef OL_LOOK_H
#define OL_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "probe.h"

/*
 * When to look again: as soon as the kernel says that something has changed,
 * and now and then besides, for not every change is told. The looking itself is
 * done on the worker. Embedded in a probe.
 */

struct ol_look_kind {
	const char *const
		*subsystems; /* of uevents, NULL at the end; or NULL */
	uint64_t interval_us;
	/* A job, or NULL when there is no memory for one; then later again. */
	void *(*begin)(void *probe);
	/* On the worker; touches nothing but the job. */
	void (*work)(void *job);
	/* Takes the job. */
	void (*done)(void *probe, void *job);
	void (*drop)(void *job);
	/* The worker has not come back for OL_LOOK_STUCK_US. May be NULL. */
	void (*stuck)(void *probe);
};

enum {
	/*
	 * Calls into a graphics driver were seen to hang for 28 s behind a
	 * stuck page flip; none that came back by itself took a second.
	 */
	OL_LOOK_STUCK_US = 5000000,
};

struct ol_look {
	struct ol_host *host;
	const struct ol_look_kind *kind;
	void *probe;
	int uevents; /* -1: none */
	struct ol_source *uevent_source;
	struct ol_source *timer;
	struct ol_source *stuck_timer;
	uint64_t interval_us; /* the kind's, until the probe sets another */
	uint64_t last_us;     /* when the last look began */
	bool is_looking;
	bool is_again; /* something changed meanwhile */
};

/*
 * Begin, with a look at once. Returns 0 or -errno; finish it in either case.
 * Without uevents it goes by time alone.
 */
int ol_look_init(struct ol_look *look, struct ol_host *host,
                 const struct ol_look_kind *kind, void *probe);
void ol_look_finish(struct ol_look *look);
/* Look as soon as may be. */
void ol_look_now(struct ol_look *look);

#endif
