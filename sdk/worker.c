/*
 * The only thread. It and its context own the worker together: whoever leaves
 * last frees it, so that a call that hangs in the kernel keeps nobody waiting.
 */
#include "sdk/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sdk/util.h"

struct queue {
	struct ol_job *first;
	struct ol_job **last;
};

struct ol_worker {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct queue waiting;
	struct queue over;
	int fd; /* eventfd: over is not empty */
	bool is_closing;
	bool is_busy;
	bool has_thread;
	pthread_t thread;
};

static void queue_init(struct queue *queue)
{
	queue->first = NULL;
	queue->last = &queue->first;
}

static void queue_push(struct queue *queue, struct ol_job *job)
{
	job->next = NULL;
	*queue->last = job;
	queue->last = &job->next;
}

static struct ol_job *queue_pop(struct queue *queue)
{
	struct ol_job *job = queue->first;

	if (job == NULL)
		return NULL;
	queue->first = job->next;
	if (queue->first == NULL)
		queue->last = &queue->first;
	return job;
}

static void queue_drop(struct queue *queue)
{
	struct ol_job *job;

	while ((job = queue_pop(queue)) != NULL) {
		job->drop(job->data);
		free(job);
	}
}

static void destroy(struct ol_worker *worker)
{
	queue_drop(&worker->waiting);
	queue_drop(&worker->over);
	ol_close(worker->fd);
	(void)pthread_cond_destroy(&worker->changed);
	(void)pthread_mutex_destroy(&worker->lock);
	free(worker);
}

int ol_worker_new(struct ol_worker **ret)
{
	struct ol_worker *worker = calloc(1, sizeof(*worker));
	int r;

	if (worker == NULL)
		return -ENOMEM;
	worker->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (worker->fd < 0) {
		r = -errno;
		free(worker);
		return r;
	}
	/* With default attributes glibc's initialisers cannot fail. */
	(void)pthread_mutex_init(&worker->lock, NULL);
	(void)pthread_cond_init(&worker->changed, NULL);
	queue_init(&worker->waiting);
	queue_init(&worker->over);
	*ret = worker;
	return 0;
}

int ol_worker_get_fd(struct ol_worker *worker)
{
	return worker->fd;
}

/* Work on one job with the lock given up meanwhile. */
static void work_on(struct ol_worker *worker, struct ol_job *job)
{
	const uint64_t one = 1;

	worker->is_busy = true;
	(void)pthread_mutex_unlock(&worker->lock);
	job->work(job->data);
	(void)pthread_mutex_lock(&worker->lock);
	worker->is_busy = false;
	queue_push(&worker->over, job);
	/* Fails only when the counter is full, and then it is readable. */
	(void)!write(worker->fd, &one, sizeof(one));
}

static void *run(void *userdata)
{
	struct ol_worker *worker = userdata;
	bool was_abandoned;

	(void)pthread_mutex_lock(&worker->lock);
	while (!worker->is_closing) {
		struct ol_job *job = queue_pop(&worker->waiting);

		if (job != NULL)
			work_on(worker, job);
		else
			(void)pthread_cond_wait(&worker->changed,
			                        &worker->lock);
	}
	was_abandoned = !worker->has_thread;
	(void)pthread_mutex_unlock(&worker->lock);
	if (was_abandoned)
		destroy(worker);
	return NULL;
}

static int start_thread(struct ol_worker *worker)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	r = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (r != 0)
		return -r;
	r = pthread_create(&worker->thread, NULL, run, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL); /* as it was */
	if (r == 0)
		worker->has_thread = true;
	return -r;
}

int ol_worker_run(struct ol_worker *worker, const struct ol_job *job)
{
	struct ol_job *copy = malloc(sizeof(*copy));
	int r;

	if (copy == NULL)
		return -ENOMEM;
	*copy = *job;
	(void)pthread_mutex_lock(&worker->lock);
	r = worker->has_thread ? 0 : start_thread(worker);
	if (r == 0) {
		queue_push(&worker->waiting, copy);
		(void)pthread_cond_signal(&worker->changed);
	}
	(void)pthread_mutex_unlock(&worker->lock);
	if (r < 0)
		free(copy);
	return r;
}

void ol_worker_collect(struct ol_worker *worker)
{
	uint64_t count;
	struct ol_job *job;

	(void)!read(worker->fd, &count, sizeof(count)); /* only empties it */
	for (;;) {
		(void)pthread_mutex_lock(&worker->lock);
		job = queue_pop(&worker->over);
		(void)pthread_mutex_unlock(&worker->lock);
		if (job == NULL)
			return;
		job->done(job->data);
		free(job);
	}
}

void ol_worker_free(struct ol_worker *worker)
{
	bool is_busy, has_thread;
	pthread_t thread;

	if (worker == NULL)
		return;
	(void)pthread_mutex_lock(&worker->lock);
	worker->is_closing = true;
	is_busy = worker->is_busy;
	has_thread = worker->has_thread;
	thread = worker->thread;
	if (is_busy)
		worker->has_thread = false; /* the thread destroys the worker */
	(void)pthread_cond_signal(&worker->changed);
	(void)pthread_mutex_unlock(&worker->lock);
	if (is_busy) {
		(void)pthread_detach(thread);
		return;
	}
	if (has_thread)
		(void)pthread_join(thread, NULL); /* idle, it ends at once */
	destroy(worker);
}
