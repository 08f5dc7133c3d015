#ifndef OL_WEIGH_H
#define OL_WEIGH_H

#include <stddef.h>

#include "sdk/ledger.h"
#include "sdk/rules.h"

enum {
	/*
	 * Percent. Suspected from even weak signs on (an armed tool), shared
	 * only when four in five such moments are truly shared.
	 */
	OL_SUSPECTED = 30,
	OL_IS_SHARED = 80,
};

/*
 * The percentage that these claims add up to: the strongest within each
 * channel, the channels as independent of each other, and present and armed
 * claims together kept below OL_IS_SHARED.
 */
int ol_weigh(const struct ol_entry *const *entries, size_t count,
             enum ol_question q);

/*
 * Divide the points of that percentage among the claims, by what it loses
 * without each: rounded down, then a point more to the largest remainders.
 * Claims that stand in for each other share what is lost without them all;
 * where that too is nothing, their strengths divide. The shares add up to the
 * percentage. `losses` and `shares` have room for count numbers, shares zeroed;
 * losses is scratch.
 */
void ol_weigh_shares(const struct ol_entry *const *entries, size_t count,
                     enum ol_question q, double *losses, int *shares);

/* 0 to 1 as a percentage: never certain, and 0 only for nothing at all. */
int ol_weigh_percent(double part);

#endif
