/*
 * One window instead of the whole screen: what cannot show it does not count,
 * wherever it goes; and whoever waits for changes of it shows itself.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>

#include "tests/support/watch.h"
#include "tests/support/xserver.h"
#include "tests/unit/cmocka_all.h"

enum { PATIENCE_MS = 30000, WIDTH = 300, HEIGHT = 200 };

/* Where the recorder looks. */
#define REGION "400x300+800+400"

static struct xserver server;

struct host {
	struct onlooker *onlooker;
	Display *display;
	Window window;
};

static int start_server(void **state)
{
	const char *const screens[] = { "-screen", "1", "1280x720x24", NULL };

	(void)state;
	return xserver_start(&server, NULL, screens);
}

static int stop_server(void **state)
{
	(void)state;
	xserver_stop(&server);
	return 0;
}

static struct child start(const char *const argv[], const char *const env[])
{
	struct child child;
	char line[32];

	assert_int_equal(child_start(&child, argv, env, CHILD_OUTPUT), 0);
	assert_int_equal(
		child_read_line(&child, line, sizeof(line), PATIENCE_MS), 0);
	return child;
}

static struct child start_capture(const char *option, const char *value)
{
	const char *const argv[] = { X11_CAPTURE, "--name", "zqxv",
		                     option,      value,    NULL };

	return start(argv, NULL);
}

static Window make_window(Display *display, int x, int y)
{
	XSetWindowAttributes attributes = { .background_pixel = 0x306090,
		                            .override_redirect = True };
	Window window = XCreateWindow(
		display, DefaultRootWindow(display), x, y, WIDTH, HEIGHT, 0,
		CopyFromParent, InputOutput, CopyFromParent,
		CWBackPixel | CWOverrideRedirect, &attributes);

	XMapWindow(display, window);
	XSync(display, False);
	return window;
}

static struct host open_host(unsigned flags)
{
	const struct onlooker_options options = { .size = sizeof(options),
		                                  .flags = flags,
		                                  .probes = "x11,pipewire" };
	struct host host = { .display = XOpenDisplay(NULL) };

	assert_non_null(host.display);
	host.window = make_window(host.display, 10, 10);
	assert_int_equal(onlooker_open(&options, &host.onlooker), 0);
	assert_true(watch_for(host.onlooker,
	                      (struct watch_want){ .shared = ONLOOKER_CLEAR },
	                      PATIENCE_MS));
	assert_int_equal(
		onlooker_guard_x11_window(host.onlooker, (uint32_t)host.window),
		0);
	return host;
}

static void close_host(struct host *host)
{
	onlooker_unref(host->onlooker);
	XCloseDisplay(host->display);
}

/* Found by this rule, and by no other that would make it shared. */
static void expect(const struct host *host, const char *rule,
                   const struct child *child)
{
	static const char elsewhere[] = "x11.elsewhere";
	bool is_elsewhere = strcmp(rule, elsewhere) == 0;

	assert_true(
		watch_for(host->onlooker,
	                  (struct watch_want){
				  .rule = rule,
				  .not_rule = is_elsewhere ? NULL : elsewhere,
				  .pid = child->pid,
				  .shared = is_elsewhere ? ONLOOKER_CLEAR
	                                                 : ONLOOKER_SHARED },
	                  PATIENCE_MS));
	assert_int_equal(count_watchers(host->onlooker), 1);
}

static void test_a_region(void **state)
{
	struct host host = open_host(0);
	struct child child = start_capture("--region", REGION);

	(void)state;
	expect(&host, "x11.elsewhere", &child);
	XMoveWindow(host.display, host.window, 700, 380);
	XFlush(host.display);
	expect(&host, "x11.own-window-read", &child);
	XMoveWindow(host.display, host.window, 10, 10);
	XFlush(host.display);
	expect(&host, "x11.elsewhere", &child);
	/* Only in part, and only just. */
	XResizeWindow(host.display, host.window, 791, 391);
	XFlush(host.display);
	expect(&host, "x11.own-window-read", &child);
	assert_int_equal(onlooker_guard_x11_window(host.onlooker, 0), 0);
	expect(&host, "x11.region-read", &child);
	child_stop(&child);
	close_host(&host);
}

/* A window manager's frame moves, and the window never hears of it. */
static void test_a_frame(void **state)
{
	struct host host = open_host(0);
	struct child child = start_capture("--region", REGION);
	Display *manager = XOpenDisplay(NULL);
	Window frame, outer;

	(void)state;
	assert_non_null(manager);
	outer = make_window(manager, 20, 20);
	frame = XCreateSimpleWindow(manager, outer, 0, 0, WIDTH, HEIGHT, 0, 0,
	                            0);
	XMapWindow(manager, frame);
	XReparentWindow(manager, host.window, frame, 5, 5);
	XSync(manager, False);
	expect(&host, "x11.elsewhere", &child);
	XMoveWindow(manager, outer, 850, 450);
	XFlush(manager);
	expect(&host, "x11.own-window-read", &child);
	/* Hidden it may come up anywhere; the region counts as before. */
	XUnmapWindow(manager, outer);
	XFlush(manager);
	expect(&host, "x11.region-read", &child);
	XMoveWindow(manager, outer, 20, 20);
	XMapWindow(manager, outer);
	XFlush(manager);
	expect(&host, "x11.elsewhere", &child);
	XReparentWindow(manager, host.window, DefaultRootWindow(manager), 900,
	                500);
	XFlush(manager);
	expect(&host, "x11.own-window-read", &child);
	XDestroyWindow(host.display, host.window);
	XFlush(host.display);
	expect(&host, "x11.region-read", &child);
	child_stop(&child);
	XCloseDisplay(manager);
	close_host(&host);
}

static void test_a_window(void **state)
{
	struct host host = open_host(0);
	Display *other = XOpenDisplay(NULL);
	Window beside, frame;
	struct child child;
	char id[32];

	(void)state;
	beside = make_window(other, 400, 10);
	frame = make_window(other, 10, 300);
	snprintf(id, sizeof(id), "0x%lx", beside);
	child = start_capture("--window", id);
	expect(&host, "x11.elsewhere", &child);
	child_stop(&child);
	/* A picture of the frame shows what is in it. */
	XReparentWindow(other, host.window, frame, 5, 5);
	XSync(other, False);
	snprintf(id, sizeof(id), "0x%lx", frame);
	child = start_capture("--window", id);
	expect(&host, "x11.own-window-read", &child);
	child_stop(&child);
	child = start_capture("--method", "shm");
	assert_true(watch_for(host.onlooker,
	                      (struct watch_want){ .shared = ONLOOKER_SHARED,
	                                           .rule = "x11.screen-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	child_stop(&child);
	XCloseDisplay(other);
	close_host(&host);
}

/* A number that is no window, or no longer one, guards nothing. */
static void test_no_window(void **state)
{
	struct host host = open_host(0);
	struct child child;

	(void)state;
	assert_int_equal(onlooker_guard_x11_window(host.onlooker, 1u << 29),
	                 -EINVAL);
	assert_int_equal(onlooker_guard_x11_window(NULL, 0), -EINVAL);
	assert_int_equal(onlooker_guard_x11_window(host.onlooker, 0x1ffffff),
	                 0);
	child = start_capture("--region", REGION);
	expect(&host, "x11.region-read", &child);
	child_stop(&child);
	close_host(&host);
}

static XImage *look_at(const struct host *host)
{
	XImage *image =
		XGetImage(host->display, DefaultRootWindow(host->display), 0, 0,
	                  WIDTH + 20, HEIGHT + 20, AllPlanes, ZPixmap);

	assert_non_null(image);
	return image;
}

static void test_the_canary(void **state)
{
	const char *const argv[] = { X11_FOLLOW, NULL };
	struct child child = start(argv, NULL);
	struct host host = open_host(ONLOOKER_CANARY);
	XImage *before = look_at(&host), *after;
	Window focus;
	int revert;

	(void)state;
	/* It began before us, and the screen is still. */
	assert_true(watch_for(host.onlooker,
	                      (struct watch_want){ .shared = ONLOOKER_SHARED,
	                                           .rule = "x11.canary-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	after = look_at(&host);
	assert_memory_equal(before->data, after->data,
	                    (size_t)before->bytes_per_line *
	                            (size_t)before->height);
	XGetInputFocus(host.display, &focus, &revert);
	assert_int_not_equal(focus, host.window);
	XUnmapWindow(host.display, host.window);
	XFlush(host.display);
	assert_true(
		watch_for(host.onlooker,
	                  (struct watch_want){ .not_rule = "x11.canary-read" },
	                  PATIENCE_MS));
	XDestroyImage(before);
	XDestroyImage(after);
	child_stop(&child);
	close_host(&host);
}

static void test_another_screen(void **state)
{
	const char *const argv[] = { X11_CAPTURE, NULL };
	struct host host = open_host(0);
	struct child child;
	char env[64];

	(void)state;
	assert_int_equal(onlooker_guard_x11_window(host.onlooker, 0), 0);
	snprintf(env, sizeof(env), "DISPLAY=%s.1", server.display);
	child = start(argv, (const char *const[]){ env, NULL });
	expect(&host, "x11.elsewhere", &child);
	child_stop(&child);
	close_host(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_region),
		cmocka_unit_test(test_a_frame),
		cmocka_unit_test(test_a_window),
		cmocka_unit_test(test_no_window),
		cmocka_unit_test(test_the_canary),
		cmocka_unit_test(test_another_screen),
	};

	if (!program_exists("Xvfb"))
		return 77;
	return cmocka_run_group_tests(tests, start_server, stop_server);
}
