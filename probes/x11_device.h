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
 * whose text has a counter's name at byte 14, where XCB's structure has 16. That
 * IDLETIME and DEVICEIDLETIME are set by a reset: xserver, dix/window.c.
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
	int64_t first_ms; /* when we came, on the server's clock: last used */
};

/* How long each has been idle, asked between two looks at the clock. */
struct x11_idle {
	int64_t from_ms, to_ms;
	int64_t idle_ms[X11_DEVICES_MAX];
	uint32_t known; /* bits */
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

/* Whether what it brings comes from a program, or from a viewer afar. */
bool ol_x11_device_is_remote(const struct x11_device *device);

/* Places of no device are ignored. */
void ol_x11_idle_set(struct x11_idle *idle, uint64_t place, int64_t idle_ms);

/*
 * The bits of those devices that have brought input since we came. A reset of
 * the screen saver sets the counters of all of them: one counts only if it was
 * used later than the one that was used longest ago.
 */
uint32_t ol_x11_devices_judge(const struct x11_device *devices, int count,
                              const struct x11_idle *idle);

#endif
