/* Whoever asks the portal and takes the stream is one watcher, seen two ways. */
#include <stdio.h>

#include "tests/support/bus.h"
#include "tests/support/pipewire.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

enum { LIMIT_MS = 20000 };

static bool is_one(const struct onlooker_report *report, const void *userdata)
{
	const pid_t *pid = userdata;
	size_t n = 0;

	for (size_t i = 0; report->watchers[i] != NULL; i++)
		n += report->watchers[i]->pid == *pid;
	return n == 1 && report->shared.state == ONLOOKER_SHARED &&
	       report_find(report, "pipewire.screen-cast", *pid) != NULL &&
	       report_find(report, "portal.session", *pid) != NULL;
}

static void test_one_watcher(void **state)
{
	struct onlooker *onlooker;
	struct child portal, consumer;
	struct cast producer;
	struct bus bus;
	char node[16];

	(void)state;
	assert_int_equal(bus_start(&bus), 0);
	bus_run(&portal, ARGUMENTS(BUS_SERVICE, "portal"));
	onlooker = watch_open("pipewire,portal");
	cast_start(&producer, ARGUMENTS("--shape", "gnome-shell"));
	snprintf(node, sizeof(node), "%u", producer.node);
	bus_run(&consumer, ARGUMENTS(BUS_CLIENT, "portal", PIPEWIRE_CAST,
	                             "--shape", "chromium", "--node", node));
	assert_true(watch_until(onlooker, is_one, &consumer.pid, LIMIT_MS));
	child_stop(&consumer);
	assert_true(watch_for(
		onlooker, (struct watch_want){ .not_rule = "portal.session" },
		LIMIT_MS));
	onlooker_unref(onlooker);
	cast_stop(&producer);
	child_stop(&portal);
	bus_remove(&bus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_one_watcher, pipewire_set_up, pipewire_tear_down),
	};

	if (!program_exists("dbus-daemon") || !program_exists("pipewire")) {
		fprintf(stderr, "there is no dbus-daemon or pipewire\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
