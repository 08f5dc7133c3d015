/* The bank on a private X server, and pictures of it. */
#include "tests/system/bank_screen.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/cmocka_all.h"

void bank_screen_open(struct bank_screen *screen)
{
	*screen = (struct bank_screen){ .session = -1 };
	assert_int_equal(xserver_start(&screen->server, NULL, NULL), 0);
	screen->display = XOpenDisplay(screen->server.display);
	assert_non_null(screen->display);
	(void)snprintf(screen->folder, sizeof(screen->folder),
	               "/tmp/bank-XXXXXX");
	assert_non_null(mkdtemp(screen->folder));
}

static void make_path(const struct bank_screen *screen, const char *name,
                      char path[128])
{
	(void)snprintf(path, 128, "%s/%s", screen->folder, name);
}

void bank_screen_close(struct bank_screen *screen)
{
	const char *const names[] = { "account", "session",
		                      "gtk-4.0/settings.ini", "gtk-4.0", "" };
	char path[128];

	child_stop(&screen->bank);
	XCloseDisplay(screen->display);
	xserver_stop(&screen->server);
	if (screen->session >= 0)
		close(screen->session);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		make_path(screen, names[i], path);
		(void)remove(path);
	}
}

static void write_account(const struct bank_screen *screen, const char *balance,
                          char path[128])
{
	FILE *file;

	make_path(screen, "account", path);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file,
	        "[account]\nholder=Ada Nordin\nname=Current account\n"
	        "number=GB33 %s\nbalance=%s\n"
	        "[movements]\nRent=18 Nov; -%s\nSalary=20 Nov; +%s\n",
	        balance, balance, balance, balance);
	assert_int_equal(fclose(file), 0);
}

/* A caret that blinks and colours that glide would make no two pictures equal. */
static void write_settings(const struct bank_screen *screen)
{
	char path[128];
	FILE *file;

	make_path(screen, "gtk-4.0", path);
	assert_int_equal(mkdir(path, S_IRWXU), 0);
	make_path(screen, "gtk-4.0/settings.ini", path);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("[Settings]\ngtk-cursor-blink=0\ngtk-enable-animations=0\n",
	      file);
	assert_int_equal(fclose(file), 0);
}

static int open_session(const struct bank_screen *screen, char path[128])
{
	make_path(screen, "session", path);
	assert_int_equal(mkfifo(path, S_IRUSR | S_IWUSR), 0);
	return open(path, O_RDWR | O_CLOEXEC); /* neither end waits */
}

void bank_start(struct bank_screen *screen, const char *balance,
                const char *probes)
{
	char account[128], session[128] = "/dev/null";
	const char *const env[] = {
		"G_MESSAGES_DEBUG=bank",
		"GSETTINGS_BACKEND=memory",
		"GDK_BACKEND=x11",
		"GSK_RENDERER=cairo",
		"GTK_A11Y=none",
		"DBUS_SESSION_BUS_ADDRESS=disabled:",
		NULL,
	};
	const char *const argv[] = {
		"sh",
		"-c",
		"exec \"$0\" --account \"$1\" \"$2\" \"$3\" <\"$4\"",
		BANK,
		account,
		probes != NULL ? "--probes" : "--session",
		probes != NULL ? probes : "-",
		session,
		NULL,
	};

	write_account(screen, balance, account);
	write_settings(screen);
	setenv("XDG_CONFIG_HOME", screen->folder, 1);
	if (probes == NULL) {
		screen->session = open_session(screen, session);
		assert_true(screen->session >= 0);
	}
	setenv("DISPLAY", screen->server.display, 1);
	assert_int_equal(child_start(&screen->bank, argv, env, CHILD_OUTPUT),
	                 0);
}

void bank_feed(struct bank_screen *screen, const char *line)
{
	assert_true(dprintf(screen->session, "%s\n", line) > 0);
}

void bank_wait(struct bank_screen *screen, const char *text)
{
	char line[512] = "";

	while (strstr(line, text) == NULL) {
		int r = child_read_line(&screen->bank, line, sizeof(line),
		                        PATIENCE_MS);

		if (r < 0)
			print_error("the bank never said '%s'\n", text);
		assert_int_equal(r, 0);
	}
}

bool bank_has_said(struct bank_screen *screen, const char *text)
{
	struct pollfd out = { .fd = screen->bank.out, .events = POLLIN };
	char line[512];

	/* A line that has begun is waited for: half of one would be lost. */
	while (poll(&out, 1, 0) > 0 &&
	       child_read_line(&screen->bank, line, sizeof(line),
	                       PATIENCE_MS) == 0) {
		if (strstr(line, text) != NULL)
			return true;
	}
	return false;
}

XImage *bank_grab(struct bank_screen *screen)
{
	XImage *image = XGetImage(
		screen->display, DefaultRootWindow(screen->display), 0, 0,
		SCREEN_WIDTH, SCREEN_HEIGHT, AllPlanes, ZPixmap);

	assert_non_null(image);
	return image;
}

bool area_is_equal(XImage *one, XImage *other, struct area area)
{
	struct area difference = area_of_difference(one, other, area);

	return difference.right == 0;
}

struct area area_of_difference(XImage *one, XImage *other, struct area within)
{
	struct area area = { SCREEN_WIDTH, SCREEN_HEIGHT, 0, 0 };

	for (int y = within.top; y < within.bottom; y++) {
		for (int x = within.left; x < within.right; x++) {
			if (XGetPixel(one, x, y) == XGetPixel(other, x, y))
				continue;
			area.left = x < area.left ? x : area.left;
			area.right = x >= area.right ? x + 1 : area.right;
			area.top = y < area.top ? y : area.top;
			area.bottom = y + 1;
		}
	}
	return area;
}
