/*
 * replay: a recorded session through a simulated context. The lines come from
 * anybody; the library judges them, this file bounds them.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "monitor.h"
#include "watch.h"

enum {
	/* No line that the library writes comes near: it bounds its strings. */
	LINE_MAX_BYTES = 65536,
	/* Two changes by themselves that are nearer are shown as one. */
	STEP_US = 10000,
	/*
	 * What may happen by itself after the last claim expired: a state
	 * falls (2 s), a probe is given up (5 s). With a margin.
	 */
	WAIT_US = 10000000,
};

/* Ten years, lest sums overflow: no session lasts so long. */
static const json_int_t TIME_MAX_US = 315360000000000;

/* How long after a line something may still happen by itself. */
static uint64_t longest_wait_us(void)
{
	const struct onlooker_rule *rule;
	int longest_ms = 0;

	for (size_t i = 0; (rule = onlooker_get_rule(i)) != NULL; i++) {
		if (rule->lifetime_ms > longest_ms)
			longest_ms = rule->lifetime_ms;
	}
	return (uint64_t)longest_ms * 1000 + WAIT_US;
}

struct replay {
	struct onlooker *onlooker;
	struct watch watch;
	FILE *file;
	const char *name;
	unsigned long number; /* of the line */
	int is_paced;
	int has_bad_line;
	uint64_t now_us;   /* of the simulated clock */
	uint64_t start_us; /* when the session began on it */
	uint64_t quiet_us; /* from then on nothing happens by itself */
	const struct onlooker_report *shown;
	char reason[256]; /* the library's own words about the last line */
};

/* "session: line 3: what was wrong"; the number here counts from the file. */
static void on_log(enum onlooker_log_level level, const char *message,
                   void *userdata)
{
	struct replay *replay = userdata;
	const char *line = strstr(message, "line ");
	const char *reason = line != NULL ? strstr(line, ": ") : NULL;

	(void)level;
	(void)snprintf(replay->reason, sizeof(replay->reason), "%s",
	               reason != NULL ? reason + 2 : message);
}

/*
 * Show the latest report unless it was. What is said in the very first moment
 * belongs together: nothing is shown before it is over.
 */
static void show(struct replay *replay, int is_over)
{
	const struct onlooker_report *report;

	if (replay->now_us == replay->start_us && !is_over)
		return;
	report = onlooker_get_report(replay->onlooker);
	if (report != replay->shown)
		watch_show(&replay->watch, report);
	/* Held on to, lest the next report get the same address. */
	(void)onlooker_report_unref(replay->shown);
	replay->shown = report;
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

static int step(struct replay *replay, uint64_t us)
{
	struct timespec tick = {
		.tv_sec = (time_t)(us / 1000000),
		.tv_nsec = (long)(us % 1000000 * 1000),
	};
	int r;

	/* A signal that does not end the program may shorten it. */
	if (replay->is_paced)
		(void)nanosleep(&tick, NULL);
	r = onlooker_advance(replay->onlooker, us);
	if (r == 0)
		replay->now_us += us;
	return r;
}

/*
 * Let time pass in small steps, so that what happens by itself between two
 * lines, a claim that expires or a state that falls, is shown as watch would
 * have shown it; in one step once nothing can.
 */
static int pass(struct replay *replay, uint64_t until_us)
{
	int r = 0;

	show(replay, 1);
	while (r == 0 && replay->now_us < until_us) {
		uint64_t left_us = until_us - replay->now_us;

		if (replay->now_us < replay->quiet_us && left_us > STEP_US)
			left_us = STEP_US;
		r = step(replay, left_us);
		show(replay, 1);
	}
	return r;
}

/* When a line happens. Whether it is a good line, the library says. */
static uint64_t line_time(struct replay *replay, const char *line)
{
	json_t *object = json_loads(line, 0, NULL);
	json_t *at = json_object_get(object, "at");
	uint64_t time_us = replay->now_us;

	if (json_object_get(object, "session") != NULL)
		replay->start_us = replay->now_us;
	else if (json_is_integer(at) && json_integer_value(at) >= 0 &&
	         json_integer_value(at) <= TIME_MAX_US)
		time_us = replay->start_us + (uint64_t)json_integer_value(at);
	json_decref(object);
	return time_us;
}

static void play_line(struct replay *replay, const char *line)
{
	uint64_t time_us = line_time(replay, line);
	int r = 0;

	replay->reason[0] = '\0';
	if (time_us > replay->now_us)
		r = pass(replay, time_us);
	if (r == 0)
		r = onlooker_feed(replay->onlooker, line);
	if (r < 0) {
		complain_of_line(replay, replay->reason[0] != '\0'
		                                 ? replay->reason
		                                 : strerror(-r));
		return;
	}
	replay->quiet_us = replay->now_us + longest_wait_us();
	show(replay, 0);
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
		else
			play_line(replay, line);
	}
	show(replay, 1);
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
		return give_up(r, "cannot simulate a session");
	onlooker_set_log(replay->onlooker, ONLOOKER_LOG_ERROR, on_log, replay);
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
		return give_up(-errno, name);
	watch_init(&replay.watch, arguments, 1);
	status = replay_open(&replay, arguments);
	if (status == STATUS_SUCCESS) {
		play(&replay);
		(void)onlooker_report_unref(replay.shown);
		replay.onlooker = onlooker_unref(replay.onlooker);
		if (ferror(replay.file))
			status = give_up(-EIO, name);
		else if (replay.watch.error < 0)
			status = give_up(replay.watch.error, "cannot write");
		else if (replay.has_bad_line)
			status = STATUS_FAILURE;
	}
	(void)fclose(replay.file);
	return finish_output(status);
}
