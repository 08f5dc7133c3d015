#ifndef TEST_RANDOM_H
#define TEST_RANDOM_H

#include <stdint.h>

/*
 * Numbers for property tests. One seed makes one sequence, on every machine.
 */
struct random {
	uint64_t state;
};

/*
 * Begin with the seed of ONLOOKER_TEST_SEED or, where that is unset, one of
 * the clock; says which on stdout, so that a failure can be repeated.
 */
struct random random_begin(const char *test);
/* How many rounds a property is tried: ONLOOKER_TEST_ROUNDS or 10000. */
unsigned random_rounds(void);

uint64_t random_next(struct random *random);
/* 0 to limit - 1; limit at least 1. */
unsigned random_below(struct random *random, unsigned limit);
/* Whether something of this probability, in percent, came about. */
int random_chance(struct random *random, unsigned percent);

#endif
