/*
 * The portal probe on a session bus of its own, with the portal's and mutter's
 * part played by bus_service, friendly and hostile.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#include "tests/support/bus.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

enum { LIMIT_MS = 20000 }; /* the slowest, a silence, takes four seconds */

static struct bus bus;

#define SERVICE(mode) ((const char *const[]){ BUS_SERVICE, mode, NULL })
#define CLIENT(...)   ((const char *const[]){ BUS_CLIENT, __VA_ARGS__, NULL })

static void expect_state(struct onlooker *onlooker,
                         enum onlooker_probe_state state)
{
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "portal", .probe_state = state },
		LIMIT_MS));
}

static struct onlooker *open_in(enum onlooker_probe_state state)
{
	struct onlooker *onlooker = watch_open("portal");

	expect_state(onlooker, state);
	return onlooker;
}

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

static void test_nobody_is_there(void **state)
{
	struct onlooker *onlooker = open_in(ONLOOKER_PROBE_WATCHING);
	const struct onlooker_report *report = onlooker_get_report(onlooker);
	char path[64];

	(void)state;
	assert_null(report->watchers[0]);
	onlooker_report_unref(report);
	/* Looking must not start a portal that nobody had asked for. */
	snprintf(path, sizeof(path), "%s/bait", bus.directory);
	assert_int_not_equal(access(path, F_OK), 0);
	onlooker_unref(onlooker);
}

static void test_the_requester_is_named(void **state)
{
	struct child portal, client;
	struct onlooker *onlooker;

	(void)state;
	bus_run(&portal, SERVICE("portal"));
	onlooker = open_in(ONLOOKER_PROBE_WATCHING);
	bus_run(&client, CLIENT("portal"));
	expect(onlooker, "portal.session", client.pid);
	child_stop(&client);
	expect_none(onlooker, "portal.session");
	onlooker_unref(onlooker);
	child_stop(&portal);
}

static void test_what_was_open_before(void **state)
{
	struct child portal, client;
	struct onlooker *onlooker;

	(void)state;
	bus_run(&portal, SERVICE("portal-wlr"));
	bus_run(&client, CLIENT("portal"));
	onlooker = watch_open("portal");
	/* wlroots' backend knows nothing but screen casts. */
	expect(onlooker, "portal.screen-cast-session", client.pid);
	expect_none(onlooker, "portal.session");
	/* The portal's end is the end of its sessions. */
	child_stop(&portal);
	expect_none(onlooker, "portal.screen-cast-session");
	child_stop(&client);
	onlooker_unref(onlooker);
}

static bool is_controlled(const struct onlooker_report *report,
                          const void *userdata)
{
	(void)userdata;
	return report->controlled.state == ONLOOKER_SHARED &&
	       report->shared.confidence == 0;
}

static void test_input_alone_is_control(void **state)
{
	struct child mutter, client;
	struct onlooker *onlooker;

	(void)state;
	bus_run(&mutter, SERVICE("mutter"));
	onlooker = open_in(ONLOOKER_PROBE_WATCHING);
	bus_run(&client, CLIENT("control"));
	expect(onlooker, "portal.remote-control", client.pid);
	assert_true(watch_until(onlooker, is_controlled, NULL, LIMIT_MS));
	child_stop(&client);
	expect_none(onlooker, "portal.remote-control");
	onlooker_unref(onlooker);
	child_stop(&mutter);
}

static bool has_size(const struct onlooker_report *report, const void *userdata)
{
	const struct onlooker_evidence *evidence =
		report_find(report, "portal.screen-cast", 0);

	(void)userdata;
	return evidence != NULL &&
	       strcmp(evidence->detail, "1920 by 1080 pixels") == 0;
}

static void test_casts_with_and_without_a_stream(void **state)
{
	struct child mutter, cast, stream;
	struct onlooker *onlooker;

	(void)state;
	bus_run(&mutter, SERVICE("mutter"));
	onlooker = open_in(ONLOOKER_PROBE_WATCHING);
	bus_run(&cast, CLIENT("cast"));
	expect(onlooker, "portal.screen-cast-session", cast.pid);
	child_stop(&cast);
	expect_none(onlooker, "portal.screen-cast-session");
	bus_run(&stream, CLIENT("stream"));
	expect(onlooker, "portal.screen-cast", stream.pid);
	assert_true(watch_until(onlooker, has_size, NULL, LIMIT_MS));
	expect_none(onlooker, "portal.screen-cast-session");
	child_stop(&stream);
	expect_none(onlooker, "portal.screen-cast");
	onlooker_unref(onlooker);
	child_stop(&mutter);
}

static void test_two_suspects(void **state)
{
	struct child mutter, one, two;
	struct onlooker *onlooker;

	(void)state;
	bus_run(&mutter, SERVICE("mutter"));
	bus_run(&one, CLIENT("control"));
	bus_run(&two, CLIENT("stream"));
	onlooker = watch_open("portal");
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .rule = "portal.remote-control",
	                             .who = "bus_client or bus_client" },
		LIMIT_MS));
	child_stop(&two);
	expect(onlooker, "portal.remote-control", one.pid);
	child_stop(&one);
	onlooker_unref(onlooker);
	child_stop(&mutter);
}

static void test_our_own_session_is_none(void **state)
{
	struct child portal, client;
	struct onlooker *onlooker;
	sd_bus *own;

	(void)state;
	bus_run(&portal, SERVICE("portal"));
	assert_true(sd_bus_open_user(&own) >= 0);
	assert_true(sd_bus_call_method(own, "org.freedesktop.portal.Desktop",
	                               "/org/freedesktop/portal/desktop",
	                               "org.freedesktop.portal.ScreenCast",
	                               "CreateSession", NULL, NULL, "a{sv}",
	                               0) >= 0);
	bus_run(&client, CLIENT("portal"));
	onlooker = watch_open("portal");
	expect(onlooker, "portal.session", client.pid);
	child_stop(&client);
	expect_none(onlooker, "portal.session");
	sd_bus_flush_close_unref(own);
	onlooker_unref(onlooker);
	child_stop(&portal);
}

static void test_the_bus_ends_and_comes_back(void **state)
{
	struct child portal, client;
	struct onlooker *onlooker;

	(void)state;
	bus_run(&portal, SERVICE("portal"));
	bus_run(&client, CLIENT("portal"));
	onlooker = watch_open("portal");
	expect(onlooker, "portal.session", client.pid);
	bus_end(&bus);
	expect_none(onlooker, "portal.session");
	expect_state(onlooker, ONLOOKER_PROBE_ABSENT);
	child_stop(&portal);
	child_stop(&client);
	assert_int_equal(bus_restart(&bus), 0);
	expect_state(onlooker, ONLOOKER_PROBE_WATCHING);
	onlooker_unref(onlooker);
}

static void test_a_silent_bus(void **state)
{
	struct onlooker *onlooker;

	(void)state;
	kill(bus.daemon.pid, SIGSTOP);
	onlooker = open_in(ONLOOKER_PROBE_FAILED);
	kill(bus.daemon.pid, SIGCONT);
	expect_state(onlooker, ONLOOKER_PROBE_WATCHING);
	onlooker_unref(onlooker);
}

/* Whoever stops the portal must not make its sessions vanish from sight. */
static void test_a_silent_portal_hides_nothing(void **state)
{
	struct child portal, client;
	struct onlooker *onlooker;

	(void)state;
	bus_run(&portal, SERVICE("portal"));
	bus_run(&client, CLIENT("portal"));
	onlooker = watch_open("portal");
	expect(onlooker, "portal.session", client.pid);
	kill(portal.pid, SIGSTOP);
	expect_state(onlooker, ONLOOKER_PROBE_DEGRADED);
	expect(onlooker, "portal.session", client.pid);
	kill(portal.pid, SIGCONT);
	expect_state(onlooker, ONLOOKER_PROBE_WATCHING);
	expect(onlooker, "portal.session", client.pid);
	child_stop(&client);
	onlooker_unref(onlooker);
	child_stop(&portal);
}

static long resident_kb(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
	fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* An answer of 8 MB passes through; AddressSanitizer keeps what was freed. */
#ifdef __SANITIZE_ADDRESS__
enum { GROWTH_KB = 400 * 1024 };
#else
enum { GROWTH_KB = 40 * 1024 };
#endif

static void check_bounded(const char *mode)
{
	long before = resident_kb();
	struct child portal;
	struct onlooker *onlooker;

	bus_run(&portal, SERVICE(mode));
	onlooker = open_in(ONLOOKER_PROBE_DEGRADED);
	assert_true(resident_kb() - before < GROWTH_KB);
	onlooker_unref(onlooker);
	child_stop(&portal);
}

static void test_huge_answers_are_bounded(void **state)
{
	(void)state;
	check_bounded("huge");
}

static void test_many_sessions_are_bounded(void **state)
{
	(void)state;
	check_bounded("many");
}

static void test_garbage_is_no_session(void **state)
{
	struct child portal;
	struct onlooker *onlooker;
	const struct onlooker_report *report;

	(void)state;
	bus_run(&portal, SERVICE("garbage"));
	onlooker = open_in(ONLOOKER_PROBE_WATCHING);
	report = onlooker_get_report(onlooker);
	assert_null(report->watchers[0]);
	onlooker_report_unref(report);
	onlooker_unref(onlooker);
	child_stop(&portal);
}

static void test_a_flood_of_signals(void **state)
{
	struct child mutter;
	struct onlooker *onlooker;

	(void)state;
	onlooker = open_in(ONLOOKER_PROBE_WATCHING);
	bus_run(&mutter, SERVICE("flood"));
	/* It comes back each time, and still sees what happens. */
	for (int i = 0; i < 100; i++)
		assert_true(onlooker_wait(onlooker, 10) >= 0);
	child_stop(&mutter);
	bus_run(&mutter, SERVICE("portal"));
	expect_state(onlooker, ONLOOKER_PROBE_WATCHING);
	onlooker_unref(onlooker);
	child_stop(&mutter);
}

static int start(void **state)
{
	(void)state;
	return bus_start(&bus);
}

static int end(void **state)
{
	(void)state;
	bus_remove(&bus);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nobody_is_there),
		TEST(the_requester_is_named),
		TEST(what_was_open_before),
		TEST(input_alone_is_control),
		TEST(casts_with_and_without_a_stream),
		TEST(two_suspects),
		TEST(our_own_session_is_none),
		TEST(the_bus_ends_and_comes_back),
		TEST(a_silent_bus),
		TEST(a_silent_portal_hides_nothing),
		TEST(huge_answers_are_bounded),
		TEST(many_sessions_are_bounded),
		TEST(garbage_is_no_session),
		TEST(a_flood_of_signals),
	};

	if (!program_exists("dbus-daemon")) {
		fprintf(stderr, "there is no dbus-daemon\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
