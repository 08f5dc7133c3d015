/* The shell completions, from the tables. */
#include "completion.h"

#include <stdio.h>
#include <string.h>

#include "table.h"

static void print_bash_options(const struct command_row *command)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		if (command_takes(command, i))
			(void)printf(" --%s", option_table[i].name);
	}
}

/* What bash does for the value of an option or for an operand. */
static const char *bash_action(enum completion completion)
{
	switch (completion) {
	case COMPLETE_FILE:
		return "mapfile -t COMPREPLY < <(compgen -f -- \"$word\")";
	case COMPLETE_DIRECTORY:
		return "mapfile -t COMPREPLY < <(compgen -d -- \"$word\")";
	case COMPLETE_COMMAND:
		return "mapfile -t COMPREPLY < <(compgen -c -- \"$word\")";
	default:
		return "COMPREPLY=()";
	}
}

void completion_print_bash(void)
{
	(void)puts("# bash completion for onlooker\n"
	           "_onlooker()\n{\n"
	           "\tlocal word=${COMP_WORDS[COMP_CWORD]}\n"
	           "\tlocal before=${COMP_WORDS[COMP_CWORD-1]}\n"
	           "\tlocal command='' options='' i\n\n"
	           "\tCOMPREPLY=()\n"
	           "\tcase $before in");
	for (size_t i = 0; i < OPTIONS; i++) {
		const struct option_row *option = &option_table[i];

		if (option->value == NULL)
			continue;
		(void)printf("\t--%s", option->name);
		if (option->letter != 0)
			(void)printf(" | -%c", option->letter);
		(void)printf(")\n\t\t%s\n\t\treturn\n\t\t;;\n",
		             bash_action(option->completion));
	}
	(void)puts("\tesac\n"
	           "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	           "\t\tcase ${COMP_WORDS[i]} in\n"
	           "\t\t-*) ;;\n"
	           "\t\t*)\n\t\t\tcommand=${COMP_WORDS[i]}\n\t\t\tbreak\n"
	           "\t\t\t;;\n"
	           "\t\tesac\n"
	           "\tdone\n"
	           "\tcase $command in");
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command_row *command = &command_table[i];

		(void)printf("\t%s)\n\t\toptions='", command->name);
		print_bash_options(command);
		(void)printf("'\n\t\t%s\n\t\t;;\n",
		             bash_action(command->completion));
	}
	(void)puts("\t'')");
	(void)fputs("\t\toptions='--help --version", stdout);
	for (size_t i = 0; i < COMMANDS; i++)
		(void)printf(" %s", command_table[i].name);
	(void)puts("'\n\t\t;;\n"
	           "\tesac\n"
	           "\tif [[ $word == -* || -z $command ]]; then\n"
	           "\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- "
	           "\"$word\")\n"
	           "\tfi\n"
	           "}\n"
	           "complete -F _onlooker onlooker");
}

/* What _arguments does for the value of an option or for an operand. */
static const char *zsh_action(enum completion completion)
{
	switch (completion) {
	case COMPLETE_FILE:
		return "_files";
	case COMPLETE_DIRECTORY:
		return "_files -/";
	case COMPLETE_COMMAND:
		return "_normal";
	default:
		return "";
	}
}

/*
 * Text inside single quotes, where a quote ends the string: '\\'' is a quote to
 * zsh and fish alike. `special` characters get a backslash.
 */
static void print_quoted(const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			(void)fputs("'\\''", stdout);
			continue;
		}
		if (strchr(special, *text) != NULL)
			(void)putchar('\\');
		(void)putchar(*text);
	}
}

/* What ends a part of a specification for _arguments or _describe. */
static const char zsh_special[] = ":[]";

static void print_zsh_option(const struct option_row *option)
{
	(void)printf(" \\\n\t\t\t'--%s[", option->name);
	print_quoted(option->help, zsh_special);
	(void)putchar(']');
	if (option->value != NULL) {
		(void)printf(":%s:%s", option->value,
		             zsh_action(option->completion));
	}
	(void)putchar('\'');
}

void completion_print_zsh(void)
{
	(void)puts("#compdef onlooker\n"
	           "_onlooker() {\n"
	           "\tlocal curcontext=$curcontext state line\n"
	           "\tlocal -a commands\n"
	           "\tcommands=(");
	for (size_t i = 0; i < COMMANDS; i++) {
		(void)printf("\t\t'%s:", command_table[i].name);
		print_quoted(command_table[i].help, zsh_special);
		(void)puts("'");
	}
	(void)puts("\t)\n"
	           "\t_arguments -C '--help[show this help]' "
	           "'--version[show the version]' \\\n"
	           "\t\t'1:command:->command' '*::operand:->operand'\n"
	           "\tcase $state in\n"
	           "\tcommand)\n\t\t_describe command commands\n\t\t;;\n"
	           "\toperand)\n\t\tcase $line[1] in");
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command_row *command = &command_table[i];

		(void)printf("\t\t%s)\n\t\t\t_arguments", command->name);
		for (size_t id = 0; id < OPTIONS; id++) {
			if (command_takes(command, id))
				print_zsh_option(&option_table[id]);
		}
		if (command->completion != COMPLETE_NOTHING) {
			(void)printf(" \\\n\t\t\t'%soperand:%s'",
			             command->operands_max < 0 ? "*::" : "1:",
			             zsh_action(command->completion));
		}
		(void)puts("\n\t\t\t;;");
	}
	(void)puts("\t\tesac\n\t\t;;\n\tesac\n}\n_onlooker \"$@\"");
}

/* The condition under which fish offers an option: a command that takes it. */
static void print_fish_takers(enum option_id id)
{
	if (id == OPTION_HELP || id == OPTION_VERSION)
		return;
	(void)fputs(" -n '__fish_seen_subcommand_from", stdout);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (command_takes(&command_table[i], id))
			(void)printf(" %s", command_table[i].name);
	}
	(void)putchar('\'');
}

static void print_fish_option(const struct option_row *option)
{
	(void)fputs("complete -c onlooker", stdout);
	print_fish_takers(option->id);
	(void)printf(" -l %s", option->name);
	if (option->letter != 0)
		(void)printf(" -s %c", option->letter);
	if (option->completion == COMPLETE_FILE)
		(void)fputs(" -r -F", stdout);
	else if (option->completion == COMPLETE_DIRECTORY)
		(void)fputs(" -x -a '(__fish_complete_directories)'", stdout);
	else if (option->value != NULL)
		(void)fputs(" -x", stdout);
	(void)fputs(" -d '", stdout);
	print_quoted(option->help, "");
	(void)puts("'");
}

void completion_print_fish(void)
{
	(void)puts("# fish completion for onlooker\ncomplete -c onlooker -f");
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command_row *command = &command_table[i];

		(void)printf("complete -c onlooker -n __fish_use_subcommand "
		             "-a %s -d '",
		             command->name);
		print_quoted(command->help, "");
		(void)puts("'");
		if (command->completion == COMPLETE_FILE) {
			(void)printf("complete -c onlooker -n "
			             "'__fish_seen_subcommand_from %s' -F\n",
			             command->name);
		} else if (command->completion == COMPLETE_COMMAND) {
			(void)printf("complete -c onlooker -n "
			             "'__fish_seen_subcommand_from %s' -x -a "
			             "'(__fish_complete_subcommand)'\n",
			             command->name);
		}
	}
	for (size_t i = 0; i < OPTIONS; i++)
		print_fish_option(&option_table[i]);
}
