/* The help text, from the tables. */
#include "parse.h"

#include <string.h>

enum {
	HELP_WIDTH = 79,
	/* Where the explanations start: the longest option and its value. */
	HELP_COLUMN = 24,
};

/* Print a paragraph, broken at blanks. */
static void print_wrapped(FILE *file, const char *text)
{
	int column = 0;

	while (*text != '\0') {
		int length = (int)strcspn(text, " ");

		if (column > 0 && column + 1 + length > HELP_WIDTH) {
			(void)fputc('\n', file);
			column = 0;
		}
		column += fprintf(file, "%s%.*s", column > 0 ? " " : "", length,
		                  text);
		text += length;
		text += strspn(text, " ");
	}
	(void)fputc('\n', file);
}

static void print_command(FILE *file, const struct command_row *command)
{
	int width = fprintf(file, "  %s%s%s", command->name,
	                    command->operands[0] != '\0' ? " " : "",
	                    command->operands);

	if (width >= HELP_COLUMN)
		width = fprintf(file, "\n") - 1;
	(void)fprintf(file, "%*s%s\n", HELP_COLUMN - width, "", command->help);
}

static void print_option(FILE *file, const struct option_row *option)
{
	char letter[] = "    ";
	int width;

	if (option->letter != 0) {
		letter[0] = '-';
		letter[1] = option->letter;
		letter[2] = ',';
	}
	width = fprintf(file, "  %s--%s%s%s", letter, option->name,
	                option->value != NULL ? " " : "",
	                option->value != NULL ? option->value : "");
	(void)fprintf(file, "%*s%s\n", HELP_COLUMN - width, "", option->help);
}

void help_print(FILE *file, const struct command_row *command)
{
	if (command != NULL) {
		(void)fprintf(file, "Usage: onlooker %s [OPTION...]%s%s\n\n",
		              command->name,
		              command->operands[0] != '\0' ? " " : "",
		              command->operands);
		print_wrapped(file, command->manual);
	} else {
		(void)fputs("Usage: onlooker COMMAND [OPTION...]\n\n"
		            "Tells whether this screen is being shared, "
		            "controlled or remote.\n\nCommands:\n",
		            file);
		for (size_t i = 0; i < COMMANDS; i++)
			print_command(file, &command_table[i]);
	}
	(void)fputs("\nOptions:\n", file);
	for (size_t i = 0; i < OPTIONS; i++) {
		if (command == NULL || command_takes(command, i))
			print_option(file, &option_table[i]);
	}
	if (command != NULL)
		return;
	(void)fputs("\nExit status:\n", file);
	for (size_t i = 0; exit_table[i].name != NULL; i++) {
		(void)fprintf(file, "  %2s  %s\n", exit_table[i].name,
		              exit_table[i].text);
	}
}
