/*
 * Whether a box for remote access is used while nobody touches anything else at
 * the seat: the kernel counts the transfers of each USB device, and an input
 * device makes one when it has something to say. From one look to the next; no
 * I/O. What was said is not known, and not asked.
 */
#include "usb.h"

#include <string.h>

enum {
	/* Looks that come sooner, by uevents, do not end a window. */
	WINDOW_MIN_US = 1000000,
	/* The machine slept or was held up: nothing can be compared. */
	WINDOW_MAX_US = 10000000,
	/*
	 * Transfers in a window that are not what a tool makes that lists the
	 * devices, which asks for five strings: four keys, or a nudge of the
	 * mouse, which reports 125 times a second.
	 */
	BUSY = 8,
	/*
	 * A disk is asked every two seconds whether there is a medium: a command
	 * and a status, and, when there is none, three more for the reason. More
	 * requests than a disk and a CD get like this read or write, and then
	 * take any number of transfers.
	 */
	TRANSFERS_PER_REQUEST = 6,
	REQUESTS_MAX = 4,
	/* Windows in a row, so that a single burst is none. */
	WINDOWS = 2,
	/*
	 * What is new is asked for its descriptors and disks: some hundred
	 * transfers, over by then on a machine that was twenty times too slow.
	 */
	SETTLES_US = 10000000,
};

/* The device at the window before; NULL if it was not there. */
static const struct usb_count *find(const struct usb_activity *activity,
                                    const struct usb_device *device)
{
	for (size_t i = 0; i < activity->count; i++) {
		if (strcmp(activity->counts[i].path, device->path) == 0 &&
		    activity->counts[i].number == device->number)
			return &activity->counts[i];
	}
	return NULL;
}

/* Transfers since the last window. */
static uint32_t since(const struct usb_activity *activity,
                      const struct usb_device *device)
{
	const struct usb_count *before = find(activity, device);

	/* Unsigned: the kernel's counter wraps, too. */
	return before != NULL ? device->transfers - before->transfers : 0;
}

/* What a box has besides input makes transfers of its own. */
static bool is_readable(const struct usb_device *device)
{
	return (device->functions &
	        (USB_AUDIO | USB_VIDEO | USB_NETWORK | USB_SERIAL)) == 0;
}

static bool is_busy(const struct usb_activity *activity,
                    const struct usb_device *device, uint64_t now_us)
{
	const struct usb_count *before = find(activity, device);
	uint32_t requests;

	if (before == NULL || now_us - before->came_us < SETTLES_US ||
	    !is_readable(device))
		return false;
	requests = device->requests - before->requests;
	return requests <= REQUESTS_MAX &&
	       since(activity, device) >=
	               BUSY + requests * TRANSFERS_PER_REQUEST;
}

static bool is_seat_idle(const struct usb_activity *activity,
                         const struct usb_scan *scan,
                         const bool is_box[USB_DEVICES_MAX])
{
	if (scan->seat_count != activity->seat_count)
		return false;
	for (size_t i = 0; i < scan->count; i++) {
		if (!is_box[i] && since(activity, &scan->devices[i]) > 0)
			return false;
	}
	return true;
}

static void remember(struct usb_activity *activity, const struct usb_scan *scan,
                     const unsigned windows[USB_DEVICES_MAX], uint64_t now_us)
{
	struct usb_activity now = { .at_us = now_us,
		                    .seat_count = scan->seat_count,
		                    .count = scan->count };

	for (size_t i = 0; i < scan->count; i++) {
		const struct usb_device *device = &scan->devices[i];
		const struct usb_count *before = find(activity, device);

		now.counts[i] = (struct usb_count){
			.number = device->number,
			.transfers = device->transfers,
			.requests = device->requests,
			.came_us = before != NULL ? before->came_us : now_us,
			.windows = windows[i],
		};
		(void)strcpy(now.counts[i].path, device->path);
	}
	*activity = now;
}

void ol_usb_note_activity(struct usb_activity *activity,
                          const struct usb_scan *scan,
                          const bool is_box[USB_DEVICES_MAX], uint64_t now_us,
                          bool is_used[USB_DEVICES_MAX])
{
	uint64_t window_us = now_us - activity->at_us;
	unsigned windows[USB_DEVICES_MAX] = { 0 };
	bool is_idle;

	memset(is_used, 0, USB_DEVICES_MAX * sizeof(is_used[0]));
	if (activity->at_us != 0 && window_us < WINDOW_MIN_US)
		return;
	is_idle = activity->at_us != 0 && window_us <= WINDOW_MAX_US &&
	          is_seat_idle(activity, scan, is_box);
	for (size_t i = 0; is_idle && i < scan->count; i++) {
		const struct usb_device *device = &scan->devices[i];

		if (!is_box[i] || !is_busy(activity, device, now_us))
			continue;
		/* It was there before, or it would not be busy. */
		windows[i] = find(activity, device)->windows + 1;
		is_used[i] = windows[i] >= WINDOWS;
	}
	remember(activity, scan, windows, now_us);
}
