/*
 * Programs that put our recording out of action on a private server: each is
 * told with its pid, and what it reads afterwards is seen.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/watch.h"
#include "tests/support/xserver.h"
#include "tests/unit/cmocka_all.h"

enum { PATIENCE_MS = 20000 };

static struct xserver server;

static int start_server(void **state)
{
	(void)state;
	return xserver_start(&server, NULL, NULL);
}

static int stop_server(void **state)
{
	(void)state;
	xserver_stop(&server);
	return 0;
}

static struct child start_attack(const char *method, const char *times)
{
	const char *const argv[] = { X11_ATTACK, method, times, NULL };
	struct child child;
	char line[32];

	assert_int_equal(child_start(&child, argv, NULL, CHILD_OUTPUT), 0);
	assert_int_equal(
		child_read_line(&child, line, sizeof(line), PATIENCE_MS), 0);
	return child;
}

static struct onlooker *open_watching(void)
{
	struct onlooker *onlooker = watch_open("x11");

	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "x11",
	                             .probe_state = ONLOOKER_PROBE_WATCHING },
		PATIENCE_MS));
	return onlooker;
}

static const char *const methods[] = {
	"unregister", "unregister-all", "narrow",     "disable",
	"free",       "kill",           "kill-other",
};

static void expect_captured(struct onlooker *onlooker,
                            const struct child *child)
{
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .shared = ONLOOKER_SHARED,
	                                           .rule = "x11.screen-read",
	                                           .pid = child->pid },
	                      PATIENCE_MS));
}

static void test_each_attack(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		struct onlooker *onlooker = open_watching();
		struct child child = start_attack(methods[i], "1");

		printf("%s\n", methods[i]);
		assert_true(
			watch_for(onlooker,
		                  (struct watch_want){ .rule = "x11.tampering",
		                                       .pid = child.pid,
		                                       .who = "zqxv" },
		                  PATIENCE_MS));
		expect_captured(onlooker, &child);
		child_stop(&child);
		onlooker_unref(onlooker);
	}
}

/* It goes on and on: we come back, if not at once, and tell it then. */
static void test_again_and_again(void **state)
{
	static const char *const both[] = { "unregister", "disable" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct onlooker *onlooker = open_watching();
		struct child child = start_attack(both[i], "12");

		printf("%s\n", both[i]);
		expect_captured(onlooker, &child);
		assert_true(
			watch_for(onlooker,
		                  (struct watch_want){ .rule = "x11.tampering",
		                                       .pid = child.pid },
		                  PATIENCE_MS));
		child_stop(&child);
		onlooker_unref(onlooker);
	}
}

/* Who records for itself, as x11vnc does, leaves ours alone. */
static void test_a_recording_of_its_own(void **state)
{
	struct onlooker *other = open_watching();
	struct onlooker *onlooker = open_watching();
	const struct onlooker_report *report;

	(void)state;
	onlooker_unref(other);
	assert_int_equal(onlooker_wait(onlooker, 200) < 0, 0);
	report = onlooker_get_report(onlooker);
	assert_null(report_find(report, "x11.tampering", 0));
	onlooker_report_unref(report);
	onlooker_unref(onlooker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_attack),
		cmocka_unit_test(test_again_and_again),
		cmocka_unit_test(test_a_recording_of_its_own),
	};

	if (!program_exists("Xvfb"))
		return 77;
	return cmocka_run_group_tests(tests, start_server, stop_server);
}
