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
	USB_DISPLAYS_MAX = 32,
	/* Devices that came or were there, and those that left. */
	USB_PLUGS_MAX = 2 * USB_DEVICES_MAX,
	/*
	 * A box that starts has both up within that time: Linux lists a device
	 * within a second, and reads an EDID in less.
	 */
	USB_TOGETHER_US = 5000000,
	/* A person plugs two cables in once; the box does so at each start. */
	USB_TOGETHER_TIMES = 2,
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
	USB_BLUETOOTH = 1 << 8,
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
	uint32_t number;    /* another each time that it is plugged in */
	uint32_t transfers; /* so far; wraps */
	uint32_t requests;  /* to its disks, so far; wraps */
	struct ol_hid hid;  /* all reports together */
	struct usb_report reports[USB_REPORTS_MAX];
	size_t report_count;
	/* "vendor model" of its disks, and names of its interfaces. */
	char disks[USB_TEXTS_MAX][USB_TEXT_MAX];
	size_t disk_count;
	char interfaces[USB_TEXTS_MAX][USB_TEXT_MAX];
	size_t interface_count;
};

/* Any device, input or not. */
struct usb_place {
	char path[USB_PATH_MAX];
	uint32_t vendor, product;
};

struct usb_scan {
	int root; /* where sys/ is */
	int error;
	bool is_virtual_machine;
	size_t count;
	struct usb_device devices[USB_DEVICES_MAX];
	struct usb_place places[USB_DEVICES_MAX];
	size_t place_count;
	/* Connectors with a display, "card0-HDMI-A-1". */
	char displays[USB_DISPLAYS_MAX][USB_PATH_MAX];
	size_t display_count;
	/* Rises when input devices that are not on USB say something. */
	uint64_t seat_count;
};

/* Fill in devices from sysfs; runs on the worker. 0, or -errno in error. */
void ol_usb_scan(struct usb_scan *scan);
/* Fill in displays, and add to seat_count. */
void ol_usb_scan_seat(struct usb_scan *scan);

/*
 * How often the interrupts of a file /proc/interrupts came that may be an input
 * device's: PS/2, I2C and what ACPI names. Pure. proc(5).
 */
uint64_t ol_usb_parse_interrupts(const char *text, size_t size);

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

/* When devices and displays came, from look to look. Begin with zeros. */
struct usb_plug {
	struct usb_place place;
	bool is_there, was_there;
	uint64_t at_us; /* 0: before we looked */
	/* How often it came with a display, which, and the last time. */
	unsigned times;
	char display[USB_PATH_MAX];
	uint64_t counted_us;
};

struct usb_display {
	char name[USB_PATH_MAX];
	bool is_there;
	uint64_t at_us;
};

struct usb_plugs {
	bool has_begun;
	struct usb_plug devices[USB_PLUGS_MAX];
	size_t device_count;
	struct usb_display displays[USB_DISPLAYS_MAX];
	size_t display_count;
};

/* Compare with the look before. Pure but for plugs. */
void ol_usb_note_plugs(struct usb_plugs *plugs, const struct usb_scan *scan,
                       uint64_t now_us);
/*
 * The connector whose display came when this device did, alone of all devices,
 * USB_TOGETHER_TIMES; or NULL.
 */
const char *ol_usb_came_with(const struct usb_plugs *plugs,
                             const struct usb_device *device);

/* Transfers from look to look. Begin with zeros. */
struct usb_count {
	char path[USB_PATH_MAX];
	uint32_t number, transfers, requests;
	uint64_t came_us;
	unsigned windows; /* in a row in which it alone was busy */
};

struct usb_activity {
	uint64_t at_us; /* 0: not yet */
	uint64_t seat_count;
	struct usb_count counts[USB_DEVICES_MAX];
	size_t count;
};

/*
 * Compare with the look before: which of the boxes among the devices of a scan
 * were used, with everything else at the seat idle. Pure but for activity.
 */
void ol_usb_note_activity(struct usb_activity *activity,
                          const struct usb_scan *scan,
                          const bool is_box[USB_DEVICES_MAX], uint64_t now_us,
                          bool is_used[USB_DEVICES_MAX]);

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
