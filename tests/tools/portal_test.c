/*
 * The portal probe on real ones: mutter's screen casts and remote desktops, and
 * xdg-desktop-portal with its backend for wlroots on sway. One case a run, named
 * by the argument; 77 if one of its programs is missing.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/desktop.h"
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

/*
 * Run a program in a sandbox like Flatpak's: an application's name at its root,
 * processes of its own, and none of our files but those that it needs.
 */
static void run_in_flatpak(struct child *child, int flags, const char *address,
                           const char *const arguments[])
{
	static char info[64];
	const char *all[64] = {
		"bwrap",
		"--die-with-parent",
		"--ro-bind",
		"/usr",
		"/usr",
		"--symlink",
		"usr/lib",
		"/lib",
		"--symlink",
		"usr/lib64",
		"/lib64",
		"--ro-bind",
		"/etc",
		"/etc",
		"--dev",
		"/dev",
		"--proc",
		"/proc",
		"--tmpfs",
		"/tmp",
		"--bind",
		session.directory,
		session.directory,
		"--bind",
		pipewire.directory,
		pipewire.directory,
		"--bind",
		bus.directory,
		bus.directory,
		"--ro-bind",
		BUILD,
		BUILD,
		"--ro-bind",
		info,
		"/.flatpak-info",
		"--unshare-pid",
		"--setenv",
		"DBUS_SESSION_BUS_ADDRESS",
		address,
	};
	size_t n = 0;

	snprintf(info, sizeof(info), "%s/flatpak-info", session.directory);
	while (all[n] != NULL)
		n++;
	for (size_t i = 0; arguments[i] != NULL; i++) {
		assert_true(n < 63);
		all[n++] = arguments[i];
	}
	assert_int_equal(child_start(child, all, NULL, flags), 0);
}

static void write_flatpak_info(void)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/flatpak-info", session.directory);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("[Application]\nname=org.example.Call\n"
	      "[Instance]\ninstance-id=7\n",
	      file);
	assert_int_equal(fclose(file), 0);
}

/* As Flatpak runs it: in the sandbox, letting through what portals need. */
static void start_proxy(struct child *proxy, char *address, size_t size)
{
	struct pollfd poll_fd = { .events = POLLIN };
	const char *bus_address = getenv("DBUS_SESSION_BUS_ADDRESS");
	char path[64], byte;

	snprintf(path, sizeof(path), "%s/proxy", session.directory);
	snprintf(address, size, "unix:path=%s", path);
	run_in_flatpak(proxy, CHILD_OUTPUT, bus_address,
	               RUN("xdg-dbus-proxy", "--fd=1", bus_address, path,
	                   "--filter", "--talk=org.freedesktop.portal.*"));
	/* It writes one when it listens. */
	poll_fd.fd = proxy->out;
	assert_int_equal(poll(&poll_fd, 1, LIMIT_MS), 1);
	assert_int_equal(read(proxy->out, &byte, 1), 1);
}

static void expect_inside(const char *line, const char *probe,
                          const char *state, const char *reason)
{
	char wanted[256];

	snprintf(wanted, sizeof(wanted),
	         "{\"name\":\"%s\",\"state\":\"%s\",\"reason\":\"%s", probe,
	         state, reason);
	if (strstr(line, wanted) == NULL)
		fprintf(stderr, "no %s in %s\n", wanted, line);
	assert_non_null(strstr(line, wanted));
}

/* Flatpak's --socket=session-bus: an application is known by its name. */
static void check_from_outside(void)
{
	struct child client;
	struct onlooker *onlooker = watch_open("portal");

	run_in_flatpak(&client, CHILD_QUIET, getenv("DBUS_SESSION_BUS_ADDRESS"),
	               RUN(BUS_CLIENT, "portal"));
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .rule = "portal.screen-cast-session",
	                             .who = "org.example.Call" },
		LIMIT_MS));
	child_stop(&client);
	expect_none(onlooker, "portal.screen-cast-session");
	onlooker_unref(onlooker);
}

static void read_in_flatpak(const char *address, char *line, size_t size)
{
	struct child monitor;

	run_in_flatpak(&monitor, CHILD_OUTPUT, address,
	               RUN(MONITOR, "status", "--json"));
	assert_int_equal(child_read_line(&monitor, line, size, LIMIT_MS), 0);
	(void)child_wait(&monitor, LIMIT_MS);
	assert_non_null(strstr(line, "\"shared\":{\"state\":\"unknown\""));
	expect_inside(line, "wayland", "denied", "a sandbox hides");
	/* Without a session manager nobody lets it in. */
	expect_inside(line, "pipewire", "denied",
	              "PipeWire does not answer this sandbox");
}

/*
 * From inside most is hidden: that is said with the reason, and nothing is
 * clear. sd-bus and xdg-dbus-proxy 0.1.4 do not understand each other.
 */
static void case_flatpak(void)
{
	static char line[65536];
	char address[96];
	struct child backend, portal, proxy;

	write_flatpak_info();
	start_portal(&backend, &portal);
	check_from_outside();
	read_in_flatpak(getenv("DBUS_SESSION_BUS_ADDRESS"), line, sizeof(line));
	expect_inside(line, "portal", "degraded", "a sandbox hides other");
	start_proxy(&proxy, address, sizeof(address));
	read_in_flatpak(address, line, sizeof(line));
	if (strstr(line, "the sandbox's filter of the session bus turns") ==
	    NULL)
		expect_inside(line, "portal", "degraded",
		              "a sandbox hides other");
	child_stop(&proxy);
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
	{ "flatpak",
	  case_flatpak,
	  { "dbus-daemon", "pipewire", "sway", "bwrap", "xdg-dbus-proxy" } },
};

static const struct test_case *chosen;

static int prepare(void **state)
{
	(void)state;
	desktop_prepare(&session, &pipewire, &bus);
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	desktop_remove(&session, &pipewire, &bus);
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
