#ifndef OL_HID_H
#define OL_HID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What an input device says that it can report. Pure. Device Class Definition
 * for HID 1.11, section 6.2.2; usages of HID Usage Tables 1.4.
 */

enum {
	/* What the kernel takes (HID_MAX_DESCRIPTOR_SIZE). */
	OL_HID_DESCRIPTOR_MAX = 4096,
};

struct ol_hid {
	bool is_keyboard;
	/* A mouse or pointer whose place is told in steps, or on the screen. */
	bool is_relative_mouse;
	bool is_absolute_mouse;
	bool is_digitizer; /* pens and touch screens */
	bool is_game_pad;
};

/*
 * A report descriptor. Returns 0, or -EBADMSG if an item is cut off or
 * collections or globals nest deeper than any device does.
 */
int ol_hid_parse(const uint8_t *bytes, size_t size, struct ol_hid *ret);

#endif
