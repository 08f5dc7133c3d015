/*
 * The x11 probe on a private server: capturers with a meaningless name are
 * found by what they do, each way of reading, whenever they began.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>

#include "tests/support/row.h"
#include "tests/support/watch.h"
#include "tests/support/xserver.h"
#include "tests/unit/cmocka_all.h"

enum { PATIENCE_MS = 15000 };

static struct xserver server;

/* Something to look at, of another client than the capturer and us. */
static struct child scene;

static int start_server(void **state)
{
	const char *const argv[] = { X11_SCENE, NULL };
	char line[32];

	(void)state;
	if (xserver_start(&server, NULL, NULL) < 0)
		return -1;
	if (child_start(&scene, argv, NULL, CHILD_OUTPUT) < 0)
		return -1;
	return child_read_line(&scene, line, sizeof(line), PATIENCE_MS);
}

static int stop_server(void **state)
{
	(void)state;
	child_stop(&scene);
	xserver_stop(&server);
	return 0;
}

static struct child start_capture(const char *method, const char *option,
                                  const char *value)
{
	const char *const argv[] = { X11_CAPTURE, "--method", method, "--name",
		                     "zqxv",      option,     value,  NULL };
	struct child child;
	char line[32];

	assert_int_equal(child_start(&child, argv, NULL, CHILD_OUTPUT), 0);
	assert_int_equal(
		child_read_line(&child, line, sizeof(line), PATIENCE_MS), 0);
	return child;
}

static const struct {
	const char *method;
	const char *rule;       /* when we were there first */
	const char *rule_after; /* when it was */
} methods[] = {
	{ "getimage", "x11.screen-read", "x11.screen-read" },
	{ "shm", "x11.screen-read", "x11.screen-read" },
	{ "copy", "x11.screen-read", "x11.screen-read" },
	{ "shm-pixmap", "x11.screen-read", "x11.screen-read" },
	{ "render", "x11.screen-read", "x11.screen-pixmap-read" },
	{ "named", "x11.window-read", "x11.screen-pixmap-read" },
	{ "tiles", "x11.screen-read", "x11.screen-read" },
	{ "lines", "x11.screen-read", "x11.screen-read" },
	{ "damage", "x11.screen-read", "x11.region-read" },
};

enum { METHODS = sizeof(methods) / sizeof(methods[0]) };

static void keep_row(int i, const char *name, const char *does,
                     const char *rule)
{
	char key[64];

	snprintf(key, sizeof(key), "b%d-%s-%s", i, name, methods[i].method);
	row_keep(key, "our own, %s | %s | %s | shared: shared | yes",
	         methods[i].method, does, rule);
}

static void test_each_method(void **state)
{
	(void)state;
	for (int i = 0; i < METHODS; i++) {
		struct onlooker *onlooker =
			watch_open_clear("x11,pipewire", PATIENCE_MS);
		struct child child =
			start_capture(methods[i].method, NULL, NULL);

		printf("%s\n", methods[i].method);
		assert_true(watch_for(
			onlooker,
			(struct watch_want){ .shared = ONLOOKER_SHARED,
		                             .rule = methods[i].rule,
		                             .pid = child.pid,
		                             .who = "zqxv" },
			PATIENCE_MS));
		keep_row(i, "a", "captures", methods[i].rule);
		child_stop(&child);
		/* How a finding falls is the same for all: once will do. */
		assert_true(
			watch_for(onlooker,
		                  (struct watch_want){
					  .shared = i == 0 ? ONLOOKER_CLEAR : 0,
					  .not_rule = methods[i].rule },
		                  PATIENCE_MS));
		onlooker_unref(onlooker);
	}
}

static void test_begun_before_we_looked(void **state)
{
	(void)state;
	for (int i = 0; i < METHODS; i++) {
		struct onlooker *onlooker;
		struct child child;

		child = start_capture(methods[i].method, NULL, NULL);
		onlooker = watch_open("x11,pipewire");
		printf("%s\n", methods[i].method);
		assert_true(watch_for(
			onlooker,
			(struct watch_want){ .shared = ONLOOKER_SHARED,
		                             .rule = methods[i].rule_after,
		                             .pid = child.pid },
			PATIENCE_MS));
		keep_row(i, "b", "has captured before we look",
		         methods[i].rule_after);
		child_stop(&child);
		onlooker_unref(onlooker);
	}
}

/* It goes on living, but reads no more: the claim has to go by itself. */
static void test_a_capturer_that_pauses(void **state)
{
	struct onlooker *onlooker =
		watch_open_clear("x11,pipewire", PATIENCE_MS);
	struct child child = start_capture("shm", NULL, NULL);

	(void)state;
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.screen-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	assert_int_equal(child_signal(&child, SIGSTOP), 0);
	assert_true(
		watch_for(onlooker,
	                  (struct watch_want){ .shared = ONLOOKER_CLEAR,
	                                       .not_rule = "x11.screen-read" },
	                  PATIENCE_MS));
	assert_int_equal(child_signal(&child, SIGCONT), 0);
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .shared = ONLOOKER_SHARED,
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	child_stop(&child);
	onlooker_unref(onlooker);
}

static void test_a_region(void **state)
{
	struct onlooker *onlooker =
		watch_open_clear("x11,pipewire", PATIENCE_MS);
	struct child child =
		start_capture("shm", "--region", "640x360+100+100");
	const struct onlooker_report *report;

	(void)state;
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .shared = ONLOOKER_SHARED,
	                                           .rule = "x11.region-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	report = onlooker_get_report(onlooker);
	assert_string_equal(
		report_find(report, "x11.region-read", child.pid)->detail,
		"640x360 region");
	onlooker_report_unref(report);
	child_stop(&child);
	onlooker_unref(onlooker);
}

static void test_our_own_window(void **state)
{
	struct onlooker *onlooker =
		watch_open_clear("x11,pipewire", PATIENCE_MS);
	Display *display = XOpenDisplay(NULL);
	Window window;
	struct child child;
	char id[32];

	(void)state;
	assert_non_null(display);
	window = XCreateSimpleWindow(display, DefaultRootWindow(display), 10,
	                             10, 640, 480, 0, 0, 0xffffff);
	XMapWindow(display, window);
	XSync(display, False);
	snprintf(id, sizeof(id), "0x%lx", window);
	child = start_capture("getimage", "--window", id);
	assert_true(
		watch_for(onlooker,
	                  (struct watch_want){ .shared = ONLOOKER_SHARED,
	                                       .rule = "x11.own-window-read",
	                                       .pid = child.pid },
	                  PATIENCE_MS));
	child_stop(&child);
	XCloseDisplay(display);
	onlooker_unref(onlooker);
}

/* What this program itself reads is no sharing. */
static void test_our_own_reads(void **state)
{
	struct onlooker *onlooker =
		watch_open_clear("x11,pipewire", PATIENCE_MS);
	Display *display = XOpenDisplay(NULL);
	struct child child;

	(void)state;
	for (int i = 0; i < 50; i++) {
		XImage *image = XGetImage(display, DefaultRootWindow(display),
		                          0, 0, 1280, 720, AllPlanes, ZPixmap);

		assert_non_null(image);
		XDestroyImage(image);
		assert_true(onlooker_wait(onlooker, 40) >= 0);
	}
	/* Whoever reads next is seen, so our reads were seen and passed over. */
	child = start_capture("shm", NULL, NULL);
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .pid = child.pid,
	                                           .rule = "x11.screen-read" },
	                      PATIENCE_MS));
	assert_int_equal(count_watchers(onlooker), 1);
	child_stop(&child);
	XCloseDisplay(display);
	onlooker_unref(onlooker);
}

static void test_one_picture_is_momentary(void **state)
{
	struct onlooker *onlooker =
		watch_open_clear("x11,pipewire", PATIENCE_MS);
	struct child child = start_capture("shm", "--frames", "1");

	(void)state;
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .shared = ONLOOKER_SUSPECTED,
	                                           .rule = "x11.screenshot" },
	                      PATIENCE_MS));
	child_stop(&child);
	/* It stays when the program has gone, for its ten seconds. */
	assert_true(
		watch_for(onlooker,
	                  (struct watch_want){ .shared = ONLOOKER_CLEAR,
	                                       .not_rule = "x11.screenshot" },
	                  PATIENCE_MS));
	onlooker_unref(onlooker);
}

static void test_two_capturers_are_two_watchers(void **state)
{
	struct onlooker *onlooker =
		watch_open_clear("x11,pipewire", PATIENCE_MS);
	struct child one = start_capture("shm", NULL, NULL);
	struct child two = start_capture("getimage", NULL, NULL);

	(void)state;
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .pid = one.pid,
	                                           .rule = "x11.screen-read" },
	                      PATIENCE_MS));
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .pid = two.pid,
	                                           .rule = "x11.screen-read" },
	                      PATIENCE_MS));
	assert_int_equal(count_watchers(onlooker), 2);
	child_stop(&one);
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .shared = ONLOOKER_SHARED,
	                                           .pid = two.pid },
	                      PATIENCE_MS));
	child_stop(&two);
	onlooker_unref(onlooker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_method),
		cmocka_unit_test(test_begun_before_we_looked),
		cmocka_unit_test(test_a_capturer_that_pauses),
		cmocka_unit_test(test_a_region),
		cmocka_unit_test(test_our_own_window),
		cmocka_unit_test(test_our_own_reads),
		cmocka_unit_test(test_one_picture_is_momentary),
		cmocka_unit_test(test_two_capturers_are_two_watchers),
	};

	if (!program_exists("Xvfb"))
		return 77;
	return cmocka_run_group_tests(tests, start_server, stop_server);
}
