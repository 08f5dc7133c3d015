#ifndef OL_LOOKOUT_H
#define OL_LOOKOUT_H

#include <stddef.h>

#include "look.h"

/*
 * The life of a probe that only looks (look.h) at files below a root: a job for
 * the worker, with the root open, and what becomes of it.
 */

struct ol_lookout_kind {
	struct ol_look_kind look; /* OL_LOOKOUT_LOOK, and what differs */
	/* Bytes of the probe, which begins with a struct ol_lookout. */
	size_t probe_size;
	size_t job_size;
	/* The probe is zero but for its lookout. May be NULL. */
	void (*begin)(void *probe);
	/* The job is zero. root is the lookout's to close. */
	void (*prepare)(void *probe, void *job, int root);
	/*
	 * On the worker; touches nothing but the job. 0, -ENOENT when there is
	 * nothing to look at, or -errno: then all claims are withdrawn, absent
	 * or failed is the reason, and the job is dropped without being done.
	 */
	int (*work)(void *job);
	const char *absent, *failed;
	void (*done)(void *probe, void *job);
	/* What a job holds, after done or instead of it. May be NULL. */
	void (*drop)(void *job);
	/* What the probe holds. May be NULL. */
	void (*end)(void *probe);
};

struct ol_lookout {
	struct ol_host *host;
	struct ol_look look;
	const struct ol_lookout_kind *kind;
};

/* Members of ol_look_kind that are the same for all. */
#define OL_LOOKOUT_LOOK                                                        \
	.begin = ol_lookout_begin, .work = ol_lookout_work,                    \
	.done = ol_lookout_done, .drop = ol_lookout_drop

void *ol_lookout_begin(void *probe);
void ol_lookout_work(void *job);
void ol_lookout_done(void *probe, void *job);
void ol_lookout_drop(void *job);

/* ol_probe's start, for this kind, and its stop. */
int ol_lookout_start(struct ol_host *host, const struct ol_lookout_kind *kind,
                     void **ret);
void ol_lookout_stop(void *probe);

#endif
