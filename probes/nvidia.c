/*
 * The nvidia probe: captures inside NVIDIA's driver (NvFBC), which no display
 * server sees, and video that its cards encode. The library that lists them is
 * loaded only where the driver is, and asked only while a card is awake.
 */
#include "nvidia.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "look.h"
#include "proc.h"
#include "sysfs.h"

enum {
	/* Nobody tells of a session; both questions took about 7 us where it was measured. */
	INTERVAL_US = 2000000,
};

struct nvidia {
	struct ol_host *host;
	struct ol_look look;
	struct nvidia_library *library; /* the worker's while it looks */
};

/* What travels to the worker and back. */
struct nvidia_job {
	struct nvidia_library *library;
	bool is_asleep; /* nothing was asked */
	struct nvidia_scan scan;
};

static const struct onlooker_access driver_access = {
	.what = "/proc/driver/nvidia/version, "
		"/sys/bus/pci/drivers/nvidia/*/power/runtime_status",
	.why = "Tells whether there is such a card and whether it is awake.",
};
static const struct onlooker_access library_access = {
	.what = "libnvidia-ml.so.1: the sessions of NvFBC and of the encoder",
	.why = "Tells which program captures in the driver, not what.",
};
static const struct onlooker_access process_access = {
	.what = "/proc/PID/stat",
	.why = "Names a process that captures.",
};
static const struct onlooker_access *const reads[] = { &driver_access,
	                                               &library_access,
	                                               &process_access, NULL };

static void *begin(void *probe)
{
	struct nvidia *nvidia = probe;
	struct nvidia_job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return NULL;
	job->scan.root = ol_open(nvidia->host, "/", O_PATH | O_DIRECTORY);
	if (job->scan.root < 0) {
		free(job);
		return NULL;
	}
	job->library = nvidia->library;
	nvidia->library = NULL;
	return job;
}

struct wake {
	int root;
	unsigned cards, awake;
};

static bool visit_card(void *userdata, const char *name)
{
	struct wake *wake = userdata;
	char path[OL_SYSFS_PATH_MAX], text[32];

	if (strchr(name, ':') == NULL) /* "0000:01:00.0" is a card */
		return true;
	wake->cards++;
	(void)snprintf(path, sizeof(path),
	               "sys/bus/pci/drivers/nvidia/%.32s/power/runtime_status",
	               name);
	wake->awake +=
		ol_sysfs_text(wake->root, path, text, sizeof(text)) < 0 ||
		strcmp(text, "suspended") != 0;
	return true;
}

/* A card that sleeps shows nothing, and asking would wake it. */
static bool are_all_asleep(int root)
{
	struct wake wake = { .root = root };

	(void)ol_sysfs_list(root, "sys/bus/pci/drivers/nvidia", visit_card,
	                    &wake);
	return wake.cards > 0 && wake.awake == 0;
}

static void name_process(int root, struct nvidia_session *session)
{
	char path[64], text[1024];
	struct ol_proc_stat stat;
	ssize_t size;

	(void)snprintf(path, sizeof(path), "proc/%lld/stat",
	               (long long)session->pid);
	size = ol_sysfs_read(root, path, text, sizeof(text));
	if (size <= 0 || ol_proc_parse_stat(text, (size_t)size, &stat) < 0)
		return;
	session->start_time = stat.start_time;
	(void)snprintf(session->name, sizeof(session->name), "%s", stat.comm);
}

static void work(void *data)
{
	struct nvidia_job *job = data;
	struct nvidia_scan *scan = &job->scan;

	if (!ol_sysfs_exists(scan->root, "proc/driver/nvidia/version")) {
		scan->state = ONLOOKER_PROBE_ABSENT;
		(void)snprintf(scan->reason, sizeof(scan->reason),
		               "this machine does not run NVIDIA's driver");
		return;
	}
	job->is_asleep = are_all_asleep(scan->root);
	if (job->is_asleep) {
		scan->state = ONLOOKER_PROBE_WATCHING;
		/* Its own file descriptors keep a card awake. */
		ol_nvidia_close(job->library);
		job->library = NULL;
		return;
	}
	if (job->library == NULL)
		job->library =
			ol_nvidia_open(scan->reason, sizeof(scan->reason));
	if (job->library == NULL) {
		scan->state = ONLOOKER_PROBE_FAILED;
		return;
	}
	ol_nvidia_list(job->library, scan);
	for (size_t i = 0; i < scan->count; i++)
		name_process(scan->root, &scan->sessions[i]);
	if (scan->state == ONLOOKER_PROBE_WATCHING)
		return;
	/* The driver may have been replaced: begin anew next time. */
	ol_nvidia_close(job->library);
	job->library = NULL;
}

static void drop(void *data)
{
	struct nvidia_job *job = data;

	ol_nvidia_close(job->library);
	(void)close(job->scan.root);
	free(job);
}

static void claim(struct nvidia *nvidia, const struct nvidia_session *session)
{
	char detail[64];
	struct ol_claim claim = {
		.rule = session->is_capture ? "nvidia.frame-capture"
		                            : "nvidia.encoder",
		.key = (uint64_t)session->card << 32 | session->id,
		.subject = { .kind = ONLOOKER_WATCHER_PROGRAM,
		             .pid = session->pid,
		             .start_time = session->start_time,
		             .name = session->name },
		.detail = detail,
	};

	(void)snprintf(detail, sizeof(detail), "%ux%u", session->width,
	               session->height);
	(void)ol_claim(nvidia->host, &claim); /* too many: degraded */
}

static void done(void *probe, void *data)
{
	struct nvidia *nvidia = probe;
	struct nvidia_job *job = data;

	ol_begin_round(nvidia->host);
	for (size_t i = 0; i < job->scan.count; i++)
		claim(nvidia, &job->scan.sessions[i]);
	ol_end_round(nvidia->host);
	ol_set_state(nvidia->host, job->scan.state, job->scan.reason);
	nvidia->library = job->library;
	job->library = NULL;
	drop(job);
}

static void stuck(void *probe)
{
	struct nvidia *nvidia = probe;

	ol_set_state(nvidia->host, ONLOOKER_PROBE_DEGRADED,
	             "NVIDIA's library has not answered for five seconds");
}

static const struct ol_look_kind kind = {
	.interval_us = INTERVAL_US,
	.begin = begin,
	.work = work,
	.done = done,
	.drop = drop,
	.stuck = stuck,
};

static void stop(void *probe)
{
	struct nvidia *nvidia = probe;

	ol_look_finish(&nvidia->look);
	ol_nvidia_close(nvidia->library);
	free(nvidia);
}

static int start(struct ol_host *host, void **ret)
{
	struct nvidia *nvidia = calloc(1, sizeof(*nvidia));
	int r;

	if (nvidia == NULL)
		return -ENOMEM;
	nvidia->host = host;
	r = ol_look_init(&nvidia->look, host, &kind, nvidia);
	if (r < 0) {
		stop(nvidia);
		return r;
	}
	*ret = nvidia;
	return 0;
}

extern const struct ol_probe ol_probe_nvidia;
const struct ol_probe ol_probe_nvidia = {
	.name = "nvidia",
	.reads = reads,
	.start = start,
	.stop = stop,
};
