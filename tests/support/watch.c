/* Waiting for a report, by dispatching until it says what a test wants. */
#include "tests/support/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct onlooker *watch_open(const char *probes)
{
	struct onlooker_options options = {
		.size = sizeof(options),
		.probes = probes,
	};
	struct onlooker *onlooker;
	int r = onlooker_open(&options, &onlooker);

	if (r < 0) {
		fprintf(stderr, "onlooker_open(%s): %s\n", probes,
		        strerror(-r));
		abort();
	}
	return onlooker;
}

static void print_report(const struct onlooker_report *report)
{
	char *text = NULL;

	if (onlooker_report_explain(report, &text) == 0)
		fprintf(stderr, "the last report was:\n%s\n", text);
	free(text);
}

bool watch_until(struct onlooker *onlooker, watch_fn is_so,
                 const void *userdata, int timeout_ms)
{
	int64_t end = now_ms() + timeout_ms;

	for (;;) {
		const struct onlooker_report *report =
			onlooker_get_report(onlooker);
		bool yes = is_so(report, userdata);
		int64_t left = end - now_ms();

		if (!yes && left <= 0)
			print_report(report);
		onlooker_report_unref(report);
		if (yes)
			return true;
		if (left <= 0)
			return false;
		(void)onlooker_wait(onlooker, (int)left);
	}
}

const struct onlooker_evidence *
report_find(const struct onlooker_report *report, const char *rule, int64_t pid)
{
	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];

		if (pid != 0 && watcher->pid != pid)
			continue;
		for (size_t j = 0; watcher->evidence[j] != NULL; j++) {
			if (strcmp(watcher->evidence[j]->rule, rule) == 0)
				return watcher->evidence[j];
		}
	}
	return NULL;
}

int count_watchers(struct onlooker *onlooker)
{
	const struct onlooker_report *report = onlooker_get_report(onlooker);
	int count = 0;

	while (report->watchers[count] != NULL)
		count++;
	onlooker_report_unref(report);
	return count;
}

const struct onlooker_probe *
report_find_probe(const struct onlooker_report *report, const char *name)
{
	for (size_t i = 0; report->probes[i] != NULL; i++) {
		if (strcmp(report->probes[i]->name, name) == 0)
			return report->probes[i];
	}
	return NULL;
}

static bool has_watcher(const struct onlooker_report *report,
                        const struct watch_want *want)
{
	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];

		if (want->pid != 0 && watcher->pid != want->pid)
			continue;
		if (want->who != NULL && strcmp(watcher->who, want->who) != 0)
			continue;
		for (size_t j = 0; watcher->evidence[j] != NULL; j++) {
			if (want->rule == NULL ||
			    strcmp(watcher->evidence[j]->rule, want->rule) == 0)
				return true;
		}
	}
	return false;
}

static bool is_wanted(const struct onlooker_report *report,
                      const void *userdata)
{
	const struct watch_want *want = userdata;

	if (want->not_rule != NULL &&
	    report_find(report, want->not_rule, 0) != NULL)
		return false;
	if (want->shared != ONLOOKER_UNKNOWN &&
	    report->shared.state != want->shared)
		return false;
	if (want->probe != NULL) {
		const struct onlooker_probe *probe =
			report_find_probe(report, want->probe);

		if (probe == NULL || probe->state != want->probe_state)
			return false;
	}
	for (size_t i = 0; want->is_settled && report->probes[i] != NULL; i++) {
		if (report->probes[i]->state == ONLOOKER_PROBE_STARTING)
			return false;
	}
	if (want->rule == NULL && want->pid == 0 && want->who == NULL)
		return true;
	return has_watcher(report, want);
}

bool watch_for(struct onlooker *onlooker, struct watch_want want,
               int timeout_ms)
{
	return watch_until(onlooker, is_wanted, &want, timeout_ms);
}

struct onlooker *watch_open_clear(const char *probes, int timeout_ms)
{
	struct onlooker *onlooker = watch_open(probes);

	if (!watch_for(onlooker,
	               (struct watch_want){ .shared = ONLOOKER_CLEAR },
	               timeout_ms))
		abort();
	return onlooker;
}
