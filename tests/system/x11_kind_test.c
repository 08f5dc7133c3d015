/*
 * x11_kind_test KIND: the x11 probe on a server of this kind. What it says of
 * the server, each way of reading, and the server's outputs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/row.h"
#include "tests/support/watch.h"
#include "tests/support/xkind.h"
#include "tests/unit/cmocka_all.h"

enum {
	PATIENCE_MS = 20000,
	/* More at a time starve each other of their rates. */
	AT_A_TIME = 3,
};

struct kind {
	const char *name;
	enum onlooker_probe_state state;
	const char *reason; /* a part of it; NULL: none */
	const char *rule;   /* about the server; NULL: none */
};

static const struct kind kinds[] = {
	{ "Xvfb", ONLOOKER_PROBE_WATCHING, NULL, NULL },
	{ "Xorg", ONLOOKER_PROBE_WATCHING, NULL, NULL },
	{ "Xephyr", ONLOOKER_PROBE_DEGRADED, "a window on another display",
	  NULL },
	{ "Xtigervnc", ONLOOKER_PROBE_DEGRADED, "to VNC viewers itself",
	  "x11.remote-server" },
	{ "Xwayland", ONLOOKER_PROBE_DEGRADED, "a Wayland compositor draws",
	  NULL },
};

static const struct {
	const char *name;
	const char *rule;
} methods[] = {
	{ "getimage", "x11.screen-read" }, { "shm", "x11.screen-read" },
	{ "copy", "x11.screen-read" },     { "shm-pixmap", "x11.screen-read" },
	{ "render", "x11.screen-read" },   { "named", "x11.window-read" },
	{ "tiles", "x11.screen-read" },    { "lines", "x11.screen-read" },
	{ "damage", "x11.screen-read" },
};

enum {
	KINDS = sizeof(kinds) / sizeof(kinds[0]),
	METHODS = sizeof(methods) / sizeof(methods[0]),
};

/* Of the whole program: what main() found and started. */
static const struct kind *kind;
static struct xkind server;

static struct onlooker *open_watching(void)
{
	struct onlooker *onlooker = watch_open("x11");

	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .probe = "x11",
	                                           .probe_state = kind->state },
	                      PATIENCE_MS));
	return onlooker;
}

static struct child start_capture(const char *method, const char *option,
                                  const char *value)
{
	const char *const argv[] = { X11_CAPTURE, "--method", method,
		                     option,      value,      NULL };
	struct child child;
	char line[32];

	assert_int_equal(child_start(&child, argv, NULL, CHILD_OUTPUT), 0);
	assert_int_equal(
		child_read_line(&child, line, sizeof(line), PATIENCE_MS), 0);
	return child;
}

static void xrandr(const char *const arguments[])
{
	struct child child;

	session_run(&child, arguments);
	assert_int_equal(child_wait(&child, PATIENCE_MS), 0);
}

static void keep_row(const char *reason)
{
	char name[32];

	snprintf(name, sizeof(name), "s%d-%s", (int)(kind - kinds), kind->name);
	row_keep(name, "%s | %s | %s | %s", kind->name,
	         onlooker_probe_state_name(kind->state), reason,
	         kind->rule != NULL ? kind->rule : "nothing");
}

static void test_what_is_said_of_it(void **state)
{
	struct onlooker *onlooker = open_watching();
	const struct onlooker_report *report = onlooker_get_report(onlooker);
	const char *reason = report_find_probe(report, "x11")->reason;

	(void)state;
	if (kind->reason == NULL)
		assert_string_equal(reason, "");
	else
		assert_non_null(strstr(reason, kind->reason));
	if (kind->rule != NULL)
		assert_non_null(
			report_find(report, kind->rule, server.child.pid));
	else
		assert_null(report->watchers[0]);
	keep_row(reason);
	onlooker_report_unref(report);
	onlooker_unref(onlooker);
}

static void test_each_method(void **state)
{
	struct onlooker *onlooker = open_watching();
	struct child children[AT_A_TIME];

	(void)state;
	for (int i = 0; i < METHODS; i += AT_A_TIME) {
		for (int j = 0; j < AT_A_TIME; j++)
			children[j] =
				start_capture(methods[i + j].name, NULL, NULL);
		for (int j = 0; j < AT_A_TIME; j++) {
			printf("%s\n", methods[i + j].name);
			assert_true(
				watch_for(onlooker,
			                  (struct watch_want){
						  .rule = methods[i + j].rule,
						  .pid = children[j].pid },
			                  PATIENCE_MS));
			child_stop(&children[j]);
		}
	}
	onlooker_unref(onlooker);
}

/* Clones and what is lit beside them, as they come and go. */
static void test_clones(void **state)
{
	struct onlooker *onlooker = open_watching();

	(void)state;
	xrandr(RUN("xrandr", "--addmode", "DUMMY1", "1280x720"));
	xrandr(RUN("xrandr", "--output", "DUMMY1", "--mode", "1280x720",
	           "--same-as", "DUMMY0"));
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.cloned-output",
	                                           .who = "DUMMY1" },
	                      PATIENCE_MS));
	xrandr(RUN("xrandr", "--output", "DUMMY1", "--mode", "1280x720",
	           "--right-of", "DUMMY0"));
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .not_rule = "x11.cloned-output" },
		PATIENCE_MS));
	/* One that was a clone before we looked. */
	onlooker_unref(onlooker);
	xrandr(RUN("xrandr", "--output", "DUMMY1", "--mode", "1280x720",
	           "--same-as", "DUMMY0"));
	onlooker = open_watching();
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.cloned-output",
	                                           .who = "DUMMY1" },
	                      PATIENCE_MS));
	xrandr(RUN("xrandr", "--output", "DUMMY1", "--off"));
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .not_rule = "x11.cloned-output" },
		PATIENCE_MS));
	onlooker_unref(onlooker);
}

/* What was a region is the whole screen when that has become as small. */
static void test_a_smaller_screen(void **state)
{
	struct onlooker *onlooker = open_watching();
	struct child child = start_capture("shm", "--region", "640x480+0+0");

	(void)state;
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.region-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	xrandr(RUN("xrandr", "--output",
	           strcmp(kind->name, "Xorg") == 0 ? "DUMMY0" : "VNC-0",
	           "--mode", "640x480"));
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = "x11.screen-read",
	                                           .pid = child.pid },
	                      PATIENCE_MS));
	child_stop(&child);
	onlooker_unref(onlooker);
}

static int run(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_what_is_said_of_it),
		cmocka_unit_test(test_each_method),
	};
	const struct CMUnitTest outputs[] = {
		cmocka_unit_test(test_clones),
		cmocka_unit_test(test_a_smaller_screen),
	};
	const struct CMUnitTest resize[] = {
		cmocka_unit_test(test_a_smaller_screen),
	};
	int failed = cmocka_run_group_tests(all, NULL, NULL);

	if (strcmp(kind->name, "Xorg") == 0 && program_exists("xrandr"))
		failed += cmocka_run_group_tests(outputs, NULL, NULL);
	if (strcmp(kind->name, "Xtigervnc") == 0 && program_exists("xrandr"))
		failed += cmocka_run_group_tests(resize, NULL, NULL);
	return failed;
}

int main(int argc, char **argv)
{
	const char *const scene_argv[] = { X11_SCENE, NULL };
	struct child scene;
	char line[32];
	int failed;

	for (int i = 0; i < KINDS; i++) {
		if (argc > 1 && strcmp(argv[1], kinds[i].name) == 0)
			kind = &kinds[i];
	}
	if (kind == NULL)
		return 2;
	if (xkind_start(&server, kind->name) == XKIND_MISSING)
		return 77;
	if (child_start(&scene, scene_argv, NULL, CHILD_OUTPUT) < 0 ||
	    child_read_line(&scene, line, sizeof(line), PATIENCE_MS) < 0)
		return 1;
	failed = run();
	child_stop(&scene);
	xkind_stop(&server);
	return failed;
}
