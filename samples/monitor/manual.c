/*
 * The generator of the man page and of the shell completions, built and run
 * with the program it describes, from the same tables. Not installed.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "completion.h"
#include "table.h"

enum {
	/* mandoc -Tlint complains of input lines above 80 bytes. */
	INPUT_WIDTH = 72,
};

/* A word as mdoc(7): dashes, backslashes and a leading dot mean something. */
static void print_word(const char *word, size_t length)
{
	if (word[0] == '.' || word[0] == '\'')
		(void)fputs("\\&", stdout);
	for (size_t i = 0; i < length; i++) {
		if (word[i] == '\\')
			(void)fputs("\\e", stdout);
		else if (word[i] == '-')
			(void)fputs("\\-", stdout);
		else
			(void)putchar(word[i]);
	}
}

/* A paragraph: each sentence begins a line, as mdoc(7) asks for. */
static void print_text(const char *text, const char *end)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, " ");

		if (column > 0 && column + length > INPUT_WIDTH) {
			(void)putchar('\n');
			column = 0;
		}
		if (column > 0)
			(void)putchar(' ');
		print_word(text, length);
		column += length + 1;
		text += length;
		if (*text == ' ' && text[-1] == '.') {
			(void)putchar('\n');
			column = 0;
		}
		text += strspn(text, " ");
	}
	(void)puts(end);
}

/* One word of a synopsis as mdoc macros: "--", "FILE", "[FILE]", "[FILE...]". */
static void print_operand(const char *word)
{
	int is_optional = word[0] == '[';
	const char *name = is_optional ? word + 1 : word;
	size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (length == 0) {
		(void)fputs(" Fl \\-", stdout);
		return;
	}
	(void)fputs(is_optional ? " Op Ar " : " Ar ", stdout);
	for (size_t i = 0; i < length; i++)
		(void)putchar(tolower((unsigned char)name[i]));
	if (strncmp(name + length, "...", 3) == 0)
		(void)fputs(" ...", stdout);
}

static void print_operands(const char *operands)
{
	while (*operands != '\0') {
		print_operand(operands);
		operands += strcspn(operands, " ");
		operands += strspn(operands, " ");
	}
}

static void print_commands(void)
{
	(void)puts(".Sh COMMANDS\n.Bl -tag -width Ds");
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command_row *command = &command_table[i];

		(void)printf(".It Cm %s", command->name);
		print_operands(command->operands);
		(void)putchar('\n');
		print_text(command->manual, "");
	}
	(void)puts(".El");
}

/* Which commands take an option, unless all do. */
static void print_takers(enum option_id id)
{
	int takers = 0;
	int printed = 0;

	if (id == OPTION_HELP || id == OPTION_VERSION)
		return;
	for (size_t i = 0; i < COMMANDS; i++)
		takers += command_takes(&command_table[i], id);
	(void)puts("Taken by");
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!command_takes(&command_table[i], id))
			continue;
		printed++;
		(void)printf(".Cm %s%s\n", command_table[i].name,
		             printed == takers       ? " ."
		             : printed == takers - 1 ? " and"
		                                     : " ,");
	}
}

static void print_options(void)
{
	(void)puts(".Sh OPTIONS\n.Bl -tag -width Ds");
	for (size_t i = 0; i < OPTIONS; i++) {
		const struct option_row *option = &option_table[i];

		(void)fputs(".It", stdout);
		if (option->letter != 0)
			(void)printf(" Fl %c ,", option->letter);
		(void)printf(" Fl \\-%s", option->name);
		if (option->value != NULL)
			(void)printf(" Ar %s", option->value);
		(void)printf("\n%c", toupper((unsigned char)option->help[0]));
		print_text(option->help + 1, ".");
		print_takers(option->id);
	}
	(void)puts(".El");
}

static void print_list(const char *heading, const char *introduction,
                       const char *macro, const struct text_row *rows)
{
	(void)printf(".Sh %s\n%s\n.Bl -tag -width Ds\n", heading, introduction);
	for (; rows->name != NULL; rows++) {
		(void)printf(".It %s%s\n", macro, rows->name);
		print_text(rows->text, ".");
	}
	(void)puts(".El");
}

static void print_man(const char *date)
{
	(void)printf(".Dd %s\n.Dt ONLOOKER 1\n.Os\n", date);
	(void)puts(
		".Sh NAME\n.Nm onlooker\n"
		".Nd tell whether this screen is shared, controlled or "
		"remote\n"
		".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar option ...\n"
		".Op Ar operand ...\n"
		".Sh DESCRIPTION\n.Nm\n"
		"answers three questions about the screen of this session:\n"
		"whether someone else sees it (shared), whether input comes\n"
		"from elsewhere (controlled) and whether its user sits\n"
		"somewhere else (remote).\n"
		"Each answer is a state, clear, suspected, shared or, where\n"
		"too little could be looked at, unknown, with a confidence\n"
		"in percent.\n"
		"It needs no privileges and sends nothing anywhere.");
	print_commands();
	print_options();
	print_list("ENVIRONMENT",
	           "The command that\n.Cm run\nruns finds in its environment:",
	           "Ev ", variable_table);
	(void)puts(".Pp\nColour is left out when\n.Ev NO_COLOR\n"
	           "is set and not empty, or output is not a terminal.");
	print_list("EXIT STATUS", "One of:", "", exit_table);
	(void)puts(".Sh EXAMPLES\nLock the vault while the screen is shared:\n"
	           ".Bd -literal -offset indent\n"
	           "onlooker run \\-\\- sh \\-c "
	           "\\(aq[ \"$ONLOOKER_SHARED\" = shared ] && vault lock\\(aq\n"
	           ".Ed\n.Pp\nReport a screen that is not clear:\n"
	           ".Bd -literal -offset indent\n"
	           "onlooker status \\-\\-json || logger \"not clear\"\n.Ed");
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "man") == 0)
		print_man(argv[2]);
	else if (argc == 2 && strcmp(argv[1], "bash") == 0)
		completion_print_bash();
	else if (argc == 2 && strcmp(argv[1], "zsh") == 0)
		completion_print_zsh();
	else if (argc == 2 && strcmp(argv[1], "fish") == 0)
		completion_print_fish();
	else
		return 2;
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
