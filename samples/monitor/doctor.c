/*
 * The command doctor: which ways out are looked at in this session, which are
 * not, why not, and what would help.
 */
#include <string.h>

#include "change.h"
#include "loop.h"
#include "text.h"

enum {
	/* "  pipewire   ": the longest name of a probe, and a gap. */
	INDENT = 13,
	/* Lines of at most 80 columns. */
	WIDTH = 80 - INDENT,
};

/* What a probe is able to do, as a person asks for it. */
enum sight { SIGHT_BLIND, SIGHT_WATCHING, SIGHT_NOTHING, SIGHTS };

static enum sight sight_of(const struct onlooker_probe *probe)
{
	if (probe->state == ONLOOKER_PROBE_WATCHING)
		return SIGHT_WATCHING;
	if (probe->state == ONLOOKER_PROBE_ABSENT)
		return SIGHT_NOTHING;
	return SIGHT_BLIND;
}

/* "degraded: the reason", and in the next line "-> what would help". */
static void show_reason(const struct onlooker_probe *probe)
{
	const char *help = strstr(probe->reason, "; ");
	size_t length = help != NULL ? (size_t)(help - probe->reason)
	                             : strlen(probe->reason);
	const char *state = sight_of(probe) == SIGHT_BLIND
	                            ? onlooker_probe_state_name(probe->state)
	                            : "";
	char line[512];

	(void)snprintf(line, sizeof(line), "%s%s%.*s", state,
	               state[0] != '\0' && length > 0 ? ": " : "", (int)length,
	               probe->reason);
	if (line[0] != '\0') {
		(void)printf("%*s", INDENT, "");
		text_print_lines(stdout, line, INDENT, WIDTH);
	}
	if (help != NULL) {
		(void)printf("%*s-> ", INDENT, "");
		text_print_lines(stdout, help + 2, INDENT + 3, WIDTH - 3);
	}
}

static void show_probe(const struct onlooker_probe *probe)
{
	(void)printf("  %-*s", INDENT - 2, probe->name);
	for (size_t i = 0; probe->ways[i] != NULL; i++) {
		if (i > 0)
			(void)printf("%*s", INDENT, "");
		text_print_lines(stdout, probe->ways[i], INDENT, WIDTH);
	}
	if (probe->ways[0] == NULL)
		(void)putchar('\n');
	show_reason(probe);
}

static void show_sight(const struct onlooker_report *report, enum sight sight)
{
	static const char *const headings[SIGHTS] = {
		[SIGHT_BLIND] = "Not looked at, or not wholly:",
		[SIGHT_WATCHING] = "Looked at:",
		[SIGHT_NOTHING] = "Nothing there to look at:",
	};
	int is_first = 1;

	for (size_t i = 0; report->probes[i] != NULL; i++) {
		if (sight_of(report->probes[i]) != sight)
			continue;
		if (is_first)
			(void)printf("\n%s\n", headings[sight]);
		is_first = 0;
		show_probe(report->probes[i]);
	}
}

static void show_probe_json(const struct onlooker_probe *probe)
{
	(void)printf("{\"name\":\"%s\",\"state\":\"%s\",\"reason\":",
	             probe->name, onlooker_probe_state_name(probe->state));
	text_print_json(stdout, probe->reason);
	(void)fputs(",\"ways\":[", stdout);
	for (size_t i = 0; probe->ways[i] != NULL; i++) {
		if (i > 0)
			(void)putchar(',');
		text_print_json(stdout, probe->ways[i]);
	}
	(void)puts("]}");
}

static int show_probes(const struct arguments *arguments,
                       const struct onlooker_report *report)
{
	if (arguments_have(arguments, OPTION_JSON)) {
		for (size_t i = 0; report->probes[i] != NULL; i++)
			show_probe_json(report->probes[i]);
		return STATUS_SUCCESS;
	}
	for (int i = 0; i < FINDINGS; i++) {
		const struct onlooker_finding *finding =
			report_finding(report, i);

		(void)printf("%-11s %3d %% of the ways out are covered; "
		             "at most %d %% if the rest were bad\n",
		             finding_name(i), finding->coverage,
		             finding->plausible);
	}
	for (enum sight sight = SIGHT_BLIND; sight < SIGHTS; sight++)
		show_sight(report, sight);
	return STATUS_SUCCESS;
}

int command_doctor(const struct arguments *arguments)
{
	return loop_once(arguments, show_probes);
}
