/*
 * The usb probe: boxes on the USB port that pass for a keyboard and a mouse and
 * let somebody afar use them. Presence is all that can be seen: whether anybody
 * is at the other end is known to the box alone.
 */
#include "usb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "look.h"
#include "probe.h"
#include "sysfs.h"

enum {
	/*
	 * Plugging is told by uevents; this is for containers, to which they
	 * are not passed on. A look reads some ten small files a device.
	 */
	INTERVAL_US = 10000000,
};

struct usb {
	struct ol_host *host;
	struct ol_look look;
};

static const struct onlooker_access device_access = {
	.what = "/sys/bus/usb/devices/*/{idVendor,idProduct,manufacturer,"
		"product,serial,descriptors,*/interface}",
	.why = "Tells an IP-KVM from a keyboard by what it says of itself.",
};
static const struct onlooker_access report_access = {
	.what = "/sys/bus/usb/devices/*/*/*/report_descriptor",
	.why = "Tells what an input device can do, whatever it says it is; "
	       "never what it does.",
};
static const struct onlooker_access disk_access = {
	.what = "/sys/bus/usb/devices/*/*/host*/target*/*/{vendor,model}",
	.why = "An IP-KVM's disk keeps its name when the box is disguised.",
};
static const struct onlooker_access machine_access = {
	.what = "/sys/class/dmi/id/{product_name,sys_vendor,board_vendor,"
		"bios_vendor}, whether /sys/hypervisor/type and "
		"/proc/device-tree/hypervisor exist",
	.why = "A virtual machine has a pointer that a real one has not.",
};
static const struct onlooker_access uevent_access = {
	.what = "netlink: kernel uevents",
	.why = "Tells at once that something was plugged in or out.",
};
static const struct onlooker_access *const reads[] = {
	&device_access,  &report_access, &disk_access,
	&machine_access, &uevent_access, NULL,
};

/* hid and scsi: what a device can do is known later than that it is there. */
static const char *const subsystems[] = { "usb", "hid", "scsi", NULL };

static void *begin(void *probe)
{
	struct usb *usb = probe;
	struct usb_scan *scan = malloc(sizeof(*scan));

	if (scan == NULL)
		return NULL;
	scan->root = ol_open(usb->host, "/", O_PATH | O_DIRECTORY);
	if (scan->root >= 0)
		return scan;
	free(scan);
	return NULL;
}

static void work(void *job)
{
	ol_usb_scan(job);
}

static void drop(void *job)
{
	struct usb_scan *scan = job;

	(void)close(scan->root);
	free(scan);
}

/* One device a place: the place is the key. FNV-1a. */
static uint64_t key_of(const char *path)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *path != '\0'; path++)
		hash = (hash ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	return hash;
}

static void claim_all(struct usb *usb, const struct usb_scan *scan)
{
	ol_begin_round(usb->host);
	for (size_t i = 0; i < scan->count; i++) {
		struct usb_verdict verdict;
		struct ol_claim claim;

		ol_usb_judge(&scan->devices[i], scan->is_virtual_machine,
		             &verdict);
		if (verdict.rule == NULL)
			continue;
		claim = (struct ol_claim){
			.rule = verdict.rule,
			.key = key_of(scan->devices[i].path),
			.subject = { .kind = ONLOOKER_WATCHER_DEVICE,
			             .name = verdict.who },
			.detail = verdict.detail,
		};
		/* What does not fit shows as a degraded probe. */
		(void)ol_claim(usb->host, &claim);
	}
	ol_end_round(usb->host);
}

static void done(void *probe, void *job)
{
	struct usb *usb = probe;
	struct usb_scan *scan = job;

	if (scan->error < 0) {
		ol_withdraw_all(usb->host);
		if (scan->error == -ENOENT)
			ol_set_state(usb->host, ONLOOKER_PROBE_ABSENT,
			             "this machine has no USB");
		else
			ol_set_state(usb->host, ONLOOKER_PROBE_FAILED,
			             "/sys/bus/usb could not be read");
		drop(scan);
		return;
	}
	claim_all(usb, scan);
	ol_set_state(usb->host, ONLOOKER_PROBE_WATCHING, NULL);
	drop(scan);
}

static void stuck(void *probe)
{
	struct usb *usb = probe;

	ol_set_state(usb->host, ONLOOKER_PROBE_DEGRADED,
	             "a USB device is being reset and holds up the look at "
	             "the others");
}

static const struct ol_look_kind kind = {
	.subsystems = subsystems,
	.interval_us = INTERVAL_US,
	.begin = begin,
	.work = work,
	.done = done,
	.drop = drop,
	.stuck = stuck,
};

static void stop(void *probe)
{
	struct usb *usb = probe;

	ol_look_finish(&usb->look);
	free(usb);
}

static int start(struct ol_host *host, void **ret)
{
	struct usb *usb = calloc(1, sizeof(*usb));
	int r;

	if (usb == NULL)
		return -ENOMEM;
	usb->host = host;
	r = ol_look_init(&usb->look, host, &kind, usb);
	if (r < 0) {
		stop(usb);
		return r;
	}
	*ret = usb;
	return 0;
}

extern const struct ol_probe ol_probe_usb;
const struct ol_probe ol_probe_usb = {
	.name = "usb",
	.reads = reads,
	.start = start,
	.stop = stop,
};
