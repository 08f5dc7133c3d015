/*
 * What a USB device is taken for. Only devices that type or point are asked
 * about. No I/O. The order of the questions is from proof to suspicion; the first
 * yes is the answer.
 */
#include "usb.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool begins(const char *text, const char *beginning)
{
	return beginning == NULL ||
	       strncasecmp(text, beginning, strlen(beginning)) == 0;
}

static bool any_begins(const char (*texts)[USB_TEXT_MAX], size_t count,
                       const char *beginning)
{
	if (beginning == NULL)
		return true;
	for (size_t i = 0; i < count; i++) {
		if (begins(texts[i], beginning))
			return true;
	}
	return false;
}

static bool is_it(const struct usb_identity *it,
                  const struct usb_device *device)
{
	return (it->vendor == 0 || it->vendor == device->vendor) &&
	       (it->product == 0 || it->product == device->product) &&
	       (it->manufacturer == NULL ||
	        strcasecmp(it->manufacturer, device->manufacturer) == 0) &&
	       begins(device->name, it->name) &&
	       begins(device->serial, it->serial) &&
	       any_begins((const char(*)[USB_TEXT_MAX])device->disks,
	                  device->disk_count, it->disk) &&
	       any_begins((const char(*)[USB_TEXT_MAX])device->interfaces,
	                  device->interface_count, it->interface);
}

static const char *find(const struct usb_identity *rows,
                        const struct usb_device *device)
{
	for (; rows->who != NULL; rows++) {
		if (is_it(rows, device))
			return rows->who;
	}
	return NULL;
}

static const char *find_hash(const struct usb_device *device,
                             bool is_virtual_machine)
{
	for (size_t i = 0; i < device->report_count; i++) {
		for (const struct usb_hash *row = ol_usb_hashes;
		     row->who != NULL; row++) {
			if (row->hash == device->reports[i].hash &&
			    !(row->is_qemu_too && is_virtual_machine))
				return row->who;
		}
	}
	return NULL;
}

static bool is_among(const uint16_t *vendors, uint32_t vendor)
{
	for (; *vendors != 0; vendors++) {
		if (*vendors == vendor)
			return true;
	}
	return false;
}

static bool is_keyboard(const struct usb_device *device)
{
	/* Without a driver there are no reports to read. */
	return device->hid.is_keyboard ||
	       (device->report_count == 0 &&
	        device->functions & USB_BOOT_KEYBOARD);
}

static bool is_pointer(const struct usb_device *device)
{
	return device->hid.is_relative_mouse || device->hid.is_absolute_mouse ||
	       (device->report_count == 0 &&
	        device->functions & USB_BOOT_MOUSE);
}

/* What a keyboard or mouse has no need to be. */
static const char *foreign_function(const struct usb_device *device)
{
	if (device->functions & USB_STORAGE)
		return "a disk";
	if (device->functions & USB_VIDEO)
		return "a camera";
	if (device->functions & USB_AUDIO)
		return "a sound card";
	if (device->functions & USB_NETWORK)
		return "a network";
	return NULL;
}

static void say(struct usb_verdict *verdict, const char *rule, const char *who,
                const struct usb_device *device, const char *what)
{
	verdict->rule = rule;
	(void)snprintf(verdict->who, sizeof(verdict->who), "%s", who);
	(void)snprintf(verdict->detail, sizeof(verdict->detail),
	               "%04x:%04x at %s%s%s", (unsigned)device->vendor,
	               (unsigned)device->product, device->path,
	               what[0] != '\0' ? ", " : "", what);
}

/* What it calls itself, for one that is known by what it does. */
static void say_unnamed(struct usb_verdict *verdict, const char *rule,
                        const struct usb_device *device, const char *what)
{
	say(verdict, rule,
	    device->name[0] != '\0' ? device->name : "a nameless USB device",
	    device, what);
}

static bool judge_identity(const struct usb_device *device,
                           bool is_virtual_machine, struct usb_verdict *verdict)
{
	const char *who = find(ol_usb_disguises, device);

	if (who != NULL) {
		say(verdict, "usb.disguised-kvm", who, device,
		    "by the name it goes under");
		return true;
	}
	who = find(ol_usb_kvms, device);
	if (who != NULL) {
		say(verdict, "usb.ip-kvm", who, device, "");
		return true;
	}
	who = find_hash(device, is_virtual_machine);
	if (who != NULL) {
		say(verdict, "usb.disguised-kvm", who, device,
		    "by its mouse's report descriptor");
		return true;
	}
	who = find(ol_usb_consoles, device);
	if (who != NULL)
		say(verdict, "usb.server-console", who, device, "");
	return who != NULL;
}

static void judge_functions(const struct usb_device *device,
                            bool is_virtual_machine,
                            struct usb_verdict *verdict)
{
	bool is_board = is_among(ol_usb_board_makers, device->vendor);
	const char *foreign = foreign_function(device);
	char what[64];

	if (is_keyboard(device) && foreign != NULL && !is_board) {
		bool is_disguise =
			is_among(ol_usb_input_makers, device->vendor);

		(void)snprintf(what, sizeof(what), "keyboard%s and %s",
		               is_pointer(device) ? ", mouse" : "", foreign);
		if (is_disguise)
			say_unnamed(verdict, "usb.disguised-kvm", device, what);
		else if (is_pointer(device))
			say_unnamed(verdict, "usb.composite-input", device,
			            what);
		else if (device->functions & USB_STORAGE)
			say_unnamed(verdict, "usb.keyboard-disk", device, what);
		return;
	}
	/* A pen tablet tells of a mouse as well, for systems without pens. */
	if (!device->hid.is_absolute_mouse || device->hid.is_digitizer ||
	    device->hid.is_game_pad || is_virtual_machine)
		return;
	if (is_keyboard(device))
		say_unnamed(verdict, "usb.composite-input", device,
		            device->hid.is_relative_mouse
		                    ? "keyboard, absolute and relative mouse"
		                    : "keyboard and absolute mouse");
	else
		say_unnamed(verdict, "usb.absolute-mouse", device, "");
}

void ol_usb_judge(const struct usb_device *device, bool is_virtual_machine,
                  struct usb_verdict *ret)
{
	*ret = (struct usb_verdict){ .rule = NULL };
	if (!(device->functions & USB_HID))
		return;
	if (!judge_identity(device, is_virtual_machine, ret))
		judge_functions(device, is_virtual_machine, ret);
}
