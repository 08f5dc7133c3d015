/* Text from outside is made fit to be shown. */
#include <string.h>

#include "sdk/text.h"
#include "tests/unit/cmocka_all.h"

static void test_clean(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} cases[] = {
		{ "", "" },
		{ "x11vnc", "x11vnc" },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
		  "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "a\x1b[31mb\nc\x7f", "a?[31mb?c?" },
		{ "\xc2\x85", "?" },            /* C1 next line */
		{ "x\xe2\x80\xaey", "x?y" },    /* right-to-left override */
		{ "\xe2\x81\xa6z", "?z" },      /* isolate */
		{ "\xff\xc3", "??" },           /* no sequence; cut off */
		{ "\xc0\xaf", "??" },           /* overlong */
		{ "\xe0\x80\xaf", "???" },      /* overlong */
		{ "\xed\xa0\x80", "???" },      /* surrogate */
		{ "\xf4\x90\x80\x80", "????" }, /* above U+10FFFF */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[64];

		ol_text_clean(cases[i].in, out, sizeof(out));
		assert_string_equal(out, cases[i].out);
	}
}

static void test_cut_between_characters(void **state)
{
	char out[4];

	(void)state;
	ol_text_clean("ab\xc3\xa9", out, sizeof(out));
	assert_string_equal(out, "ab");
	ol_text_clean("a\xc3\xa9z", out, sizeof(out));
	assert_string_equal(out, "a\xc3\xa9");
	ol_text_clean("abcdef", out, sizeof(out));
	assert_string_equal(out, "abc");
	ol_text_clean("abc", out, 1);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
