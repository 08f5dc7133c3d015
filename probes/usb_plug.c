/*
 * What was plugged in with what: a box for remote access sits on a USB port and a
 * display port, and whenever it starts, both come at once. From one look to the
 * next; no I/O.
 */
#include "usb.h"

#include <string.h>

static struct usb_plug *find(struct usb_plugs *plugs,
                             const struct usb_place *place)
{
	for (size_t i = 0; i < plugs->device_count; i++) {
		struct usb_plug *plug = &plugs->devices[i];

		if (strcmp(plug->place.path, place->path) == 0 &&
		    plug->place.vendor == place->vendor &&
		    plug->place.product == place->product)
			return plug;
	}
	return NULL;
}

/* One that is remembered no longer makes room: the one that left first. */
static struct usb_plug *make(struct usb_plugs *plugs,
                             const struct usb_place *place)
{
	struct usb_plug *oldest = NULL;

	if (plugs->device_count < USB_PLUGS_MAX)
		oldest = &plugs->devices[plugs->device_count++];
	for (size_t i = 0; oldest == NULL && i < plugs->device_count; i++) {
		if (!plugs->devices[i].is_there)
			oldest = &plugs->devices[i];
	}
	if (oldest != NULL)
		*oldest = (struct usb_plug){ .place = *place };
	return oldest;
}

static bool is_in(const struct usb_scan *scan, const struct usb_plug *plug)
{
	for (size_t i = 0; i < scan->place_count; i++) {
		const struct usb_place *place = &scan->places[i];

		if (strcmp(plug->place.path, place->path) == 0 &&
		    plug->place.vendor == place->vendor &&
		    plug->place.product == place->product)
			return true;
	}
	return false;
}

static void note_devices(struct usb_plugs *plugs, const struct usb_scan *scan,
                         uint64_t at_us)
{
	for (size_t i = 0; i < plugs->device_count; i++)
		plugs->devices[i].is_there = is_in(scan, &plugs->devices[i]);
	for (size_t i = 0; i < scan->place_count; i++) {
		struct usb_plug *plug = find(plugs, &scan->places[i]);

		if (plug != NULL && plug->was_there && plug->is_there)
			continue;
		if (plug == NULL)
			plug = make(plugs, &scan->places[i]);
		if (plug == NULL)
			return; /* a full bus: no more can come */
		plug->is_there = true;
		plug->at_us = at_us;
	}
	for (size_t i = 0; i < plugs->device_count; i++)
		plugs->devices[i].was_there = plugs->devices[i].is_there;
}

static bool shows(const struct usb_scan *scan, const char *name)
{
	for (size_t i = 0; i < scan->display_count; i++) {
		if (strcmp(scan->displays[i], name) == 0)
			return true;
	}
	return false;
}

static struct usb_display *find_display(struct usb_plugs *plugs,
                                        const char *name)
{
	struct usb_display *display;

	for (size_t i = 0; i < plugs->display_count; i++) {
		if (strcmp(plugs->displays[i].name, name) == 0)
			return &plugs->displays[i];
	}
	if (plugs->display_count == USB_DISPLAYS_MAX)
		return NULL;
	display = &plugs->displays[plugs->display_count++];
	*display = (struct usb_display){ .at_us = 0 };
	(void)strcpy(display->name, name);
	return display;
}

static void note_displays(struct usb_plugs *plugs, const struct usb_scan *scan,
                          uint64_t at_us)
{
	for (size_t i = 0; i < plugs->display_count; i++) {
		if (!shows(scan, plugs->displays[i].name))
			plugs->displays[i].is_there = false;
	}
	for (size_t i = 0; i < scan->display_count; i++) {
		struct usb_display *display =
			find_display(plugs, scan->displays[i]);

		if (display == NULL || display->is_there)
			continue;
		display->is_there = true;
		display->at_us = at_us;
	}
}

static bool is_near(uint64_t a_us, uint64_t b_us)
{
	return a_us != 0 && b_us != 0 &&
	       (a_us > b_us ? a_us - b_us : b_us - a_us) <= USB_TOGETHER_US;
}

/* A dock, and a monitor with a hub, bring more than one device. */
static bool came_alone(const struct usb_plugs *plugs,
                       const struct usb_plug *plug)
{
	for (size_t i = 0; i < plugs->device_count; i++) {
		if (&plugs->devices[i] != plug && plugs->devices[i].is_there &&
		    is_near(plugs->devices[i].at_us, plug->at_us))
			return false;
	}
	return true;
}

static void count(struct usb_plugs *plugs, struct usb_plug *plug)
{
	if (!plug->is_there || plug->counted_us == plug->at_us ||
	    !came_alone(plugs, plug))
		return;
	for (size_t i = 0; i < plugs->display_count; i++) {
		const struct usb_display *display = &plugs->displays[i];

		if (!display->is_there || !is_near(display->at_us, plug->at_us))
			continue;
		/* Another port than before: a person's doing. */
		if (strcmp(plug->display, display->name) != 0)
			plug->times = 0;
		(void)strcpy(plug->display, display->name);
		plug->counted_us = plug->at_us;
		plug->times++;
		return;
	}
}

void ol_usb_note_plugs(struct usb_plugs *plugs, const struct usb_scan *scan,
                       uint64_t now_us)
{
	/* What was there before the first look came at no known time. */
	uint64_t at_us = plugs->has_begun ? now_us : 0;

	note_devices(plugs, scan, at_us);
	note_displays(plugs, scan, at_us);
	for (size_t i = 0; i < plugs->device_count; i++)
		count(plugs, &plugs->devices[i]);
	plugs->has_begun = true;
}

const char *ol_usb_came_with(const struct usb_plugs *plugs,
                             const struct usb_device *device)
{
	for (size_t i = 0; i < plugs->device_count; i++) {
		const struct usb_plug *plug = &plugs->devices[i];

		if (plug->is_there && plug->times >= USB_TOGETHER_TIMES &&
		    strcmp(plug->place.path, device->path) == 0)
			return plug->display;
	}
	return NULL;
}
