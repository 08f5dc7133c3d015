/*
 * Every scenario on a machine that runs out of memory: each allocation in turn
 * is refused. Nothing may crash or leak (a sanitizer looks on), a function
 * either says -ENOMEM or goes on, and after it was called again every later
 * checkpoint of the scenario holds as if nothing had happened.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/session.h"
#include "tests/scenarios/scenario.h"
#include "tests/support/refuse.h"

static unsigned long refusals; /* over all files, to show that it bites */

static void ignore_line(const char *line, void *userdata)
{
	(void)line;
	(void)userdata;
}

/* Without the memory to open, nothing is open: the next try begins afresh. */
static int begin(struct scenario_run *run, const struct scenario *scenario)
{
	int r;

	do {
		r = scenario_begin(run, scenario, stderr);
	} while (r == -ENOMEM && refuse_has_refused());
	if (r == 0)
		onlooker_set_recorder(run->onlooker, ignore_line, NULL);
	return r;
}

static int tell(const struct scenario *scenario, unsigned line, int error,
                unsigned long nth)
{
	fprintf(stderr, "%s:%u: %s, with allocation %lu refused\n",
	        scenario->path, line, strerror(-error), nth);
	return 1;
}

/* Play it all with the library's own nth allocation refused. */
static int play_once(const struct scenario *scenario, unsigned long nth)
{
	struct scenario_run run;
	int failed;
	int r;

	refuse_arm(nth, false);
	r = begin(&run, scenario);
	for (size_t i = 0; r == 0 && i < scenario->count; i++) {
		const struct scenario_line *line = &scenario->lines[i];

		r = scenario_step(&run, line);
		if (r == -ENOMEM && refuse_has_refused())
			r = scenario_step(&run, line);
		refuse_pause();
		scenario_check(&run, line);
		if (r < 0)
			tell(scenario, line->number, r, nth);
		refuse_resume();
	}
	refuse_pause();
	failed = r < 0 || run.failures > 0;
	if (run.failures > 0)
		fprintf(stderr, "%s: ... with allocation %lu refused\n",
		        scenario->path, nth);
	scenario_end(&run);
	return failed;
}

static int sweep_own(const struct scenario *scenario)
{
	int failed = 0;
	unsigned long nth = 0;

	do {
		failed |= play_once(scenario, nth);
		refusals += refuse_has_refused();
	} while (nth++ == 0 || (refuse_has_refused() && !failed));
	return failed;
}

/* A text of a report, or a line of a recording; NULL without memory. */
typedef char *(*write_fn)(const void *what);

static char *write_json(const void *report)
{
	char *text = NULL;
	int r = onlooker_report_to_json(report, &text);

	return r < 0 && r != -ENOMEM ? strdup("") : text;
}

static char *write_explanation(const void *report)
{
	char *text = NULL;
	int r = onlooker_report_explain(report, &text);

	return r < 0 && r != -ENOMEM ? strdup("") : text;
}

static char *write_line(const void *line)
{
	return ol_line_format(line, 0);
}

/* A text is whole or not there at all. */
static int sweep_text(write_fn write, const void *what)
{
	char *whole = write(what);
	char *text = NULL;
	int failed = whole == NULL;

	for (unsigned long nth = 1; text == NULL && !failed; nth++) {
		refuse_arm(nth, true);
		text = write(what);
		refuse_pause();
		refusals += refuse_has_refused();
		failed = text != NULL ? strcmp(text, whole) != 0
		                      : !refuse_has_refused();
	}
	free(text);
	free(whole);
	return failed;
}

/*
 * Only what is written: jansson 2.14 reads beyond its buffer when that cannot
 * grow while it parses, which is not ours to mend.
 */
static int sweep_line(const struct scenario_line *line)
{
	char error[OL_LINE_ERROR_MAX];
	struct ol_line parsed;
	int failed = 0;

	if (ol_line_parse(line->text, &parsed, error) < 0)
		return 1;
	if (parsed.kind != OL_LINE_NOTHING)
		failed = sweep_text(write_line, &parsed);
	ol_line_finish(&parsed);
	return failed;
}

static int sweep_texts(const struct scenario *scenario)
{
	struct scenario_run run;
	int failed = scenario_begin(&run, scenario, stderr) < 0;

	for (size_t i = 0; !failed && i < scenario->count; i++) {
		const struct scenario_line *line = &scenario->lines[i];

		failed |= scenario_step(&run, line) < 0 || sweep_line(line);
		if (line->expect != NULL && run.last != NULL)
			failed |= sweep_text(write_json, run.last) ||
			          sweep_text(write_explanation, run.last);
		if (failed)
			fprintf(stderr,
			        "%s:%u: a text suffers from lack of memory\n",
			        scenario->path, line->number);
	}
	scenario_end(&run);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		struct scenario *scenario;

		if (scenario_load(argv[i], &scenario) < 0)
			return 1;
		scenario->is_swept = true;
		failed |= sweep_own(scenario);
		failed |= sweep_texts(scenario);
		scenario_free(scenario);
	}
	printf("%lu allocations refused\n", refusals);
	return failed || refusals == 0;
}
