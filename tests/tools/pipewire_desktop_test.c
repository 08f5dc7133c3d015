/*
 * Real screen casts: mutter or KWin, without a screen, gives its monitor to
 * PipeWire, WirePlumber links it, and GStreamer takes the pictures; on a D-Bus
 * and in a runtime directory of their own. One desktop a run, named by the
 * argument; 77 if one of its programs is missing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/pipewire.h"
#include "tests/support/session.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

/* Compositors and GStreamer take seconds to start from a cold cache. */
enum { START_MS = 30000 };

static struct session session;
static struct pipewire pipewire;

struct desktop {
	struct child bus;
	struct child session_manager;
	struct child cast;
	struct child consumer;
};

static void start_mutter(void)
{
	session_start_compositor(&session,
	                         RUN("mutter", "--headless", "--no-x11",
	                             "--wayland-display", "wayland-cast",
	                             "--virtual-monitor", "640x360"),
	                         "wayland-cast");
}

/* Gives away in the path what the shell would have looked up. */
static void copy_program(const char *name, char *path, size_t size)
{
	struct child copy;

	snprintf(path, size, "%s/%s", session.directory, name);
	session_run(&copy, RUN("sh", "-c", "cp \"$(command -v \"$1\")\" \"$2\"",
	                       "sh", name, path));
	assert_int_equal(child_wait(&copy, START_MS), 0);
}

/*
 * The packaged file has a capability that a container may not give, and then
 * does not start; a copy of it has none.
 */
static void start_kwin(void)
{
	char path[64];

	copy_program("kwin_wayland", path, sizeof(path));
	/* Casts are otherwise for programs with a desktop file that says so. */
	setenv("KWIN_WAYLAND_NO_PERMISSION_CHECKS", "1", 1);
	session_start_compositor(
		&session,
		RUN(path, "--virtual", "--width", "640", "--height", "360",
	            "--no-lockscreen", "--no-global-shortcuts",
	            "--no-kactivities", "--socket", "wayland-cast"),
		"wayland-cast");
}

static const struct test_case {
	const char *name;
	void (*start)(void);
	const char *const *cast;
	const char *program;
} cases[] = {
	{ "mutter", start_mutter, RUN(MUTTER_CAST, "Meta-0"), "mutter" },
#ifdef KWIN_CAST
	{ "kwin", start_kwin, RUN(KWIN_CAST), "kwin_wayland" },
#endif
};

static const struct test_case *chosen;

static void start_desktop(struct desktop *desktop)
{
	char line[256];

	assert_int_equal(child_start(&desktop->bus,
	                             RUN("dbus-daemon", "--session",
	                                 "--print-address", "--nofork"),
	                             NULL, CHILD_OUTPUT),
	                 0);
	assert_int_equal(
		child_read_line(&desktop->bus, line, sizeof(line), START_MS),
		0);
	setenv("DBUS_SESSION_BUS_ADDRESS", line, 1);
	session_run(&desktop->session_manager, RUN("wireplumber"));
	chosen->start();
}

static void stop_desktop(struct desktop *desktop)
{
	child_stop(&session.compositor);
	child_stop(&desktop->session_manager);
	child_stop(&desktop->bus);
}

static void start_cast(struct desktop *desktop, char *node, size_t size)
{
	char line[64];

	assert_int_equal(
		child_start(&desktop->cast, chosen->cast, NULL, CHILD_OUTPUT),
		0);
	assert_int_equal(
		child_read_line(&desktop->cast, line, sizeof(line), START_MS),
		0);
	assert_memory_equal(line, "node ", 5);
	snprintf(node, size, "path=%s", line + 5);
}

/* The compositor offers, and only the consumer receives. */
static bool is_received(const struct onlooker_report *report,
                        const void *userdata)
{
	const struct desktop *desktop = userdata;

	return report->watchers[0] != NULL && report->watchers[1] == NULL &&
	       report->watchers[0]->pid == desktop->consumer.pid &&
	       report->shared.state == ONLOOKER_SHARED &&
	       report_find(report, "pipewire.screen-cast",
	                   desktop->consumer.pid) != NULL;
}

static bool is_offered(const struct onlooker_report *report,
                       const void *userdata)
{
	(void)userdata;
	return report->watchers[0] != NULL && report->watchers[1] == NULL &&
	       report->watchers[0]->stage == ONLOOKER_STAGE_ARMED &&
	       report->shared.state == ONLOOKER_SUSPECTED &&
	       report_find(report, "pipewire.screen-cast-open",
	                   session.compositor.pid) != NULL;
}

static void test_cast(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	struct desktop desktop = { 0 };
	char node[64];

	(void)state;
	start_desktop(&desktop);
	start_cast(&desktop, node, sizeof(node));
	assert_true(watch_until(onlooker, is_offered, NULL, START_MS));
	session_run(&desktop.consumer,
	            RUN("gst-launch-1.0", "pipewiresrc", node, "!",
	                "videoconvert", "!", "fakesink"));
	assert_true(watch_until(onlooker, is_received, &desktop, START_MS));
	child_stop(&desktop.consumer);
	pipewire_expect_none(onlooker, "pipewire.screen-cast");
	child_stop(&desktop.cast);
	pipewire_expect_none(onlooker, "pipewire.screen-cast-open");
	stop_desktop(&desktop);
	onlooker_unref(onlooker);
}

static int prepare(void **state)
{
	(void)state;
	session_prepare(&session);
	/* Moves the session into the daemon's directory. */
	assert_int_equal(pipewire_prepare(&pipewire), 0);
	assert_int_equal(pipewire_start(&pipewire), 0);
	setenv("XDG_RUNTIME_DIR", session.directory, 1);
	setenv("PIPEWIRE_RUNTIME_DIR", pipewire.directory, 1);
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	session_remove(&session);
	pipewire_remove(&pipewire);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cast, prepare, clean_up),
	};
	const char *programs[] = { "dbus-daemon", "pipewire", "wireplumber",
		                   "gst-launch-1.0", NULL };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (argc > 1 && strcmp(cases[i].name, argv[1]) == 0)
			chosen = &cases[i];
	}
	if (chosen == NULL)
		return 2;
	programs[4] = chosen->program;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (program_exists(programs[i]))
			continue;
		fprintf(stderr, "there is no %s\n", programs[i]);
		return 77;
	}
	session_become_nobody();
	return cmocka_run_group_tests_name(chosen->name, tests, NULL, NULL);
}
