/* Whose a do-not-disturb is: what was done by us is taken back, and no more. */
#include "samples/quiet/keeper.h"
#include "tests/unit/cmocka_all.h"

static void test_switched_on_and_off(void **state)
{
	struct keeper keeper = { 0 };

	(void)state;
	keeper_find(&keeper, false, false);
	assert_int_equal(keeper_step(&keeper, false, false), KEEPER_NOTHING);
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_SWITCH_ON);
	assert_int_equal(keeper_step(&keeper, true, true), KEEPER_NOTHING);
	assert_int_equal(keeper_step(&keeper, false, true), KEEPER_SWITCH_OFF);
	assert_int_equal(keeper_step(&keeper, false, false), KEEPER_NOTHING);
}

static void test_users_own_stays(void **state)
{
	struct keeper keeper = { 0 };

	(void)state;
	keeper_find(&keeper, true, false);
	assert_int_equal(keeper_step(&keeper, true, true), KEEPER_LEAVE_ON);
	assert_int_equal(keeper_step(&keeper, true, true), KEEPER_NOTHING);
	/* Whoever switches off their own wants to be disturbed. */
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_NOTHING);
	assert_int_equal(keeper_step(&keeper, true, true), KEEPER_NOTHING);
	assert_int_equal(keeper_step(&keeper, false, true), KEEPER_LEFT);
}

static void test_users_refusal_lasts_one_share(void **state)
{
	struct keeper keeper = { 0 };

	(void)state;
	keeper_find(&keeper, false, false);
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_SWITCH_ON);
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_LEAVE_OFF);
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_NOTHING);
	/* On again by the user: theirs, also when the sharing ends. */
	assert_int_equal(keeper_step(&keeper, true, true), KEEPER_NOTHING);
	assert_int_equal(keeper_step(&keeper, false, true), KEEPER_LEFT);
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_SWITCH_ON);
}

static void test_daemon_forgets(void **state)
{
	struct keeper keeper = { 0 };

	(void)state;
	keeper_find(&keeper, false, false);
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_SWITCH_ON);
	keeper_find(&keeper, false, false);
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_SWITCH_ON);
	/* What its user had switched on, it forgets too. */
	keeper = (struct keeper){ 0 };
	keeper_find(&keeper, true, false);
	assert_int_equal(keeper_step(&keeper, true, true), KEEPER_LEAVE_ON);
	keeper_find(&keeper, false, false);
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_SWITCH_ON);
	/* A refusal is the user's, not the daemon's. */
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_LEAVE_OFF);
	keeper_find(&keeper, false, false);
	assert_int_equal(keeper_step(&keeper, true, false), KEEPER_NOTHING);
}

static void test_we_were_killed(void **state)
{
	struct keeper keeper = { 0 };

	(void)state;
	keeper_find(&keeper, true, true);
	assert_int_equal(keeper_step(&keeper, false, true), KEEPER_SWITCH_OFF);
	keeper_find(&keeper, true, true);
	assert_int_equal(keeper_step(&keeper, true, true), KEEPER_NOTHING);
	assert_int_equal(keeper_step(&keeper, false, true), KEEPER_SWITCH_OFF);
	/* A mark on a switch that is off says nothing. */
	keeper_find(&keeper, false, true);
	assert_int_equal(keeper_step(&keeper, false, true), KEEPER_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_switched_on_and_off),
		cmocka_unit_test(test_users_own_stays),
		cmocka_unit_test(test_users_refusal_lasts_one_share),
		cmocka_unit_test(test_daemon_forgets),
		cmocka_unit_test(test_we_were_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
