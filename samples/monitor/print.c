/*
 * Reports for people. Everything a report says that came from outside goes
 * through text_print().
 */
#include "print.h"

#include <ctype.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "change.h"
#include "text.h"

enum {
	/* A line names so many watchers; more are counted. */
	LINE_WATCHERS = 3,
	/* "suspected 100 %" */
	STATE_WIDTH = 15,
};

struct printer printer_for_output(int is_simulated)
{
	const char *no_colour = getenv("NO_COLOR");

	/* https://no-color.org: set and not empty, whatever its value. */
	return (struct printer){
		.file = stdout,
		.has_colour = isatty(STDOUT_FILENO) == 1 &&
		              (no_colour == NULL || *no_colour == '\0'),
		.is_simulated = is_simulated,
	};
}

static void print_time(const struct printer *printer, uint64_t time_us)
{
	struct timespec wall;
	struct timespec steady;
	struct tm local;
	char text[sizeof("23:59:59")];
	int64_t age_us;
	time_t then;

	if (printer->is_simulated) {
		(void)fprintf(printer->file, "%8.3f",
		              (double)time_us / 1000000.0);
		return;
	}
	(void)clock_gettime(CLOCK_REALTIME, &wall);
	(void)clock_gettime(CLOCK_MONOTONIC, &steady);
	age_us = (int64_t)steady.tv_sec * 1000000 + steady.tv_nsec / 1000 -
	         (int64_t)time_us;
	then = (time_t)(wall.tv_sec - age_us / 1000000);
	if (localtime_r(&then, &local) == NULL ||
	    strftime(text, sizeof(text), "%H:%M:%S", &local) == 0)
		return;
	(void)fputs(text, printer->file);
}

/* ECMA-48 8.3.117, select graphic rendition. */
static const char *state_colour(enum onlooker_state state)
{
	switch (state) {
	case ONLOOKER_CLEAR:
		return "\033[32m";
	case ONLOOKER_SUSPECTED:
		return "\033[33m";
	case ONLOOKER_SHARED:
		return "\033[1;31m";
	default:
		return "\033[36m";
	}
}

/* "shared 97 %", padded to a width. */
static void print_state(const struct printer *printer,
                        const struct onlooker_finding *finding, int width)
{
	int printed;

	if (printer->has_colour)
		(void)fputs(state_colour(finding->state), printer->file);
	printed = fprintf(printer->file, "%s",
	                  onlooker_state_name(finding->state));
	if (finding->confidence > 0) {
		printed +=
			fprintf(printer->file, " %d %%", finding->confidence);
	}
	if (printer->has_colour)
		(void)fputs("\033[0m", printer->file);
	(void)fprintf(printer->file, "%*s",
	              printed < width ? width - printed : 0, "");
}

/* "x11vnc (pid 4321), connected with 192.0.2.7:51324" */
static void print_who(const struct printer *printer,
                      const struct onlooker_watcher *watcher)
{
	if (watcher->who[0] != '\0') {
		text_print(printer->file, watcher->who);
	} else {
		(void)fprintf(
			printer->file, "unnamed %s",
			watcher->kind == ONLOOKER_WATCHER_UNKNOWN
				? "watcher"
				: onlooker_watcher_kind_name(watcher->kind));
	}
	if (watcher->pid > 0) {
		(void)fprintf(printer->file, " (pid %lld)",
		              (long long)watcher->pid);
	}
	if (watcher->peer[0] != '\0') {
		(void)fputs(", connected with ", printer->file);
		text_print(printer->file, watcher->peer);
	}
}

void print_predicate(FILE *file, const char *sentence)
{
	char first[] = { (char)tolower((unsigned char)sentence[0]), '\0' };

	text_print(file, first);
	if (sentence[0] == '\0')
		return;
	for (sentence++; *sentence != '\0'; sentence++) {
		char letter[] = { *sentence, '\0' };

		if (letter[0] != '.' || sentence[1] != '\0')
			text_print(file, letter);
	}
}

static void print_watchers(const struct printer *printer,
                           const struct onlooker_report *report)
{
	size_t more = 0;

	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];

		if (watcher_strength(watcher) < SUSPECTED_FROM)
			continue;
		if (i >= LINE_WATCHERS) {
			more++;
			continue;
		}
		(void)fputs(i == 0 ? "  " : "; ", printer->file);
		print_who(printer, watcher);
		if (watcher->evidence[0] == NULL)
			continue;
		(void)fputs(watcher->peer[0] != '\0' ? ", " : " ",
		            printer->file);
		print_predicate(printer->file, watcher->evidence[0]->sentence);
	}
	if (more > 0)
		(void)fprintf(printer->file, "; and %zu more", more);
}

void print_line(const struct printer *printer,
                const struct onlooker_report *report)
{
	const char *separator = "  [";

	print_time(printer, report->time_us);
	for (int i = 0; i < FINDINGS; i++) {
		(void)fprintf(printer->file, "  %s: ", finding_name(i));
		print_state(printer, report_finding(report, i),
		            i < FINDINGS - 1 ? STATE_WIDTH : 0);
	}
	print_watchers(printer, report);
	for (size_t i = 0; report->probes[i] != NULL; i++) {
		const struct onlooker_probe *probe = report->probes[i];

		if (!probe_is_blind(probe))
			continue;
		(void)fprintf(printer->file, "%s%s %s", separator, probe->name,
		              onlooker_probe_state_name(probe->state));
		separator = ", ";
	}
	(void)fputs(separator[0] == ',' ? "]\n" : "\n", printer->file);
	(void)fflush(printer->file);
}

static void print_evidence(const struct printer *printer,
                           const struct onlooker_evidence *evidence)
{
	(void)fputs("  ", printer->file);
	text_print(printer->file, evidence->sentence);
	(void)fprintf(printer->file, " [%s", evidence->rule);
	if (evidence->detail[0] != '\0') {
		(void)fputs(": ", printer->file);
		text_print(printer->file, evidence->detail);
	}
	(void)fputs("]\n", printer->file);
}

void print_status(const struct printer *printer,
                  const struct onlooker_report *report)
{
	for (int i = 0; i < FINDINGS; i++) {
		const struct onlooker_finding *finding =
			report_finding(report, i);

		(void)fprintf(printer->file, "%-12s", finding_name(i));
		print_state(printer, finding, STATE_WIDTH);
		(void)fprintf(printer->file,
		              "  at most %d %%, %d %% of the ways out looked "
		              "at\n",
		              finding->plausible, finding->coverage);
	}
	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];

		(void)fputc('\n', printer->file);
		print_who(printer, watcher);
		(void)fputs(":\n", printer->file);
		for (size_t j = 0; watcher->evidence[j] != NULL; j++)
			print_evidence(printer, watcher->evidence[j]);
	}
	for (size_t i = 0; report->probes[i] != NULL; i++) {
		const struct onlooker_probe *probe = report->probes[i];

		if (!probe_is_blind(probe))
			continue;
		(void)fprintf(printer->file, "\n%s is %s: ", probe->name,
		              onlooker_probe_state_name(probe->state));
		text_print(printer->file, probe->reason);
		(void)fputc('\n', printer->file);
	}
}

int print_json(FILE *file, const struct onlooker_report *report)
{
	char *json;
	int r;

	r = onlooker_report_to_json(report, &json);
	if (r < 0)
		return r;
	(void)fprintf(file, "%s\n", json);
	(void)fflush(file);
	free(json);
	return 0;
}
