#ifndef OL_INPUT_H
#define OL_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the files of the input probe share. */

enum {
	/* More than any remote tool or desktop makes: Sunshine makes nine. */
	INPUT_DEVICES_MAX = 64,
	INPUT_NAME_MAX = 80, /* UINPUT_MAX_NAME_SIZE */
};

/* A device that a program made. */
struct input_device {
	char path[32]; /* "input17" */
	char name[INPUT_NAME_MAX];
	uint32_t vendor;
	uint32_t product;
	bool is_uhid; /* by uhid, as Bluetooth keyboards are */
	bool is_keyboard;
	bool is_pointer;
};

struct input_scan {
	int root;
	int error;
	size_t count;
	struct input_device devices[INPUT_DEVICES_MAX];
};

/* Fill in devices from sysfs; runs on the worker. */
void ol_input_scan(struct input_scan *scan);

/*
 * Whether a bit is set in a file of capabilities/: words of hexadecimal digits
 * of the kernel's long, the highest first. Pure.
 */
bool ol_input_has_bit(const char *text, unsigned bit);

/* The rule that a device falls under, and whose it is; NULL: not worth telling. */
const char *ol_input_judge(const struct input_device *device, const char **who);

#endif
