#ifndef TEST_DESCRIPTOR_H
#define TEST_DESCRIPTOR_H

#include <stddef.h>
#include <stdint.h>

/*
 * HID report descriptors for tests. The first is the sample of the kernel's
 * documentation (usb/gadget_hid), which several IP-KVMs use as it is; the others
 * were written for these tests after the HID specification's appendices.
 */
struct descriptor {
	const uint8_t *bytes;
	size_t size;
};

extern const struct descriptor descriptor_keyboard;
extern const struct descriptor descriptor_boot_mouse; /* relative */
extern const struct descriptor descriptor_absolute_mouse;
extern const struct descriptor descriptor_pen;
extern const struct descriptor descriptor_game_pad;
extern const struct descriptor descriptor_consumer;

#endif
