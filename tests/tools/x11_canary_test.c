/*
 * The canary before real programs that fetch what changes, on a screen on which
 * nothing does:
 *
 *   x11_canary_test x0tigervnc|gstreamer
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <X11/Xlib.h>

#include "tests/support/watch.h"
#include "tests/support/xserver.h"

enum {
	PATIENCE_MS = 30000,
	PORT = 5979,
	TRIES = 600, /* at 50 ms */
};

struct host {
	struct xserver server;
	struct onlooker *onlooker;
	Display *display;
};

static int fail(const char *what)
{
	fprintf(stderr, "x11_canary_test: %s\n", what);
	return 1;
}

static bool open_host(struct host *host)
{
	const struct onlooker_options options = {
		.size = sizeof(options),
		.flags = ONLOOKER_CANARY,
		.probes = "x11,pipewire",
	};
	Window window;

	if (xserver_start(&host->server, NULL, NULL) < 0)
		return false;
	host->display = XOpenDisplay(NULL);
	if (host->display == NULL)
		return false;
	window = XCreateSimpleWindow(host->display,
	                             DefaultRootWindow(host->display), 100, 100,
	                             600, 400, 0, 0, 0x306090);
	XMapWindow(host->display, window);
	XSync(host->display, False);
	return onlooker_open(&options, &host->onlooker) == 0 &&
	       watch_for(host->onlooker,
	                 (struct watch_want){ .shared = ONLOOKER_CLEAR },
	                 PATIENCE_MS) &&
	       onlooker_guard_x11_window(host->onlooker, (uint32_t)window) == 0;
}

static void close_host(struct host *host)
{
	if (host->onlooker != NULL)
		onlooker_unref(host->onlooker);
	if (host->display != NULL)
		XCloseDisplay(host->display);
	xserver_stop(&host->server);
}

static bool is_told(struct host *host, int64_t pid)
{
	return watch_for(host->onlooker,
	                 (struct watch_want){ .shared = ONLOOKER_SHARED,
	                                      .rule = "x11.canary-read",
	                                      .pid = pid },
	                 PATIENCE_MS);
}

static bool is_over(struct host *host)
{
	return watch_for(host->onlooker,
	                 (struct watch_want){ .not_rule = "x11.canary-read" },
	                 PATIENCE_MS);
}

static int try_gstreamer(struct host *host)
{
	const char *const argv[] = {
		"gst-launch-1.0", "-q", "ximagesrc", "use-damage=1", "!",
		"fakesink",       NULL
	};
	struct child child;
	bool is_so;

	if (child_start(&child, argv, NULL, CHILD_QUIET) < 0)
		return fail("GStreamer does not start");
	is_so = is_told(host, child.pid);
	child_stop(&child);
	if (!is_so)
		return fail("GStreamer is not told");
	return is_over(host) ? 0 : fail("it is told on and on");
}

/* Nothing tells that it listens; the context goes on meanwhile. */
static bool await_port(struct host *host)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	for (int i = 0; i < TRIES; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		int r = connect(fd, (const struct sockaddr *)&address,
		                sizeof(address));

		(void)close(fd);
		if (r == 0)
			return true;
		(void)onlooker_wait(host->onlooker, 50);
	}
	return false;
}

static int try_viewer(struct host *host, const struct child *tool)
{
	struct xserver viewers;
	const char *const argv[] = { "xtigervncviewer", "-display",
		                     viewers.display, "localhost::5979", NULL };
	struct child child;
	bool is_so;

	if (xserver_start(&viewers, NULL, NULL) < 0 ||
	    child_start(&child, argv, NULL, CHILD_QUIET) < 0)
		return fail("no viewer");
	is_so = is_told(host, tool->pid);
	child_stop(&child);
	is_so = is_so && is_over(host);
	xserver_stop(&viewers);
	return is_so ? 0 : fail("X0tigervnc is not told, or for ever");
}

static int try_x0tigervnc(struct host *host)
{
	const char *const argv[] = {
		"X0tigervnc",     "-display", host->server.display,
		"-rfbport",       "5979",     "-localhost",
		"-SecurityTypes", "None",     NULL
	};
	struct child child;
	int r;

	if (child_start(&child, argv, NULL, CHILD_QUIET) < 0)
		return fail("X0tigervnc does not start");
	r = await_port(host) ? try_viewer(host, &child)
	                     : fail("X0tigervnc does not listen");
	child_stop(&child);
	return r;
}

int main(int argc, char **argv)
{
	bool is_vnc = argc == 2 && strcmp(argv[1], "x0tigervnc") == 0;
	struct host host = { 0 };
	int r;

	if (!program_exists("Xvfb") ||
	    !program_exists(is_vnc ? "X0tigervnc" : "gst-launch-1.0") ||
	    (is_vnc && !program_exists("xtigervncviewer")))
		return 77;
	if (!open_host(&host))
		r = fail("the stage does not open");
	else
		r = is_vnc ? try_x0tigervnc(&host) : try_gstreamer(&host);
	close_host(&host);
	return r;
}
