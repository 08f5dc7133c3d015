/*
 * USB devices as sysfs shows them. Runs on the worker: the strings of a device
 * that is being reset are not to be had until that is over. Judges nothing.
 */
#include "usb.h"

#include <errno.h>
#include <sodium/crypto_hash_sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysfs.h"

enum {
	/* The kernel's limit on a configuration, and room for a few of them. */
	DESCRIPTORS_MAX = 65536,

	TYPE_INTERFACE = 4,
	INTERFACE_LENGTH = 9,
	INTERFACE_CLASS = 5,
	INTERFACE_SUBCLASS = 6,
	INTERFACE_PROTOCOL = 7,
};

/* usb.org, "Defined Class Codes". */
static unsigned function_of(unsigned class, unsigned subclass,
                            unsigned protocol)
{
	switch (class) {
	case 0x01: /* audio: 2 streams, 3 is MIDI */
		return subclass == 2 ? USB_AUDIO : 0;
	case 0x02: /* communication: 2 is a modem's, ff by vendor RNDIS */
		if (subclass == 0x06 || subclass == 0x0d ||
		    (subclass == 0x02 && protocol == 0xff))
			return USB_NETWORK;
		return subclass == 0x02 ? USB_SERIAL : 0;
	case 0x03: /* HID: subclass 1 can do the BIOS's protocol */
		if (subclass == 1 && protocol == 1)
			return USB_HID | USB_BOOT_KEYBOARD;
		if (subclass == 1 && protocol == 2)
			return USB_HID | USB_BOOT_MOUSE;
		return USB_HID;
	case 0x08:
		return USB_STORAGE;
	case 0x0e: /* video: 2 streams */
		return subclass == 2 ? USB_VIDEO : 0;
	case 0xe0: /* wireless: RNDIS is filed here too */
		if (subclass == 1 && protocol == 1)
			return USB_BLUETOOTH;
		return subclass == 1 && protocol == 3 ? USB_NETWORK : 0;
	default:
		return 0;
	}
}

unsigned ol_usb_parse_functions(const uint8_t *bytes, size_t size)
{
	unsigned functions = 0;

	while (size >= 2 && bytes[0] >= 2 && bytes[0] <= size) {
		if (bytes[1] == TYPE_INTERFACE && bytes[0] >= INTERFACE_LENGTH)
			functions |= function_of(bytes[INTERFACE_CLASS],
			                         bytes[INTERFACE_SUBCLASS],
			                         bytes[INTERFACE_PROTOCOL]);
		size -= bytes[0];
		bytes += bytes[0];
	}
	return functions;
}

/* Where in the tree of a device we are. */
struct place {
	struct usb_scan *scan;
	struct usb_device *device;
	char path[OL_SYSFS_PATH_MAX];
	int depth;
};

static bool enter(const struct place *from, const char *name, struct place *to)
{
	*to = *from;
	to->depth++;
	return ol_sysfs_join(to->path, from->path, name);
}

static void read_text(const struct place *place, const char *name,
                      char text[USB_TEXT_MAX])
{
	char path[OL_SYSFS_PATH_MAX];

	text[0] = '\0';
	if (ol_sysfs_join(path, place->path, name))
		(void)ol_sysfs_text(place->scan->root, path, text,
		                    USB_TEXT_MAX);
}

static void merge(struct ol_hid *all, const struct ol_hid *one)
{
	all->is_keyboard |= one->is_keyboard;
	all->is_relative_mouse |= one->is_relative_mouse;
	all->is_absolute_mouse |= one->is_absolute_mouse;
	all->is_digitizer |= one->is_digitizer;
	all->is_game_pad |= one->is_game_pad;
}

static void read_report(const struct place *place)
{
	struct usb_device *device = place->device;
	struct usb_report *report = &device->reports[device->report_count];
	unsigned char digest[crypto_hash_sha256_BYTES];
	uint8_t bytes[OL_HID_DESCRIPTOR_MAX];
	char path[OL_SYSFS_PATH_MAX];
	ssize_t size;

	if (device->report_count == USB_REPORTS_MAX ||
	    !ol_sysfs_join(path, place->path, "report_descriptor"))
		return;
	size = ol_sysfs_read(place->scan->root, path, bytes, sizeof(bytes));
	if (size <= 0)
		return;
	*report = (struct usb_report){ .hash = 0 };
	/* One that makes no sense still has a hash. */
	if (ol_hid_parse(bytes, (size_t)size, &report->hid) == 0)
		merge(&device->hid, &report->hid);
	(void)crypto_hash_sha256(digest, bytes, (unsigned long long)size);
	for (int i = 0; i < 8; i++)
		report->hash = report->hash << 8 | digest[i];
	device->report_count++;
}

static void read_disk(const struct place *place)
{
	struct usb_device *device = place->device;
	char vendor[USB_TEXT_MAX], model[USB_TEXT_MAX];
	char path[OL_SYSFS_PATH_MAX];
	uint32_t requests;

	if (ol_sysfs_join(path, place->path, "iorequest_cnt") &&
	    ol_sysfs_number(place->scan->root, path, 16, &requests) == 0)
		device->requests += requests;
	if (device->disk_count == USB_TEXTS_MAX)
		return;
	read_text(place, "vendor", vendor);
	read_text(place, "model", model);
	if (vendor[0] == '\0' && model[0] == '\0')
		return;
	(void)snprintf(device->disks[device->disk_count++], USB_TEXT_MAX,
	               "%.20s %.40s", vendor, model);
}

/* "0003:1D6B:0104.0001", as the hid bus names its devices. */
static bool is_hid_name(const char *name)
{
	return strlen(name) == 19 && name[4] == ':' && name[9] == ':' &&
	       name[14] == '.';
}

/* "2:0:0:0": host, channel, target, unit. */
static bool is_scsi_name(const char *name)
{
	int colons = 0;

	for (; *name != '\0'; name++) {
		if (*name == ':')
			colons++;
		else if (*name < '0' || *name > '9')
			return false;
	}
	return colons == 3;
}

static bool visit_interface(void *userdata, const char *name)
{
	const struct place *place = userdata;
	struct place child;

	if (!enter(place, name, &child))
		return true;
	if (is_hid_name(name))
		read_report(&child);
	else if (is_scsi_name(name))
		read_disk(&child);
	/* host2/target2:0:0/2:0:0:0 */
	else if (child.depth <= 3 && (strncmp(name, "host", 4) == 0 ||
	                              strncmp(name, "target", 6) == 0))
		(void)ol_sysfs_list(child.scan->root, child.path,
		                    visit_interface, &child);
	return true;
}

static bool visit_device(void *userdata, const char *name)
{
	const struct place *place = userdata;
	struct usb_device *device = place->device;
	size_t length = strlen(device->path);
	struct place child;

	/* "1-1:1.0" in "1-1" is an interface of it. */
	if (strncmp(name, device->path, length) != 0 || name[length] != ':' ||
	    !enter(place, name, &child))
		return true;
	child.depth = 0;
	if (device->interface_count < USB_TEXTS_MAX) {
		char *text = device->interfaces[device->interface_count];

		read_text(&child, "interface", text);
		device->interface_count += text[0] != '\0';
	}
	(void)ol_sysfs_list(child.scan->root, child.path, visit_interface,
	                    &child);
	return true;
}

static void read_functions(const struct place *place)
{
	char path[OL_SYSFS_PATH_MAX];
	uint8_t *bytes;
	ssize_t size;

	if (!ol_sysfs_join(path, place->path, "descriptors"))
		return;
	bytes = malloc(DESCRIPTORS_MAX);
	if (bytes == NULL) {
		place->scan->error = -ENOMEM;
		return;
	}
	size = ol_sysfs_read(place->scan->root, path, bytes, DESCRIPTORS_MAX);
	if (size > 0)
		place->device->functions =
			ol_usb_parse_functions(bytes, (size_t)size);
	free(bytes);
}

static bool visit_bus(void *userdata, const char *name)
{
	struct usb_scan *scan = userdata;
	struct usb_device *device = &scan->devices[scan->count];
	struct place place = { .scan = scan, .device = device };
	char path[OL_SYSFS_PATH_MAX];

	/* Interfaces have a colon; "usb1" is the root hub of a bus. */
	if (strchr(name, ':') != NULL || strncmp(name, "usb", 3) == 0 ||
	    strlen(name) >= USB_PATH_MAX ||
	    !ol_sysfs_join(place.path, "sys/bus/usb/devices", name))
		return true;
	memset(device, 0, sizeof(*device));
	(void)strcpy(device->path, name);
	if (!ol_sysfs_join(path, place.path, "idVendor") ||
	    ol_sysfs_number(scan->root, path, 16, &device->vendor) < 0 ||
	    !ol_sysfs_join(path, place.path, "idProduct") ||
	    ol_sysfs_number(scan->root, path, 16, &device->product) < 0)
		return true; /* unplugged meanwhile */
	scan->places[scan->place_count] =
		(struct usb_place){ .vendor = device->vendor,
		                    .product = device->product };
	(void)strcpy(scan->places[scan->place_count++].path, name);
	read_functions(&place);
	if (ol_sysfs_join(path, place.path, "devnum"))
		(void)ol_sysfs_number(scan->root, path, 10, &device->number);
	if (ol_sysfs_join(path, place.path, "urbnum"))
		(void)ol_sysfs_number(scan->root, path, 10, &device->transfers);
	/* Keyboards may be behind it. */
	if (device->functions & USB_BLUETOOTH)
		scan->seat_count += device->transfers;
	if (device->functions & USB_HID) {
		read_text(&place, "manufacturer", device->manufacturer);
		read_text(&place, "product", device->name);
		read_text(&place, "serial", device->serial);
		(void)ol_sysfs_list(scan->root, place.path, visit_device,
		                    &place);
		scan->count++;
	}
	return scan->place_count < USB_DEVICES_MAX;
}

void ol_usb_scan(struct usb_scan *scan)
{
	int r;

	scan->count = 0;
	scan->place_count = 0;
	scan->seat_count = 0;
	scan->error = 0;
	scan->is_virtual_machine = ol_sysfs_is_virtual_machine(scan->root);
	r = ol_sysfs_list(scan->root, "sys/bus/usb/devices", visit_bus, scan);
	if (r < 0)
		scan->error = r;
	else
		ol_usb_scan_seat(scan);
}
