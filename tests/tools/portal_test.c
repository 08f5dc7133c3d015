/*
 * The portal probe on real ones: mutter's screen casts and remote desktops, and
 * xdg-desktop-portal with its backend for wlroots on sway. One case a run, named
 * by the argument; 77 if one of its programs is missing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/bus.h"
#include "tests/support/pipewire.h"
#include "tests/support/session.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

#define LIBEXEC "/usr/libexec/"

enum { LIMIT_MS = SESSION_LIMIT_MS };

static struct session session;
static struct pipewire pipewire;
static struct bus bus;

static void expect(struct onlooker *onlooker, const char *rule, pid_t pid)
{
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = rule, .pid = pid },
	                      LIMIT_MS));
}

static void expect_none(struct onlooker *onlooker, const char *rule)
{
	assert_true(watch_for(onlooker, (struct watch_want){ .not_rule = rule },
	                      LIMIT_MS));
}

static void check_session(struct onlooker *onlooker, const char *kind,
                          const char *rule)
{
	struct child client;

	bus_run(&client, RUN(BUS_CLIENT, kind));
	expect(onlooker, rule, client.pid);
	child_stop(&client);
	expect_none(onlooker, rule);
}

static void case_mutter(void)
{
	struct child mutter;
	struct onlooker *onlooker = watch_open("portal");

	session_run(&mutter, RUN("mutter", "--headless", "--no-x11",
	                         "--virtual-monitor", "1280x720"));
	check_session(onlooker, "control", "portal.remote-control");
	/* mutter still watches for the end of those that have left. */
	check_session(onlooker, "cast", "portal.screen-cast-session");
	check_session(onlooker, "stream", "portal.screen-cast");
	check_session(onlooker, "control", "portal.remote-control");
	onlooker_unref(onlooker);
	child_stop(&mutter);
}

static void start_portal(struct child *backend, struct child *portal)
{
	struct child waiter;

	session_start_sway(&session);
	setenv("XDG_CURRENT_DESKTOP", "sway", 1);
	session_run(backend, RUN(LIBEXEC "xdg-desktop-portal-wlr"));
	/* The portal looks for its backend once, when it starts. */
	bus_run(&waiter, RUN(BUS_CLIENT, "wait",
	                     "org.freedesktop.impl.portal.desktop.wlr"));
	child_stop(&waiter);
	session_run(portal, RUN(LIBEXEC "xdg-desktop-portal"));
}

static void case_wlr(void)
{
	struct child backend, portal, client;
	struct onlooker *onlooker = watch_open("portal");

	start_portal(&backend, &portal);
	bus_run(&client, RUN(BUS_CLIENT, "portal"));
	expect(onlooker, "portal.screen-cast-session", client.pid);
	child_stop(&client);
	expect_none(onlooker, "portal.screen-cast-session");
	onlooker_unref(onlooker);
	child_stop(&portal);
	child_stop(&backend);
}

/* What the monitor prints from inside a sandbox with processes of its own. */
static void read_inside(char *line, size_t size)
{
	struct child monitor;

	assert_int_equal(child_start(&monitor,
	                             RUN("bwrap", "--dev-bind", "/", "/",
	                                 "--proc", "/proc", "--unshare-pid",
	                                 MONITOR, "status", "--json"),
	                             NULL, CHILD_OUTPUT),
	                 0);
	assert_int_equal(child_read_line(&monitor, line, size, LIMIT_MS), 0);
	(void)child_wait(&monitor, LIMIT_MS);
}

/* What a sandbox hides is said, and costs coverage; nobody is named wrongly. */
static void case_sandbox(void)
{
	static char line[65536];
	struct child backend, portal, client;
	struct onlooker *onlooker = watch_open("portal");

	start_portal(&backend, &portal);
	bus_run(&client, RUN(BUS_CLIENT, "portal"));
	/* The portal answers before it has the session. */
	expect(onlooker, "portal.screen-cast-session", client.pid);
	onlooker_unref(onlooker);
	read_inside(line, sizeof(line));
	assert_non_null(strstr(line, "\"who\":\"bus client :"));
	assert_null(strstr(line, "\"who\":\"bus_client\""));
	assert_non_null(strstr(line, "{\"name\":\"portal\","
	                             "\"state\":\"degraded\","
	                             "\"reason\":\"the session bus belongs to "
	                             "another pid namespace"));
	assert_non_null(strstr(line, "{\"name\":\"wayland\","
	                             "\"state\":\"denied\","
	                             "\"reason\":\"a sandbox hides"));
	child_stop(&client);
	child_stop(&portal);
	child_stop(&backend);
}

static const struct test_case {
	const char *name;
	void (*run)(void);
	const char *programs[5];
} cases[] = {
	{ "mutter", case_mutter, { "dbus-daemon", "pipewire", "mutter" } },
	{ "wlr", case_wlr, { "dbus-daemon", "pipewire", "sway" } },
	{ "sandbox",
	  case_sandbox,
	  { "dbus-daemon", "pipewire", "sway", "bwrap" } },
};

static const struct test_case *chosen;

static int prepare(void **state)
{
	(void)state;
	session_prepare(&session);
	/* Moves the session into the daemon's directory. */
	assert_int_equal(pipewire_prepare(&pipewire), 0);
	assert_int_equal(pipewire_start(&pipewire), 0);
	setenv("XDG_RUNTIME_DIR", session.directory, 1);
	setenv("PIPEWIRE_RUNTIME_DIR", pipewire.directory, 1);
	assert_int_equal(bus_start(&bus), 0);
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	session_remove(&session);
	bus_remove(&bus);
	pipewire_remove(&pipewire);
	return 0;
}

static void test_chosen(void **state)
{
	(void)state;
	chosen->run();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test_setup_teardown(test_chosen, prepare, clean_up),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (argc > 1 && strcmp(cases[i].name, argv[1]) == 0)
			chosen = &cases[i];
	}
	if (chosen == NULL)
		return 2;
	if (chosen->run != case_mutter &&
	    access(LIBEXEC "xdg-desktop-portal-wlr", X_OK) != 0) {
		fprintf(stderr, "there is no xdg-desktop-portal-wlr\n");
		return 77;
	}
	for (size_t i = 0; i < 5 && chosen->programs[i] != NULL; i++) {
		if (program_exists(chosen->programs[i]))
			continue;
		fprintf(stderr, "there is no %s\n", chosen->programs[i]);
		return 77;
	}
	session_become_nobody();
	return cmocka_run_group_tests(test, NULL, NULL);
}
