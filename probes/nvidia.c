/*
 * The nvidia probe: captures inside NVIDIA's driver (NvFBC), which no display
 * server sees, and video that its cards encode. The library that lists them is
 * loaded only where the driver is, and asked only while a card is awake.
 */
#include "nvidia.h"

#include <stdio.h>
#include <string.h>

#include "lookout.h"
#include "proc.h"
#include "sysfs.h"

enum {
	/* Nobody tells of a session; both questions took about 7 us where it was measured. */
	INTERVAL_US = 2000000,
	/* The driver is installed, or loaded for a card, and stays. */
	ABSENT_INTERVAL_US = 30000000,
};

struct nvidia {
	struct ol_lookout lookout;      /* first */
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

static void prepare(void *probe, void *data, int root)
{
	struct nvidia *nvidia = probe;
	struct nvidia_job *job = data;

	job->scan.root = root;
	job->library = nvidia->library;
	nvidia->library = NULL;
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

static int work(void *data)
{
	struct nvidia_job *job = data;
	struct nvidia_scan *scan = &job->scan;

	if (!ol_sysfs_exists(scan->root, "proc/driver/nvidia/version")) {
		scan->state = ONLOOKER_PROBE_ABSENT;
		(void)snprintf(scan->reason, sizeof(scan->reason),
		               "this machine does not run NVIDIA's driver");
		return 0;
	}
	job->is_asleep = are_all_asleep(scan->root);
	if (job->is_asleep) {
		scan->state = ONLOOKER_PROBE_WATCHING;
		/* Its own file descriptors keep a card awake. */
		ol_nvidia_close(job->library);
		job->library = NULL;
		return 0;
	}
	if (job->library == NULL)
		job->library =
			ol_nvidia_open(scan->reason, sizeof(scan->reason));
	if (job->library == NULL) {
		scan->state = ONLOOKER_PROBE_FAILED;
		return 0;
	}
	ol_nvidia_list(job->library, scan);
	for (size_t i = 0; i < scan->count; i++)
		name_process(scan->root, &scan->sessions[i]);
	if (scan->state == ONLOOKER_PROBE_WATCHING)
		return 0;
	/* The driver may have been replaced: begin anew next time. */
	ol_nvidia_close(job->library);
	job->library = NULL;
	return 0;
}

static void drop(void *data)
{
	struct nvidia_job *job = data;

	ol_nvidia_close(job->library);
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
	(void)ol_claim(nvidia->lookout.host, &claim); /* too many: degraded */
}

static void done(void *probe, void *data)
{
	struct nvidia *nvidia = probe;
	struct nvidia_job *job = data;

	ol_begin_round(nvidia->lookout.host);
	for (size_t i = 0; i < job->scan.count; i++)
		claim(nvidia, &job->scan.sessions[i]);
	ol_end_round(nvidia->lookout.host);
	nvidia->lookout.look.interval_us =
		job->scan.state == ONLOOKER_PROBE_ABSENT ? ABSENT_INTERVAL_US
							 : INTERVAL_US;
	ol_set_state(nvidia->lookout.host, job->scan.state, job->scan.reason);
	nvidia->library = job->library;
	job->library = NULL;
}

static void stuck(void *probe)
{
	struct nvidia *nvidia = probe;

	ol_set_state(nvidia->lookout.host, ONLOOKER_PROBE_DEGRADED,
	             "NVIDIA's library has not answered for five seconds");
}

static void end(void *probe)
{
	struct nvidia *nvidia = probe;

	ol_nvidia_close(nvidia->library);
}

static const struct ol_lookout_kind kind = {
	.probe_size = sizeof(struct nvidia),
	.job_size = sizeof(struct nvidia_job),
	.look = { OL_LOOKOUT_LOOK, .interval_us = INTERVAL_US, .stuck = stuck },
	.prepare = prepare,
	.work = work,
	.done = done,
	.drop = drop,
	.end = end,
};

static int start(struct ol_host *host, void **ret)
{
	return ol_lookout_start(host, &kind, ret);
}

extern const struct ol_probe ol_probe_nvidia;
const struct ol_probe ol_probe_nvidia = {
	.name = "nvidia",
	.reads = reads,
	.start = start,
	.stop = ol_lookout_stop,
};
