/*
 * Prints what a program compiled against the header relies on: the values of
 * the enumerations, the sizes of the structs and the offsets of their members.
 * layout_test.sh compares it with what was recorded.
 */
#include <stdio.h>

#include <onlooker/onlooker.h>

#define VALUE(name) printf("%s %d\n", #name, (int)(name))
#define SIZE(type)  printf("%s %zu\n", #type, sizeof(type))
#define MEMBER(type, member)                                                   \
	printf("%s.%s %zu %zu\n", #type, #member,                              \
	       offsetof(struct type, member),                                  \
	       sizeof(((struct type *)0)->member))

static void print_enumerations(void)
{
	SIZE(enum onlooker_state);
	VALUE(ONLOOKER_UNKNOWN);
	VALUE(ONLOOKER_CLEAR);
	VALUE(ONLOOKER_SUSPECTED);
	VALUE(ONLOOKER_SHARED);
	SIZE(enum onlooker_stage);
	VALUE(ONLOOKER_STAGE_NONE);
	VALUE(ONLOOKER_STAGE_PRESENT);
	VALUE(ONLOOKER_STAGE_ARMED);
	VALUE(ONLOOKER_STAGE_CONNECTED);
	VALUE(ONLOOKER_STAGE_CAPTURING);
	VALUE(ONLOOKER_STAGE_CONTROLLING);
	SIZE(enum onlooker_watcher_kind);
	VALUE(ONLOOKER_WATCHER_UNKNOWN);
	VALUE(ONLOOKER_WATCHER_PROGRAM);
	VALUE(ONLOOKER_WATCHER_DISPLAY);
	VALUE(ONLOOKER_WATCHER_DEVICE);
	VALUE(ONLOOKER_WATCHER_SESSION);
	SIZE(enum onlooker_probe_state);
	VALUE(ONLOOKER_PROBE_OFF);
	VALUE(ONLOOKER_PROBE_STARTING);
	VALUE(ONLOOKER_PROBE_WATCHING);
	VALUE(ONLOOKER_PROBE_ABSENT);
	VALUE(ONLOOKER_PROBE_DEGRADED);
	VALUE(ONLOOKER_PROBE_DENIED);
	VALUE(ONLOOKER_PROBE_FAILED);
	SIZE(enum onlooker_log_level);
	VALUE(ONLOOKER_LOG_NONE);
	VALUE(ONLOOKER_LOG_ERROR);
	VALUE(ONLOOKER_LOG_WARNING);
	VALUE(ONLOOKER_LOG_INFO);
	VALUE(ONLOOKER_LOG_DEBUG);
	VALUE(ONLOOKER_PRIVATE);
	VALUE(ONLOOKER_CANARY);
	VALUE(ONLOOKER_KMS);
}

static void print_report(void)
{
	SIZE(struct onlooker_evidence);
	MEMBER(onlooker_evidence, rule);
	MEMBER(onlooker_evidence, probe);
	MEMBER(onlooker_evidence, shared);
	MEMBER(onlooker_evidence, controlled);
	MEMBER(onlooker_evidence, remote);
	MEMBER(onlooker_evidence, share);
	MEMBER(onlooker_evidence, is_momentary);
	MEMBER(onlooker_evidence, since_us);
	MEMBER(onlooker_evidence, sentence);
	MEMBER(onlooker_evidence, attack);
	MEMBER(onlooker_evidence, detail);
	SIZE(struct onlooker_watcher);
	MEMBER(onlooker_watcher, id);
	MEMBER(onlooker_watcher, kind);
	MEMBER(onlooker_watcher, stage);
	MEMBER(onlooker_watcher, shared);
	MEMBER(onlooker_watcher, controlled);
	MEMBER(onlooker_watcher, remote);
	MEMBER(onlooker_watcher, since_us);
	MEMBER(onlooker_watcher, pid);
	MEMBER(onlooker_watcher, who);
	MEMBER(onlooker_watcher, peer);
	MEMBER(onlooker_watcher, evidence);
	SIZE(struct onlooker_finding);
	MEMBER(onlooker_finding, state);
	MEMBER(onlooker_finding, confidence);
	MEMBER(onlooker_finding, plausible);
	MEMBER(onlooker_finding, coverage);
	SIZE(struct onlooker_report);
	MEMBER(onlooker_report, time_us);
	MEMBER(onlooker_report, shared);
	MEMBER(onlooker_report, controlled);
	MEMBER(onlooker_report, remote);
	MEMBER(onlooker_report, coverage);
	MEMBER(onlooker_report, watchers);
	MEMBER(onlooker_report, probes);
}

static void print_rest(void)
{
	SIZE(struct onlooker_access);
	MEMBER(onlooker_access, what);
	MEMBER(onlooker_access, why);
	SIZE(struct onlooker_probe);
	MEMBER(onlooker_probe, name);
	MEMBER(onlooker_probe, state);
	MEMBER(onlooker_probe, reason);
	MEMBER(onlooker_probe, reads);
	MEMBER(onlooker_probe, ways);
	SIZE(struct onlooker_rule);
	MEMBER(onlooker_rule, name);
	MEMBER(onlooker_rule, channel);
	MEMBER(onlooker_rule, stage);
	MEMBER(onlooker_rule, shared);
	MEMBER(onlooker_rule, controlled);
	MEMBER(onlooker_rule, remote);
	MEMBER(onlooker_rule, lifetime_ms);
	MEMBER(onlooker_rule, sentence);
	MEMBER(onlooker_rule, attack);
	MEMBER(onlooker_rule, reason);
	SIZE(struct onlooker_options);
	MEMBER(onlooker_options, size);
	MEMBER(onlooker_options, flags);
	MEMBER(onlooker_options, probes);
	MEMBER(onlooker_options, root);
	MEMBER(onlooker_options, catalogue);
}

int main(void)
{
	print_enumerations();
	print_report();
	print_rest();
	return 0;
}
