/* The live view's pages, of reports of simulated sessions. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "samples/monitor/view.h"
#include "tests/unit/cmocka_all.h"

static const char *const session[] = {
	"{\"session\":1,\"time\":\"2026-01-31T12:00:00.000Z\"}",
	"{\"at\":0,\"probe\":\"x11\",\"state\":\"watching\"}",
	"{\"at\":0,\"probe\":\"pipewire\",\"state\":\"denied\","
	"\"reason\":\"permission denied\"}",
	"{\"at\":0,\"claim\":\"x11.screen-read\",\"key\":1,"
	"\"detail\":\"whole screen\",\"subject\":{\"kind\":\"program\","
	"\"pid\":4321,\"name\":\"x11vnc\",\"peer\":\"192.0.2.7:51324\"}}",
	"{\"at\":0,\"claim\":\"x11.screenshot\",\"key\":2,"
	"\"subject\":{\"kind\":\"program\",\"pid\":77,"
	"\"name\":\"\\u001b[2J\\u202e\\u6f22\\u5b57 evil\"}}",
	"{\"at\":5000000,\"probe\":\"x11\",\"state\":\"watching\"}",
};

struct page {
	struct onlooker *onlooker;
	const struct onlooker_report *report;
	struct view view;
	char *text;
	size_t size;
};

static int setup(void **state)
{
	struct onlooker_options options = { .size = sizeof(options) };
	struct page *page = calloc(1, sizeof(*page));

	assert_non_null(page);
	assert_int_equal(onlooker_open_simulated(&options, &page->onlooker), 0);
	for (size_t i = 0; i < sizeof(session) / sizeof(*session); i++)
		assert_int_equal(onlooker_feed(page->onlooker, session[i]), 0);
	page->report = onlooker_get_report(page->onlooker);
	page->view.has_keys = 1;
	*state = page;
	return 0;
}

static int teardown(void **state)
{
	struct page *page = *state;

	onlooker_report_unref(page->report);
	onlooker_unref(page->onlooker);
	free(page->text);
	free(page);
	return 0;
}

static void draw(struct page *page, int width, int height, int is_utf8,
                 int has_colour)
{
	struct canvas canvas = { .width = width,
		                 .height = height,
		                 .is_utf8 = is_utf8,
		                 .has_colour = has_colour };
	/* Five seconds past noon in UTC, and past the report. */
	struct moment moment = { page->report->time_us + 5000000, 43205 };

	free(page->text);
	canvas.file = open_memstream(&page->text, &page->size);
	timeline_note(&page->view.timeline, page->report, 1000);
	assert_int_equal(view_draw(&page->view, &canvas, page->report, moment),
	                 0);
	fclose(canvas.file);
}

/* Take away what moves the cursor or erases, and blanks before a line's end. */
static void strip(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (*from == '\r')
			continue;
		if (*from == '\033') {
			from += strcspn(from, "HJKm");
			continue;
		}
		while (*from == '\n' && to > text && to[-1] == ' ')
			to--;
		*to++ = *from;
	}
	*to = '\0';
}

/* A report of round numbers, so that no rule's opinion matters here. */
static const struct onlooker_evidence reading = {
	.sentence = "Reads the screen.",
	.detail = "all of it",
};
static const struct onlooker_evidence *const evidence[] = { &reading, NULL };
static const struct onlooker_watcher server = {
	.kind = ONLOOKER_WATCHER_PROGRAM,
	.stage = ONLOOKER_STAGE_CAPTURING,
	.shared = 96,
	.since_us = 10000000,
	.pid = 4321,
	.who = "x11vnc",
	.peer = "192.0.2.7:51324",
	.evidence = evidence,
};
static const struct onlooker_watcher *const watchers[] = { &server, NULL };
static const struct onlooker_probe pipewire = {
	.name = "pipewire",
	.state = ONLOOKER_PROBE_DENIED,
	.reason = "permission denied",
};
static const struct onlooker_probe *const probes[] = { &pipewire, NULL };
static const struct onlooker_report sample = {
	.time_us = 70000000,
	.shared = { ONLOOKER_SHARED, 96, 97, 25 },
	.controlled = { ONLOOKER_UNKNOWN, 0, 21, 0 },
	.remote = { ONLOOKER_CLEAR, 0, 0, 100 },
	.coverage = 8,
	.watchers = watchers,
	.probes = probes,
};

static void test_page(void **state)
{
	static const char *const lines[] = {
		" onlooker                                                     "
		"         12:00:05",
		"",
		" shared      ################.  shared     96 %  at most 97 "
		"%, "
		"25 % looked at",
		" controlled  ----.............  unknown     0 %  at most 21 "
		"%, "
		"0 % looked at",
		" remote      .................  clear       0 %  at most 0 %, "
		"100 % looked at",
		"",
		" x11vnc  pid 4321  with 192.0.2.7:51324  capturing since "
		"11:59:00, 1 min",
		"   Reads the screen.  all of it",
		"",
		"",
		"",
		"",
		"",
		"",
		"",
		" last        10 min                                           "
		"              now",
		" shared                                                       "
		"                #",
		" controlled                                                   "
		"                ?",
		" remote                                                       "
		"                _",
		"",
		" cannot be seen: 92 % of all ways out",
		"   pipewire denied  permission denied",
		"",
		" e explain  q quit  ",
	};
	struct page page = { .report = &sample, .view.has_keys = 1 };
	char *rest, *line;
	size_t i = 0;

	(void)state;
	draw(&page, 80, 24, 0, 0);
	strip(page.text);
	rest = page.text;
	while ((line = strsep(&rest, "\n")) != NULL) {
		assert_true(i < sizeof(lines) / sizeof(*lines));
		assert_string_equal(line, lines[i]);
		i++;
	}
	assert_int_equal(i, sizeof(lines) / sizeof(*lines));
	free(page.text);
}

/* What comes from outside can neither draw nor turn the text round. */
static void test_hostile_text(void **state)
{
	struct canvas canvas = { .width = 80, .height = 2, .is_utf8 = 1 };
	char *text = NULL;
	size_t size;

	(void)state;
	for (canvas.is_utf8 = 0; canvas.is_utf8 <= 1; canvas.is_utf8++) {
		canvas.row = 0;
		canvas.column = 0;
		canvas.file = open_memstream(&text, &size);
		canvas_text(&canvas, STYLE_PLAIN,
		            "\033[2J\xe2\x80\xae\xff 漢字");
		fclose(canvas.file);
		assert_string_equal(
			text, canvas.is_utf8
				      ? "\\x1b[2J\\xe2\\x80\\xae\\xff 漢字"
				      : "\\x1b[2J\\xe2\\x80\\xae\\xff ??");
		assert_int_equal(canvas.column, canvas.is_utf8 ? 28 : 26);
		free(text);
	}
}

static void test_no_colour(void **state)
{
	struct page *page = *state;

	draw(page, 80, 24, 1, 1);
	assert_non_null(strstr(page->text, "\033[1;31m"));
	draw(page, 80, 24, 1, 0);
	for (const char *at = page->text; (at = strchr(at, '\033')); at++) {
		at += strcspn(at, "HJKm");
		assert_int_not_equal(*at, 'm');
	}
}

/* Columns of a line of UTF-8 up to its end. */
static int columns(const char *line, size_t length)
{
	int width = 0;
	wchar_t code;
	int n;

	while (length > 0 && (n = mbtowc(&code, line, length)) > 0) {
		width += wcwidth(code);
		line += n;
		length -= (size_t)n;
	}
	assert_int_equal(length, 0);
	return width;
}

static void check_size(struct page *page, int width, int height)
{
	int lines = 0;
	char *line;

	draw(page, width, height, 1, 1);
	strip(page->text);
	for (char *rest = page->text; (line = strsep(&rest, "\n")) != NULL;) {
		assert_true(columns(line, strlen(line)) <= width);
		lines++;
	}
	assert_true(lines <= height);
}

/* Whatever the size of the terminal, the page stays inside. */
static void test_every_size(void **state)
{
	struct page *page = *state;

	for (int width = 1; width <= 130; width += width < 20 ? 1 : 7) {
		for (int height = 1; height <= 40; height++) {
			check_size(page, width, height);
			(void)view_key(&page->view, 'e');
			check_size(page, width, height);
			(void)view_key(&page->view, 'e');
		}
	}
}

static void test_keys(void **state)
{
	struct page *page = *state;
	const char head[] = "This screen is shared: 96 % sure";

	draw(page, 80, 24, 1, 0);
	assert_null(strstr(page->text, head));
	assert_int_equal(view_key(&page->view, 'e'), 0);
	draw(page, 80, 24, 1, 0);
	assert_non_null(strstr(page->text, head));
	assert_int_equal(view_key(&page->view, 'j'), 0);
	draw(page, 80, 24, 1, 0);
	assert_null(strstr(page->text, head));
	assert_int_equal(view_key(&page->view, 'k'), 0);
	/* No further up than the top, no further down than the end. */
	assert_int_equal(view_key(&page->view, 'k'), 0);
	draw(page, 80, 24, 1, 0);
	assert_non_null(strstr(page->text, head));
	for (int i = 0; i < 100; i++)
		assert_int_equal(view_key(&page->view, ' '), 0);
	draw(page, 80, 24, 1, 0);
	assert_in_range(page->view.scroll, 1, 100);
	assert_int_equal(view_key(&page->view, 'e'), 0);
	assert_int_equal(view_key(&page->view, 'x'), 0);
	assert_int_equal(view_key(&page->view, 'q'), 1);
}

/* A moment's sharing is to be seen in a timeline of minutes. */
static void test_timeline(void **state)
{
	static const struct onlooker_report clear = {
		.shared.state = ONLOOKER_CLEAR,
		.controlled.state = ONLOOKER_CLEAR,
	};
	static const struct onlooker_report shared = {
		.shared.state = ONLOOKER_SHARED,
		.controlled.state = ONLOOKER_CLEAR,
	};
	struct timeline timeline = { 0 };

	(void)state;
	timeline_note(&timeline, &clear, 5000);
	timeline_note(&timeline, &shared, 5010);
	timeline_note(&timeline, &clear, 5010);
	timeline_note(&timeline, &clear, 5100);
	assert_int_equal(timeline_state(&timeline, 0, 1, 0), ONLOOKER_CLEAR);
	assert_int_equal(timeline_state(&timeline, 0, 90, 0), ONLOOKER_CLEAR);
	assert_int_equal(timeline_state(&timeline, 0, 91, 0), ONLOOKER_SHARED);
	assert_int_equal(timeline_state(&timeline, 0, 100, 91), ONLOOKER_CLEAR);
	assert_int_equal(timeline_state(&timeline, 1, 100, 0), ONLOOKER_CLEAR);
	assert_int_equal(timeline_state(&timeline, 2, 100, 0),
	                 ONLOOKER_UNKNOWN);
	assert_int_equal(timeline_state(&timeline, 0, 300, 101), -1);

	/* What is older than the timeline is gone; what lasts, is not. */
	timeline_note(&timeline, &shared, 5100);
	timeline_note(&timeline, &shared, 5100 + 2 * TIMELINE_SECONDS);
	assert_int_equal(timeline_state(&timeline, 0, TIMELINE_SECONDS,
	                                TIMELINE_SECONDS - 1),
	                 ONLOOKER_SHARED);
	assert_int_equal(timeline_state(&timeline, 0, 2 * TIMELINE_SECONDS,
	                                TIMELINE_SECONDS),
	                 -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test_setup_teardown(test_no_colour, setup,
		                                teardown),
		cmocka_unit_test_setup_teardown(test_every_size, setup,
		                                teardown),
		cmocka_unit_test_setup_teardown(test_keys, setup, teardown),
		cmocka_unit_test(test_timeline),
	};

	setenv("TZ", "UTC", 1);
	/* Without it no character but ASCII has a width. */
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
