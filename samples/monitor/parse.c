/*
 * From argv to struct arguments, by the tables. Knows no command: what an
 * option means to it is its own business.
 */
#include "parse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	char **argv;
	int argc;
	int next;
	struct arguments *arguments;
	char *message;
	size_t size;
};

static int complain(struct parser *parser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int complain(struct parser *parser, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	(void)vsnprintf(parser->message, parser->size, format, list);
	va_end(list);
	return -EINVAL;
}

static int take_settle(struct parser *parser, const char *value)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || number < 0 ||
	    number > SETTLE_MAX_MS) {
		return complain(parser,
		                "--settle takes 0 to %d milliseconds, not '%s'",
		                SETTLE_MAX_MS, value);
	}
	parser->arguments->settle_ms = (int)number;
	return 0;
}

static int take_option(struct parser *parser, const struct option_row *option,
                       const char *value)
{
	struct arguments *arguments = parser->arguments;

	arguments->given |= 1u << option->id;
	if (option->value == NULL) {
		return value == NULL ? 0
		                     : complain(parser, "--%s takes no value",
		                                option->name);
	}
	if (value == NULL) {
		if (parser->next >= parser->argc) {
			return complain(parser, "--%s needs %s", option->name,
			                option->value);
		}
		value = parser->argv[parser->next++];
	}
	switch (option->id) {
	case OPTION_PROBES:
		arguments->probes = value;
		return 0;
	case OPTION_ROOT:
		arguments->root = value;
		return 0;
	case OPTION_CATALOGUE:
		arguments->catalogue = value;
		return 0;
	case OPTION_SETTLE:
		return take_settle(parser, value);
	default:
		return 0;
	}
}

/* "--name" or "--name=value" */
static int take_long(struct parser *parser, const char *word)
{
	const char *name = word + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] == '=' ? name + length + 1 : NULL;
	const struct option_row *option = option_find(name, length);

	if (option == NULL)
		return complain(parser, "there is no option '%s'", word);
	return take_option(parser, option, value);
}

/* "-x", "-xy" or "-xVALUE" */
static int take_letters(struct parser *parser, const char *word)
{
	for (const char *letter = word + 1; *letter != '\0'; letter++) {
		const struct option_row *option = option_find_letter(*letter);
		const char *value = NULL;
		int r;

		if (option == NULL) {
			return complain(parser, "there is no option '-%c'",
			                *letter);
		}
		if (option->value != NULL && letter[1] != '\0')
			value = letter + 1;
		r = take_option(parser, option, value);
		if (r < 0 || value != NULL)
			return r;
	}
	return 0;
}

static int take_word(struct parser *parser, char *word)
{
	struct arguments *arguments = parser->arguments;

	if (arguments->command != NULL) {
		arguments->operands[arguments->operand_count++] = word;
		return 0;
	}
	arguments->command = command_find(word);
	if (arguments->command == NULL)
		return complain(parser, "there is no command '%s'", word);
	return 0;
}

/* Whether what follows belongs to a command that the user wants run. */
static int is_foreign(const struct arguments *arguments)
{
	return arguments->command != NULL &&
	       arguments->command->operands_max < 0 &&
	       arguments->operand_count > 0;
}

static int check(struct parser *parser)
{
	const struct arguments *arguments = parser->arguments;
	const struct command_row *command = arguments->command;

	if (arguments_have(arguments, OPTION_HELP) ||
	    arguments_have(arguments, OPTION_VERSION))
		return 0;
	if (command == NULL) {
		return complain(parser,
		                "a command is needed; onlooker --help lists "
		                "them");
	}
	for (unsigned id = 0; id < OPTIONS; id++) {
		if (arguments_have(arguments, id) &&
		    !command_takes(command, id)) {
			return complain(parser, "%s does not take --%s",
			                command->name, option_table[id].name);
		}
	}
	if (arguments->operand_count < command->operands_min) {
		return complain(parser, "%s needs %s", command->name,
		                command->operands);
	}
	if (command->operands_max >= 0 &&
	    arguments->operand_count > command->operands_max) {
		return complain(parser, "%s does not take '%s'", command->name,
		                arguments->operands[command->operands_max]);
	}
	return 0;
}

int arguments_parse(int argc, char **argv, struct arguments *ret, char *message,
                    size_t size)
{
	struct arguments arguments = {
		.settle_ms = SETTLE_DEFAULT_MS,
		/* Fewer operands than words have been read: they fit here. */
		.operands = argc > 0 ? argv + 1 : argv,
	};
	struct parser parser = {
		.argv = argv,
		.argc = argc,
		.next = 1,
		.arguments = &arguments,
		.message = message,
		.size = size,
	};
	int only_words = 0;
	int r = 0;

	while (r == 0 && parser.next < argc) {
		char *word = argv[parser.next++];

		if (word[0] != '-' || word[1] == '\0' || only_words ||
		    is_foreign(&arguments))
			r = take_word(&parser, word);
		else if (strcmp(word, "--") == 0)
			only_words = 1;
		else if (word[1] == '-')
			r = take_long(&parser, word);
		else
			r = take_letters(&parser, word);
	}
	if (r == 0)
		r = check(&parser);
	if (r < 0)
		return r;
	if (arguments.operand_count < argc)
		arguments.operands[arguments.operand_count] = NULL;
	*ret = arguments;
	return 0;
}

int arguments_have(const struct arguments *arguments, enum option_id id)
{
	return (arguments->given & (1u << id)) != 0;
}
