/*
 * The input probe: keyboards and mice that programs have made, by which somebody
 * afar may type. Sees that a device is there; never what is typed on it, nor
 * whether anything is.
 */
#include "input.h"

#include <stdlib.h>

#include "lookout.h"
#include "probe.h"

enum {
	/* New devices are told by uevents; this is for containers. */
	INTERVAL_US = 10000000,
};

static const struct onlooker_access device_access = {
	.what = "/sys/class/input/input*/{name,id/vendor,id/product,"
		"capabilities/key,capabilities/rel} of devices that programs "
		"made",
	.why = "Tells whether a remote tool has a keyboard or mouse here; no "
	       "device is opened.",
};
static const struct onlooker_access uevent_access = {
	.what = "netlink: kernel uevents",
	.why = "Tells at once that a device was made or has gone.",
};
static const struct onlooker_access *const reads[] = { &device_access,
	                                               &uevent_access, NULL };

static const char *const subsystems[] = { "input", NULL };

static void prepare(void *probe, void *job, int root)
{
	struct input_scan *scan = job;

	(void)probe;
	scan->root = root;
}

static int work(void *job)
{
	struct input_scan *scan = job;

	ol_input_scan(scan);
	return scan->error;
}

static void claim_all(struct ol_host *host, const struct input_scan *scan)
{
	ol_begin_round(host);
	for (size_t i = 0; i < scan->count; i++) {
		const struct input_device *device = &scan->devices[i];
		const char *who;
		struct ol_claim claim = { .rule = ol_input_judge(device,
			                                         &who) };

		if (claim.rule == NULL)
			continue;
		/* "input17": the kernel never gives a number twice. */
		claim.key = strtoul(device->path + 5, NULL, 10);
		claim.subject =
			(struct ol_subject){ .kind = ONLOOKER_WATCHER_DEVICE,
			                     .name = who };
		claim.detail = device->name;
		(void)ol_claim(host, &claim); /* too many: degraded */
	}
	ol_end_round(host);
}

static void done(void *probe, void *job)
{
	struct ol_lookout *lookout = probe;

	claim_all(lookout->host, job);
	ol_set_state(lookout->host, ONLOOKER_PROBE_WATCHING, NULL);
}

static const struct ol_lookout_kind kind = {
	.probe_size = sizeof(struct ol_lookout),
	.job_size = sizeof(struct input_scan),
	.look = { OL_LOOKOUT_LOOK, .subsystems = subsystems,
	          .interval_us = INTERVAL_US },
	.prepare = prepare,
	.work = work,
	.absent = "this machine has no input devices",
	.failed = "/sys/class/input could not be read",
	.done = done,
};

static int start(struct ol_host *host, void **ret)
{
	return ol_lookout_start(host, &kind, ret);
}

extern const struct ol_probe ol_probe_input;
const struct ol_probe ol_probe_input = {
	.name = "input",
	.reads = reads,
	.start = start,
	.stop = ol_lookout_stop,
};
