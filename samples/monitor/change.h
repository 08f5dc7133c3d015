#ifndef MONITOR_CHANGE_H
#define MONITOR_CHANGE_H

#include <onlooker/onlooker.h>

enum {
	FINDINGS = 3,
	/* Below this, a watcher alone does not make a finding suspected. */
	SUSPECTED_FROM = 30,
	/* As SUSPECTED_FROM, for shared. */
	SHARED_FROM = 80,
	/* How far below a threshold the confidence falls before the state. */
	HOLD_POINTS = 10,
};

/* The three findings as a list: shared, controlled, remote. */
const struct onlooker_finding *
report_finding(const struct onlooker_report *report, int index);
const char *finding_name(int index);

/* The strongest of the three: shared, suspected, unknown, clear. */
enum onlooker_state report_strongest(const struct onlooker_report *report);
/* The strongest as an exit status of this program. */
int report_exit_status(const struct onlooker_report *report);
/* Whether there is something to tell: found already, or no probe starting. */
int report_is_known(const struct onlooker_report *report);
/* Whether something is there that a probe cannot see, or not wholly. */
int probe_is_blind(const struct onlooker_probe *probe);
/* The most that a watcher makes of any finding. */
int watcher_strength(const struct onlooker_watcher *watcher);

/*
 * What a person was told last, to tell only what is new: states, watchers that
 * matter and blind probes, but not each point of a confidence.
 */
struct change {
	int is_told;
	enum onlooker_state states[FINDINGS];
	uint64_t digest; /* of the rest */
};

/*
 * Whether this report has news; remembers it if so. While a finding's state is
 * about to fall, its confidence having gone already, only what rises is news:
 * what fades is told once, when it is over.
 */
int change_update(struct change *change, const struct onlooker_report *report);

#endif
