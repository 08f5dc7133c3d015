/*
 * Signals that interrupt every system call: a host with a profiling timer, such
 * as an X server of old, must not lose an event or see an error by it.
 */
#include <errno.h>
#include <signal.h>
#include <sys/time.h>

#include "tests/support/fake_probe.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/nest.h"

enum { ROUNDS = 300 };

static volatile sig_atomic_t interrupts;

static void on_alarm(int number)
{
	(void)number;
	interrupts = interrupts + 1;
}

static int begin_storm(void **state)
{
	/* No SA_RESTART: what can be interrupted, is. */
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval timer = { { 0, 50 }, { 0, 50 } };

	(void)state;
	if (sigaction(SIGALRM, &action, NULL) < 0)
		return -1;
	return setitimer(ITIMER_REAL, &timer, NULL);
}

static int end_storm(void **state)
{
	const struct itimerval timer = { 0 };

	(void)state;
	return setitimer(ITIMER_REAL, &timer, NULL);
}

static void test_epoll_loop(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct nest nest;

		nest_open(&nest);
		nest_wait(&nest, nest_run_epoll, is_clear);
		fake_order(i % FAKES, i % 3 == 0   ? FAKE_CLAIM
		                      : i % 3 == 1 ? FAKE_LATER
		                                   : FAKE_BLOCK);
		nest_wait(&nest, nest_run_epoll, is_shared);
		nest_close(&nest);
	}
	assert_true(interrupts > 0);
}

/* onlooker_wait() says that a signal came, and nothing else goes wrong. */
static void test_wait(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct nest nest;
		int r = 0;

		nest_open(&nest);
		nest.is_so = is_shared;
		fake_order(i % FAKES, i % 2 ? FAKE_CLAIM : FAKE_LATER);
		while (!nest.is_done) {
			r = onlooker_wait(nest.onlooker, NEST_LIMIT_MS);
			assert_true(r == 0 || r == 1 || r == -EINTR);
		}
		nest_close(&nest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_epoll_loop),
		cmocka_unit_test(test_wait),
	};

	return cmocka_run_group_tests(tests, begin_storm, end_storm);
}
