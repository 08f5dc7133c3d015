/*
 * Whose an input device is that a program made. Data and a look-up, no I/O. Names
 * are chosen by the program: they show a tool that does not hide, no other.
 */
#include "input.h"

#include <string.h>

enum verdict {
	REMOTE,     /* of a tool that lets somebody afar type */
	AUTOMATION, /* of a tool that types for its user */
	HARMLESS,   /* passes the user's own keys on, or is a game pad */
};

/* A name's beginning, ids if not 0, and what that stands for. */
static const struct known {
	const char *name;
	const char *who;
	uint16_t vendor, product;
	enum verdict verdict;
} known[] = {
	/* Public source of RustDesk, its server side for Wayland. */
	{ "RustDesk UInput", "RustDesk", 0, 0, REMOTE },
	{ "rustdesk-uinput", "RustDesk", 0, 0, REMOTE },
	/* The library that it moves the mouse with. */
	{ "mouce-library-fake-mouse", "RustDesk", 0, 0, REMOTE },
	/* Public source of Sunshine and of its library inputtino. */
	{ "Keyboard passthrough", "Sunshine", 0xbeef, 0xdead, REMOTE },
	{ "Mouse passthrough", "Sunshine", 0xbeef, 0xdead, REMOTE },
	{ "Touch passthrough", "Sunshine", 0xbeef, 0xdead, REMOTE },
	{ "Touchscreen passthrough", "Sunshine", 0xbeef, 0xdead, REMOTE },
	{ "Pen passthrough", "Sunshine", 0xbeef, 0xdead, REMOTE },
	{ "Sunshine ", "Sunshine", 0, 0, REMOTE },
	{ "libvirtualhid ", "Sunshine", 0, 0, REMOTE },
	/* Their programs' manuals. */
	{ "ydotoold virtual device", "ydotool", 0, 0, AUTOMATION },
	{ "dotool ", "dotool", 0, 0, AUTOMATION },
	{ "py-evdev-uinput", "a Python program", 0, 0, AUTOMATION },
	{ "keyd virtual ", "keyd", 0, 0, HARMLESS },
	{ "KMonad", "KMonad", 0, 0, HARMLESS },
	{ "kmonad", "KMonad", 0, 0, HARMLESS },
	{ "kanata", "kanata", 0, 0, HARMLESS },
	{ "input-remapper ", "input-remapper", 0, 0, HARMLESS },
	{ "xremap", "xremap", 0, 0, HARMLESS },
	{ "evremap", "evremap", 0, 0, HARMLESS },
	{ "evsieve", "evsieve", 0, 0, HARMLESS },
	{ "Virtual Mouse for Solaar", "Solaar", 0, 0, HARMLESS },
	{ "Steam Virtual Gamepad", "Steam", 0, 0, HARMLESS },
	{ "Microsoft X-Box 360 pad", "Steam", 0, 0, HARMLESS },
};

static const struct known *find(const struct input_device *device)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct known *row = &known[i];

		if (strncmp(device->name, row->name, strlen(row->name)) == 0 &&
		    (row->vendor == 0 || (row->vendor == device->vendor &&
		                          row->product == device->product)))
			return row;
	}
	return NULL;
}

const char *ol_input_judge(const struct input_device *device, const char **who)
{
	const struct known *row = find(device);

	if (row != NULL) {
		*who = row->who;
		if (row->verdict == REMOTE)
			return "input.remote-tool";
		return row->verdict == AUTOMATION ? "input.automation" : NULL;
	}
	/* The kernel makes some of its own, with a few special keys. */
	if (device->is_uhid || (!device->is_keyboard && !device->is_pointer))
		return NULL;
	*who = device->name;
	return "input.virtual-device";
}
