/*
 * The input probe: keyboards and mice that programs have made, by which somebody
 * afar may type. Sees that a device is there; never what is typed on it, nor
 * whether anything is.
 */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "look.h"
#include "probe.h"

enum {
	/* New devices are told by uevents; this is for containers. */
	INTERVAL_US = 10000000,
};

struct input {
	struct ol_host *host;
	struct ol_look look;
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

static void *begin(void *probe)
{
	struct input *input = probe;
	struct input_scan *scan = malloc(sizeof(*scan));

	if (scan == NULL)
		return NULL;
	scan->root = ol_open(input->host, "/", O_PATH | O_DIRECTORY);
	if (scan->root >= 0)
		return scan;
	free(scan);
	return NULL;
}

static void work(void *job)
{
	ol_input_scan(job);
}

static void drop(void *job)
{
	struct input_scan *scan = job;

	(void)close(scan->root);
	free(scan);
}

static void claim_all(struct input *input, const struct input_scan *scan)
{
	ol_begin_round(input->host);
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
		(void)ol_claim(input->host, &claim); /* too many: degraded */
	}
	ol_end_round(input->host);
}

static void done(void *probe, void *job)
{
	struct input *input = probe;
	struct input_scan *scan = job;

	if (scan->error < 0) {
		ol_withdraw_all(input->host);
		if (scan->error == -ENOENT)
			ol_set_state(input->host, ONLOOKER_PROBE_ABSENT,
			             "this machine has no input devices");
		else
			ol_set_state(input->host, ONLOOKER_PROBE_FAILED,
			             "/sys/class/input could not be read");
		drop(scan);
		return;
	}
	claim_all(input, scan);
	ol_set_state(input->host, ONLOOKER_PROBE_WATCHING, NULL);
	drop(scan);
}

static const struct ol_look_kind kind = {
	.subsystems = subsystems,
	.interval_us = INTERVAL_US,
	.begin = begin,
	.work = work,
	.done = done,
	.drop = drop,
};

static void stop(void *probe)
{
	struct input *input = probe;

	ol_look_finish(&input->look);
	free(input);
}

static int start(struct ol_host *host, void **ret)
{
	struct input *input = calloc(1, sizeof(*input));
	int r;

	if (input == NULL)
		return -ENOMEM;
	input->host = host;
	r = ol_look_init(&input->look, host, &kind, input);
	if (r < 0) {
		stop(input);
		return r;
	}
	*ret = input;
	return 0;
}

extern const struct ol_probe ol_probe_input;
const struct ol_probe ol_probe_input = {
	.name = "input",
	.reads = reads,
	.start = start,
	.stop = stop,
};
