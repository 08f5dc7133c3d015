/* The loop nests: its descriptor tells a foreign loop all that it must know. */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sdk/loop.h"
#include "tests/unit/cmocka_all.h"

struct counter {
	struct ol_source *source;
	int fd;
	int calls;
	int calls_max; /* then it unwatches itself; 0: never */
};

static void on_ready(void *userdata, uint32_t events)
{
	struct counter *counter = userdata;

	assert_true(events & EPOLLIN);
	counter->calls++;
	if (counter->calls == counter->calls_max)
		counter->source = ol_loop_unwatch(counter->source);
}

static void on_due(void *userdata)
{
	struct counter *counter = userdata;

	counter->calls++;
	counter->source = ol_loop_unwatch(counter->source);
}

static int poll_loop(struct ol_loop *loop, int timeout_ms)
{
	struct pollfd fd = { .fd = ol_loop_get_fd(loop), .events = POLLIN };

	return poll(&fd, 1, timeout_ms);
}

static struct ol_loop *new_loop(void)
{
	struct ol_loop *loop;

	assert_int_equal(ol_loop_new(&loop), 0);
	return loop;
}

static void test_level_triggered(void **state)
{
	struct ol_loop *loop = new_loop();
	struct counter counter = { .fd = eventfd(1, EFD_CLOEXEC),
		                   .calls_max = 1000 };

	(void)state;
	assert_int_equal(ol_loop_watch_fd(loop, counter.fd, EPOLLIN, on_ready,
	                                  &counter, &counter.source),
	                 0);
	assert_int_equal(poll_loop(loop, 1000), 1);
	assert_int_equal(poll_loop(loop, 1000), 1);
	/* Never drained: a batch is run, and the rest stays announced. */
	assert_int_equal(ol_loop_dispatch(loop), 0);
	assert_in_range(counter.calls, 2, 200);
	assert_int_equal(poll_loop(loop, 1000), 1);
	while (counter.source != NULL)
		assert_int_equal(ol_loop_dispatch(loop), 0);
	assert_int_equal(counter.calls, 1000);
	assert_int_equal(ol_loop_dispatch(loop), 0);
	assert_int_equal(poll_loop(loop, 0), 0);
	close(counter.fd);
	ol_loop_free(loop);
}

static void test_timer_wakes_a_foreign_loop(void **state)
{
	struct ol_loop *loop = new_loop();
	struct counter counter = { 0 };

	(void)state;
	assert_int_equal(ol_loop_watch_time(loop, ol_clock_now() + 20000, 0,
	                                    on_due, &counter, &counter.source),
	                 0);
	while (counter.calls == 0) {
		assert_int_equal(poll_loop(loop, 10000), 1);
		assert_int_equal(ol_loop_dispatch(loop), 0);
	}
	assert_int_equal(poll_loop(loop, 0), 0);
	ol_loop_free(loop);
}

static void test_time_in_the_past(void **state)
{
	struct ol_loop *loop = new_loop();
	struct counter counter = { 0 };

	(void)state;
	assert_int_equal(ol_loop_watch_time(loop, 0, 0, on_due, &counter,
	                                    &counter.source),
	                 0);
	assert_int_equal(poll_loop(loop, 10000), 1);
	assert_int_equal(ol_loop_dispatch(loop), 0);
	assert_int_equal(counter.calls, 1);
	ol_loop_free(loop);
}

static void test_kick(void **state)
{
	struct ol_loop *loop = new_loop();

	(void)state;
	assert_int_equal(ol_loop_dispatch(loop), 0);
	assert_int_equal(poll_loop(loop, 0), 0);
	ol_loop_kick(loop);
	ol_loop_kick(loop);
	assert_int_equal(poll_loop(loop, 0), 1);
	assert_int_equal(ol_loop_dispatch(loop), 0);
	assert_int_equal(poll_loop(loop, 0), 0);
	ol_loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_level_triggered),
		cmocka_unit_test(test_timer_wakes_a_foreign_loop),
		cmocka_unit_test(test_time_in_the_past),
		cmocka_unit_test(test_kick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
