/* Reads session files and plays them through the public functions. */
#include "tests/scenarios/scenario.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

static int add_line(struct scenario *scenario, unsigned number, char *text)
{
	struct scenario_line *lines = realloc(
		scenario->lines, (scenario->count + 1) * sizeof(*lines));
	json_error_t error;
	json_t *root;

	if (lines == NULL) {
		free(text);
		return -ENOMEM;
	}
	scenario->lines = lines;
	lines += scenario->count++;
	*lines = (struct scenario_line){ .number = number, .text = text };
	if (text[0] != '{')
		return 0;
	root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		fprintf(stderr, "%s:%u: column %d: %s\n", scenario->path,
		        number, error.column, error.text);
		return -EBADMSG;
	}
	lines->expect = json_incref(json_object_get(root, "expect"));
	json_decref(root);
	return 0;
}

static int read_lines(struct scenario *scenario, FILE *file)
{
	unsigned number = 0;
	size_t size = 0;
	char *text = NULL;
	ssize_t length;
	int r = 0;

	while (r == 0 && (length = getline(&text, &size, file)) >= 0) {
		if (length > 0 && text[length - 1] == '\n')
			text[length - 1] = '\0';
		if (++number == 1 && strcmp(text, "# private") == 0)
			scenario->flags |= ONLOOKER_PRIVATE;
		r = add_line(scenario, number, text);
		text = NULL;
		size = 0;
	}
	free(text);
	return r;
}

int scenario_load(const char *path, struct scenario **ret)
{
	struct scenario *scenario = calloc(1, sizeof(*scenario));
	FILE *file = fopen(path, "re");
	int r;

	if (scenario == NULL || file == NULL) {
		r = -errno;
		fprintf(stderr, "%s: %s\n", path, strerror(-r));
		free(scenario);
		return r;
	}
	scenario->path = strdup(path);
	r = scenario->path != NULL ? read_lines(scenario, file) : -ENOMEM;
	fclose(file);
	if (r < 0) {
		scenario_free(scenario);
		return r;
	}
	*ret = scenario;
	return 0;
}

void scenario_free(struct scenario *scenario)
{
	if (scenario == NULL)
		return;
	for (size_t i = 0; i < scenario->count; i++) {
		free(scenario->lines[i].text);
		json_decref(scenario->lines[i].expect);
	}
	free(scenario->lines);
	free(scenario->path);
	free(scenario);
}

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	struct scenario_run *run = userdata;

	(void)onlooker;
	run->calls++;
	onlooker_report_unref(run->last);
	run->last = onlooker_report_ref(report);
}

static void on_log(enum onlooker_log_level level, const char *message,
                   void *userdata)
{
	struct scenario_run *run = userdata;

	(void)level;
	fprintf(run->out, "%s: %s\n", run->scenario->path, message);
}

int scenario_begin(struct scenario_run *run, const struct scenario *scenario,
                   FILE *out)
{
	const struct onlooker_options options = { .size = sizeof(options),
		                                  .flags = scenario->flags };
	int r;

	*run = (struct scenario_run){ .scenario = scenario, .out = out };
	r = onlooker_open_simulated(&options, &run->onlooker);
	if (r < 0)
		return r;
	onlooker_set_callback(run->onlooker, on_report, run);
	onlooker_set_log(run->onlooker,
	                 scenario->is_swept ? ONLOOKER_LOG_NONE
	                                    : ONLOOKER_LOG_ERROR,
	                 on_log, run);
	return 0;
}

void scenario_end(struct scenario_run *run)
{
	onlooker_report_unref(run->last);
	onlooker_unref(run->onlooker);
	run->last = NULL;
	run->onlooker = NULL;
}

/* What a host's loop does: dispatch as long as the descriptor says so. */
static int dispatch(struct onlooker *onlooker)
{
	struct pollfd fd = { .fd = onlooker_get_fd(onlooker),
		             .events = POLLIN };
	int r = 0;

	while (r == 0 && poll(&fd, 1, 0) > 0)
		r = onlooker_dispatch(onlooker);
	return r;
}

int scenario_step(struct scenario_run *run, const struct scenario_line *line)
{
	int r = onlooker_feed(run->onlooker, line->text);
	int q = dispatch(run->onlooker);

	return r < 0 ? r : q;
}

struct place {
	struct scenario_run *run;
	unsigned line;
	char path[256]; /* within the report, such as ".watchers[0].who" */
};

static void fail(struct place *place, const json_t *expected, const json_t *got)
{
	char *wanted = json_dumps(expected, JSON_COMPACT | JSON_ENCODE_ANY);
	char *found = got != NULL
	                      ? json_dumps(got, JSON_COMPACT | JSON_ENCODE_ANY)
	                      : strdup("nothing");

	fprintf(place->run->out, "%s:%u: %s: expected %s, got %s\n",
	        place->run->scenario->path, place->line, place->path + 1,
	        wanted, found);
	place->run->failures++;
	free(wanted);
	free(found);
}

/* Whether ">=80" and its like hold for a number. */
static bool satisfies(const char *text, json_int_t number)
{
	static const char *const operators[] = { ">=", "<=", ">", "<" };
	json_int_t bound;
	char *end;
	size_t i = 0;

	while (i < 4 && strncmp(text, operators[i], strlen(operators[i])) != 0)
		i++;
	if (i == 4)
		return false;
	bound = strtoll(text + strlen(operators[i]), &end, 10);
	if (*end != '\0' || end == text + strlen(operators[i]))
		return false;
	return i == 0   ? number >= bound
	       : i == 1 ? number <= bound
	       : i == 2 ? number > bound
	                : number < bound;
}

static void compare(struct place *place, const json_t *expected,
                    const json_t *got);

/* Compare a part; the place is named while it is looked at. */
static void compare_part(struct place *place, const json_t *expected,
                         const json_t *got, const char *name, size_t index)
{
	size_t length = strlen(place->path);

	if (name != NULL)
		snprintf(place->path + length, sizeof(place->path) - length,
		         ".%s", name);
	else
		snprintf(place->path + length, sizeof(place->path) - length,
		         "[%zu]", index);
	compare(place, expected, got);
	place->path[length] = '\0';
}

static void compare(struct place *place, const json_t *expected,
                    const json_t *got)
{
	const char *name;
	json_t *part;
	size_t i;

	if (json_is_object(expected) && json_is_object(got)) {
		json_object_foreach((json_t *)(uintptr_t)expected, name, part)
			compare_part(place, part, json_object_get(got, name),
		                     name, 0);
	} else if (json_is_array(expected) && json_is_array(got) &&
	           json_array_size(expected) == json_array_size(got)) {
		json_array_foreach(expected, i, part) compare_part(
			place, part, json_array_get(got, i), NULL, i);
	} else if (json_is_string(expected) && json_is_integer(got)) {
		if (!satisfies(json_string_value(expected),
		               json_integer_value(got)))
			fail(place, expected, got);
	} else if (got == NULL || !json_equal(expected, got)) {
		fail(place, expected, got);
	}
}

/* A report as an expectation sees it; NULL if it cannot be written as JSON. */
static json_t *look(const struct onlooker_report *report)
{
	char *text = NULL;
	json_t *root;

	if (onlooker_report_to_json(report, &text) < 0)
		return NULL;
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	return root;
}

/* What every report owes, whatever the scenario is about. */
static void check_promises(struct place *place,
                           const struct onlooker_report *report)
{
	struct scenario_run *run = place->run;
	char *text = NULL;

	if (run->last != NULL && run->last != report) {
		fprintf(run->out,
		        "%s:%u: the callback was not given the latest report\n",
		        run->scenario->path, place->line);
		run->failures++;
	}
	if (onlooker_report_explain(report, &text) < 0 || *text == '\0') {
		fprintf(run->out, "%s:%u: the report explains nothing\n",
		        run->scenario->path, place->line);
		run->failures++;
	}
	free(text);
}

void scenario_check(struct scenario_run *run, const struct scenario_line *line)
{
	const struct onlooker_report *report;
	struct place place = { .run = run, .line = line->number };
	json_t *got;

	if (line->expect == NULL)
		return;
	report = onlooker_get_report(run->onlooker);
	check_promises(&place, report);
	got = look(report);
	if (run->scenario->is_swept)
		json_object_del(line->expect, "calls");
	if (got != NULL)
		json_object_set_new(got, "calls",
		                    json_integer((json_int_t)run->calls));
	compare(&place, line->expect, got);
	run->calls = 0;
	json_decref(got);
	onlooker_report_unref(report);
}
