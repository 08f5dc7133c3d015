/*
 * Ends and refusals: the last reference dropped in the callback or with work
 * pending, dispatching where one may not, probes that cannot look.
 */
#include <errno.h>
#include <string.h>

#include "tests/support/fake_probe.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/nest.h"

static void drop(struct onlooker *onlooker,
                 const struct onlooker_report *report, void *userdata)
{
	struct nest *nest = userdata;

	assert_true(report->time_us > 0);
	onlooker_unref(onlooker);
	nest->onlooker = NULL;
	nest->calls++;
	/* The report lives until the callback returns. */
	assert_string_equal(report->probes[0]->name, "x11");
}

static void test_last_reference_dropped_in_callback(void **state)
{
	struct nest nest;

	(void)state;
	nest_open(&nest);
	onlooker_set_callback(nest.onlooker, drop, &nest);
	assert_int_equal(onlooker_dispatch(nest.onlooker), 0);
	assert_int_equal(nest.calls, 1);
	assert_null(nest.onlooker);
	assert_int_equal(fake_running(), 0);
}

static void test_last_reference_dropped_in_callback_of_wait(void **state)
{
	struct nest nest;

	(void)state;
	nest_open(&nest);
	onlooker_set_callback(nest.onlooker, drop, &nest);
	assert_true(onlooker_wait(nest.onlooker, NEST_LIMIT_MS) >= 0);
	assert_null(nest.onlooker);
	assert_int_equal(fake_running(), 0);
}

static void recurse(struct onlooker *onlooker,
                    const struct onlooker_report *report, void *userdata)
{
	struct nest *nest = userdata;

	(void)report;
	nest->calls++;
	assert_int_equal(onlooker_dispatch(onlooker), -EBUSY);
	assert_int_equal(onlooker_wait(onlooker, 0), -EBUSY);
}

static void test_dispatch_in_callback_is_refused(void **state)
{
	struct nest nest;

	(void)state;
	nest_open(&nest);
	onlooker_set_callback(nest.onlooker, recurse, &nest);
	assert_int_equal(onlooker_dispatch(nest.onlooker), 0);
	assert_int_equal(nest.calls, 1);
	nest_close(&nest);
}

static void silence(struct onlooker *onlooker,
                    const struct onlooker_report *report, void *userdata)
{
	struct nest *nest = userdata;

	(void)report;
	nest->calls++;
	onlooker_set_callback(onlooker, NULL, NULL);
}

static void test_callback_removed_in_callback(void **state)
{
	struct nest nest;

	(void)state;
	nest_open(&nest);
	onlooker_set_callback(nest.onlooker, silence, &nest);
	assert_int_equal(onlooker_dispatch(nest.onlooker), 0);
	fake_order(FAKE_X11, FAKE_CLAIM);
	assert_int_equal(onlooker_wait(nest.onlooker, NEST_LIMIT_MS), 1);
	assert_int_equal(nest.calls, 1);
	nest_close(&nest);
}

static void test_unref_with_work_pending(void **state)
{
	struct nest nest;

	(void)state;
	/* Orders that nobody has read yet. */
	nest_open(&nest);
	fake_order(FAKE_X11, FAKE_BLOCK);
	fake_order(FAKE_X11, FAKE_LATER);
	fake_order(FAKE_PIPEWIRE, FAKE_CLAIM);
	nest_close(&nest);
	/* A timer that runs, a job that is done or not, a claim, a flood. */
	nest_open(&nest);
	fake_order(FAKE_X11, FAKE_BLOCK);
	fake_order(FAKE_X11, FAKE_LATER);
	fake_order(FAKE_X11, FAKE_CLAIM);
	fake_order(FAKE_PIPEWIRE, FAKE_FLOOD);
	nest_wait(&nest, nest_run_epoll, is_shared);
	nest_close(&nest);
}

static enum onlooker_probe_state state_of(struct onlooker *onlooker,
                                          enum fake_which which)
{
	const struct onlooker_report *report = onlooker_get_report(onlooker);
	enum onlooker_probe_state state = report->probes[which]->state;

	onlooker_report_unref(report);
	return state;
}

/* Whichever probe cannot start, and why: the other one works. */
static void test_each_probe_refused_in_turn(void **state)
{
	static const struct {
		int error;
		enum onlooker_probe_state state;
	} starts[] = {
		{ -ENOENT, ONLOOKER_PROBE_ABSENT },
		{ -EACCES, ONLOOKER_PROBE_DENIED },
		{ -EPERM, ONLOOKER_PROBE_DENIED },
		{ -EIO, ONLOOKER_PROBE_FAILED },
		{ -ENOMEM, ONLOOKER_PROBE_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		for (enum fake_which which = FAKE_X11; which < FAKES; which++) {
			enum fake_which other = !which;
			struct nest nest;

			fake_set_start(which, starts[i].error, false);
			nest_open(&nest);
			nest_wait(&nest, nest_run_epoll, is_settled);
			assert_int_equal(state_of(nest.onlooker, which),
			                 starts[i].state);
			assert_int_equal(state_of(nest.onlooker, other),
			                 ONLOOKER_PROBE_WATCHING);
			fake_order(other, FAKE_CLAIM);
			nest_wait(&nest, nest_run_epoll, is_shared);
			nest_close(&nest);
			fake_set_start(which, 0, false);
		}
	}
}

static bool is_unknown(const struct onlooker_report *report)
{
	return report->shared.state == ONLOOKER_UNKNOWN;
}

/* A probe that loses its sight takes clear away, and gives it back. */
static void test_each_probe_blinded_in_turn(void **state)
{
	static const enum fake_order orders[] = { FAKE_FAIL, FAKE_DENY,
		                                  FAKE_DEGRADE };
	struct nest nest;

	(void)state;
	nest_open(&nest);
	nest_wait(&nest, nest_run_epoll, is_clear);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		for (enum fake_which which = FAKE_X11; which < FAKES; which++) {
			fake_order(which, orders[i]);
			nest_wait(&nest, nest_run_epoll, is_unknown);
			fake_order(which, FAKE_WATCH);
			nest_wait(&nest, nest_run_epoll, is_clear);
		}
	}
	nest_close(&nest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_reference_dropped_in_callback),
		cmocka_unit_test(
			test_last_reference_dropped_in_callback_of_wait),
		cmocka_unit_test(test_dispatch_in_callback_is_refused),
		cmocka_unit_test(test_callback_removed_in_callback),
		cmocka_unit_test(test_unref_with_work_pending),
		cmocka_unit_test(test_each_probe_refused_in_turn),
		cmocka_unit_test(test_each_probe_blinded_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
