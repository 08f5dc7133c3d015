/* The monitor's command line, and the tables behind it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "samples/monitor/parse.h"

enum { WORDS_MAX = 8 };

struct line {
	char *words[WORDS_MAX + 1];
	int count;
	char message[256];
	struct arguments arguments;
};

/* Parse the words of a text; words do not hold blanks here. */
static int parse(struct line *line, char *text)
{
	char *word = strtok(text, " ");

	*line = (struct line){ 0 };
	for (; word != NULL && line->count < WORDS_MAX; line->count++) {
		line->words[line->count] = word;
		word = strtok(NULL, " ");
	}
	return arguments_parse(line->count, line->words, &line->arguments,
	                       line->message, sizeof(line->message));
}

static void rows_lie_at_their_index(void **state)
{
	(void)state;
	for (unsigned i = 0; i < OPTIONS; i++)
		assert_int_equal(option_table[i].id, i);
	for (unsigned i = 0; i < COMMANDS; i++)
		assert_int_equal(command_table[i].id, i);
}

static void names_and_letters_are_unique(void **state)
{
	(void)state;
	for (unsigned i = 0; i < OPTIONS; i++) {
		const struct option_row *row = &option_table[i];

		assert_ptr_equal(option_find(row->name, strlen(row->name)),
		                 row);
		if (row->letter != 0)
			assert_ptr_equal(option_find_letter(row->letter), row);
	}
	for (unsigned i = 0; i < COMMANDS; i++)
		assert_ptr_equal(command_find(command_table[i].name),
		                 &command_table[i]);
}

static void options_may_stand_on_both_sides(void **state)
{
	char text[] = "onlooker --json status --settle=20 -p x11,drm";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_int_equal(line.arguments.command->id, COMMAND_STATUS);
	assert_true(arguments_have(&line.arguments, OPTION_JSON));
	assert_false(arguments_have(&line.arguments, OPTION_PRIVATE));
	assert_int_equal(line.arguments.settle_ms, 20);
	assert_string_equal(line.arguments.probes, "x11,drm");
	assert_null(line.arguments.root);
}

static void a_value_may_touch_its_letter(void **state)
{
	char text[] = "onlooker status -jpx11";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_true(arguments_have(&line.arguments, OPTION_JSON));
	assert_string_equal(line.arguments.probes, "x11");
}

static void the_command_to_run_keeps_its_options(void **state)
{
	char text[] = "onlooker run --private sh --json -x";
	char guarded[] = "onlooker run -- --odd -j";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_true(arguments_have(&line.arguments, OPTION_PRIVATE));
	assert_false(arguments_have(&line.arguments, OPTION_JSON));
	assert_int_equal(line.arguments.operand_count, 3);
	assert_string_equal(line.arguments.operands[0], "sh");
	assert_string_equal(line.arguments.operands[1], "--json");
	assert_string_equal(line.arguments.operands[2], "-x");
	assert_null(line.arguments.operands[3]);

	assert_int_equal(parse(&line, guarded), 0);
	assert_string_equal(line.arguments.operands[0], "--odd");
	assert_string_equal(line.arguments.operands[1], "-j");
}

static void a_dash_is_an_operand(void **state)
{
	char text[] = "onlooker replay -";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_string_equal(line.arguments.operands[0], "-");
}

static void help_needs_no_more(void **state)
{
	char text[] = "onlooker replay --help";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_int_equal(line.arguments.command->id, COMMAND_REPLAY);
	assert_true(arguments_have(&line.arguments, OPTION_HELP));
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *line;
		const char *message;
	} cases[] = {
		{ "onlooker",
		  "a command is needed; onlooker --help lists them" },
		{ "onlooker spy", "there is no command 'spy'" },
		{ "onlooker --spy status", "there is no option '--spy'" },
		{ "onlooker --jso status", "there is no option '--jso'" },
		{ "onlooker -x status", "there is no option '-x'" },
		{ "onlooker --json=1 status", "--json takes no value" },
		{ "onlooker status --probes", "--probes needs LIST" },
		{ "onlooker status --settle 1s",
		  "--settle takes 0 to 60000 milliseconds, not '1s'" },
		{ "onlooker status --settle -1",
		  "--settle takes 0 to 60000 milliseconds, not '-1'" },
		{ "onlooker status --settle 60001",
		  "--settle takes 0 to 60000 milliseconds, not '60001'" },
		{ "onlooker status --settle 99999999999999999999",
		  "--settle takes 0 to 60000 milliseconds, not "
		  "'99999999999999999999'" },
		{ "onlooker rules --private", "rules does not take --private" },
		{ "onlooker replay a b", "replay does not take 'b'" },
		{ "onlooker status a", "status does not take 'a'" },
		{ "onlooker replay", "replay needs FILE" },
		{ "onlooker run --", "run needs -- COMMAND [ARGUMENT...]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[128];
		struct line line;

		(void)strcpy(text, cases[i].line);
		assert_int_equal(parse(&line, text), -EINVAL);
		assert_string_equal(line.message, cases[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_lie_at_their_index),
		cmocka_unit_test(names_and_letters_are_unique),
		cmocka_unit_test(options_may_stand_on_both_sides),
		cmocka_unit_test(a_value_may_touch_its_letter),
		cmocka_unit_test(the_command_to_run_keeps_its_options),
		cmocka_unit_test(a_dash_is_an_operand),
		cmocka_unit_test(help_needs_no_more),
		cmocka_unit_test(what_is_wrong_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
