/*
 * Ways to read the screen that leave out what a look for them would expect, on
 * a private server: each is found with its pid, beside a program that does the
 * like with its own drawing and is none of it.
 */
#include <stdio.h>

#include "tests/support/watch.h"
#include "tests/support/xserver.h"
#include "tests/unit/cmocka_all.h"

enum { PATIENCE_MS = 15000 };

static struct xserver server;
static struct child scene;

static struct child start(const char *const argv[])
{
	struct child child;
	char line[32];

	assert_int_equal(child_start(&child, argv, NULL, CHILD_OUTPUT), 0);
	assert_int_equal(
		child_read_line(&child, line, sizeof(line), PATIENCE_MS), 0);
	return child;
}

static int start_server(void **state)
{
	const char *const argv[] = { X11_SCENE, NULL };

	(void)state;
	if (xserver_start(&server, NULL, NULL) < 0)
		return -1;
	scene = start(argv);
	return 0;
}

static int stop_server(void **state)
{
	(void)state;
	child_stop(&scene);
	xserver_stop(&server);
	return 0;
}

static struct child start_capture(const char *method)
{
	const char *const argv[] = { X11_CAPTURE, "--method", method,
		                     "--name",    "zqxv",     NULL };

	return start(argv);
}

static const struct {
	const char *method;
	const char *rule;
} evasions[] = {
	{ "through", "x11.through-screen" },
	{ "through-copy", "x11.through-screen" },
	{ "renamed", "x11.window-read" },
	{ "crowded", "x11.window-read" },
	{ "render-shm", "x11.screen-read" },
};

enum { EVASIONS = sizeof(evasions) / sizeof(evasions[0]) };

static void test_each_evasion(void **state)
{
	(void)state;
	for (int i = 0; i < EVASIONS; i++) {
		struct onlooker *onlooker =
			watch_open_clear("x11,pipewire", PATIENCE_MS);
		struct child harmless = start_capture("harmless");
		struct child child = start_capture(evasions[i].method);
		const struct onlooker_report *report;

		printf("%s\n", evasions[i].method);
		assert_true(watch_for(
			onlooker,
			(struct watch_want){ .shared = ONLOOKER_SHARED,
		                             .rule = evasions[i].rule,
		                             .pid = child.pid,
		                             .who = "zqxv" },
			PATIENCE_MS));
		/* It was at it for longer, and as often. */
		report = onlooker_get_report(onlooker);
		for (int j = 0; report->watchers[j] != NULL; j++)
			assert_int_not_equal(report->watchers[j]->pid,
			                     harmless.pid);
		onlooker_report_unref(report);
		child_stop(&child);
		child_stop(&harmless);
		onlooker_unref(onlooker);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_evasion),
	};

	if (!program_exists("Xvfb"))
		return 77;
	return cmocka_run_group_tests(tests, start_server, stop_server);
}
