/* The commands that look once: status, explain, doctor and privacy. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "loop.h"
#include "print.h"
#include "text.h"

/*
 * Look until settled and hand the report to show(), which returns an exit
 * status, or a negative errno for what the library refused.
 */
static int look(const struct arguments *arguments,
                int (*show)(const struct arguments *arguments,
                            const struct onlooker_report *report))
{
	const struct onlooker_report *report;
	struct loop loop;
	int r;

	r = loop_init(&loop, arguments);
	if (r != STATUS_SUCCESS)
		return r;
	r = loop_settle(&loop, arguments->settle_ms);
	if (r == 0) {
		report = onlooker_get_report(loop.onlooker);
		r = show(arguments, report);
		(void)onlooker_report_unref(report);
	}
	loop_finish(&loop);
	if (r == -EINTR)
		return give_up(r, "stopped before there was an answer");
	if (r < 0)
		return give_up(r, "cannot look");
	return finish_output(r);
}

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
	return look(arguments, show_status);
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
	return look(arguments, show_explanation);
}

/* What a probe is there for: the sentences of the rules that bear its name. */
static void show_purpose(const struct onlooker_probe *probe)
{
	const struct onlooker_rule *rule;
	size_t length = strlen(probe->name);

	(void)fputs("  notices whoever\n", stdout);
	for (size_t i = 0; (rule = onlooker_get_rule(i)) != NULL; i++) {
		if (strncmp(rule->name, probe->name, length) != 0 ||
		    rule->name[length] != '.')
			continue;
		(void)fputs("    ", stdout);
		print_predicate(stdout, rule->sentence);
		(void)putchar('\n');
	}
}

static void show_probe(const struct onlooker_probe *probe)
{
	(void)printf("%s: %s", probe->name,
	             onlooker_probe_state_name(probe->state));
	if (probe->reason[0] != '\0') {
		(void)fputs(", ", stdout);
		text_print(stdout, probe->reason);
	}
	(void)putchar('\n');
	show_purpose(probe);
}

static void show_probe_json(const struct onlooker_probe *probe)
{
	(void)printf("{\"name\":\"%s\",\"state\":\"%s\",\"reason\":",
	             probe->name, onlooker_probe_state_name(probe->state));
	text_print_json(stdout, probe->reason);
	(void)puts("}");
}

static int show_probes(const struct arguments *arguments,
                       const struct onlooker_report *report)
{
	int is_json = arguments_have(arguments, OPTION_JSON);

	for (size_t i = 0; report->probes[i] != NULL; i++) {
		if (is_json)
			show_probe_json(report->probes[i]);
		else
			show_probe(report->probes[i]);
	}
	if (is_json)
		return STATUS_SUCCESS;
	for (int i = 0; i < FINDINGS; i++) {
		const struct onlooker_finding *finding =
			report_finding(report, i);

		(void)printf("%s: %d %% of its ways out can be looked at, "
		             "%d %% sure at most if the rest were bad\n",
		             finding_name(i), finding->coverage,
		             finding->plausible);
	}
	return STATUS_SUCCESS;
}

int command_doctor(const struct arguments *arguments)
{
	return look(arguments, show_probes);
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
