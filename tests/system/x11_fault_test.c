/*
 * What can go wrong with an X server, and a host program that has an X server
 * of its own: the probe says so, comes back, and takes nobody along.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <X11/Xlib.h>

#include "tests/support/watch.h"
#include "tests/support/xserver.h"
#include "tests/unit/cmocka_all.h"

enum { PATIENCE_MS = 30000 };

static bool has_state(struct onlooker *onlooker,
                      enum onlooker_probe_state state)
{
	return watch_for(
		onlooker,
		(struct watch_want){ .probe = "x11", .probe_state = state },
		PATIENCE_MS);
}

static bool says(struct onlooker *onlooker, const char *words)
{
	const struct onlooker_report *report = onlooker_get_report(onlooker);
	bool is_so =
		strstr(report_find_probe(report, "x11")->reason, words) != NULL;

	onlooker_report_unref(report);
	return is_so;
}

static struct child start_method(const char *method)
{
	const char *const argv[] = { X11_CAPTURE, "--method", method, NULL };
	struct child child;
	char line[32];

	assert_int_equal(child_start(&child, argv, NULL, CHILD_OUTPUT), 0);
	assert_int_equal(
		child_read_line(&child, line, sizeof(line), PATIENCE_MS), 0);
	return child;
}

static struct child start_capture(void)
{
	return start_method("shm");
}

static void test_no_display(void **state)
{
	struct onlooker *onlooker;

	(void)state;
	unsetenv("DISPLAY");
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_ABSENT));
	assert_true(says(onlooker, "has no X display"));
	onlooker_unref(onlooker);
}

static void test_no_server(void **state)
{
	struct onlooker *onlooker;

	(void)state;
	setenv("DISPLAY", ":4095", 1);
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_FAILED));
	assert_true(says(onlooker, "check DISPLAY"));
	onlooker_unref(onlooker);
	setenv("DISPLAY", "no colon here", 1);
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_FAILED));
	onlooker_unref(onlooker);
}

static void test_no_record(void **state)
{
	const char *const without[] = { "-extension", "RECORD", NULL };
	struct onlooker *onlooker;
	struct xserver server;

	(void)state;
	assert_int_equal(xserver_start(&server, NULL, without), 0);
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_DENIED));
	assert_true(says(onlooker, "no RECORD extension"));
	onlooker_unref(onlooker);
	xserver_stop(&server);
}

/* Reads are seen, but nobody can be told apart from anybody. */
static void test_no_resource(void **state)
{
	const char *const without[] = { "-extension", "X-Resource", NULL };
	struct onlooker *onlooker;
	struct xserver server;
	struct child child;

	(void)state;
	assert_int_equal(xserver_start(&server, NULL, without), 0);
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_DEGRADED));
	assert_true(says(onlooker, "which programs its clients are"));
	child = start_capture();
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.screen-read",
	                                           .who = "unknown program" },
	                      PATIENCE_MS));
	child_stop(&child);
	onlooker_unref(onlooker);
	xserver_stop(&server);
}

/* What the server has not got, nobody can use: there is nothing unseen. */
static void test_fewer_extensions(void **state)
{
	const char *const without[] = { "-extension", "DAMAGE",
		                        "-extension", "Composite",
		                        "-extension", "RENDER",
		                        "-extension", "MIT-SHM",
		                        NULL };
	struct onlooker *onlooker;
	struct xserver server;
	struct child child;

	(void)state;
	assert_int_equal(xserver_start(&server, NULL, without), 0);
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_WATCHING));
	child = start_method("getimage");
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.screen-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	child_stop(&child);
	onlooker_unref(onlooker);
	xserver_stop(&server);
}

static void run_xauth(const char *const arguments[])
{
	struct child child;

	assert_int_equal(child_start(&child, arguments, NULL, CHILD_QUIET), 0);
	assert_int_equal(child_wait(&child, PATIENCE_MS), 0);
}

/* With a cookie that the SECURITY extension made for such clients. */
static void test_an_untrusted_client(void **state)
{
	static const char cookie[] = "00112233445566778899aabbccddeeff";
	char path[] = "/tmp/onlooker-auth-XXXXXX";
	const char *const with[] = { "-auth", path, "+extension", "SECURITY",
		                     NULL };
	int fd = mkstemp(path);
	struct onlooker *onlooker;
	struct xserver server;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	if (!program_exists("xauth")) {
		unlink(path);
		skip();
	}
	run_xauth((const char *const[]){ "xauth", "-f", path, "add", ":0", ".",
	                                 cookie, NULL });
	assert_int_equal(xserver_start(&server, NULL, with), 0);
	setenv("XAUTHORITY", path, 1);
	run_xauth((const char *const[]){ "xauth", "add", server.display, ".",
	                                 cookie, NULL });
	run_xauth((const char *const[]){ "xauth", "generate", server.display,
	                                 ".", "untrusted", "timeout", "600",
	                                 NULL });
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_DENIED));
	assert_true(says(onlooker, "untrusted client"));
	onlooker_unref(onlooker);
	unsetenv("XAUTHORITY");
	unlink(path);
	xserver_stop(&server);
}

static void test_server_dies_and_returns(void **state)
{
	struct xserver server;
	struct onlooker *onlooker;
	struct child child;
	char display[16];

	(void)state;
	assert_int_equal(xserver_start(&server, NULL, NULL), 0);
	strcpy(display, server.display);
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_WATCHING));
	child = start_capture();
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.screen-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	assert_int_equal(child_signal(&server.child, SIGKILL), 0);
	assert_true(has_state(onlooker, ONLOOKER_PROBE_FAILED));
	assert_int_equal(count_watchers(onlooker), 0);
	xserver_stop(&server);
	child_stop(&child);

	assert_int_equal(xserver_start(&server, display, NULL), 0);
	assert_true(has_state(onlooker, ONLOOKER_PROBE_WATCHING));
	child = start_capture();
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.screen-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	child_stop(&child);
	onlooker_unref(onlooker);
	xserver_stop(&server);
}

/* A stopped server takes connections but never answers: we must not wait. */
static void test_server_is_stopped(void **state)
{
	struct xserver server;
	struct onlooker *onlooker;

	(void)state;
	assert_int_equal(xserver_start(&server, NULL, NULL), 0);
	assert_int_equal(child_signal(&server.child, SIGSTOP), 0);
	onlooker = watch_open("x11"); /* returns */
	assert_true(has_state(onlooker, ONLOOKER_PROBE_FAILED));
	assert_int_equal(child_signal(&server.child, SIGCONT), 0);
	assert_true(has_state(onlooker, ONLOOKER_PROBE_WATCHING));
	onlooker_unref(onlooker);
	/* Nor does a context wait for a handshake when it goes. */
	assert_int_equal(child_signal(&server.child, SIGSTOP), 0);
	onlooker_unref(watch_open("x11"));
	assert_int_equal(child_signal(&server.child, SIGCONT), 0);
	xserver_stop(&server);
}

/*
 * Xlib's default handlers end the process. The host's own display lives on
 * another server and must never notice that ours died.
 */
static void test_host_with_xlib_survives(void **state)
{
	struct xserver theirs, ours;
	struct onlooker *onlooker;
	Display *display;

	(void)state;
	assert_int_equal(xserver_start(&theirs, NULL, NULL), 0);
	display = XOpenDisplay(theirs.display);
	assert_non_null(display);
	assert_int_equal(xserver_start(&ours, NULL, NULL), 0);
	for (int i = 0; i < 5; i++) {
		onlooker = watch_open("x11");
		assert_true(has_state(onlooker, ONLOOKER_PROBE_WATCHING));
		assert_int_equal(child_signal(&ours.child, SIGKILL), 0);
		assert_true(has_state(onlooker, ONLOOKER_PROBE_FAILED));
		onlooker_unref(onlooker);
		xserver_stop(&ours);
		assert_int_equal(xserver_start(&ours, NULL, NULL), 0);
	}
	XSync(display, False);
	XCloseDisplay(display);
	xserver_stop(&ours);
	xserver_stop(&theirs);
}

/* Recording a flood would slow the server; the rest is seen all the same. */
static void test_a_flood_of_copies(void **state)
{
	struct xserver server;
	struct onlooker *onlooker;
	struct child flood, child;

	(void)state;
	assert_int_equal(xserver_start(&server, NULL, NULL), 0);
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_WATCHING));
	flood = start_method("flood");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_DEGRADED));
	child = start_capture();
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.screen-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	assert_int_equal(count_watchers(onlooker), 1);
	child_stop(&child);
	/* It need not end for us to look again. */
	assert_int_equal(child_signal(&flood, SIGSTOP), 0);
	assert_true(has_state(onlooker, ONLOOKER_PROBE_WATCHING));
	child_stop(&flood);
	onlooker_unref(onlooker);
	xserver_stop(&server);
}

static void test_a_capture_in_a_flood(void **state)
{
	struct xserver server;
	struct onlooker *onlooker;
	struct child flood, child;

	(void)state;
	assert_int_equal(xserver_start(&server, NULL, NULL), 0);
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_WATCHING));
	flood = start_method("flood");
	child = start_method("hidden");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_DEGRADED));
	assert_true(watch_for(
		onlooker, (struct watch_want){ .not_rule = "x11.screen-read" },
		PATIENCE_MS));
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.screen-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	assert_int_equal(count_watchers(onlooker), 1);
	child_stop(&child);
	child_stop(&flood);
	assert_true(has_state(onlooker, ONLOOKER_PROBE_WATCHING));
	onlooker_unref(onlooker);
	xserver_stop(&server);
}

/* No process is known behind it, which is no reason to be silent. */
static void test_a_client_over_the_network(void **state)
{
	const char *const tcp[] = { "-listen", "tcp", "-ac", NULL };
	struct xserver server;
	struct onlooker *onlooker;
	struct child child;
	char remote[32];

	(void)state;
	assert_int_equal(xserver_start(&server, NULL, tcp), 0);
	onlooker = watch_open("x11");
	assert_true(has_state(onlooker, ONLOOKER_PROBE_WATCHING));
	snprintf(remote, sizeof(remote), "127.0.0.1%s", server.display);
	setenv("DISPLAY", remote, 1);
	child = start_method("getimage");
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .rule = "x11.screen-read",
	                             .who = "X client over the network" },
		PATIENCE_MS));
	child_stop(&child);
	assert_true(watch_for(
		onlooker, (struct watch_want){ .not_rule = "x11.screen-read" },
		PATIENCE_MS));
	onlooker_unref(onlooker);
	xserver_stop(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_display),
		cmocka_unit_test(test_no_server),
		cmocka_unit_test(test_no_record),
		cmocka_unit_test(test_no_resource),
		cmocka_unit_test(test_fewer_extensions),
		cmocka_unit_test(test_an_untrusted_client),
		cmocka_unit_test(test_server_dies_and_returns),
		cmocka_unit_test(test_server_is_stopped),
		cmocka_unit_test(test_host_with_xlib_survives),
		cmocka_unit_test(test_a_flood_of_copies),
		cmocka_unit_test(test_a_capture_in_a_flood),
		cmocka_unit_test(test_a_client_over_the_network),
	};

	if (!program_exists("Xvfb"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
