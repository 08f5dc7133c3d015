#ifndef OL_X11_DEVICE_H
#define OL_X11_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The input devices of an X server, and the SYNC counters that tell how long
 * each has been idle; of what they send, nothing. Pure: replies in, struct out.
 *
 * Layouts: X Input Device Extension Protocol (ListInputDevices), which names no
 * keys, unlike XIQueryDevice; X Synchronization Extension (ListSystemCounters),
 * whose text has a counter's name at byte 14, where XCB's structure has 16.
 */

enum {
	/* A desktop has six to twenty; further ones are not looked at. */
	X11_DEVICES_MAX = 32,
};

enum x11_device_kind {
	X11_DEVICE_OTHER,  /* of this machine, for all we know */
	X11_DEVICE_CORE,   /* the core pointer or keyboard: sums up others */
	X11_DEVICE_TEST,   /* what XTEST injects comes from it */
	X11_DEVICE_VNC,    /* the viewers' of a VNC server inside this one */
	X11_DEVICE_RDP,    /* the same of xrdp */
	X11_DEVICE_NESTED, /* of Xephyr: the display's around it */
};

struct x11_device {
	uint8_t id;
	enum x11_device_kind kind;
	uint32_t counter; /* idle time in milliseconds; 0: there is none */
};

/*
 * The devices of a ListInputDevices reply of size bytes, header included.
 * Returns how many are in ret, at most max, or -EBADMSG.
 */
int ol_x11_devices_read(const void *bytes, size_t size, struct x11_device *ret,
                        int max);

/*
 * The counters of these devices from a ListSystemCounters reply. Returns 0 or
 * -EBADMSG. *ret_time is the counter of the server's clock, 0 if it has none.
 */
int ol_x11_devices_read_counters(const void *bytes, size_t size,
                                 struct x11_device *devices, int count,
                                 uint32_t *ret_time);

#endif
