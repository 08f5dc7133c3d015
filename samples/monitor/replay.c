/*
 * replay: a recorded session through a simulated context. The lines come from
 * anybody; the library judges them, this file bounds them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "monitor.h"
#include "watch.h"

enum {
	/* No line that the library writes comes near: it bounds its strings. */
	LINE_MAX_BYTES = 65536,
};

struct replay {
	struct onlooker *onlooker;
	struct watch watch;
	FILE *file;
	const char *name;
	unsigned long number; /* of the line */
	int is_paced;
	int has_bad_line;
	uint64_t told_us; /* simulated time of the last line */
	char reason[256]; /* the library's own words about the last line */
};

static void on_log(enum onlooker_log_level level, const char *message,
		   void *userdata)
{
	struct replay *replay = userdata;

	(void)level;
	(void)snprintf(replay->reason, sizeof(replay->reason), "%s", message);
}

static void on_report(struct onlooker *onlooker,
		      const struct onlooker_report *report, void *userdata)
{
	struct replay *replay = userdata;

	(void)onlooker;
	watch_show(&replay->watch, report);
}

static void complain_of_line(struct replay *replay, const char *what)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "%s:%lu: %s\n", replay->name, replay->number,
		      what);
	replay->has_bad_line = 1;
}

/*
 * Read a line without its line feed. Returns 1; 0 at the end; -EMSGSIZE for a
 * line that does not fit, of which the rest has been skipped; -EINVAL for one
 * with a null byte in it.
 */
static int read_line(FILE *file, char *line, size_t size)
{
	size_t length = 0;
	int has_null = 0;
	int byte;

	while ((byte = getc(file)) != EOF && byte != '\n') {
		has_null |= byte == '\0';
		if (length < size)
			line[length] = (char)byte;
		if (length <= size)
			length++;
	}
	if (byte == EOF && length == 0)
		return 0;
	if (length >= size)
		return -EMSGSIZE;
	line[length] = '\0';
	return has_null ? -EINVAL : 1;
}

/* Sleep as long as the recording did between two lines. */
static void keep_pace(struct replay *replay)
{
	const struct onlooker_report *report =
		onlooker_get_report(replay->onlooker);
	uint64_t now_us = report->time_us;

	(void)onlooker_report_unref(report);
	if (replay->is_paced && now_us > replay->told_us) {
		uint64_t left_us = now_us - replay->told_us;
		struct timespec left = {
			.tv_sec = (time_t)(left_us / 1000000),
			.tv_nsec = (long)(left_us % 1000000 * 1000),
		};

		/* A signal that does not end the program may shorten it. */
		(void)nanosleep(&left, NULL);
	}
	replay->told_us = now_us;
}

static void play_line(struct replay *replay, const char *line)
{
	int r;

	replay->reason[0] = '\0';
	r = onlooker_feed(replay->onlooker, line);
	if (r < 0) {
		complain_of_line(replay, replay->reason[0] != '\0'
						 ? replay->reason
						 : strerror(-r));
		return;
	}
	keep_pace(replay);
	r = onlooker_dispatch(replay->onlooker);
	if (r < 0)
		complain_of_line(replay, strerror(-r));
}

static void play(struct replay *replay)
{
	char line[LINE_MAX_BYTES];
	int r;

	while (replay->watch.error == 0 &&
	       (r = read_line(replay->file, line, sizeof(line))) != 0) {
		replay->number++;
		if (r == -EMSGSIZE)
			complain_of_line(replay, "the line is too long");
		else if (r < 0)
			complain_of_line(replay, "the line has a null byte");
		else if (line[0] != '\0')
			play_line(replay, line);
	}
}

static int replay_open(struct replay *replay, const struct arguments *arguments)
{
	struct onlooker_options options = {
		.size = sizeof(options),
		.flags = arguments_have(arguments, OPTION_PRIVATE)
				 ? ONLOOKER_PRIVATE
				 : 0,
	};
	int r;

	r = onlooker_open_simulated(&options, &replay->onlooker);
	if (r < 0)
		return fail(r, "cannot simulate a session");
	onlooker_set_log(replay->onlooker, ONLOOKER_LOG_WARNING, on_log,
			 replay);
	onlooker_set_callback(replay->onlooker, on_report, replay);
	return STATUS_SUCCESS;
}

int command_replay(const struct arguments *arguments)
{
	const char *name = arguments->operands[0];
	int is_input = strcmp(name, "-") == 0;
	struct replay replay = {
		.name = is_input ? "input" : name,
		.file = is_input ? stdin : fopen(name, "re"),
		.is_paced = arguments_have(arguments, OPTION_PACE),
	};
	int status;

	if (replay.file == NULL)
		return fail(-errno, name);
	watch_init(&replay.watch, arguments, 1);
	status = replay_open(&replay, arguments);
	if (status == STATUS_SUCCESS) {
		play(&replay);
		replay.onlooker = onlooker_unref(replay.onlooker);
		if (ferror(replay.file))
			status = fail(-EIO, name);
		else if (replay.watch.error < 0)
			status = fail(replay.watch.error, "cannot write");
		else if (replay.has_bad_line)
			status = STATUS_FAILURE;
	}
	(void)fclose(replay.file);
	return finish_output(status);
}
