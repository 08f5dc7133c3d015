#ifndef MONITOR_TABLE_H
#define MONITOR_TABLE_H

#include <stddef.h>

/*
 * What the command line of `onlooker` consists of. The parser, the help text,
 * the man page and the shell completions are all made from these tables, so
 * that none of them can know something that another does not.
 */

enum option_id {
	OPTION_JSON,
	OPTION_PROBES,
	OPTION_ROOT,
	OPTION_PRIVATE,
	OPTION_SETTLE,
	OPTION_CATALOGUE,
	OPTION_KMS,
	OPTION_PACE,
	OPTION_LINES,
	OPTION_HELP,
	OPTION_VERSION,
	OPTIONS,
};

/* What a shell offers as the value of an option, or as an operand. */
enum completion {
	COMPLETE_NOTHING, /* free text */
	COMPLETE_FILE,
	COMPLETE_DIRECTORY,
	COMPLETE_COMMAND,
};

struct option_row {
	enum option_id id; /* the row's own index */
	const char *name;  /* without the dashes */
	char letter;       /* 0: none */
	const char *value; /* NULL: takes none */
	enum completion completion;
	const char *help;
};

enum command_id {
	COMMAND_STATUS,
	COMMAND_WATCH,
	COMMAND_EXPLAIN,
	COMMAND_DOCTOR,
	COMMAND_RUN,
	COMMAND_RECORD,
	COMMAND_REPLAY,
	COMMAND_RULES,
	COMMAND_PRIVACY,
	COMMANDS,
};

struct command_row {
	enum command_id id; /* the row's own index */
	const char *name;
	const char *operands; /* as a synopsis shows them; "" for none */
	enum completion completion;
	int operands_min;
	int operands_max;   /* -1: as many as come, options among them */
	unsigned options;   /* a bit each: 1u << option_id */
	const char *help;   /* a clause for the list of commands */
	const char *manual; /* a paragraph for the man page */
};

/* A row of the man page's lists of exit statuses and of variables. */
struct text_row {
	const char *name;
	const char *text;
};

extern const struct option_row option_table[OPTIONS];
extern const struct command_row command_table[COMMANDS];
/* These end with a NULL name. */
extern const struct text_row exit_table[];
extern const struct text_row variable_table[];

/* Whether a command takes an option. All take --help and --version. */
int command_takes(const struct command_row *command, enum option_id id);
/* The row of a name of this length, or NULL. */
const struct command_row *command_find(const char *name);
const struct option_row *option_find(const char *name, size_t length);
const struct option_row *option_find_letter(char letter);

#endif
