/* The commands that look once, but for doctor: status, explain, privacy. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "loop.h"
#include "print.h"
#include "text.h"

static int show_status(const struct arguments *arguments,
                       const struct onlooker_report *report)
{
	struct printer printer = printer_for_output(0);
	int r;

	if (!arguments_have(arguments, OPTION_JSON)) {
		print_status(&printer, report);
		return report_exit_status(report);
	}
	r = print_json(stdout, report);
	return r < 0 ? r : report_exit_status(report);
}

int command_status(const struct arguments *arguments)
{
	return loop_once(arguments, show_status);
}

static int show_explanation(const struct arguments *arguments,
                            const struct onlooker_report *report)
{
	char *text;
	int r;

	(void)arguments;
	r = onlooker_report_explain(report, &text);
	if (r < 0)
		return r;
	/* The library cleans what it quotes; line feeds are its own. */
	(void)fputs(text, stdout);
	free(text);
	return STATUS_SUCCESS;
}

int command_explain(const struct arguments *arguments)
{
	return loop_once(arguments, show_explanation);
}

static void show_access(const struct onlooker_probe *probe,
                        const struct onlooker_access *access, int is_json)
{
	if (!is_json) {
		(void)printf("  %s\n      %s\n", access->what, access->why);
		return;
	}
	(void)printf("{\"probe\":\"%s\",\"what\":", probe->name);
	text_print_json(stdout, access->what);
	(void)fputs(",\"why\":", stdout);
	text_print_json(stdout, access->why);
	(void)puts("}");
}

static int show_privacy(const struct arguments *arguments,
                        const struct onlooker_report *report)
{
	int is_json = arguments_have(arguments, OPTION_JSON);

	for (size_t i = 0; report->probes[i] != NULL; i++) {
		const struct onlooker_probe *probe = report->probes[i];

		if (!is_json)
			(void)printf("%s%s\n", i > 0 ? "\n" : "", probe->name);
		if (probe->reads == NULL)
			continue;
		for (size_t j = 0; probe->reads[j] != NULL; j++)
			show_access(probe, probe->reads[j], is_json);
	}
	return STATUS_SUCCESS;
}

int command_privacy(const struct arguments *arguments)
{
	struct onlooker_options options = {
		.size = sizeof(options),
		.probes = arguments->probes,
	};
	const struct onlooker_report *report;
	struct onlooker *onlooker;
	int status;
	int r;

	r = onlooker_open(&options, &onlooker);
	if (r < 0)
		return open_failed(arguments, r);
	report = onlooker_get_report(onlooker);
	status = show_privacy(arguments, report);
	(void)onlooker_report_unref(report);
	(void)onlooker_unref(onlooker);
	return finish_output(status);
}
