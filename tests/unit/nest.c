/* What must work inside a loop of another kind: callbacks come, by themselves. */
#include "tests/unit/nest.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/support/fake_probe.h"
#include "tests/unit/cmocka_all.h"

bool is_shared(const struct onlooker_report *report)
{
	return report->shared.state == ONLOOKER_SHARED;
}

bool is_clear(const struct onlooker_report *report)
{
	return report->shared.state == ONLOOKER_CLEAR;
}

bool is_settled(const struct onlooker_report *report)
{
	for (size_t i = 0; report->probes[i] != NULL; i++) {
		if (report->probes[i]->state == ONLOOKER_PROBE_STARTING)
			return false;
	}
	return true;
}

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	struct nest *nest = userdata;

	(void)onlooker;
	nest->calls++;
	if (nest->is_so != NULL && nest->is_so(report))
		nest->is_done = true;
}

void nest_open(struct nest *nest)
{
	const struct onlooker_options options = { .size = sizeof(options) };

	*nest = (struct nest){ 0 };
	assert_int_equal(onlooker_open(&options, &nest->onlooker), 0);
	nest_adopt(nest);
}

void nest_adopt(struct nest *nest)
{
	onlooker_set_callback(nest->onlooker, on_report, nest);
}

void nest_close(struct nest *nest)
{
	nest->onlooker = onlooker_unref(nest->onlooker);
	assert_int_equal(fake_running(), 0);
}

void nest_wait(struct nest *nest, nest_run_fn run,
               bool (*is_so)(const struct onlooker_report *report))
{
	nest->is_done = false;
	nest->is_so = is_so;
	assert_int_equal(run(nest), 0);
	assert_true(nest->is_done);
	nest->is_so = NULL;
}

int nest_run_epoll(struct nest *nest)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int fd = onlooker_get_fd(nest->onlooker);
	int r = epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;

	while (r == 0 && !nest->is_done) {
		int ready = epoll_wait(epoll, &event, 1, NEST_LIMIT_MS);

		if (ready > 0)
			r = onlooker_dispatch(nest->onlooker);
		else if (ready == 0)
			r = -ETIMEDOUT;
		else if (errno != EINTR)
			r = -errno;
	}
	close(epoll);
	return r;
}

static bool is_readable(struct onlooker *onlooker)
{
	struct pollfd fd = { .fd = onlooker_get_fd(onlooker),
		             .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

static void test_first_report_comes(void **state)
{
	nest_run_fn run = (nest_run_fn)(uintptr_t)*state;
	struct nest nest;

	nest_open(&nest);
	nest_wait(&nest, run, is_clear);
	assert_int_equal(nest.calls, 1);
	assert_false(is_readable(nest.onlooker));
	nest_close(&nest);
}

static void test_slow_start_is_waited_for(void **state)
{
	nest_run_fn run = (nest_run_fn)(uintptr_t)*state;
	struct nest nest;

	fake_set_start(FAKE_X11, 0, true);
	nest_open(&nest);
	fake_order(FAKE_X11, FAKE_WATCH);
	nest_wait(&nest, run, is_settled);
	nest_close(&nest);
	fake_set_start(FAKE_X11, 0, false);
}

/* The fall is a timer of the context's own, two seconds long. */
static void test_claim_and_hold(void **state)
{
	nest_run_fn run = (nest_run_fn)(uintptr_t)*state;
	struct nest nest;

	nest_open(&nest);
	nest_wait(&nest, run, is_clear);
	fake_order(FAKE_X11, FAKE_CLAIM);
	nest_wait(&nest, run, is_shared);
	assert_false(is_readable(nest.onlooker));
	fake_order(FAKE_X11, FAKE_WITHDRAW);
	nest_wait(&nest, run, is_clear);
	assert_false(is_readable(nest.onlooker));
	nest_close(&nest);
}

static void test_probe_timer(void **state)
{
	nest_run_fn run = (nest_run_fn)(uintptr_t)*state;
	struct nest nest;

	nest_open(&nest);
	nest_wait(&nest, run, is_clear);
	fake_order(FAKE_X11, FAKE_LATER);
	nest_wait(&nest, run, is_shared);
	nest_close(&nest);
}

static void test_worker(void **state)
{
	nest_run_fn run = (nest_run_fn)(uintptr_t)*state;
	struct nest nest;

	nest_open(&nest);
	nest_wait(&nest, run, is_clear);
	fake_order(FAKE_PIPEWIRE, FAKE_BLOCK);
	nest_wait(&nest, run, is_shared);
	nest_close(&nest);
}

/* A source that is always ready neither starves another nor the host. */
static void test_flood(void **state)
{
	nest_run_fn run = (nest_run_fn)(uintptr_t)*state;
	struct nest nest;

	nest_open(&nest);
	nest_wait(&nest, run, is_clear);
	fake_order(FAKE_PIPEWIRE, FAKE_FLOOD);
	fake_order(FAKE_X11, FAKE_LATER);
	nest_wait(&nest, run, is_shared);
	nest_close(&nest);
}

static void test_simulated(void **state)
{
	nest_run_fn run = (nest_run_fn)(uintptr_t)*state;
	struct nest nest = { 0 };

	assert_int_equal(onlooker_open_simulated(NULL, &nest.onlooker), 0);
	onlooker_set_callback(nest.onlooker, on_report, &nest);
	assert_int_equal(
		onlooker_feed(nest.onlooker,
	                      "{\"at\":5,\"claim\":\"x11.screen-read\","
	                      "\"subject\":{\"kind\":\"program\"}}"),
		0);
	nest_wait(&nest, run, is_shared);
	assert_false(is_readable(nest.onlooker));
	nest_close(&nest);
}

#define NEST_TEST(name)                                                        \
	{                                                                      \
#name, test_##name, NULL, NULL, (void *)(uintptr_t)run         \
	}

int nest_test(nest_run_fn run)
{
	const struct CMUnitTest tests[] = {
		NEST_TEST(first_report_comes),
		NEST_TEST(slow_start_is_waited_for),
		NEST_TEST(claim_and_hold),
		NEST_TEST(probe_timer),
		NEST_TEST(worker),
		NEST_TEST(flood),
		NEST_TEST(simulated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
