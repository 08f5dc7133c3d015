/* Makes, hands on and drops the jobs of probes that only look. Judges nothing. */
#include "lookout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* What travels to the worker and back, around the kind's own. */
struct job {
	const struct ol_lookout_kind *kind;
	int root;
	int error;
	max_align_t data[];
};

void *ol_lookout_begin(void *probe)
{
	struct ol_lookout *lookout = probe;
	struct job *job = calloc(1, sizeof(*job) + lookout->kind->job_size);

	if (job == NULL)
		return NULL;
	job->kind = lookout->kind;
	job->root = ol_open(lookout->host, "/", O_PATH | O_DIRECTORY);
	if (job->root < 0) {
		free(job);
		return NULL;
	}
	lookout->kind->prepare(probe, job->data, job->root);
	return job;
}

void ol_lookout_work(void *data)
{
	struct job *job = data;

	job->error = job->kind->work(job->data);
}

void ol_lookout_drop(void *data)
{
	struct job *job = data;

	if (job->kind->drop != NULL)
		job->kind->drop(job->data);
	(void)close(job->root); /* nothing was written */
	free(job);
}

static void lose(struct ol_lookout *lookout, int error)
{
	ol_withdraw_all(lookout->host);
	if (error == -ENOENT)
		ol_set_state(lookout->host, ONLOOKER_PROBE_ABSENT,
		             lookout->kind->absent);
	else
		ol_set_state(lookout->host, ONLOOKER_PROBE_FAILED,
		             lookout->kind->failed);
}

void ol_lookout_done(void *probe, void *data)
{
	struct ol_lookout *lookout = probe;
	struct job *job = data;

	if (job->error < 0)
		lose(lookout, job->error);
	else
		lookout->kind->done(probe, job->data);
	ol_lookout_drop(job);
}

void ol_lookout_stop(void *probe)
{
	struct ol_lookout *lookout = probe;

	ol_look_finish(&lookout->look);
	if (lookout->kind->end != NULL)
		lookout->kind->end(probe);
	free(probe);
}

int ol_lookout_start(struct ol_host *host, const struct ol_lookout_kind *kind,
                     void **ret)
{
	struct ol_lookout *lookout = calloc(1, kind->probe_size);
	int r;

	if (lookout == NULL)
		return -ENOMEM;
	lookout->host = host;
	lookout->kind = kind;
	if (kind->begin != NULL)
		kind->begin(lookout);
	r = ol_look_init(&lookout->look, host, &kind->look, lookout);
	if (r < 0) {
		ol_lookout_stop(lookout);
		return r;
	}
	*ret = lookout;
	return 0;
}
