/* What /proc says of a process, whatever the process calls itself. */
#include <errno.h>
#include <string.h>

#include "proc.h"
#include "tests/unit/cmocka_all.h"

#define REST " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987654 20 21\n"

static void test_names(void **state)
{
	static const struct {
		const char *text, *comm;
	} cases[] = {
		{ "1 (systemd)" REST, "systemd" },
		{ "1 ()" REST, "" },
		{ "1 (a) S 1 2 (b)" REST, "a) S 1 2 (b" },
		{ "1 (\n) R)" REST, "\n) R" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ol_proc_stat stat;

		assert_int_equal(ol_proc_parse_stat(cases[i].text,
		                                    strlen(cases[i].text),
		                                    &stat),
		                 0);
		assert_string_equal(stat.comm, cases[i].comm);
		assert_int_equal(stat.start_time, 987654);
	}
}

static void test_what_is_no_stat(void **state)
{
	static const char *const texts[] = {
		"",
		"1",
		"1 (x",
		"1 x)",
		"1 )(" REST,
		"1 (x)",
		"1 (x) S 1 2 3",
		"1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x",
		"1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 -5",
		"1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 "
		"18446744073709551616 ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ol_proc_stat stat = { .comm = "untouched" };

		assert_int_equal(
			ol_proc_parse_stat(texts[i], strlen(texts[i]), &stat),
			-EBADMSG);
		assert_string_equal(stat.comm, "untouched");
	}
}

static void test_a_long_name_is_cut(void **state)
{
	char text[512] = "1 (";
	struct ol_proc_stat stat;

	(void)state;
	memset(text + 3, 'a', 200);
	strcpy(text + 203, ")" REST);
	assert_int_equal(ol_proc_parse_stat(text, strlen(text), &stat), 0);
	assert_int_equal(strlen(stat.comm), sizeof(stat.comm) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_what_is_no_stat),
		cmocka_unit_test(test_a_long_name_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
