/*
 * A live context on a machine that runs out of memory: each allocation of its
 * life in turn is refused, in opening, starting probes, claims, timers, jobs
 * and callbacks. It says -ENOMEM or goes on, leaks nothing, and works as soon
 * as there is memory again. Simulated sessions have a sweep of their own.
 */
#include <errno.h>

#include "tests/support/fake_probe.h"
#include "tests/support/refuse.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/nest.h"

static void ignore_report(struct onlooker *onlooker,
                          const struct onlooker_report *report, void *userdata)
{
	(void)onlooker;
	(void)report;
	(void)userdata;
}

static void ignore_line(const char *line, void *userdata)
{
	(void)line;
	(void)userdata;
}

/* An order is carried out, perhaps in vain, when the context sleeps again. */
static void obey(struct onlooker *onlooker, enum fake_which which,
                 enum fake_order order)
{
	int r;

	refuse_pause();
	fake_order(which, order);
	refuse_resume();
	do {
		r = onlooker_wait(onlooker, 0);
		assert_true(r == 0 || r == 1 || r == -ENOMEM);
	} while (r == 1);
}

/* Everything that a fake can do, with the nth allocation refused. */
static bool live(unsigned long nth)
{
	const struct onlooker_options options = { .size = sizeof(options) };
	struct nest nest = { 0 };
	int r;

	refuse_arm(nth, true);
	r = onlooker_open(&options, &nest.onlooker);
	if (r < 0) {
		assert_int_equal(r, -ENOMEM);
		assert_null(nest.onlooker);
		assert_int_equal(fake_running(), 0);
		assert_true(refuse_has_refused());
		refuse_pause();
		return true;
	}
	onlooker_set_callback(nest.onlooker, ignore_report, NULL);
	onlooker_set_recorder(nest.onlooker, ignore_line, NULL);
	if (fake_running() == FAKES) {
		obey(nest.onlooker, FAKE_X11, FAKE_SHOT);
		obey(nest.onlooker, FAKE_X11, FAKE_CLAIM);
		obey(nest.onlooker, FAKE_PIPEWIRE, FAKE_LATER);
		obey(nest.onlooker, FAKE_PIPEWIRE, FAKE_BLOCK);
		obey(nest.onlooker, FAKE_PIPEWIRE, FAKE_DEGRADE);
		obey(nest.onlooker, FAKE_X11, FAKE_WITHDRAW);
		obey(nest.onlooker, FAKE_X11, FAKE_FAIL);
	}
	refuse_pause();
	onlooker_set_recorder(nest.onlooker, NULL, NULL);
	if (fake_running() == FAKES) {
		nest_adopt(&nest);
		fake_order(FAKE_X11, FAKE_WATCH);
		fake_order(FAKE_X11, FAKE_CLAIM);
		nest_wait(&nest, nest_run_epoll, is_shared);
	}
	nest_close(&nest);
	return refuse_has_refused();
}

static void test_each_allocation_refused(void **state)
{
	unsigned long nth = 1;

	(void)state;
	assert_false(live(0));
	while (live(nth))
		nth++;
	print_message("%lu allocations refused\n", nth - 1);
	assert_true(nth > 1);
}

/* One claim and no other event: the report becomes right by itself. */
static void test_a_report_catches_up(void **state)
{
	bool has_refused = true;

	(void)state;
	for (unsigned long nth = 1; has_refused; nth++) {
		struct nest nest;
		int r;

		nest_open(&nest);
		nest_wait(&nest, nest_run_epoll, is_clear);
		nest.is_done = false;
		nest.is_so = is_shared;
		fake_order(FAKE_X11, FAKE_CLAIM);
		refuse_arm(nth, true);
		r = onlooker_dispatch(nest.onlooker);
		refuse_pause();
		has_refused = refuse_has_refused();
		assert_true(r == 0 || r == -ENOMEM);
		assert_int_equal(nest_run_epoll(&nest), 0);
		nest_close(&nest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_report_catches_up),
		cmocka_unit_test(test_each_allocation_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
