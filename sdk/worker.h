#ifndef OL_WORKER_H
#define OL_WORKER_H

/*
 * The one thread of a context: for calls that may block for seconds. It starts
 * with the first job, blocks all signals, and takes jobs one after the other.
 */
struct ol_worker;

struct ol_job {
	void (*work)(void *data); /* on the worker thread */
	void (*done)(void *data); /* from ol_worker_collect() */
	void (*drop)(void *data); /* instead of done; on either thread */
	void *data;
	struct ol_job *next; /* the worker's */
};

/* Nothing is started yet. Returns 0 or -errno. */
int ol_worker_new(struct ol_worker **ret);
/*
 * Drop the jobs that wait and leave. A job that is being worked on is dropped
 * by the thread when it is over, and the thread then ends: this never waits for
 * it. NULL is ignored.
 */
void ol_worker_free(struct ol_worker *worker);

/* Readable when ol_worker_collect() has something to do. */
int ol_worker_get_fd(struct ol_worker *worker);

/* Queue a job, which is copied. Returns 0 or -errno, and then calls nothing. */
int ol_worker_run(struct ol_worker *worker, const struct ol_job *job);

/* Call done() of the jobs that are over. */
void ol_worker_collect(struct ol_worker *worker);

#endif
