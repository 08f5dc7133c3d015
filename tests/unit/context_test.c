/* A simulated context from claims to callback: the public interface at work. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onlooker/onlooker.h"
#include "tests/unit/cmocka_all.h"

#define WATCHING_X11  "{\"at\":0,\"probe\":\"x11\",\"state\":\"watching\"}"
#define WATCHING_CAST "{\"at\":0,\"probe\":\"pipewire\",\"state\":\"watching\"}"
#define READ_CLAIM                                                             \
	"{\"claim\":\"x11.screen-read\",\"key\":1,\"detail\":\"whole "         \
	"screen\","                                                            \
	"\"subject\":{\"kind\":\"program\",\"pid\":42,\"start\":7,"            \
	"\"name\":\"grabber\",\"peer\":\"192.0.2.7:5\"}}"
#define READ_WITHDRAW "{\"withdraw\":\"x11.screen-read\",\"key\":1}"

struct seen {
	int calls;
	enum onlooker_state shared;
	int confidence;
	char who[64];
};

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	struct seen *seen = userdata;

	assert_int_equal(onlooker_dispatch(onlooker), -EBUSY);
	seen->calls++;
	seen->shared = report->shared.state;
	seen->confidence = report->shared.confidence;
	seen->who[0] = '\0';
	if (report->watchers[0] != NULL)
		snprintf(seen->who, sizeof(seen->who), "%s",
		         report->watchers[0]->who);
}

static struct onlooker *open_watched(void)
{
	struct onlooker *onlooker;

	assert_int_equal(onlooker_open_simulated(NULL, &onlooker), 0);
	assert_int_equal(onlooker_feed(onlooker, WATCHING_X11), 0);
	assert_int_equal(onlooker_feed(onlooker, WATCHING_CAST), 0);
	return onlooker;
}

static int is_readable(struct onlooker *onlooker)
{
	struct pollfd fd = { .fd = onlooker_get_fd(onlooker),
		             .events = POLLIN };

	return poll(&fd, 1, 0);
}

static void test_rise_and_fall(void **state)
{
	struct onlooker *onlooker = open_watched();
	struct seen seen = { 0 };

	(void)state;
	onlooker_set_callback(onlooker, on_report, &seen);
	assert_int_equal(is_readable(onlooker), 1);
	assert_int_equal(onlooker_dispatch(onlooker), 0);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.shared, ONLOOKER_CLEAR);
	assert_int_equal(is_readable(onlooker), 0);

	assert_int_equal(onlooker_feed(onlooker, READ_CLAIM), 0);
	assert_int_equal(is_readable(onlooker), 1);
	assert_int_equal(onlooker_wait(onlooker, 0), 0); /* changed by feed */
	assert_int_equal(seen.calls, 2);
	assert_int_equal(seen.shared, ONLOOKER_SHARED);
	assert_int_equal(seen.confidence, 96);
	assert_string_equal(seen.who, "grabber");

	assert_int_equal(onlooker_feed(onlooker, READ_WITHDRAW), 0);
	assert_int_equal(onlooker_dispatch(onlooker), 0);
	assert_int_equal(seen.calls, 3);
	assert_int_equal(seen.shared, ONLOOKER_SHARED);
	assert_int_equal(seen.confidence, 0);
	assert_int_equal(onlooker_advance(onlooker, 1999999), 0);
	assert_int_equal(onlooker_dispatch(onlooker), 0);
	assert_int_equal(seen.calls, 3);
	assert_int_equal(onlooker_advance(onlooker, 1), 0);
	assert_int_equal(onlooker_dispatch(onlooker), 0);
	assert_int_equal(seen.calls, 4);
	assert_int_equal(seen.shared, ONLOOKER_CLEAR);
	onlooker_unref(onlooker);
}

static void test_a_late_callback_is_told(void **state)
{
	struct onlooker *onlooker = open_watched();
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(onlooker_dispatch(onlooker), 0);
	assert_int_equal(is_readable(onlooker), 0);
	onlooker_set_callback(onlooker, on_report, &seen);
	assert_int_equal(is_readable(onlooker), 1);
	assert_int_equal(onlooker_dispatch(onlooker), 0);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(onlooker_dispatch(onlooker), 0);
	assert_int_equal(seen.calls, 1);
	onlooker_unref(onlooker);
}

static void test_an_obstructed_probe_is_not_clear(void **state)
{
	static const struct {
		const char *line;
		enum onlooker_state shared;
		int coverage;
	} cases[] = {
		{ "starting", ONLOOKER_UNKNOWN, 25 },
		{ "denied", ONLOOKER_UNKNOWN, 25 },
		{ "failed", ONLOOKER_UNKNOWN, 25 },
		{ "off", ONLOOKER_UNKNOWN, 25 },
		{ "degraded", ONLOOKER_UNKNOWN, 37 },
		{ "absent", ONLOOKER_CLEAR, 50 },
		{ "watching", ONLOOKER_CLEAR, 50 },
	};
	struct onlooker *onlooker = open_watched();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct onlooker_report *report;
		char line[128];

		snprintf(line, sizeof(line),
		         "{\"probe\":\"x11\",\"state\":\"%s\"}", cases[i].line);
		assert_int_equal(onlooker_feed(onlooker, line), 0);
		report = onlooker_get_report(onlooker);
		assert_int_equal(report->shared.state, cases[i].shared);
		assert_int_equal(report->shared.coverage, cases[i].coverage);
		onlooker_report_unref(report);
	}
	onlooker_unref(onlooker);
}

static void test_nothing_seen_is_unknown(void **state)
{
	struct onlooker *onlooker;
	const struct onlooker_report *report;

	(void)state;
	assert_int_equal(onlooker_open_simulated(NULL, &onlooker), 0);
	report = onlooker_get_report(onlooker);
	assert_int_equal(report->shared.state, ONLOOKER_UNKNOWN);
	assert_int_equal(report->coverage, 0);
	assert_null(report->watchers[0]);
	assert_null(report->probes[0]);
	onlooker_report_unref(report);
	onlooker_unref(onlooker);
}

static void on_log(enum onlooker_log_level level, const char *message,
                   void *userdata)
{
	assert_int_equal(level, ONLOOKER_LOG_ERROR);
	snprintf(userdata, 512, "%s", message);
}

static void test_bad_lines_are_named(void **state)
{
	static const struct {
		const char *line;
		const char *message;
	} cases[] = {
		{ "nonsense", "session: line 1: column " },
		{ "[]", "session: line 2: not a JSON object" },
		{ "{\"claim\":\"x11.no-such\"}",
		  "session: line 3: there is no rule \"x11.no-such\"" },
		{ "{\"probe\":\"x11\",\"state\":\"awake\"}",
		  "session: line 4: \"awake\" is no state of a probe" },
		{ "{\"probe\":\"x11\",\"state\":\"off\",\"why\":\"\"}",
		  "session: line 5: \"why\" does not belong here" },
		{ "{\"at\":-1,\"withdraw\":\"x11.screen-read\"}",
		  "session: line 6: \"at\" is negative" },
		{ "{\"session\":2}",
		  "session: line 7: \"session\" is not 1, the only version "
		  "there is" },
		{ "{\"at\":5}", "session: line 8: none of session, probe, "
		                "claim, withdraw, expect and truth is there" },
		{ "{\"claim\":\"x11.screen-read\",\"subject\":{\"kind\":\"x\"}"
		  "}",
		  "session: line 9: \"x\" is no kind of subject" },
		{ "{\"claim\":\"x11.screen-read\"}",
		  "session: line 10: \"subject\" is missing or not an object" },
	};
	struct onlooker *onlooker;
	char message[512] = "";

	(void)state;
	assert_int_equal(onlooker_open_simulated(NULL, &onlooker), 0);
	onlooker_set_log(onlooker, ONLOOKER_LOG_WARNING, on_log, message);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(onlooker_feed(onlooker, cases[i].line),
		                 -EBADMSG);
		/* The JSON library's own words come after the column. */
		assert_memory_equal(message, cases[i].message,
		                    strlen(cases[i].message));
	}
	assert_int_equal(onlooker_feed(onlooker, ""), 0);
	assert_int_equal(onlooker_feed(onlooker, "# a remark"), 0);
	onlooker_unref(onlooker);
}

static void drop_in_callback(struct onlooker *onlooker,
                             const struct onlooker_report *report,
                             void *userdata)
{
	*(const struct onlooker_report **)userdata =
		onlooker_report_ref(report);
	onlooker_unref(onlooker);
}

static void test_callback_may_drop_the_context(void **state)
{
	struct onlooker *onlooker = open_watched();
	const struct onlooker_report *kept = NULL;

	(void)state;
	onlooker_set_callback(onlooker, drop_in_callback, &kept);
	assert_int_equal(onlooker_dispatch(onlooker), 0);
	assert_non_null(kept);
	assert_int_equal(kept->shared.state, ONLOOKER_CLEAR);
	onlooker_report_unref(kept);
}

static void keep_line(const char *line, void *userdata)
{
	char **text = userdata;
	size_t old = *text != NULL ? strlen(*text) : 0;

	*text = realloc(*text, old + strlen(line) + 2);
	sprintf(*text + old, "%s\n", line);
}

static void feed_all(struct onlooker *onlooker, const char *lines)
{
	char *copy = strdup(lines), *save = NULL;

	for (char *line = strtok_r(copy, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		assert_int_equal(onlooker_feed(onlooker, line), 0);
	free(copy);
}

static void test_a_recording_repeats_the_session(void **state)
{
	struct onlooker *first = open_watched(), *second;
	char *lines = NULL, *one, *two;
	const struct onlooker_report *report;

	(void)state;
	assert_int_equal(onlooker_feed(first, READ_CLAIM), 0);
	onlooker_set_recorder(first, keep_line, &lines);
	assert_int_equal(onlooker_advance(first, 5000000), 0);
	assert_int_equal(
		onlooker_feed(first,
	                      "{\"claim\":\"x11.screenshot\",\"key\":9,"
	                      "\"subject\":{\"kind\":\"program\",\"pid\":5,"
	                      "\"start\":\"0xffffffffffffffff\","
	                      "\"name\":\"scrot\"}}"),
		0);
	assert_int_equal(onlooker_open_simulated(NULL, &second), 0);
	feed_all(second, lines);
	report = onlooker_get_report(first);
	assert_int_equal(onlooker_report_to_json(report, &one), 0);
	onlooker_report_unref(report);
	report = onlooker_get_report(second);
	assert_int_equal(onlooker_report_to_json(report, &two), 0);
	onlooker_report_unref(report);
	assert_string_equal(one, two);
	free(one);
	free(two);
	free(lines);
	onlooker_unref(first);
	onlooker_unref(second);
}

static void test_private_mode_names_nobody(void **state)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .flags = ONLOOKER_PRIVATE };
	const struct onlooker_report *report;
	struct onlooker *onlooker;
	char *lines = NULL;

	(void)state;
	assert_int_equal(onlooker_open_simulated(&options, &onlooker), 0);
	onlooker_set_recorder(onlooker, keep_line, &lines);
	assert_int_equal(onlooker_feed(onlooker, READ_CLAIM), 0);
	report = onlooker_get_report(onlooker);
	assert_int_equal(report->watchers[0]->pid, 0);
	assert_string_equal(report->watchers[0]->who, "");
	assert_string_equal(report->watchers[0]->peer, "");
	assert_string_equal(report->watchers[0]->evidence[0]->detail, "");
	assert_int_equal(report->shared.state, ONLOOKER_SHARED);
	onlooker_report_unref(report);
	assert_null(strstr(lines, "42"));
	assert_null(strstr(lines, "grabber"));
	assert_non_null(strstr(lines, "\"id\":1"));
	free(lines);
	onlooker_unref(onlooker);
}

static void test_options_are_checked(void **state)
{
	struct {
		struct onlooker_options known;
		char later;
	} options = { .known = { .size = sizeof(options) } };
	struct onlooker *onlooker = NULL;

	(void)state;
	options.later = 1;
	assert_int_equal(onlooker_open_simulated(&options.known, &onlooker),
	                 -EINVAL);
	options.later = 0;
	options.known.flags = 1u << 31;
	assert_int_equal(onlooker_open_simulated(&options.known, &onlooker),
	                 -EINVAL);
	options.known.flags = 0;
	options.known.size = 1;
	assert_int_equal(onlooker_open_simulated(&options.known, &onlooker),
	                 -EINVAL);
	options.known.size = sizeof(options);
	options.known.probes = "no-such-probe";
	assert_int_equal(onlooker_open(&options.known, &onlooker), -EINVAL);
	options.known.probes = NULL;
	options.known.root = "/no/such/directory";
	assert_int_equal(onlooker_open(&options.known, &onlooker), -ENOENT);
	assert_null(onlooker);
	options.known.root = NULL;
	assert_int_equal(onlooker_open_simulated(&options.known, &onlooker), 0);
	onlooker_unref(onlooker);
}

static void test_time_does_not_go_back(void **state)
{
	struct onlooker *onlooker = open_watched();

	(void)state;
	assert_int_equal(onlooker_advance(onlooker, 10), 0);
	assert_int_equal(onlooker_feed(onlooker, WATCHING_X11), -EBADMSG);
	assert_int_equal(onlooker_advance(onlooker, UINT64_MAX), -EINVAL);
	onlooker_unref(onlooker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rise_and_fall),
		cmocka_unit_test(test_a_late_callback_is_told),
		cmocka_unit_test(test_an_obstructed_probe_is_not_clear),
		cmocka_unit_test(test_nothing_seen_is_unknown),
		cmocka_unit_test(test_bad_lines_are_named),
		cmocka_unit_test(test_callback_may_drop_the_context),
		cmocka_unit_test(test_a_recording_repeats_the_session),
		cmocka_unit_test(test_private_mode_names_nobody),
		cmocka_unit_test(test_options_are_checked),
		cmocka_unit_test(test_time_does_not_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
