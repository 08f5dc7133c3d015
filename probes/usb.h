#ifndef OL_USB_H
#define OL_USB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hid.h"

/* What the files of the usb probe share. */

enum {
	/*
	 * Input devices that are looked at: as many as a full bus has devices
	 * (127, USB 2.0, section 4.1.1).
	 */
	USB_DEVICES_MAX = 127,
	/* More than the most that a real device has, a gaming headset's 7. */
	USB_REPORTS_MAX = 16,
	USB_TEXTS_MAX = 8,
	USB_TEXT_MAX = 64, /* bytes kept of a string; USB has 126 characters */
	USB_PATH_MAX = 32, /* "1-1.2.3.4.5.6" and the longest bus number */
};

/* What an interface is for, as its descriptor says. */
enum usb_function {
	USB_HID = 1 << 0,
	USB_STORAGE = 1 << 1,
	USB_AUDIO = 1 << 2, /* streaming; MIDI does not count */
	USB_VIDEO = 1 << 3,
	USB_NETWORK = 1 << 4,
	USB_SERIAL = 1 << 5,
	USB_BOOT_KEYBOARD = 1 << 6,
	USB_BOOT_MOUSE = 1 << 7,
};

/* The first eight bytes of SHA-256 over a report descriptor. */
struct usb_report {
	uint64_t hash;
	struct ol_hid hid;
};

struct usb_device {
	char path[USB_PATH_MAX]; /* where it is plugged in, "1-1.2" */
	uint32_t vendor;
	uint32_t product;
	char manufacturer[USB_TEXT_MAX];
	char name[USB_TEXT_MAX];
	char serial[USB_TEXT_MAX];
	unsigned functions; /* USB_* */
	struct ol_hid hid;  /* all reports together */
	struct usb_report reports[USB_REPORTS_MAX];
	size_t report_count;
	/* "vendor model" of its disks, and names of its interfaces. */
	char disks[USB_TEXTS_MAX][USB_TEXT_MAX];
	size_t disk_count;
	char interfaces[USB_TEXTS_MAX][USB_TEXT_MAX];
	size_t interface_count;
};

struct usb_scan {
	int root; /* where sys/ is */
	int error;
	bool is_virtual_machine;
	size_t count;
	struct usb_device devices[USB_DEVICES_MAX];
};

/* Fill in devices from sysfs; runs on the worker. 0, or -errno in error. */
void ol_usb_scan(struct usb_scan *scan);

/*
 * The functions of all interfaces in a file `descriptors`: the device's and its
 * configurations' descriptors, as the device sent them. Pure. USB 2.0, section
 * 9.6.
 */
unsigned ol_usb_parse_functions(const uint8_t *bytes, size_t size);

/* What a device was taken for. rule NULL: nothing worth telling. */
struct usb_verdict {
	const char *rule;
	char who[USB_TEXT_MAX];
	char detail[128];
};

/* Pure. */
void ol_usb_judge(const struct usb_device *device, bool is_virtual_machine,
                  struct usb_verdict *ret);

/* A product that is known by what it says of itself; NULL members match all. */
struct usb_identity {
	const char *who;
	uint16_t vendor, product; /* 0: any */
	const char *manufacturer; /* whole */
	const char *name;         /* beginnings, from here on */
	const char *serial;
	const char *disk;
	const char *interface;
};

/* The report descriptor of a product's absolute mouse. */
struct usb_hash {
	uint64_t hash;
	const char *who;
	bool is_qemu_too; /* a virtual machine's tablet has it as well */
};

/* Ended by a row without who. Matching ignores the case of letters. */
extern const struct usb_identity ol_usb_kvms[];
extern const struct usb_identity ol_usb_disguises[];
extern const struct usb_identity ol_usb_consoles[];
extern const struct usb_hash ol_usb_hashes[];
/* Makers of keyboards and mice that hold nothing else; ended by 0. */
extern const uint16_t ol_usb_input_makers[];
/* Makers of boards whose users let them be a keyboard and a disk. */
extern const uint16_t ol_usb_board_makers[];

#endif
