/* What of a report the monitor calls news, and how strangers' text gets out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "samples/monitor/change.h"
#include "samples/monitor/monitor.h"
#include "samples/monitor/text.h"

/* A report of at most one watcher and one probe, to be filled in. */
struct fixture {
	struct onlooker_report report;
	struct onlooker_watcher watcher;
	struct onlooker_probe probe;
	const struct onlooker_watcher *watchers[2];
	const struct onlooker_probe *probes[2];
};

static void fixture_init(struct fixture *fixture, enum onlooker_state shared,
                         int confidence)
{
	static const struct onlooker_evidence *const none[] = { NULL };

	*fixture = (struct fixture){
		.report = {
			.shared = { shared, confidence, 0, 0 },
			.controlled = { .state = ONLOOKER_CLEAR },
			.remote = { .state = ONLOOKER_CLEAR },
		},
		.watcher = {
			.id = 1,
			.stage = ONLOOKER_STAGE_CAPTURING,
			.shared = confidence,
			.who = "x11vnc",
			.peer = "",
			.evidence = none,
		},
		.probe = {
			.name = "x11",
			.state = ONLOOKER_PROBE_WATCHING,
			.reason = "",
		},
	};
	fixture->watchers[0] = confidence > 0 ? &fixture->watcher : NULL;
	fixture->probes[0] = &fixture->probe;
	fixture->report.watchers = fixture->watchers;
	fixture->report.probes = fixture->probes;
}

static void the_strongest_finding_is_the_exit_status(void **state)
{
	static const struct {
		enum onlooker_state states[FINDINGS];
		int status;
	} cases[] = {
		{ { ONLOOKER_CLEAR, ONLOOKER_CLEAR, ONLOOKER_CLEAR },
		  STATUS_SUCCESS },
		{ { ONLOOKER_CLEAR, ONLOOKER_UNKNOWN, ONLOOKER_CLEAR },
		  STATUS_UNKNOWN },
		{ { ONLOOKER_UNKNOWN, ONLOOKER_SUSPECTED, ONLOOKER_CLEAR },
		  STATUS_SUSPECTED },
		{ { ONLOOKER_UNKNOWN, ONLOOKER_SUSPECTED, ONLOOKER_SHARED },
		  STATUS_SHARED },
		{ { ONLOOKER_SHARED, ONLOOKER_UNKNOWN, ONLOOKER_UNKNOWN },
		  STATUS_SHARED },
		/* A later version's state is treated like unknown. */
		{ { ONLOOKER_CLEAR, (enum onlooker_state)9, ONLOOKER_CLEAR },
		  STATUS_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture;

		fixture_init(&fixture, cases[i].states[0], 0);
		fixture.report.controlled.state = cases[i].states[1];
		fixture.report.remote.state = cases[i].states[2];
		assert_int_equal(report_exit_status(&fixture.report),
		                 cases[i].status);
	}
}

static void a_starting_probe_hides_only_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, ONLOOKER_UNKNOWN, 0);
	fixture.probe.state = ONLOOKER_PROBE_STARTING;
	assert_false(report_is_known(&fixture.report));
	fixture_init(&fixture, ONLOOKER_SUSPECTED, 40);
	fixture.probe.state = ONLOOKER_PROBE_STARTING;
	assert_true(report_is_known(&fixture.report));
	fixture.report.shared.state = ONLOOKER_UNKNOWN;
	fixture.probe.state = ONLOOKER_PROBE_FAILED;
	assert_true(report_is_known(&fixture.report));
}

static void only_what_matters_is_news(void **state)
{
	struct change change = { 0 };
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, ONLOOKER_SHARED, 96);
	assert_true(change_update(&change, &fixture.report));
	assert_false(change_update(&change, &fixture.report));
	fixture.report.shared.confidence = 97;
	fixture.watcher.shared = 97;
	assert_false(change_update(&change, &fixture.report));
	fixture.watcher.stage = ONLOOKER_STAGE_CONTROLLING;
	assert_true(change_update(&change, &fixture.report));
	fixture.watcher.peer = "192.0.2.7:51324";
	assert_true(change_update(&change, &fixture.report));
	fixture.watcher.id = 2;
	assert_true(change_update(&change, &fixture.report));
	fixture.probe.state = ONLOOKER_PROBE_DEGRADED;
	assert_true(change_update(&change, &fixture.report));
	fixture.probe.state = ONLOOKER_PROBE_WATCHING;
	assert_true(change_update(&change, &fixture.report));
	/* Its source is gone, and with it what could not be seen. */
	fixture.probe.state = ONLOOKER_PROBE_ABSENT;
	assert_false(change_update(&change, &fixture.report));
	fixture.report.remote.state = ONLOOKER_SUSPECTED;
	fixture.report.remote.confidence = 40;
	assert_true(change_update(&change, &fixture.report));
	assert_false(change_update(&change, &fixture.report));
}

static void a_faint_watcher_is_no_news(void **state)
{
	struct change change = { 0 };
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, ONLOOKER_CLEAR, 0);
	assert_true(change_update(&change, &fixture.report));
	fixture.watchers[0] = &fixture.watcher;
	fixture.watcher.shared = SUSPECTED_FROM - 1;
	assert_false(change_update(&change, &fixture.report));
	fixture.watcher.shared = SUSPECTED_FROM;
	assert_true(change_update(&change, &fixture.report));
}

static void what_fades_is_told_once(void **state)
{
	struct change change = { 0 };
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, ONLOOKER_SHARED, 96);
	assert_true(change_update(&change, &fixture.report));
	/* The watcher has gone, the state holds. */
	fixture_init(&fixture, ONLOOKER_SHARED, 0);
	assert_false(change_update(&change, &fixture.report));
	/* Something else begins: that is told at once. */
	fixture.report.controlled.state = ONLOOKER_SHARED;
	fixture.report.controlled.confidence = 95;
	assert_true(change_update(&change, &fixture.report));
	fixture_init(&fixture, ONLOOKER_CLEAR, 0);
	assert_true(change_update(&change, &fixture.report));
}

static void changing_places_is_no_news(void **state)
{
	const struct onlooker_watcher *three[3] = { NULL };
	struct onlooker_watcher other;
	struct change change = { 0 };
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, ONLOOKER_SHARED, 96);
	other = fixture.watcher;
	other.id = 2;
	other.who = "obs";
	three[0] = &fixture.watcher;
	three[1] = &other;
	fixture.report.watchers = three;
	assert_true(change_update(&change, &fixture.report));
	three[0] = &other;
	three[1] = &fixture.watcher;
	assert_false(change_update(&change, &fixture.report));
}

static char *printed(void (*print)(FILE *file, const char *text),
                     const char *text)
{
	char *result = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&result, &size);

	assert_non_null(file);
	print(file, text);
	assert_int_equal(fclose(file), 0);
	return result;
}

static void text_cannot_move_the_cursor(void **state)
{
	static const struct {
		const char *text;
		const char *shown;
	} cases[] = {
		{ "x11vnc", "x11vnc" },
		{ "Büro-Beamer \xe2\x82\xac \xf0\x9f\x98\x80",
		  "Büro-Beamer \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "a\033[2Jb\n\t\x7f", "a\\x1b[2Jb\\x0a\\x09\\x7f" },
		{ "\xc2\x9b"
		  "2J",
		  "\\xc2\\x9b2J" },
		{ "\xe2\x80\xae"
		  "abc",
		  "\\xe2\\x80\\xae"
		  "abc" },
		/* Not UTF-8: a stray byte, cut off, overlong, a surrogate. */
		{ "\xff", "\\xff" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xc0\x80", "\\xc0\\x80" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *shown = printed(text_print, cases[i].text);

		assert_string_equal(shown, cases[i].shown);
		free(shown);
	}
}

static void json_strings_are_escaped(void **state)
{
	char *shown = printed(text_print_json, "a\"b\\c\n\x01");

	(void)state;
	assert_string_equal(shown, "\"a\\\"b\\\\c\\u000a\\u0001\"");
	free(shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_strongest_finding_is_the_exit_status),
		cmocka_unit_test(a_starting_probe_hides_only_nothing),
		cmocka_unit_test(only_what_matters_is_news),
		cmocka_unit_test(a_faint_watcher_is_no_news),
		cmocka_unit_test(what_fades_is_told_once),
		cmocka_unit_test(changing_places_is_no_news),
		cmocka_unit_test(text_cannot_move_the_cursor),
		cmocka_unit_test(json_strings_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
