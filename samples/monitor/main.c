/* The program: from the command line to the command. */
#include "monitor.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

void complain(const char *format, ...)
{
	va_list list;

	(void)fputs("onlooker: ", stderr);
	va_start(list, format);
	(void)vfprintf(stderr, format, list);
	va_end(list);
	(void)fputc('\n', stderr);
}

int give_up(int error, const char *what)
{
	complain("%s: %s", what, strerror(-error));
	return STATUS_FAILURE;
}

int finish_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	return give_up(errno != 0 ? -errno : -EIO, "cannot write");
}

static int (*const handlers[COMMANDS])(const struct arguments *) = {
	[COMMAND_STATUS] = command_status,   [COMMAND_WATCH] = command_watch,
	[COMMAND_EXPLAIN] = command_explain, [COMMAND_DOCTOR] = command_doctor,
	[COMMAND_RUN] = command_run,         [COMMAND_RECORD] = command_record,
	[COMMAND_REPLAY] = command_replay,   [COMMAND_RULES] = command_rules,
	[COMMAND_PRIVACY] = command_privacy,
};

int main(int argc, char **argv)
{
	struct arguments arguments;
	char message[256];

	if (arguments_parse(argc, argv, &arguments, message, sizeof(message)) <
	    0) {
		complain("%s", message);
		return STATUS_USAGE;
	}
	if (arguments_have(&arguments, OPTION_HELP)) {
		help_print(stdout, arguments.command);
		return finish_output(STATUS_SUCCESS);
	}
	if (arguments_have(&arguments, OPTION_VERSION)) {
		(void)printf("onlooker %s\n", onlooker_get_version());
		return finish_output(STATUS_SUCCESS);
	}
	return handlers[arguments.command->id](&arguments);
}
