/* The tables of rules and channels keep their own promises. */
#include <string.h>

#include "sdk/rules.h"
#include "tests/unit/cmocka_all.h"

static void test_columns_sum_up(void **state)
{
	int sums[OL_QUESTIONS] = { 0 };
	int count = 0;

	(void)state;
	for (; ol_channels[count].name != NULL; count++) {
		for (int q = 0; q < OL_QUESTIONS; q++) {
			int prior = ol_channels[count].prior[q];

			sums[q] += ol_channels[count].weight[q];
			assert_in_range(prior, 0, 10);
			assert_int_equal(ol_channels[count].weight[q] > 0,
			                 prior > 0);
		}
		assert_int_equal(ol_channel_find(ol_channels[count].name),
		                 count);
	}
	assert_in_range(count, 1, OL_CHANNELS_MAX);
	for (int q = 0; q < OL_QUESTIONS; q++)
		assert_int_equal(sums[q], 100);
	assert_int_equal(ol_channel_find("no such channel"), -1);
}

static void check_rule(const struct onlooker_rule *rule)
{
	int channel = ol_channel_find(rule->channel);
	const char *end = strrchr(rule->sentence, '.');

	assert_true(channel >= 0);
	assert_ptr_equal(ol_rule_find(rule->name), rule);
	assert_non_null(strchr(rule->name, '.'));
	assert_in_range(rule->stage, ONLOOKER_STAGE_PRESENT,
	                ONLOOKER_STAGE_CONTROLLING);
	assert_true(rule->shared + rule->controlled + rule->remote > 0);
	for (int q = 0; q < OL_QUESTIONS; q++)
		assert_in_range(ol_rule_strength(rule, (enum ol_question)q), 0,
		                99);
	assert_true(rule->lifetime_ms >= 0);
	assert_true(end != NULL && end[1] == '\0');
	assert_non_null(rule->attack);
	assert_true(strlen(rule->reason) > 20);
}

/* Two rules of one name, or a stage that can never matter, would go unseen. */
static void test_rules_are_whole(void **state)
{
	const struct onlooker_rule *rule;

	(void)state;
	for (size_t i = 0; (rule = onlooker_get_rule(i)) != NULL; i++)
		check_rule(rule);
	assert_null(ol_rule_find("x11.no-such-rule"));
	assert_true(ol_rule_is_of(ol_rule_find("x11.screen-read"), "x11"));
	assert_false(ol_rule_is_of(ol_rule_find("x11.screen-read"), "x1"));
	assert_false(ol_rule_is_of(ol_rule_find("x11.screen-read"), "x11."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_sum_up),
		cmocka_unit_test(test_rules_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
