#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include <onlooker/onlooker.h>

#include "parse.h"

/* The exit statuses; table.c tells them to the reader. */
enum {
	STATUS_SUCCESS = 0,
	STATUS_FAILURE = 1,
	STATUS_USAGE = 2,
	STATUS_SUSPECTED = 10,
	STATUS_SHARED = 11,
	STATUS_UNKNOWN = 12,
};

/* The commands. Each returns an exit status. */
int command_status(const struct arguments *arguments);
int command_watch(const struct arguments *arguments);
int command_explain(const struct arguments *arguments);
int command_doctor(const struct arguments *arguments);
int command_run(const struct arguments *arguments);
int command_record(const struct arguments *arguments);
int command_replay(const struct arguments *arguments);
int command_rules(const struct arguments *arguments);
int command_privacy(const struct arguments *arguments);

/* One line on standard error: "onlooker: ...". */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Complain that something failed with a negative errno; STATUS_FAILURE. */
int give_up(int error, const char *what);
/* Flush standard output; STATUS_FAILURE if anything written to it was lost. */
int finish_output(int status);

#endif
