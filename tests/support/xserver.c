/* Private X servers: Xvfb tells its display's number when it is ready. */
#include "tests/support/xserver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	ARGUMENTS_MAX = 16,
	/* Xvfb takes 0.2 s here; twenty are for machines under full load. */
	START_MS = 20000,
};

int xserver_start(struct xserver *server, const char *display,
                  const char *const arguments[])
{
	const char *argv[ARGUMENTS_MAX + 12];
	int n = 0;
	int r;

	argv[n++] = "Xvfb";
	if (display != NULL)
		argv[n++] = display;
	argv[n++] = "-displayfd";
	argv[n++] = "1";
	argv[n++] = "-screen";
	argv[n++] = "0";
	argv[n++] = "1280x720x24";
	argv[n++] = "-nolisten";
	argv[n++] = "tcp";
	argv[n++] = "-noreset";
	for (int i = 0;
	     arguments != NULL && arguments[i] != NULL && i < ARGUMENTS_MAX;
	     i++)
		argv[n++] = arguments[i];
	argv[n] = NULL;
	r = child_start(&server->child, argv, NULL, CHILD_QUIET | CHILD_OUTPUT);
	if (r < 0)
		return r;
	server->display[0] = ':';
	r = child_read_line(&server->child, server->display + 1,
	                    sizeof(server->display) - 1, START_MS);
	if (r < 0) {
		child_stop(&server->child);
		return r;
	}
	setenv("DISPLAY", server->display, 1);
	setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
	unsetenv("WAYLAND_DISPLAY");
	unsetenv("PIPEWIRE_REMOTE");
	unsetenv("PIPEWIRE_RUNTIME_DIR");
	return 0;
}

void xserver_stop(struct xserver *server)
{
	child_stop(&server->child);
}
