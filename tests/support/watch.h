#ifndef TEST_WATCH_H
#define TEST_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "onlooker/onlooker.h"

/* Open a context on these probes ("x11,pipewire") or fail the test. */
struct onlooker *watch_open(const char *probes);

/* The same, and wait until the screen is known not to be shared. */
struct onlooker *watch_open_clear(const char *probes, int timeout_ms);

/* Whether a report is what the test waits for. */
typedef bool (*watch_fn)(const struct onlooker_report *report,
                         const void *userdata);

/*
 * Dispatch until the report satisfies the predicate. Returns true, or false
 * after timeout_ms, with the last report printed to stderr.
 */
bool watch_until(struct onlooker *onlooker, watch_fn is_so,
                 const void *userdata, int timeout_ms);

/* What a report must hold for watch_for(). Zero members do not matter. */
struct watch_want {
	const char *rule;           /* some evidence of this rule ... */
	int64_t pid;                /* ... with this pid ... */
	const char *who;            /* ... and name */
	const char *not_rule;       /* no evidence of this rule at all */
	enum onlooker_state shared; /* the state of shared */
	const char *probe;          /* this probe ... */
	enum onlooker_probe_state probe_state; /* ... in this state */
	bool is_settled;                       /* no probe is starting */
};
bool watch_for(struct onlooker *onlooker, struct watch_want want,
               int timeout_ms);

/* Watchers in the report of this moment. */
int count_watchers(struct onlooker *onlooker);

/* The watcher's evidence of this rule (pid 0: of any watcher), or NULL. */
const struct onlooker_evidence *
report_find(const struct onlooker_report *report, const char *rule,
            int64_t pid);
const struct onlooker_probe *
report_find_probe(const struct onlooker_report *report, const char *name);

#endif
