/* States rise at once and fall late. */
#include "sdk/signal.h"
#include "tests/unit/cmocka_all.h"

struct step {
	uint64_t at_ms;
	int confidence;
	enum onlooker_state state;
};

static void walk(const struct step *steps, size_t count)
{
	struct ol_signal signal = { 0 };

	for (size_t i = 0; i < count; i++) {
		signal = ol_signal_step(signal, steps[i].confidence, true,
		                        steps[i].at_ms * 1000);
		if (signal.state != steps[i].state)
			fail_msg("step %zu: state is %d, not %d", i,
			         signal.state, steps[i].state);
	}
}

#define WALK(...)                                                              \
	do {                                                                   \
		const struct step steps_[] = { __VA_ARGS__ };                  \
		walk(steps_, sizeof(steps_) / sizeof(steps_[0]));              \
	} while (0)

static void test_rises_at_once(void **state)
{
	(void)state;
	WALK({ 0, 0, ONLOOKER_CLEAR }, { 0, 29, ONLOOKER_CLEAR },
	     { 0, 30, ONLOOKER_SUSPECTED }, { 0, 79, ONLOOKER_SUSPECTED },
	     { 0, 80, ONLOOKER_SHARED }, { 0, 99, ONLOOKER_SHARED });
}

static void test_falls_after_the_hold(void **state)
{
	(void)state;
	WALK({ 0, 90, ONLOOKER_SHARED }, { 10, 0, ONLOOKER_SHARED },
	     { 2009, 0, ONLOOKER_SHARED }, { 2010, 0, ONLOOKER_CLEAR });
}

static void test_ten_points_are_not_a_fall(void **state)
{
	(void)state;
	WALK({ 0, 90, ONLOOKER_SHARED }, { 1, 70, ONLOOKER_SHARED },
	     { 9000, 70, ONLOOKER_SHARED }, { 9001, 69, ONLOOKER_SHARED },
	     { 11001, 69, ONLOOKER_SUSPECTED },
	     { 11002, 20, ONLOOKER_SUSPECTED },
	     { 19000, 20, ONLOOKER_SUSPECTED },
	     { 19001, 19, ONLOOKER_SUSPECTED }, { 21001, 19, ONLOOKER_CLEAR });
}

static void test_a_dip_starts_the_hold_anew(void **state)
{
	(void)state;
	WALK({ 0, 90, ONLOOKER_SHARED }, { 1000, 0, ONLOOKER_SHARED },
	     { 2900, 75, ONLOOKER_SHARED }, { 3000, 0, ONLOOKER_SHARED },
	     { 4999, 0, ONLOOKER_SHARED }, { 5000, 0, ONLOOKER_CLEAR });
}

static void test_shared_rests_at_suspected(void **state)
{
	(void)state;
	WALK({ 0, 90, ONLOOKER_SHARED }, { 0, 25, ONLOOKER_SHARED },
	     { 2000, 25, ONLOOKER_SUSPECTED },
	     { 9000, 25, ONLOOKER_SUSPECTED });
}

/* A cast that is paused for a moment, and then gone, is over once. */
static void test_falls_in_one_step(void **state)
{
	(void)state;
	WALK({ 0, 90, ONLOOKER_SHARED }, { 1000, 50, ONLOOKER_SHARED },
	     { 1010, 0, ONLOOKER_SHARED }, { 2999, 0, ONLOOKER_SHARED },
	     { 3000, 0, ONLOOKER_CLEAR });
}

static void test_clear_needs_sight(void **state)
{
	struct ol_signal signal = { 0 };

	(void)state;
	signal = ol_signal_step(signal, 0, true, 0);
	assert_int_equal(signal.state, ONLOOKER_CLEAR);
	signal = ol_signal_step(signal, 0, false, 0);
	assert_int_equal(signal.state, ONLOOKER_UNKNOWN);
	signal = ol_signal_step(signal, 29, true, 0);
	assert_int_equal(signal.state, ONLOOKER_CLEAR);
	signal = ol_signal_step(signal, 90, false, 0);
	signal = ol_signal_step(signal, 0, false, 0);
	signal = ol_signal_step(signal, 0, false, OL_HOLD_US);
	assert_int_equal(signal.state, ONLOOKER_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rises_at_once),
		cmocka_unit_test(test_falls_after_the_hold),
		cmocka_unit_test(test_ten_points_are_not_a_fall),
		cmocka_unit_test(test_a_dip_starts_the_hold_anew),
		cmocka_unit_test(test_shared_rests_at_suspected),
		cmocka_unit_test(test_falls_in_one_step),
		cmocka_unit_test(test_clear_needs_sight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
