/* The wayland probe on a compositor that does what no real one does on demand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/process.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

enum { LIMIT_MS = 20000 }; /* the slowest, a silence, takes four seconds */

static char directory[32];
static char place[64];
static struct child service;

static void run_service(const char *mode)
{
	const char *arguments[] = { WAYLAND_SERVICE, place, mode, NULL };
	char line[32];

	assert_int_equal(child_start(&service, arguments, NULL, CHILD_OUTPUT),
	                 0);
	assert_int_equal(child_read_line(&service, line, sizeof(line), 10000),
	                 0);
	assert_string_equal(line, "ready");
}

static void expect_state(struct onlooker *onlooker,
                         enum onlooker_probe_state state)
{
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "wayland", .probe_state = state },
		LIMIT_MS));
}

static void check_bad(const char *mode, enum onlooker_probe_state state)
{
	struct onlooker *onlooker;

	run_service(mode);
	onlooker = watch_open("wayland");
	expect_state(onlooker, state);
	child_stop(&service);
	unlink(place);
	expect_state(onlooker, ONLOOKER_PROBE_ABSENT);
	onlooker_unref(onlooker);
}

static bool is_silence(const struct onlooker_report *report,
                       const void *userdata)
{
	const struct onlooker_probe *probe =
		report_find_probe(report, "wayland");

	(void)userdata;
	return probe != NULL && probe->state == ONLOOKER_PROBE_FAILED &&
	       strstr(probe->reason, "does not answer") != NULL;
}

static void test_silence(void **state)
{
	struct onlooker *onlooker;

	(void)state;
	run_service("silent");
	onlooker = watch_open("wayland");
	/* We notice it ourselves, not the limit on how long a start takes. */
	assert_true(watch_until(onlooker, is_silence, NULL, LIMIT_MS));
	onlooker_unref(onlooker);
	child_stop(&service);
}

static void test_garbage(void **state)
{
	(void)state;
	check_bad("garbage", ONLOOKER_PROBE_FAILED);
}

static void test_error(void **state)
{
	(void)state;
	check_bad("error", ONLOOKER_PROBE_FAILED);
}

/* Whoever cannot copy the screen does not have to be looked at. */
static void test_many_outputs(void **state)
{
	(void)state;
	check_bad("many", ONLOOKER_PROBE_DEGRADED);
}

static void test_a_seat_comes_back_with_the_compositor(void **state)
{
	struct onlooker *onlooker;

	(void)state;
	run_service("seat");
	onlooker = watch_open("wayland");
	assert_true(
		watch_for(onlooker,
	                  (struct watch_want){ .rule = "wayland.remote-seat",
	                                       .pid = service.pid,
	                                       .shared = ONLOOKER_SHARED },
	                  LIMIT_MS));
	child_stop(&service);
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .not_rule = "wayland.remote-seat" },
		LIMIT_MS));
	run_service("seat");
	assert_true(
		watch_for(onlooker,
	                  (struct watch_want){ .rule = "wayland.remote-seat",
	                                       .pid = service.pid },
	                  LIMIT_MS));
	onlooker_unref(onlooker);
	child_stop(&service);
}

static int start(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/wayland-XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(place, sizeof(place), "%s/wayland-7", directory);
	setenv("XDG_RUNTIME_DIR", directory, 1);
	setenv("WAYLAND_DISPLAY", "wayland-7", 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	child_stop(&service);
	unlink(place);
	rmdir(directory);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(silence),
		TEST(garbage),
		TEST(error),
		TEST(many_outputs),
		TEST(a_seat_comes_back_with_the_compositor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
