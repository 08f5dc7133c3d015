/*
 * A daemon that is absent, late, killed, stopped, restarted, forbidden or
 * flooded: the probe says so, claims nothing meanwhile, and comes back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/pipewire.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

static int prepare_only(void **state)
{
	struct pipewire *pipewire = malloc(sizeof(*pipewire));

	*state = pipewire;
	return pipewire == NULL || pipewire_prepare(pipewire) < 0;
}

static void test_absent_then_late(void **state)
{
	struct pipewire *pipewire = *state;
	struct onlooker *onlooker = watch_open("pipewire");
	struct cast cast;

	pipewire_expect_state(onlooker, ONLOOKER_PROBE_ABSENT);
	assert_int_equal(pipewire_start(pipewire), 0);
	pipewire_expect_state(onlooker, ONLOOKER_PROBE_WATCHING);
	cast_start(&cast, ARGUMENTS("--shape", "mutter", "--consume"));
	pipewire_expect(onlooker, "pipewire.screen-cast", cast.consumers[0]);
	cast_stop(&cast);
	onlooker_unref(onlooker);
}

/* What was claimed goes with the daemon that it was about. */
static void check_end(struct pipewire *pipewire, int signal_number)
{
	struct onlooker *onlooker = pipewire_open();
	struct cast cast;

	cast_start(&cast, ARGUMENTS("--shape", "mutter", "--consume"));
	pipewire_expect(onlooker, "pipewire.screen-cast", cast.consumers[0]);
	pipewire_end(pipewire, signal_number);
	pipewire_expect_state(onlooker, ONLOOKER_PROBE_ABSENT);
	pipewire_expect_none(onlooker, "pipewire.screen-cast");
	cast_stop(&cast);
	assert_int_equal(pipewire_start(pipewire), 0);
	pipewire_expect_state(onlooker, ONLOOKER_PROBE_WATCHING);
	cast_start(&cast, ARGUMENTS("--shape", "kwin", "--consume=obs"));
	pipewire_expect(onlooker, "pipewire.screen-cast", cast.consumers[0]);
	cast_stop(&cast);
	onlooker_unref(onlooker);
}

static void test_killed_and_restarted(void **state)
{
	check_end(*state, SIGKILL);
}

static void test_ended_and_restarted(void **state)
{
	check_end(*state, SIGTERM);
}

/* It accepts, for the kernel does that, and then says nothing. */
static void test_stopped(void **state)
{
	struct pipewire *pipewire = *state;
	const struct onlooker_report *report;
	struct onlooker *onlooker;

	kill(pipewire->daemon.pid, SIGSTOP);
	onlooker = watch_open("pipewire");
	pipewire_expect_state(onlooker, ONLOOKER_PROBE_FAILED);
	report = onlooker_get_report(onlooker);
	assert_string_equal(report_find_probe(report, "pipewire")->reason,
	                    "PipeWire does not answer");
	onlooker_report_unref(report);
	kill(pipewire->daemon.pid, SIGCONT);
	pipewire_expect_state(onlooker, ONLOOKER_PROBE_WATCHING);
	onlooker_unref(onlooker);
}

/* A daemon that is stopped while it is watched links nothing; then it goes on. */
static void test_stopped_while_watched(void **state)
{
	struct pipewire *pipewire = *state;
	struct onlooker *onlooker = pipewire_open();
	struct cast cast;

	kill(pipewire->daemon.pid, SIGSTOP);
	kill(pipewire->daemon.pid, SIGCONT);
	cast_start(&cast, ARGUMENTS("--shape", "mutter", "--consume"));
	pipewire_expect(onlooker, "pipewire.screen-cast", cast.consumers[0]);
	cast_stop(&cast);
	onlooker_unref(onlooker);
}

/* Root may connect to anything, so this part runs as somebody else. */
static void test_forbidden(void **state)
{
	struct pipewire *pipewire = *state;
	char path[64];
	struct onlooker *onlooker;

	snprintf(path, sizeof(path), "%s/pipewire-0", pipewire->directory);
	assert_int_equal(chmod(pipewire->directory, 0755), 0);
	assert_int_equal(chmod(path, 0), 0);
	if (geteuid() == 0)
		assert_int_equal(setresuid(-1, 65534, 0), 0);
	onlooker = watch_open("pipewire");
	pipewire_expect_state(onlooker, ONLOOKER_PROBE_DENIED);
	onlooker_unref(onlooker);
	if (getuid() == 0)
		assert_int_equal(setresuid(-1, 0, 0), 0);
}

static long resident_kb(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long pages = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
	fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A sanitizer's heap keeps 256 MB of what was freed, to catch late uses. */
#ifdef SANITIZED
enum { SPARE_KB = 300 * 1024 };
#else
enum { SPARE_KB = 6 * 1024 };
#endif

/*
 * Five hundred nodes with a property of 65 kB each are 32 MB that pass by; what
 * is kept of each is a few hundred bytes here and PipeWire's proxy. The rest of
 * the bound is the buffer for the largest message and the heap's own waste.
 */
static void test_flood(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	struct cast flood, cast;
	long before = resident_kb();

	(void)state;
	cast_start(&cast, ARGUMENTS("--shape", "mutter", "--consume"));
	pipewire_expect(onlooker, "pipewire.screen-cast", cast.consumers[0]);
	cast_start(&flood, ARGUMENTS("--shape", "test-source", "--count", "500",
	                             "--padding", "65000"));
	cast_stop(&cast);
	pipewire_expect_none(onlooker, "pipewire.screen-cast");
	assert_true(resident_kb() - before < SPARE_KB);
	cast_stop(&flood);
	onlooker_unref(onlooker);
}

/* More casts than are claimed one by one: said, and over when they are. */
static void test_degraded(void **state)
{
	struct onlooker *onlooker = pipewire_open();
	struct cast flood, cast;

	(void)state;
	cast_start(&flood, ARGUMENTS("--shape", "kwin", "--count", "300"));
	pipewire_expect_state(onlooker, ONLOOKER_PROBE_DEGRADED);
	/* A cast that runs is told before the offers that nobody takes. */
	cast_start(&cast, ARGUMENTS("--shape", "mutter", "--consume"));
	pipewire_expect(onlooker, "pipewire.screen-cast", cast.consumers[0]);
	cast_stop(&cast);
	cast_stop(&flood);
	pipewire_expect_state(onlooker, ONLOOKER_PROBE_WATCHING);
	pipewire_expect_none(onlooker, "pipewire.screen-cast-open");
	onlooker_unref(onlooker);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, pipewire_set_up,                 \
	                                pipewire_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_absent_then_late,
		                                prepare_only,
		                                pipewire_tear_down),
		TEST(test_killed_and_restarted),
		TEST(test_ended_and_restarted),
		TEST(test_stopped),
		TEST(test_stopped_while_watched),
		TEST(test_forbidden),
		TEST(test_flood),
		TEST(test_degraded),
	};

	if (!program_exists("pipewire"))
		return 77;
	return cmocka_run_group_tests_name("pipewire_fault", tests, NULL, NULL);
}
