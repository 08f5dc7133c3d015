#ifndef MONITOR_PRINT_H
#define MONITOR_PRINT_H

#include <stdio.h>

#include <onlooker/onlooker.h>

/* Where and how reports are shown. */
struct printer {
	FILE *file;
	int has_colour;
	int is_simulated; /* the report's time is not of this machine's clock */
};

/* A printer on standard output: colour on a terminal, unless NO_COLOR. */
struct printer printer_for_output(int is_simulated);

/* watch: one line with the time, the findings, the watchers, the blind. */
void print_line(const struct printer *printer,
                const struct onlooker_report *report);
/* status: the same on several lines, evidence included. */
void print_status(const struct printer *printer,
                  const struct onlooker_report *report);
/* A rule's sentence, ASCII, as what someone does: "reads the picture". */
void print_predicate(FILE *file, const char *sentence);
/* The report as one line of JSON. Returns 0 or a negative errno. */
int print_json(FILE *file, const struct onlooker_report *report);

#endif
