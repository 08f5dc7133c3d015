/*
 * onlooker_feed() with whatever is in a session file. Besides not crashing: the
 * report can be written and read again, and what the recorder hands out is a
 * session that another context takes, line for line.
 */
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "onlooker/onlooker.h"
#include "tests/fuzz/fuzz.h"

enum {
	/* A claim is looked up among all others: keep an input's time short. */
	LINES_MAX = 64,
};

static void on_line(const char *line, void *userdata)
{
	FUZZ_CHECK(onlooker_feed(userdata, line) == 0);
}

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	(void)onlooker;
	(void)userdata;
	FUZZ_CHECK(report->shared.plausible >= report->shared.confidence);
}

static struct onlooker *open_simulated(unsigned flags)
{
	const struct onlooker_options options = { .size = sizeof(options),
		                                  .flags = flags };
	struct onlooker *onlooker;

	FUZZ_CHECK(onlooker_open_simulated(&options, &onlooker) == 0);
	return onlooker;
}

static void check_texts(struct onlooker *onlooker)
{
	const struct onlooker_report *report = onlooker_get_report(onlooker);
	char *text = NULL;
	json_t *root;

	FUZZ_CHECK(onlooker_report_to_json(report, &text) == 0);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	FUZZ_CHECK(root != NULL);
	json_decref(root);
	free(text);
	FUZZ_CHECK(onlooker_report_explain(report, &text) == 0);
	free(text);
	onlooker_report_unref(report);
}

static void feed_lines(struct onlooker *onlooker, char *text)
{
	char *rest = text, *line;

	for (int i = 0; i < LINES_MAX && (line = strsep(&rest, "\n")); i++) {
		(void)onlooker_feed(onlooker,
		                    line); /* bad lines are the point */
		FUZZ_CHECK(onlooker_dispatch(onlooker) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool is_private = size > 0 && data[0] == 'p';
	struct onlooker *onlooker =
		open_simulated(is_private ? ONLOOKER_PRIVATE : 0);
	struct onlooker *copy = open_simulated(0);
	char *text = strndup((const char *)data, size);

	FUZZ_CHECK(text != NULL);
	onlooker_set_callback(onlooker, on_report, NULL);
	onlooker_set_recorder(onlooker, on_line, copy);
	feed_lines(onlooker, text);
	check_texts(onlooker);
	onlooker_set_recorder(onlooker, NULL, NULL);
	check_texts(copy);
	onlooker_unref(onlooker);
	onlooker_unref(copy);
	free(text);
	return 0;
}
