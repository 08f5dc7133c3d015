/*
 * Reports as words and as JSON, and the names of enumerations: what the report
 * says and not a word more, but for the ways out that nobody looks at.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "sdk/report.h"
#include "sdk/rules.h"
#include "sdk/session.h"
#include "sdk/weigh.h"

static const char *name_of(const char *const *names, size_t count, int value)
{
	return value >= 0 && (size_t)value < count ? names[value] : names[0];
}

#define NAME_OF(names, value)                                                  \
	name_of((names), sizeof(names) / sizeof((names)[0]), (int)(value))

const char *onlooker_state_name(enum onlooker_state state)
{
	static const char *const names[] = { "unknown", "clear", "suspected",
		                             "shared" };

	return NAME_OF(names, state);
}

const char *onlooker_stage_name(enum onlooker_stage stage)
{
	static const char *const names[] = { "none",      "present",
		                             "armed",     "connected",
		                             "capturing", "controlling" };

	return NAME_OF(names, stage);
}

const char *onlooker_watcher_kind_name(enum onlooker_watcher_kind kind)
{
	static const char *const names[] = { "unknown", "program", "display",
		                             "device", "session" };

	return NAME_OF(names, kind);
}

const char *onlooker_probe_state_name(enum onlooker_probe_state state)
{
	static const char *const names[] = { "off",    "starting", "watching",
		                             "absent", "degraded", "denied",
		                             "failed" };

	return NAME_OF(names, state);
}

static int64_t wall_time(const struct onlooker_report *report, uint64_t us)
{
	const struct ol_report *self =
		(const struct ol_report *)(const void *)report;

	return (int64_t)us + self->wall_offset_us;
}

static json_t *json_time(const struct onlooker_report *report, uint64_t us)
{
	char text[32];

	ol_time_format(wall_time(report, us), text);
	return json_string(text);
}

static json_t *json_finding(const struct onlooker_finding *finding)
{
	return json_pack("{s:s, s:i, s:i, s:i}", "state",
	                 onlooker_state_name(finding->state), "confidence",
	                 finding->confidence, "plausible", finding->plausible,
	                 "coverage", finding->coverage);
}

static json_t *json_evidence(const struct onlooker_report *report,
                             const struct onlooker_evidence *evidence)
{
	return json_pack(
		"{s:s, s:s, s:i, s:i, s:i, s:i, s:b, s:o, s:s, s:s, s:s}",
		"rule", evidence->rule, "probe", evidence->probe, "shared",
		evidence->shared, "controlled", evidence->controlled, "remote",
		evidence->remote, "share", evidence->share, "momentary",
		evidence->is_momentary, "since",
		json_time(report, evidence->since_us), "sentence",
		evidence->sentence, "detail", evidence->detail, "attack",
		evidence->attack);
}

static json_t *json_watcher(const struct onlooker_report *report,
                            const struct onlooker_watcher *watcher)
{
	json_t *list = json_array();

	for (size_t i = 0; watcher->evidence[i] != NULL; i++) {
		if (json_array_append_new(
			    list, json_evidence(report, watcher->evidence[i])) <
		    0) {
			json_decref(list);
			return NULL;
		}
	}
	return json_pack(
		"{s:I, s:s, s:s, s:s, s:I, s:s, s:o, s:i, s:i, s:i, s:o}", "id",
		(json_int_t)watcher->id, "kind",
		onlooker_watcher_kind_name(watcher->kind), "stage",
		onlooker_stage_name(watcher->stage), "who", watcher->who, "pid",
		(json_int_t)watcher->pid, "peer", watcher->peer, "since",
		json_time(report, watcher->since_us), "shared", watcher->shared,
		"controlled", watcher->controlled, "remote", watcher->remote,
		"evidence", list);
}

static json_t *json_watchers(const struct onlooker_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		if (json_array_append_new(
			    list, json_watcher(report, report->watchers[i])) <
		    0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *json_probes(const struct onlooker_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; report->probes[i] != NULL; i++) {
		const struct onlooker_probe *probe = report->probes[i];
		json_t *object = json_pack(
			"{s:s, s:s, s:s}", "name", probe->name, "state",
			onlooker_probe_state_name(probe->state), "reason",
			probe->reason);

		if (json_array_append_new(list, object) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

int onlooker_report_to_json(const struct onlooker_report *report, char **ret)
{
	json_t *object;
	char *text;

	if (report == NULL || ret == NULL)
		return -EINVAL;
	object = json_pack(
		"{s:o, s:i, s:o, s:o, s:o, s:o, s:o}", "time",
		json_time(report, report->time_us), "coverage",
		report->coverage, "shared", json_finding(&report->shared),
		"controlled", json_finding(&report->controlled), "remote",
		json_finding(&report->remote), "watchers",
		json_watchers(report), "probes", json_probes(report));
	if (object == NULL)
		return -ENOMEM;
	text = ol_json_format(object);
	json_decref(object);
	if (text == NULL)
		return -ENOMEM;
	*ret = text;
	return 0;
}

static const struct onlooker_finding *
finding_of(const struct onlooker_report *report, enum ol_question q)
{
	switch (q) {
	case OL_CONTROLLED:
		return &report->controlled;
	case OL_REMOTE:
		return &report->remote;
	default:
		return &report->shared;
	}
}

/* What each state of each finding means to a person. */
static const char *const verdicts[OL_QUESTIONS][4] = {
	[OL_SHARED] = { "Whether this screen is shared is not known",
	                "This screen is not shared",
	                "This screen may be shared", "This screen is shared" },
	[OL_CONTROLLED] = { "Whether it is controlled from elsewhere is not "
	                    "known",
	                    "It is not controlled from elsewhere",
	                    "It may be controlled from elsewhere",
	                    "It is controlled from elsewhere" },
	[OL_REMOTE] = { "Whether its user sits elsewhere is not known",
	                "Its user does not sit elsewhere",
	                "Its user may sit elsewhere",
	                "Its user sits elsewhere" },
};

static bool is_ending(const struct onlooker_finding *finding)
{
	return (finding->state == ONLOOKER_SHARED &&
	        finding->confidence < OL_IS_SHARED) ||
	       (finding->state == ONLOOKER_SUSPECTED &&
	        finding->confidence < OL_SUSPECTED);
}

static void explain_finding(FILE *out, const struct onlooker_report *report,
                            enum ol_question q)
{
	const struct onlooker_finding *finding = finding_of(report, q);

	fprintf(out, "%s: %d %% sure", verdicts[q][finding->state],
	        finding->confidence);
	if (finding->plausible > finding->confidence)
		fprintf(out, ", %d %% if what we cannot see were bad",
		        finding->plausible);
	fprintf(out, "; %d %% of the ways were looked at.", finding->coverage);
	if (is_ending(finding))
		fputs(" The signs have weakened; the state waits before it "
		      "falls.",
		      out);
	fputc('\n', out);
}

static void explain_watcher(FILE *out, const struct onlooker_report *report,
                            const struct onlooker_watcher *watcher)
{
	char since[32];
	const char *who = watcher->who[0] != '\0'
	                          ? watcher->who
	                          : onlooker_watcher_kind_name(watcher->kind);

	ol_time_format(wall_time(report, watcher->since_us), since);
	fprintf(out, "\n%s", who);
	if (watcher->pid != 0)
		fprintf(out, " (pid %" PRId64 ")", watcher->pid);
	if (watcher->peer[0] != '\0')
		fprintf(out, ", connected with %s", watcher->peer);
	fprintf(out, ", %s since %s\n", onlooker_stage_name(watcher->stage),
	        since);
	for (size_t i = 0; watcher->evidence[i] != NULL; i++) {
		const struct onlooker_evidence *evidence = watcher->evidence[i];

		fprintf(out, "  %s", evidence->sentence);
		if (evidence->detail[0] != '\0')
			fprintf(out, " (%s)", evidence->detail);
		fprintf(out, " [%s", evidence->rule);
		if (evidence->share > 0)
			fprintf(out, ", %d points", evidence->share);
		fputs("]\n", out);
	}
}

static const struct onlooker_probe *
find_probe(const struct onlooker_report *report, const char *name)
{
	for (size_t i = 0; name != NULL && report->probes[i] != NULL; i++) {
		if (strcmp(report->probes[i]->name, name) == 0)
			return report->probes[i];
	}
	return NULL;
}

static void explain_blindness(FILE *out, const struct onlooker_report *report)
{
	const char *head = "\nWhat could not be looked at, or not wholly:\n";

	for (const struct ol_channel *channel = ol_channels;
	     channel->name != NULL; channel++) {
		const struct onlooker_probe *probe =
			find_probe(report, channel->probe);

		if (probe != NULL && (probe->state == ONLOOKER_PROBE_WATCHING ||
		                      probe->state == ONLOOKER_PROBE_ABSENT))
			continue;
		fprintf(out, "%s  %s: ", head, channel->way);
		head = "";
		if (probe == NULL)
			fputs("nothing in this version looks there\n", out);
		else
			fprintf(out, "the %s probe is %s%s%s\n", probe->name,
			        onlooker_probe_state_name(probe->state),
			        probe->reason[0] != '\0' ? ", " : "",
			        probe->reason);
	}
}

static void explain(FILE *out, const struct onlooker_report *report)
{
	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++)
		explain_finding(out, report, q);
	for (size_t i = 0; report->watchers[i] != NULL; i++)
		explain_watcher(out, report, report->watchers[i]);
	explain_blindness(out, report);
	if (report->watchers[0] != NULL)
		fputs("\nThe points say how much of the strongest finding is "
		      "due to a reason: without it the\nfinding would be that "
		      "much weaker.\n",
		      out);
}

int onlooker_report_explain(const struct onlooker_report *report, char **ret)
{
	char *text = NULL;
	size_t size;
	FILE *out;
	int is_broken;

	if (report == NULL || ret == NULL)
		return -EINVAL;
	out = open_memstream(&text, &size);
	if (out == NULL)
		return -ENOMEM;
	explain(out, report);
	is_broken = ferror(out);
	if (fclose(out) != 0 || is_broken) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}
