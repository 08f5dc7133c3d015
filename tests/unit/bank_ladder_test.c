/* The bank's policy, on the reports of simulated sessions. */
#include <string.h>

#include "samples/bank/ladder.h"
#include "tests/unit/cmocka_all.h"

#define PROGRAM                                                                \
	"\"subject\":{\"kind\":\"program\",\"pid\":20,\"name\":\"tool\"}}"

static const char x11[] = "{\"probe\":\"x11\",\"state\":\"watching\"}";
static const char pipewire[] = "{\"probe\":\"pipewire\",\"state\":\"absent\"}";
static const char blind[] = "{\"probe\":\"x11\",\"state\":\"denied\"}";
static const char reads[] = "{\"claim\":\"x11.screen-read\"," PROGRAM;
static const char looked[] = "{\"claim\":\"x11.screenshot\"," PROGRAM;
static const char kvm[] = "{\"claim\":\"usb.ip-kvm\","
			  "\"subject\":{\"kind\":\"device\",\"name\":\"box\"}}";

static const struct row {
	const char *lines[4];
	enum tone tone;
	bool redact, refuse;
	const char *title;
	const char *detail; /* a part of it */
} rows[] = {
	{ { x11, pipewire },
	  TONE_CALM,
	  false,
	  false,
	  "Nobody was seen watching",
	  "50 %" },
	{ { blind, pipewire },
	  TONE_UNSURE,
	  false,
	  false,
	  "We cannot tell who is watching",
	  "25 %" },
	{ { x11, pipewire, reads },
	  TONE_ALARM,
	  true,
	  false,
	  "Your screen is being shared",
	  ". Reads the picture of the whole screen again and again." },
	{ { x11, pipewire, looked },
	  TONE_CAUTION,
	  true,
	  false,
	  "Someone may be looking at your screen",
	  "tool, since " },
	{ { blind, pipewire, looked },
	  TONE_CAUTION,
	  true,
	  false,
	  "Someone may be looking at your screen",
	  "tool, since " },
	{ { x11, pipewire, kvm },
	  TONE_CAUTION,
	  true,
	  true,
	  "Someone else may be controlling this computer",
	  "box, since " },
	{ { x11, pipewire, kvm, reads },
	  TONE_ALARM,
	  true,
	  true,
	  "Your screen is being shared",
	  "And 1 more." },
};

static void climb_row(struct ladder *ladder, const struct row *row)
{
	struct onlooker_options options = { .size = sizeof(options) };
	const struct onlooker_report *report;
	struct onlooker *onlooker;

	assert_int_equal(onlooker_open_simulated(&options, &onlooker), 0);
	for (size_t i = 0; i < 4 && row->lines[i] != NULL; i++)
		assert_int_equal(onlooker_feed(onlooker, row->lines[i]), 0);
	report = onlooker_get_report(onlooker);
	ladder_climb(ladder, report, false);
	onlooker_report_unref(report);
	onlooker_unref(onlooker);
}

static void test_reports(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ladder ladder;

		climb_row(&ladder, &rows[i]);
		assert_string_equal(ladder.title, rows[i].title);
		assert_int_equal(ladder.tone, rows[i].tone);
		assert_int_equal(ladder.redact, rows[i].redact);
		assert_int_equal(ladder.refuse, rows[i].refuse);
		assert_non_null(strstr(ladder.detail, rows[i].detail));
		/* Who is refused is told why, and nobody else. */
		assert_int_equal(ladder.reason[0] != '\0', ladder.refuse);
		assert_int_equal(ladder.advice[0] != '\0', ladder.redact);
		ladder_finish(&ladder);
	}
}

static void test_without_report(void **state)
{
	struct ladder ladder;

	(void)state;
	/* Before the first report nothing is known, so nothing is shown. */
	ladder_climb(&ladder, NULL, false);
	assert_true(ladder.redact && ladder.refuse);
	assert_true(ladder.reason[0] != '\0');
	ladder_finish(&ladder);
	/* Where there is no looking at all, the bank goes on, and says so. */
	ladder_climb(&ladder, NULL, true);
	assert_false(ladder.redact || ladder.refuse);
	assert_int_equal(ladder.tone, TONE_UNSURE);
	ladder_finish(&ladder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_without_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
