/* rules: what a claim of each kind is worth. */
#include <string.h>

#include "monitor.h"
#include "text.h"

static void print_rule(const struct onlooker_rule *rule, int width)
{
	char lifetime[32] = "";

	if (rule->lifetime_ms > 0) {
		(void)snprintf(lifetime, sizeof(lifetime), " (for %d s)",
		               rule->lifetime_ms / 1000);
	}
	(void)printf("%-*s %6d %10d %6d  %s%s\n", width, rule->name,
	             rule->shared, rule->controlled, rule->remote,
	             rule->sentence, lifetime);
}

static void print_string(const char *name, const char *value)
{
	(void)printf("\"%s\":", name);
	text_print_json(stdout, value);
	(void)putchar(',');
}

static void print_rule_json(const struct onlooker_rule *rule)
{
	(void)putchar('{');
	print_string("name", rule->name);
	print_string("channel", rule->channel);
	print_string("stage", onlooker_stage_name(rule->stage));
	(void)printf("\"shared\":%d,\"controlled\":%d,\"remote\":%d,"
	             "\"lifetime_ms\":%d,",
	             rule->shared, rule->controlled, rule->remote,
	             rule->lifetime_ms);
	print_string("sentence", rule->sentence);
	print_string("attack", rule->attack);
	(void)fputs("\"reason\":", stdout);
	text_print_json(stdout, rule->reason);
	(void)puts("}");
}

int command_rules(const struct arguments *arguments)
{
	int is_json = arguments_have(arguments, OPTION_JSON);
	const struct onlooker_rule *rule;
	int width = 0;

	for (size_t i = 0; (rule = onlooker_get_rule(i)) != NULL; i++) {
		int length = (int)strlen(rule->name);

		width = length > width ? length : width;
	}
	if (!is_json) {
		(void)printf("%-*s %6s %10s %6s\n", width, "", "shared",
		             "controlled", "remote");
	}
	for (size_t i = 0; (rule = onlooker_get_rule(i)) != NULL; i++) {
		if (is_json)
			print_rule_json(rule);
		else
			print_rule(rule, width);
	}
	return finish_output(STATUS_SUCCESS);
}
