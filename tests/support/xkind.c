/* Private X servers of each kind; all tell their number on a descriptor. */
#include "tests/support/xkind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/cmocka_all.h"

/* As the dummy driver wants it; further outputs are lit by the tests. */
static const char xorg_conf[] =
	"Section \"ServerFlags\"\n"
	"  Option \"AutoAddDevices\" \"false\"\n"
	"  Option \"AllowMouseOpenFail\" \"true\"\n"
	"EndSection\n"
	"Section \"Device\"\n"
	"  Identifier \"device\"\n"
	"  Driver \"dummy\"\n"
	"  VideoRam 65536\n"
	"EndSection\n"
	"Section \"Monitor\"\n"
	"  Identifier \"monitor\"\n"
	"  HorizSync 5-200\n"
	"  VertRefresh 5-200\n"
	"  Modeline \"1280x720\" 74.5 1280 1344 1472 1664 720 723 728 748\n"
	"EndSection\n"
	"Section \"Screen\"\n"
	"  Identifier \"screen\"\n"
	"  Device \"device\"\n"
	"  Monitor \"monitor\"\n"
	"  DefaultDepth 24\n"
	"  SubSection \"Display\"\n"
	"    Depth 24\n"
	"    Modes \"1280x720\"\n"
	"    Virtual 2560 1440\n"
	"  EndSubSection\n"
	"EndSection\n";

static void start(struct child *child, const char *const arguments[],
                  char display[16])
{
	display[0] = ':';
	assert_int_equal(
		child_start(child, arguments, NULL, CHILD_QUIET | CHILD_OUTPUT),
		0);
	assert_int_equal(
		child_read_line(child, display + 1, 15, SESSION_LIMIT_MS), 0);
	setenv("DISPLAY", display, 1);
}

static void start_xvfb(struct child *child, char display[16])
{
	start(child,
	      RUN("Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24",
	          "-nolisten", "tcp", "-noreset"),
	      display);
}

static void start_xorg(struct xkind *server)
{
	char conf[64], log[64];
	FILE *file;

	snprintf(conf, sizeof(conf), "%s/xorg.conf", server->session.directory);
	snprintf(log, sizeof(log), "%s/xorg.log", server->session.directory);
	file = fopen(conf, "we");
	assert_non_null(file);
	fputs(xorg_conf, file);
	fclose(file);
	start(&server->child,
	      RUN("Xorg", "-displayfd", "1", "-config", conf, "-logfile", log,
	          "-nolisten", "tcp", "-noreset", "-novtswitch", "-sharevts"),
	      server->display);
}

static void start_xtigervnc(struct xkind *server)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/rfb", server->session.directory);
	start(&server->child,
	      RUN("Xtigervnc", "-displayfd", "1", "-geometry", "1280x720",
	          "-depth", "24", "-SecurityTypes", "None", "-rfbport", "-1",
	          "-rfbunixpath", path, "-nolisten", "tcp", "-noreset"),
	      server->display);
}

enum xkind_result xkind_start(struct xkind *server, const char *kind)
{
	char outer[16];

	if (!program_exists(kind))
		return XKIND_MISSING;
	*server = (struct xkind){ .outer.out = -1, .child.out = -1 };
	session_prepare(&server->session);
	if (strcmp(kind, "Xorg") == 0) {
		/* Only root may have it without a terminal. */
		if (geteuid() != 0)
			return XKIND_MISSING;
		start_xorg(server);
	} else if (strcmp(kind, "Xephyr") == 0) {
		start_xvfb(&server->outer, outer);
		start(&server->child,
		      RUN("Xephyr", "-displayfd", "1", "-screen", "1280x720",
		          "-nolisten", "tcp", "-noreset"),
		      server->display);
	} else if (strcmp(kind, "Xtigervnc") == 0) {
		start_xtigervnc(server);
	} else if (strcmp(kind, "Xwayland") == 0) {
		if (!program_exists("weston"))
			return XKIND_MISSING;
		session_start_weston(&server->session);
		start(&server->child,
		      RUN("Xwayland", "-displayfd", "1", "-nolisten", "tcp",
		          "-noreset"),
		      server->display);
	} else {
		start_xvfb(&server->child, server->display);
	}
	return XKIND_RUNS;
}

void xkind_stop(struct xkind *server)
{
	child_stop(&server->child);
	child_stop(&server->outer);
	session_remove(&server->session);
}
