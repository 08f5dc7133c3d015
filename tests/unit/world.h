#ifndef TEST_WORLD_H
#define TEST_WORLD_H

#include <stdint.h>

#include "sdk/fusion.h"
#include "sdk/weigh.h"
#include "tests/support/random.h"

/*
 * What the laws of fusion are tried on: random ledgers of made-up rules in
 * every channel, so that they hold for rules that are yet to come.
 */
enum {
	PROBES = 4,
	RULES = 24,
	CLAIMS_MAX = 40,
	WATCHERS = 6,
	NOW_US = 1000000000,
};

extern const char *const world_probe_names[PROBES];

/* One random ledger, and what its probes can see. */
struct world {
	struct onlooker_rule rules[RULES];
	char names[RULES][32];
	struct ol_who who[WATCHERS];
	struct ol_entry entries[CLAIMS_MAX];
	size_t count;
	struct onlooker_probe probes[PROBES];
};

/* A law, tried on one world; it may change the world. */
typedef void (*law_fn)(struct random *random, struct world *world);
/* A cmocka test that tries the law in its initial state many times. */
void world_test(void **state);

#define LAW(name)                                                              \
	{                                                                      \
#name, world_test, NULL, NULL, (void *)(uintptr_t)law_##name   \
	}

/* Add a random claim; there is room for one more than a world begins with. */
void world_claim(struct random *random, struct world *world);
void world_swap(struct world *world, size_t a, size_t b);
/* Keep only the claims for which keep() is true. */
void world_filter(struct world *world,
                  bool (*keep)(const struct ol_entry *entry, const void *arg),
                  const void *arg);
bool is_strong(const struct ol_entry *entry, const void *unused);
bool is_weak(const struct ol_entry *entry, const void *unused);

/* Conclude from a world, after what the signals remember or without a past. */
const struct onlooker_report *world_fuse_at(const struct world *world,
                                            struct ol_signal *signals,
                                            uint64_t now_us);
const struct onlooker_report *world_fuse(const struct world *world);
const struct onlooker_finding *finding_of(const struct onlooker_report *report,
                                          enum ol_question q);
int confidence_of(const struct world *world, enum ol_question q);

#endif
