/*
 * Two contexts in two threads share nothing; a report may be read, and let go,
 * by any thread. What a thread sanitizer has to say about it is the point.
 */
#include <pthread.h>
#include <stdlib.h>

#include "tests/support/fake_probe.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/nest.h"

enum { THREADS = 4, ROUNDS = 100 };

static void *live(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		struct nest nest;

		nest_open(&nest);
		nest_wait(&nest, nest_run_epoll, is_clear);
		fake_order(i % FAKES, i % 2 ? FAKE_BLOCK : FAKE_CLAIM);
		nest_wait(&nest, nest_run_epoll, is_shared);
		nest_close(&nest);
	}
	return NULL;
}

static void test_contexts_share_nothing(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, live, NULL),
		                 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void *read_report(void *userdata)
{
	const struct onlooker_report *report = userdata;

	for (int i = 0; i < ROUNDS; i++) {
		char *text = NULL;

		onlooker_report_ref(report);
		assert_int_equal(onlooker_report_to_json(report, &text), 0);
		free(text);
		assert_int_equal(onlooker_report_explain(report, &text), 0);
		free(text);
		onlooker_report_unref(report);
	}
	onlooker_report_unref(report);
	return NULL;
}

static void test_report_outlives_its_context(void **state)
{
	const struct onlooker_report *report;
	pthread_t threads[THREADS];
	struct nest nest;

	(void)state;
	nest_open(&nest);
	fake_order(FAKE_X11, FAKE_CLAIM);
	nest_wait(&nest, nest_run_epoll, is_shared);
	for (int i = 0; i < THREADS; i++) {
		report = onlooker_get_report(nest.onlooker);
		assert_int_equal(pthread_create(&threads[i], NULL, read_report,
		                                (void *)(uintptr_t)report),
		                 0);
	}
	nest_close(&nest);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contexts_share_nothing),
		cmocka_unit_test(test_report_outlives_its_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
