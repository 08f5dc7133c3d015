/*
 * A real screen cast: mutter, without a screen, gives its monitor to PipeWire,
 * WirePlumber links it, and GStreamer takes the pictures; on a D-Bus and in a
 * runtime directory of their own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/pipewire.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

/* mutter and GStreamer take seconds to start from a cold cache. */
enum { START_MS = 30000 };

static const char *const programs[] = { "dbus-daemon", "mutter", "pipewire",
	                                "wireplumber", "gst-launch-1.0" };

struct desktop {
	struct child bus;
	struct child session_manager;
	struct child mutter;
	struct child cast;
	struct child consumer;
};

static void start(struct child *child, const char *const arguments[], int flags)
{
	assert_int_equal(child_start(child, arguments, NULL, flags), 0);
}

static void start_desktop(struct desktop *desktop)
{
	char line[256];

	start(&desktop->bus,
	      ARGUMENTS("dbus-daemon", "--session", "--print-address",
	                "--nofork"),
	      CHILD_OUTPUT);
	assert_int_equal(
		child_read_line(&desktop->bus, line, sizeof(line), START_MS),
		0);
	setenv("DBUS_SESSION_BUS_ADDRESS", line, 1);
	start(&desktop->session_manager, ARGUMENTS("wireplumber"), CHILD_QUIET);
	start(&desktop->mutter,
	      ARGUMENTS("mutter", "--headless", "--no-x11", "--virtual-monitor",
	                "640x360"),
	      CHILD_QUIET);
}

static void stop_desktop(struct desktop *desktop)
{
	child_stop(&desktop->consumer);
	child_stop(&desktop->cast);
	child_stop(&desktop->mutter);
	child_stop(&desktop->session_manager);
	child_stop(&desktop->bus);
}

static void start_cast(struct desktop *desktop, char *node, size_t size)
{
	char line[64];

	start(&desktop->cast, ARGUMENTS(MUTTER_CAST, "Meta-0"), CHILD_OUTPUT);
	assert_int_equal(
		child_read_line(&desktop->cast, line, sizeof(line), START_MS),
		0);
	assert_memory_equal(line, "node ", 5);
	snprintf(node, size, "path=%s", line + 5);
}

static void test_mutter(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	struct desktop desktop = { 0 };
	char node[64];

	(void)state;
	start_desktop(&desktop);
	start_cast(&desktop, node, sizeof(node));
	pipewire_expect(onlooker, "pipewire.screen-cast-open",
	                desktop.mutter.pid);
	start(&desktop.consumer,
	      ARGUMENTS("gst-launch-1.0", "pipewiresrc", node, "!",
	                "videoconvert", "!", "fakesink"),
	      CHILD_QUIET);
	assert_true(
		watch_for(onlooker,
	                  (struct watch_want){ .rule = "pipewire.screen-cast",
	                                       .pid = desktop.consumer.pid,
	                                       .shared = ONLOOKER_SHARED },
	                  START_MS));
	child_stop(&desktop.consumer);
	pipewire_expect_none(onlooker, "pipewire.screen-cast");
	child_stop(&desktop.cast);
	pipewire_expect_none(onlooker, "pipewire.screen-cast-open");
	stop_desktop(&desktop);
	onlooker_unref(onlooker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_mutter, pipewire_set_up,
		                                pipewire_tear_down),
	};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (program_exists(programs[i]))
			continue;
		printf("skipped: there is no %s\n", programs[i]);
		return 77;
	}
	/* WirePlumber and mutter keep state there. */
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	setenv("XDG_STATE_HOME", "/nonexistent", 1);
	return cmocka_run_group_tests_name("pipewire_mutter", tests, NULL,
	                                   NULL);
}
