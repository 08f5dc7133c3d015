#ifndef OL_LEDGER_H
#define OL_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "onlooker/onlooker.h"

enum {
	/*
	 * Claims a probe may hold at once. The most that a real machine showed
	 * was some ten; an attacker who opens a thousand captures has long been
	 * found.
	 */
	OL_CLAIMS_MAX = 1024,
	OL_TEXT_MAX = 128, /* bytes kept of any name, peer or detail */
	/* Watchers that keep their id although they were gone for a moment. */
	OL_DEPARTED_MAX = 64,
};

#define OL_NEVER UINT64_MAX

/*
 * Whom a claim is about. In private mode pid, name and peer are empty and only
 * the token tells subjects apart; otherwise it is 0.
 */
struct ol_who {
	enum onlooker_watcher_kind kind;
	int64_t pid;
	uint64_t start_time;
	uint64_t token;
	const char *name; /* never NULL */
	const char *peer; /* never NULL */
};

/* One claim as the ledger keeps it. */
struct ol_entry {
	const struct onlooker_rule *rule;
	int channel;    /* index into ol_channels */
	unsigned probe; /* the number of the probe that claims it */
	uint64_t key;
	struct ol_who who; /* owned strings */
	char *detail;      /* never NULL */
	uint64_t watcher;  /* equal for equal subjects; 0 is none */
	uint64_t since_us;
	uint64_t expires_us; /* OL_NEVER unless momentary */
	unsigned round;      /* of its probe, in which it was last claimed */
};

/* All current claims. Zero it to begin with. */
struct ol_ledger {
	struct ol_entry *entries;
	size_t count;
	size_t capacity;
	uint64_t last_watcher;
	struct ol_departed {
		uint64_t hash;
		uint64_t watcher;
	} departed[OL_DEPARTED_MAX];
	size_t next_departed;
};

void ol_ledger_finish(struct ol_ledger *ledger);

/*
 * Make a claim, or refresh the one of this probe, rule and key. Copies strings.
 * Returns 1 if the ledger now says something else, 0 if not, -ENOSPC if the
 * probe holds OL_CLAIMS_MAX claims, or -ENOMEM; the ledger is then unchanged.
 */
int ol_ledger_claim(struct ol_ledger *ledger, const struct onlooker_rule *rule,
                    unsigned probe, uint64_t key, const struct ol_who *who,
                    const char *detail, uint64_t now_us);
/* The claim of this probe, rule and key, until the next change; or NULL. */
const struct ol_entry *ol_ledger_find(const struct ol_ledger *ledger,
                                      const struct onlooker_rule *rule,
                                      unsigned probe, uint64_t key);
/* Note in which round of its probe a claim was made. Unknown ones are ignored. */
void ol_ledger_mark(struct ol_ledger *ledger, const struct onlooker_rule *rule,
                    unsigned probe, uint64_t key, unsigned round);
/* Returns whether there was such a claim. */
bool ol_ledger_withdraw(struct ol_ledger *ledger,
                        const struct onlooker_rule *rule, unsigned probe,
                        uint64_t key);
/* All claims of a probe. Returns whether there were any. */
bool ol_ledger_withdraw_all(struct ol_ledger *ledger, unsigned probe);
/* Forget momentary claims that are over. Returns whether there were any. */
bool ol_ledger_expire(struct ol_ledger *ledger, uint64_t now_us);
/* When the next momentary claim is over, or OL_NEVER. */
uint64_t ol_ledger_next_expiry(const struct ol_ledger *ledger);

bool ol_who_equal(const struct ol_who *a, const struct ol_who *b);

#endif
