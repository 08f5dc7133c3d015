/* What of a report is news to a person. Pure: no clock, no output. */
#include "change.h"

#include "monitor.h"

const struct onlooker_finding *
report_finding(const struct onlooker_report *report, int index)
{
	return index == 0   ? &report->shared
	       : index == 1 ? &report->controlled
	                    : &report->remote;
}

const char *finding_name(int index)
{
	static const char *const names[] = { "shared", "controlled", "remote" };

	return names[index];
}

/* A state this program does not know is treated like unknown. */
static int state_rank(enum onlooker_state state)
{
	switch (state) {
	case ONLOOKER_CLEAR:
		return 0;
	case ONLOOKER_SUSPECTED:
		return 2;
	case ONLOOKER_SHARED:
		return 3;
	default:
		return 1;
	}
}

enum onlooker_state report_strongest(const struct onlooker_report *report)
{
	enum onlooker_state strongest = ONLOOKER_CLEAR;

	for (int i = 0; i < FINDINGS; i++) {
		enum onlooker_state state = report_finding(report, i)->state;

		if (state_rank(state) > state_rank(strongest))
			strongest = state;
	}
	return strongest;
}

int report_exit_status(const struct onlooker_report *report)
{
	switch (report_strongest(report)) {
	case ONLOOKER_CLEAR:
		return STATUS_SUCCESS;
	case ONLOOKER_SUSPECTED:
		return STATUS_SUSPECTED;
	case ONLOOKER_SHARED:
		return STATUS_SHARED;
	default:
		return STATUS_UNKNOWN;
	}
}

int report_is_known(const struct onlooker_report *report)
{
	enum onlooker_state strongest = report_strongest(report);

	if (strongest == ONLOOKER_SUSPECTED || strongest == ONLOOKER_SHARED)
		return 1;
	for (size_t i = 0; report->probes[i] != NULL; i++) {
		if (report->probes[i]->state == ONLOOKER_PROBE_STARTING)
			return 0;
	}
	return 1;
}

int probe_is_blind(const struct onlooker_probe *probe)
{
	return probe->state != ONLOOKER_PROBE_WATCHING &&
	       probe->state != ONLOOKER_PROBE_ABSENT &&
	       probe->state != ONLOOKER_PROBE_OFF;
}

int watcher_strength(const struct onlooker_watcher *watcher)
{
	int strength = watcher->shared;

	if (watcher->controlled > strength)
		strength = watcher->controlled;
	if (watcher->remote > strength)
		strength = watcher->remote;
	return strength;
}

static int is_fading(const struct onlooker_finding *finding)
{
	int from = finding->state == ONLOOKER_SHARED      ? SHARED_FROM
	           : finding->state == ONLOOKER_SUSPECTED ? SUSPECTED_FROM
	                                                  : 0;

	return finding->confidence < from - HOLD_POINTS;
}

/* FNV-1a, the terminating null included. */
static uint64_t hash(uint64_t digest, const char *text)
{
	do {
		digest = (digest ^ (unsigned char)*text) * 0x100000001b3u;
	} while (*text++ != '\0');
	return digest;
}

/*
 * Everything but the states that is worth a line. A sum, so that watchers that
 * merely change places are no news. Whoever forges a collision keeps a second
 * watcher out of a line, but never a state.
 */
static uint64_t digest(const struct onlooker_report *report)
{
	const uint64_t basis = 0xcbf29ce484222325u;
	uint64_t sum = 0;

	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];
		uint64_t start = basis ^ watcher->id << 8 ^ watcher->stage;

		if (watcher_strength(watcher) < SUSPECTED_FROM)
			continue;
		sum += hash(hash(start, watcher->who), watcher->peer);
	}
	for (size_t i = 0; report->probes[i] != NULL; i++) {
		const struct onlooker_probe *probe = report->probes[i];

		if (probe_is_blind(probe))
			sum += hash(basis + 1 + probe->state, probe->name);
	}
	return sum;
}

int change_update(struct change *change, const struct onlooker_report *report)
{
	uint64_t now = digest(report);
	int is_news = !change->is_told || now != change->digest;
	int has_risen = 0;
	int has_faded = 0;

	for (int i = 0; i < FINDINGS; i++) {
		const struct onlooker_finding *finding =
			report_finding(report, i);
		int step = state_rank(finding->state) -
		           state_rank(change->states[i]);

		has_risen |= step > 0;
		is_news |= step != 0;
		has_faded |= is_fading(finding);
	}
	if (!is_news || (change->is_told && has_faded && !has_risen))
		return 0;
	for (int i = 0; i < FINDINGS; i++)
		change->states[i] = report_finding(report, i)->state;
	change->digest = now;
	change->is_told = 1;
	return 1;
}
