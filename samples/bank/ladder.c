/*
 * The bank's policy: what is done about each state of each finding, and what
 * the customer is told. Knows no widgets.
 */
#include "ladder.h"

#include <glib.h>
#include <stddef.h>

enum {
	INFORM = 1,
	REDACT = 2,
	REFUSE = 4,
};

/*
 * Worst first: the first that applies gives the advice. The title is that of the
 * first that is certain, if any is.
 *
 * Who steers the machine sees it too. A customer who works from afar sees the
 * screen by right, but so would a thief who works from afar: no money goes, the
 * page stays readable. What is only suspected is treated like what is certain:
 * to hide a number for ten seconds costs little.
 */
static const struct policy {
	size_t finding; /* where in the report */
	int actions;
	const char *certain;
	const char *suspected;
	const char *advice;
	const char *refusal; /* beside the button; "" without REFUSE */
} policies[] = {
	{ .finding = offsetof(struct onlooker_report, controlled),
	  .actions = INFORM | REDACT | REFUSE,
	  .certain = "Someone else is controlling this computer",
	  .suspected = "Someone else may be controlling this computer",
	  .advice = "Amounts are hidden and transfers are off until it stops. "
	            "If you were asked for this on the phone, hang up.",
	  .refusal = "No transfers while someone else may be controlling this "
	             "computer." },
	{ .finding = offsetof(struct onlooker_report, remote),
	  .actions = INFORM | REFUSE,
	  .certain = "This computer is being used from somewhere else",
	  .suspected = "This computer may be in use from somewhere else",
	  .advice = "Transfers are off until it stops.",
	  .refusal = "No transfers while this computer may be in use from "
	             "somewhere else." },
	{ .finding = offsetof(struct onlooker_report, shared),
	  .actions = INFORM | REDACT,
	  .certain = "Your screen is being shared",
	  .suspected = "Someone may be looking at your screen",
	  .advice = "Amounts and account numbers are hidden until it stops.",
	  .refusal = "" },
};

static enum onlooker_state get_state(const struct onlooker_report *report,
                                     const struct policy *policy)
{
	const char *base = (const char *)report;
	const struct onlooker_finding *finding =
		(const void *)(base + policy->finding);

	return finding->state;
}

/* "since 12:03". The report's clock is not the wall's. */
static char *format_since(const struct onlooker_report *report,
                          uint64_t since_us)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autoptr(GDateTime) then = g_date_time_add(
		now, (GTimeSpan)since_us - (GTimeSpan)report->time_us);

	return g_date_time_format(then, "since %H:%M");
}

/* Names come from outside and may hold any bytes; a label takes UTF-8. */
static char *to_valid(GString *text)
{
	char *valid = g_utf8_make_valid(text->str, (gssize)text->len);

	(void)g_string_free(text, TRUE);
	return valid;
}

/* "x11vnc, connected with 192.0.2.7:51324, since 12:03. Reads the ..." */
static char *describe(const struct onlooker_report *report)
{
	const struct onlooker_watcher *watcher = report->watchers[0];
	GString *text = g_string_new(NULL);
	g_autofree char *since = NULL;
	guint more = 0;

	if (watcher == NULL) {
		g_string_append(text, "It has just stopped.");
		return to_valid(text);
	}
	since = format_since(report, watcher->since_us);
	g_string_append(text, watcher->who[0] != '\0' ? watcher->who
	                                              : "Somebody unnamed");
	if (watcher->peer[0] != '\0')
		g_string_append_printf(text, ", connected with %s",
		                       watcher->peer);
	g_string_append_printf(text, ", %s.", since);
	if (watcher->evidence[0] != NULL)
		g_string_append_printf(text, " %s",
		                       watcher->evidence[0]->sentence);
	while (report->watchers[more + 1] != NULL)
		more++;
	if (more > 0)
		g_string_append_printf(text, " And %u more.", more);
	return to_valid(text);
}

static void climb(struct ladder *ladder, const struct onlooker_report *report)
{
	const char *refusal = "";
	const char *title = NULL;
	int actions = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(policies); i++) {
		enum onlooker_state state = get_state(report, &policies[i]);
		bool is_certain = state == ONLOOKER_SHARED;

		if (!is_certain && state != ONLOOKER_SUSPECTED)
			continue;
		if (is_certain && ladder->tone != TONE_ALARM) {
			title = policies[i].certain;
			ladder->tone = TONE_ALARM;
		} else if (title == NULL) {
			title = policies[i].suspected;
			ladder->tone = TONE_CAUTION;
		}
		if (ladder->advice == NULL)
			ladder->advice = g_strdup(policies[i].advice);
		if (refusal[0] == '\0')
			refusal = policies[i].refusal;
		actions |= policies[i].actions;
	}
	ladder->redact = (actions & REDACT) != 0;
	ladder->refuse = (actions & REFUSE) != 0;
	ladder->title = g_strdup(title);
	ladder->reason = g_strdup(refusal);
	if ((actions & INFORM) != 0)
		ladder->detail = describe(report);
}

/* Nothing was found: that is worth only as much as could be looked at. */
static void reassure(struct ladder *ladder,
                     const struct onlooker_report *report)
{
	bool is_clear = report->shared.state == ONLOOKER_CLEAR;

	ladder->tone = is_clear ? TONE_CALM : TONE_UNSURE;
	ladder->advice = g_strdup("");
	ladder->title = g_strdup(is_clear ? "Nobody was seen watching"
	                                  : "We cannot tell who is watching");
	ladder->detail = g_strdup_printf(
		"%d %% of the ways to watch this screen could be looked at.",
		report->shared.coverage);
}

void ladder_climb(struct ladder *ladder, const struct onlooker_report *report,
                  bool has_failed)
{
	*ladder = (struct ladder){ 0 };
	if (report != NULL) {
		climb(ladder, report);
		if (ladder->title == NULL)
			reassure(ladder, report);
		return;
	}
	ladder->tone = TONE_UNSURE;
	ladder->redact = !has_failed;
	ladder->refuse = !has_failed;
	ladder->title =
		g_strdup(has_failed ? "We cannot tell who is watching"
	                            : "Looking whether anyone is watching");
	ladder->advice = g_strdup("");
	ladder->detail = g_strdup(has_failed ? "Make sure that you are alone."
	                                     : "This takes a moment.");
	ladder->reason = g_strdup(
		has_failed ? "" : "One moment, please: still looking.");
}

void ladder_finish(struct ladder *ladder)
{
	g_free(ladder->title);
	g_free(ladder->detail);
	g_free(ladder->advice);
	g_free(ladder->reason);
	*ladder = (struct ladder){ 0 };
}
