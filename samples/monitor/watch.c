/* watch and record: what goes on, until interrupted. */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "live.h"
#include "loop.h"
#include "terminal.h"

void watch_init(struct watch *watch, const struct arguments *arguments,
                int is_simulated)
{
	*watch = (struct watch){
		.printer = printer_for_output(is_simulated),
		.is_json = arguments_have(arguments, OPTION_JSON),
	};
}

void watch_show(struct watch *watch, const struct onlooker_report *report)
{
	int r = 0;

	if (!watch->change.is_told && !report_is_known(report))
		return;
	if (!change_update(&watch->change, report) && !watch->is_json)
		return;
	if (watch->is_json)
		r = print_json(watch->printer.file, report);
	else
		print_line(&watch->printer, report);
	if (r == 0 && ferror(watch->printer.file))
		r = errno != 0 ? -errno : -EIO;
	if (watch->error == 0)
		watch->error = r;
}

/* What the callbacks of watch and record need. */
struct output {
	struct loop loop;
	struct watch watch;
	FILE *file; /* record */
	int error;
};

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	struct output *output = userdata;

	(void)onlooker;
	watch_show(&output->watch, report);
	output->loop.is_done |= output->watch.error < 0;
}

int command_watch(const struct arguments *arguments)
{
	struct output output;
	int r;

	if (terminal_is_there() && !arguments_have(arguments, OPTION_JSON) &&
	    !arguments_have(arguments, OPTION_LINES))
		return live_run(arguments);
	watch_init(&output.watch, arguments, 0);
	r = loop_init(&output.loop, arguments);
	if (r != STATUS_SUCCESS)
		return r;
	onlooker_set_callback(output.loop.onlooker, on_report, &output);
	r = loop_until_done(&output.loop);
	loop_finish(&output.loop);
	if (output.watch.error < 0)
		return give_up(output.watch.error, "cannot write");
	if (r < 0)
		return give_up(r, "cannot look");
	return finish_output(STATUS_SUCCESS);
}

static void on_line(const char *line, void *userdata)
{
	struct output *output = userdata;

	/* A line at a time: an interrupted recording ends with a whole one. */
	if (fprintf(output->file, "%s\n", line) < 0 ||
	    fflush(output->file) != 0) {
		output->error = errno != 0 ? -errno : -EIO;
		output->loop.is_done = 1;
	}
}

static FILE *open_recording(const char *path)
{
	FILE *file;
	int fd;

	if (path == NULL)
		return stdout;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY,
	          S_IRUSR | S_IWUSR);
	if (fd < 0)
		return NULL;
	file = fdopen(fd, "w");
	if (file == NULL)
		(void)close(fd);
	return file;
}

int command_record(const struct arguments *arguments)
{
	struct output output = { .file = open_recording(
					 arguments->operands[0]) };
	int r;

	if (output.file == NULL)
		return give_up(-errno, arguments->operands[0]);
	r = loop_init(&output.loop, arguments);
	if (r != STATUS_SUCCESS) {
		(void)fclose(output.file);
		return r;
	}
	onlooker_set_recorder(output.loop.onlooker, on_line, &output);
	r = loop_until_done(&output.loop);
	loop_finish(&output.loop);
	if (fclose(output.file) != 0 && output.error == 0)
		output.error = -errno;
	if (output.error < 0)
		return give_up(output.error, "cannot write");
	return r < 0 ? give_up(r, "cannot look") : STATUS_SUCCESS;
}
