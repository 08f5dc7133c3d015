/* Input devices made by a program, by uinput, as remote tools make them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/uinput.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vm.h"

enum { KEYS = 1, POINTER = 2, BUTTONS = 4 };

static const struct {
	const char *name;
	unsigned vendor, product, abilities;
	const char *rule, *who;
} devices[] = {
	{ "RustDesk UInput Keyboard", 0x1234, 0x5678, KEYS, "input.remote-tool",
	  "RustDesk" },
	{ "mouce-library-fake-mouse", 0x2222, 0x3333, POINTER,
	  "input.remote-tool", "RustDesk" },
	{ "Keyboard passthrough", 0xbeef, 0xdead, KEYS, "input.remote-tool",
	  "Sunshine" },
	{ "Mouse passthrough", 0xbeef, 0xdead, POINTER, "input.remote-tool",
	  "Sunshine" },
	{ "Sunshine X-Box One (virtual) pad", 0x45e, 0x2ea, BUTTONS,
	  "input.remote-tool", "Sunshine" },
	{ "ydotoold virtual device", 0x2333, 0x6666, KEYS | POINTER,
	  "input.automation", "ydotool" },
	{ "Acme Hand", 0x1, 0x1, POINTER, "input.virtual-device", "Acme Hand" },
	{ "keyd virtual keyboard", 0x0fac, 0x0ade, KEYS, NULL, NULL },
	{ "input-remapper AT Keyboard forwarded", 0x1, 0x1, KEYS, NULL, NULL },
	{ "KMonad kbd", 0x1, 0x1, KEYS, NULL, NULL },
	{ "Microsoft X-Box 360 pad 0", 0x28de, 0x11ff, BUTTONS, NULL, NULL },
};

static int make(const char *name, unsigned vendor, unsigned product,
                unsigned abilities)
{
	int fd = open("/dev/uinput", O_WRONLY | O_CLOEXEC);
	struct uinput_setup setup = { .id = { .bustype = BUS_USB,
		                              .vendor = (__u16)vendor,
		                              .product = (__u16)product } };

	(void)snprintf(setup.name, sizeof(setup.name), "%s", name);
	(void)ioctl(fd, UI_SET_EVBIT, EV_KEY);
	for (int key = KEY_ESC; abilities & KEYS && key <= KEY_MICMUTE; key++)
		(void)ioctl(fd, UI_SET_KEYBIT, key);
	if (abilities & BUTTONS)
		(void)ioctl(fd, UI_SET_KEYBIT, BTN_SOUTH);
	if (abilities & POINTER) {
		(void)ioctl(fd, UI_SET_KEYBIT, BTN_LEFT);
		(void)ioctl(fd, UI_SET_EVBIT, EV_REL);
		(void)ioctl(fd, UI_SET_RELBIT, REL_X);
		(void)ioctl(fd, UI_SET_RELBIT, REL_Y);
	}
	if (fd < 0 || ioctl(fd, UI_DEV_SETUP, &setup) < 0 ||
	    ioctl(fd, UI_DEV_CREATE) < 0)
		printf("uinput: %s\n", strerror(errno));
	return fd;
}

void uinput_cases(struct observer *observer)
{
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		const char *rule = devices[i].rule, *who = devices[i].who;
		uint64_t since_us = now_us();
		int fd = make(devices[i].name, devices[i].vendor,
		              devices[i].product, devices[i].abilities);
		int marker = -1;
		char setup[128];
		bool is_right;

		if (rule == NULL) {
			/* Where this one is told, the other was looked at. */
			marker = make("ydotoold virtual device", 1, 1, KEYS);
			is_right =
				observer_wait(observer, "input.automation",
			                      "ydotool", true) &&
				!observer_has(observer, "input.remote", "") &&
				!observer_has(observer, "input.virtual", "");
		} else {
			is_right = observer_wait(observer, rule, who, true);
		}
		(void)snprintf(setup, sizeof(setup), "by uinput: %s",
		               devices[i].name);
		row(setup, rule != NULL ? rule : "nothing", who, is_right,
		    observer, since_us);
		(void)close(fd);
		if (marker >= 0)
			(void)close(marker);
		if (!observer_wait(observer,
		                   rule != NULL ? rule : "input.automation",
		                   rule != NULL ? who : "ydotool", false))
			row(setup, "gone again", NULL, false, observer,
			    since_us);
	}
}
