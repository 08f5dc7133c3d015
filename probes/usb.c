/*
 * The usb probe: boxes on the USB port that pass for a keyboard and a mouse and
 * let somebody afar use them. Presence is all that can be seen: whether anybody
 * is at the other end is known to the box alone.
 */
#include "usb.h"

#include <stdio.h>
#include <string.h>

#include "lookout.h"
#include "probe.h"

enum {
	/*
	 * Plugging is told by uevents; this is for containers, to which they
	 * are not passed on. A look reads some ten small files a device.
	 */
	INTERVAL_US = 10000000,
	/*
	 * While there is a box: whether it is used is told by counters alone.
	 * Long enough for a disk of it to be asked for its medium just once.
	 */
	BOX_INTERVAL_US = 2000000,
};

struct usb {
	struct ol_lookout lookout; /* first */
	struct usb_plugs plugs;
	struct usb_activity activity;
};

static const struct onlooker_access device_access = {
	.what = "/sys/bus/usb/devices/*/{idVendor,idProduct,manufacturer,"
		"product,serial,descriptors,devnum,urbnum,*/interface}",
	.why = "Tells an IP-KVM from a keyboard by what it says of itself, "
	       "and that one is used by how much it says; never what.",
};
static const struct onlooker_access seat_access = {
	.what = "/proc/interrupts",
	.why = "Tells that the seat's own keyboard and pointer lie still while "
	       "an IP-KVM is used.",
};
static const struct onlooker_access display_access = {
	.what = "/sys/class/drm/*/status",
	.why = "Tells that a display came when a USB device did.",
};
static const struct onlooker_access report_access = {
	.what = "/sys/bus/usb/devices/*/*/*/report_descriptor",
	.why = "Tells what an input device can do, whatever it says it is; "
	       "never what it does.",
};
static const struct onlooker_access disk_access = {
	.what = "/sys/bus/usb/devices/*/*/host*/target*/*/{vendor,model,"
		"iorequest_cnt}",
	.why = "An IP-KVM's disk keeps its name when the box is disguised; and "
	       "what it transfers is no input.",
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
	&device_access, &seat_access,    &display_access, &report_access,
	&disk_access,   &machine_access, &uevent_access,  NULL,
};

/* hid and scsi: what a device can do is known later than that it is there. */
static const char *const subsystems[] = { "usb", "hid", "scsi", "drm", NULL };

static void prepare(void *probe, void *job, int root)
{
	struct usb_scan *scan = job;

	(void)probe;
	scan->root = root;
}

static int work(void *job)
{
	struct usb_scan *scan = job;

	ol_usb_scan(scan);
	return scan->error;
}

/* One device a place: the place is the key. FNV-1a. */
static uint64_t key_of(const char *path)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *path != '\0'; path++)
		hash = (hash ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	return hash;
}

static void claim(struct usb *usb, const char *rule,
                  const struct usb_device *device, const char *who,
                  const char *detail)
{
	struct ol_claim claim = {
		.rule = rule,
		.key = key_of(device->path),
		.subject = { .kind = ONLOOKER_WATCHER_DEVICE, .name = who },
		.detail = detail,
	};

	/* What does not fit shows as a degraded probe. */
	(void)ol_claim(usb->lookout.host, &claim);
}

static void claim_together(struct usb *usb, const struct usb_device *device,
                           const struct usb_verdict *verdict)
{
	const char *display = ol_usb_came_with(&usb->plugs, device);
	char detail[USB_PATH_MAX + 32];

	if (display == NULL ||
	    !(device->hid.is_keyboard || device->hid.is_relative_mouse ||
	      device->hid.is_absolute_mouse))
		return;
	(void)snprintf(detail, sizeof(detail), "%s and %s", device->path,
	               display);
	claim(usb, "usb.plugged-with-display", device,
	      verdict->rule != NULL ? verdict->who : device->name, detail);
}

/* Known for what it is, by name, or by what only such boxes have. */
static bool is_known_box(const struct usb_verdict *verdict)
{
	return verdict->rule != NULL &&
	       (strcmp(verdict->rule, "usb.ip-kvm") == 0 ||
	        strcmp(verdict->rule, "usb.disguised-kvm") == 0);
}

static void claim_all(struct usb *usb, const struct usb_scan *scan,
                      const struct usb_verdict verdicts[USB_DEVICES_MAX],
                      const bool is_used[USB_DEVICES_MAX])
{
	ol_begin_round(usb->lookout.host);
	for (size_t i = 0; i < scan->count; i++) {
		const struct usb_device *device = &scan->devices[i];
		const struct usb_verdict *verdict = &verdicts[i];

		if (verdict->rule != NULL)
			claim(usb, verdict->rule, device, verdict->who,
			      verdict->detail);
		if (is_used[i])
			claim(usb, "usb.ip-kvm-input", device, verdict->who,
			      device->path);
		claim_together(usb, device, verdict);
	}
	ol_end_round(usb->lookout.host);
}

static void judge_all(struct usb *usb, const struct usb_scan *scan)
{
	struct usb_verdict verdicts[USB_DEVICES_MAX];
	bool is_box[USB_DEVICES_MAX] = { false }, is_used[USB_DEVICES_MAX];
	uint64_t now_us = ol_now(usb->lookout.host);

	usb->lookout.look.interval_us = INTERVAL_US;
	for (size_t i = 0; i < scan->count; i++) {
		ol_usb_judge(&scan->devices[i], scan->is_virtual_machine,
		             &verdicts[i]);
		is_box[i] = is_known_box(&verdicts[i]);
		if (is_box[i])
			usb->lookout.look.interval_us = BOX_INTERVAL_US;
	}
	/* By time alone it is not known when something came. */
	if (usb->lookout.look.uevents >= 0)
		ol_usb_note_plugs(&usb->plugs, scan, now_us);
	ol_usb_note_activity(&usb->activity, scan, is_box, now_us, is_used);
	claim_all(usb, scan, verdicts, is_used);
}

static void done(void *probe, void *job)
{
	struct usb *usb = probe;

	judge_all(usb, job);
	ol_set_state(usb->lookout.host, ONLOOKER_PROBE_WATCHING, NULL);
}

static void stuck(void *probe)
{
	struct usb *usb = probe;

	ol_set_state(usb->lookout.host, ONLOOKER_PROBE_DEGRADED,
	             "a USB device is being reset and holds up the look at "
	             "the others");
}

static const struct ol_lookout_kind kind = {
	.probe_size = sizeof(struct usb),
	.job_size = sizeof(struct usb_scan),
	.look = { OL_LOOKOUT_LOOK, .subsystems = subsystems,
	          .interval_us = INTERVAL_US, .stuck = stuck },
	.prepare = prepare,
	.work = work,
	.absent = "this machine has no USB",
	.failed = "/sys/bus/usb could not be read",
	.done = done,
};

static int start(struct ol_host *host, void **ret)
{
	return ol_lookout_start(host, &kind, ret);
}

extern const struct ol_probe ol_probe_usb;
const struct ol_probe ol_probe_usb = {
	.name = "usb",
	.reads = reads,
	.start = start,
	.stop = ol_lookout_stop,
};
