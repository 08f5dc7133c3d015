/* What nobody has checked weighs less than what somebody has, whatever it does. */
#include "probes/process.h"
#include "probes/socket.h"
#include "sdk/rules.h"
#include "tests/unit/cmocka_all.h"

enum {
	ROLES = OL_TOOL_BENIGN + 1,
	STAGES = ONLOOKER_STAGE_CAPTURING + 1,
	/* Of rules that say nothing but that a program is there. */
	CONTEXT = 3,
};

static int sum_of(const char *name)
{
	const struct onlooker_rule *rule = ol_rule_find(name);

	assert_non_null(rule);
	return rule->shared + rule->controlled + rule->remote;
}

static void compare(const char *checked, const char *unchecked)
{
	const struct onlooker_rule *more, *less;

	assert_int_equal(checked == NULL, unchecked == NULL);
	if (checked == NULL || sum_of(checked) <= CONTEXT)
		return;
	more = ol_rule_find(checked);
	less = ol_rule_find(unchecked);
	assert_true(sum_of(unchecked) < sum_of(checked));
	assert_true(less->shared <= more->shared || less->shared < 5);
	assert_true(less->controlled <= more->controlled ||
	            less->controlled < 5);
	assert_true(less->remote <= more->remote);
	assert_true(less->stage <= more->stage);
}

static void compare_process(struct ol_tool tools[2], enum ol_tie tie,
                            enum onlooker_stage stage)
{
	const char *rules[2];

	for (int i = 0; i < 2; i++) {
		const struct ol_tool_process process = { .tool = &tools[i],
			                                 .stage = stage };
		const struct ol_run run = { .process = &process, .tie = tie };

		rules[i] = ol_process_judge(&run);
	}
	compare(rules[0], rules[1]);
}

static void compare_connections(struct ol_tool tools[2], enum ol_tie tie)
{
	compare(ol_judge_listener(&tools[0], tie),
	        ol_judge_listener(&tools[1], tie));
	compare(ol_judge_relay(&tools[0], tie), ol_judge_relay(&tools[1], tie));
	for (int way = OL_WAY_IN; way <= OL_WAY_LOCAL; way++)
		compare(ol_judge_connection(&tools[0], tie, (enum ol_way)way),
		        ol_judge_connection(&tools[1], tie, (enum ol_way)way));
}

static void test_unchecked_weighs_less(void **state)
{
	(void)state;
	for (int role = 0; role < ROLES; role++) {
		for (int i = 0; i < 6; i++) {
			struct ol_tool tools[2] = {
				{ .role = (enum ol_tool_role)role,
				  .shows = (enum ol_tool_shows)(i & 1),
				  .reach = OL_REACH_REVERSE,
				  .proof = OL_PROOF_SOURCE },
			};
			enum ol_tie tie = (enum ol_tie)(i / 2);

			tools[1] = tools[0];
			tools[1].proof = OL_PROOF_NONE;
			compare_connections(tools, tie);
			for (int stage = ONLOOKER_STAGE_PRESENT; stage < STAGES;
			     stage++)
				compare_process(tools, tie,
				                (enum onlooker_stage)stage);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unchecked_weighs_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
