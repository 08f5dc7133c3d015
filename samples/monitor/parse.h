#ifndef MONITOR_PARSE_H
#define MONITOR_PARSE_H

#include <stdio.h>

#include "table.h"

/* A command line, understood. The strings are those of argv. */
struct arguments {
	const struct command_row *command; /* NULL: help or version */
	unsigned given;                    /* a bit each: 1u << option_id */
	const char *probes;                /* NULL unless given, ... */
	const char *root;
	const char *catalogue;
	int settle_ms;
	char **operands; /* ends with NULL */
	int operand_count;
};

enum {
	/*
	 * How long status looks once no probe is starting: what repeats once
	 * a second, the slowest capture worth the name, has then been seen
	 * twice, whatever the phase.
	 */
	SETTLE_DEFAULT_MS = 1500,
	/* A minute: longer is a mistyped number. */
	SETTLE_MAX_MS = 60000,
};

/*
 * Understand a command line by the tables. `argv` is reordered: the operands
 * come to lie side by side. Where the operands of a command are a command of
 * their own (run), the first of them ends the options.
 *
 * Returns 0; or -EINVAL with one line, without a line feed, in `message`.
 */
int arguments_parse(int argc, char **argv, struct arguments *ret, char *message,
                    size_t size);

/* Whether an option was given. */
int arguments_have(const struct arguments *arguments, enum option_id id);

/* The help of a command, or of the whole program if NULL. */
void help_print(FILE *file, const struct command_row *command);

#endif
