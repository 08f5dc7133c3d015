/*
 * From all claims and what could be looked at to three findings. No clock, no
 * file, no environment; the same input always gives the same report, in
 * whatever order the claims were made.
 */
#include "sdk/fusion.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/weigh.h"

/* Percent of a channel that can be seen. */
static int sight(const struct ol_view *view, const struct ol_channel *channel)
{
	for (size_t i = 0; channel->probe != NULL && i < view->probe_count;
	     i++) {
		if (strcmp(view->probes[i].name, channel->probe) != 0)
			continue;
		switch (view->probes[i].state) {
		case ONLOOKER_PROBE_WATCHING:
		case ONLOOKER_PROBE_ABSENT:
			return 100;
		case ONLOOKER_PROBE_DEGRADED:
			return 50; /* a part: which one is not known here */
		default:
			return 0;
		}
	}
	return 0;
}

/* Whether a probe that should see this channel is up against something. */
static bool is_obstructed(const struct ol_view *view,
                          const struct ol_channel *channel)
{
	for (size_t i = 0; channel->probe != NULL && i < view->probe_count;
	     i++) {
		enum onlooker_probe_state state = view->probes[i].state;

		if (strcmp(view->probes[i].name, channel->probe) == 0)
			return state == ONLOOKER_PROBE_STARTING ||
			       state == ONLOOKER_PROBE_DENIED ||
			       state == ONLOOKER_PROBE_FAILED;
	}
	return false;
}

/* Fill in coverage and plausible; returns whether silence would mean clear. */
static bool judge_sight(const struct ol_view *view, enum ol_question q,
                        struct onlooker_finding *finding)
{
	double none = 1 - finding->confidence / 100.0;
	bool is_open = true;
	int covered = 0;

	for (const struct ol_channel *channel = ol_channels;
	     channel->name != NULL; channel++) {
		int seen = sight(view, channel);

		if (channel->weight[q] == 0)
			continue;
		covered += channel->weight[q] * seen;
		none *= 1 - channel->prior[q] / 100.0 * (100 - seen) / 100.0;
		if (is_obstructed(view, channel))
			is_open = false;
	}
	finding->coverage = covered / 100;
	finding->plausible = ol_weigh_percent(1 - none);
	if (finding->plausible < finding->confidence)
		finding->plausible = finding->confidence;
	return is_open && finding->coverage >= OL_COVERAGE_FLOOR;
}

static int strength_max(const struct ol_entry *entry)
{
	const struct onlooker_rule *rule = entry->rule;
	int max = rule->shared;

	if (rule->controlled > max)
		max = rule->controlled;
	return rule->remote > max ? rule->remote : max;
}

/* A total order in which equal subjects, and they alone, are equal. */
static int compare_subjects(const struct ol_who *a, const struct ol_who *b)
{
	int r;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->token != b->token)
		return a->token < b->token ? -1 : 1;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	if (a->pid != 0)
		return a->start_time < b->start_time
		               ? -1
		               : a->start_time > b->start_time;
	r = strcmp(a->name, b->name);
	return r != 0 ? r : strcmp(a->peer, b->peer);
}

/*
 * Claims by subject, then strongest first. The last keys only make the order
 * the same whatever order the claims came in.
 */
static int compare_entries(const void *left, const void *right)
{
	const struct ol_entry *a = *(const struct ol_entry *const *)left;
	const struct ol_entry *b = *(const struct ol_entry *const *)right;
	int r = compare_subjects(&a->who, &b->who);

	if (r != 0)
		return r;
	if (strength_max(a) != strength_max(b))
		return strength_max(a) > strength_max(b) ? -1 : 1;
	r = strcmp(a->rule->name, b->rule->name);
	if (r == 0)
		r = strcmp(a->detail, b->detail);
	if (r != 0)
		return r;
	return a->key < b->key ? -1 : a->key > b->key;
}

static struct onlooker_finding *finding_of(struct onlooker_report *report,
                                           enum ol_question q)
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

/* A copy of what is before the dot of a rule's name. */
static const char *copy_probe_name(struct ol_report *report, const char *rule)
{
	return ol_report_copy(report, rule, strcspn(rule, "."));
}

static const struct onlooker_evidence *
make_evidence(struct ol_report *report, const struct ol_entry *entry, int share)
{
	struct onlooker_evidence *evidence =
		ol_report_alloc(report, sizeof(*evidence));

	if (evidence == NULL)
		return NULL;
	*evidence = (struct onlooker_evidence){
		.rule = entry->rule->name,
		.probe = copy_probe_name(report, entry->rule->name),
		.shared = entry->rule->shared,
		.controlled = entry->rule->controlled,
		.remote = entry->rule->remote,
		.share = share,
		.is_momentary = entry->rule->lifetime_ms > 0,
		.since_us = entry->since_us,
		.sentence = entry->rule->sentence,
		.attack = entry->rule->attack,
		.detail = ol_report_copy(report, entry->detail,
		                         strlen(entry->detail)),
	};
	return evidence->probe != NULL && evidence->detail != NULL ? evidence
	                                                           : NULL;
}

/* Not every claim of a watcher knows all of it: the strongest that does. */
static const char *first_name(const struct ol_entry *const *entries,
                              size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (entries[i]->who.name[0] != '\0')
			return entries[i]->who.name;
	}
	return "";
}

static const char *first_peer(const struct ol_entry *const *entries,
                              size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (entries[i]->who.peer[0] != '\0')
			return entries[i]->who.peer;
	}
	return "";
}

static int describe_watcher(struct ol_report *report,
                            struct onlooker_watcher *watcher,
                            const struct ol_entry *const *entries, size_t count)
{
	const char *who = first_name(entries, count);
	const char *peer = first_peer(entries, count);

	*watcher = (struct onlooker_watcher){
		.id = entries[0]->watcher,
		.kind = entries[0]->who.kind,
		.shared = ol_weigh(entries, count, OL_SHARED),
		.controlled = ol_weigh(entries, count, OL_CONTROLLED),
		.remote = ol_weigh(entries, count, OL_REMOTE),
		.since_us = entries[0]->since_us,
		.pid = entries[0]->who.pid,
		.who = ol_report_copy(report, who, strlen(who)),
		.peer = ol_report_copy(report, peer, strlen(peer)),
	};
	for (size_t i = 0; i < count; i++) {
		if (entries[i]->rule->stage > watcher->stage)
			watcher->stage = entries[i]->rule->stage;
		if (entries[i]->since_us < watcher->since_us)
			watcher->since_us = entries[i]->since_us;
	}
	return watcher->who != NULL && watcher->peer != NULL ? 0 : -ENOMEM;
}

static struct onlooker_watcher *
make_watcher(struct ol_report *report, const struct ol_entry *const *entries,
             const int *shares, size_t count)
{
	struct onlooker_watcher *watcher =
		ol_report_alloc(report, sizeof(*watcher));
	const struct onlooker_evidence **evidence =
		ol_report_alloc(report, (count + 1) * sizeof(*evidence));

	if (watcher == NULL || evidence == NULL ||
	    describe_watcher(report, watcher, entries, count) < 0)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		evidence[i] = make_evidence(report, entries[i], shares[i]);
		if (evidence[i] == NULL)
			return NULL;
	}
	watcher->evidence = evidence;
	return watcher;
}

static int watcher_max(const struct onlooker_watcher *watcher)
{
	int max = watcher->shared;

	if (watcher->controlled > max)
		max = watcher->controlled;
	return watcher->remote > max ? watcher->remote : max;
}

/* Strongest first; of two that are equal the one that is further, then older. */
static int compare_watchers(const void *left, const void *right)
{
	const struct onlooker_watcher *a =
		*(const struct onlooker_watcher *const *)left;
	const struct onlooker_watcher *b =
		*(const struct onlooker_watcher *const *)right;

	if (watcher_max(a) != watcher_max(b))
		return watcher_max(a) > watcher_max(b) ? -1 : 1;
	if (a->stage != b->stage)
		return a->stage > b->stage ? -1 : 1;
	if (a->since_us != b->since_us)
		return a->since_us < b->since_us ? -1 : 1;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	if (strcmp(a->who, b->who) != 0)
		return strcmp(a->who, b->who);
	return a->id < b->id ? -1 : a->id > b->id;
}

static int fill_watchers(struct ol_report *report,
                         const struct ol_entry *const *entries,
                         const int *shares, size_t count)
{
	const struct onlooker_watcher **list =
		ol_report_alloc(report, (count + 1) * sizeof(*list));
	size_t watchers = 0;

	if (list == NULL)
		return -ENOMEM;
	for (size_t first = 0, end; first < count; first = end) {
		for (end = first + 1;
		     end < count &&
		     entries[end]->watcher == entries[first]->watcher;
		     end++)
			;
		list[watchers] = make_watcher(report, entries + first,
		                              shares + first, end - first);
		if (list[watchers++] == NULL)
			return -ENOMEM;
	}
	qsort(list, watchers, sizeof(*list), compare_watchers);
	report->report.watchers = list;
	return 0;
}

/* The ways out that a probe opens or closes. */
static const char *const *list_ways(struct ol_report *report, const char *probe)
{
	const char **list =
		ol_report_alloc(report, (OL_CHANNELS_MAX + 1) * sizeof(*list));
	size_t count = 0;

	for (const struct ol_channel *channel = ol_channels;
	     list != NULL && channel->name != NULL; channel++) {
		if (channel->probe != NULL &&
		    strcmp(channel->probe, probe) == 0)
			list[count++] = channel->way;
	}
	return list;
}

static int fill_probes(struct ol_report *report, const struct ol_view *view)
{
	const struct onlooker_probe **list = ol_report_alloc(
		report, (view->probe_count + 1) * sizeof(*list));

	if (list == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < view->probe_count; i++) {
		const struct onlooker_probe *probe = &view->probes[i];
		struct onlooker_probe *copy =
			ol_report_alloc(report, sizeof(*copy));

		if (copy == NULL)
			return -ENOMEM;
		copy->name = ol_report_copy(report, probe->name,
		                            strlen(probe->name));
		copy->reason = ol_report_copy(report, probe->reason,
		                              strlen(probe->reason));
		copy->state = probe->state;
		copy->reads = probe->reads;
		copy->ways = list_ways(report, probe->name);
		if (copy->name == NULL || copy->reason == NULL ||
		    copy->ways == NULL)
			return -ENOMEM;
		list[i] = copy;
	}
	report->report.probes = list;
	return 0;
}

static enum ol_question strongest(struct onlooker_report *report)
{
	enum ol_question best = OL_SHARED;

	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++) {
		if (finding_of(report, q)->confidence >
		    finding_of(report, best)->confidence)
			best = q;
	}
	return best;
}

/* Numbers of all three findings, and the signals as they will be. */
static void fill_findings(struct onlooker_report *report,
                          const struct ol_view *view,
                          const struct ol_entry *const *entries,
                          struct ol_signal signals[OL_QUESTIONS])
{
	int coverage = 0;

	for (enum ol_question q = OL_SHARED; q < OL_QUESTIONS; q++) {
		struct onlooker_finding *finding = finding_of(report, q);
		bool can_be_clear;

		finding->confidence = ol_weigh(entries, view->count, q);
		can_be_clear = judge_sight(view, q, finding);
		signals[q] = ol_signal_step(signals[q], finding->confidence,
		                            can_be_clear, view->now_us);
		finding->state = signals[q].state;
		coverage += finding->coverage;
	}
	report->time_us = view->now_us;
	report->coverage = coverage / OL_QUESTIONS;
}

/* Working memory of one fusion, given back with the report's own. */
struct scratch {
	const struct ol_entry **entries;
	double *losses;
	int *shares;
};

static int make_scratch(struct ol_report *report, const struct ol_view *view,
                        struct scratch *scratch)
{
	size_t count = view->count;

	scratch->entries =
		ol_report_alloc(report, count * sizeof(*scratch->entries));
	scratch->losses =
		ol_report_alloc(report, count * sizeof(*scratch->losses));
	scratch->shares =
		ol_report_alloc(report, count * sizeof(*scratch->shares));
	if (scratch->entries == NULL || scratch->losses == NULL ||
	    scratch->shares == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		scratch->entries[i] = &view->entries[i];
	qsort(scratch->entries, count, sizeof(*scratch->entries),
	      compare_entries);
	return 0;
}

int ol_fuse(const struct ol_view *view, struct ol_signal signals[OL_QUESTIONS],
            struct ol_report **ret)
{
	struct ol_signal moved[OL_QUESTIONS];
	struct ol_report *report = ol_report_new();
	struct scratch scratch;
	enum ol_question q;

	if (report == NULL)
		return -ENOMEM;
	memcpy(moved, signals, sizeof(moved));
	if (make_scratch(report, view, &scratch) < 0)
		goto fail;
	fill_findings(&report->report, view, scratch.entries, moved);
	q = strongest(&report->report);
	ol_weigh_shares(scratch.entries, view->count, q, scratch.losses,
	                scratch.shares);
	if (fill_watchers(report, scratch.entries, scratch.shares,
	                  view->count) < 0 ||
	    fill_probes(report, view) < 0)
		goto fail;
	report->wall_offset_us = view->wall_offset_us;
	memcpy(signals, moved, sizeof(moved));
	*ret = report;
	return 0;

fail:
	onlooker_report_unref(&report->report);
	return -ENOMEM;
}
