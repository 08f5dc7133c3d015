/* SplitMix64 (Steele, Lea and Flood, 2014): small, and good enough to vary. */
#include "tests/support/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct random random_begin(const char *test)
{
	const char *text = getenv("ONLOOKER_TEST_SEED");
	struct timespec now;
	uint64_t seed;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* any value is a seed */
	seed = text != NULL ? strtoull(text, NULL, 0)
	                    : (uint64_t)now.tv_sec * 1000000 +
	                              (uint64_t)now.tv_nsec / 1000;
	printf("%s: to repeat: ONLOOKER_TEST_SEED=%" PRIu64 "\n", test, seed);
	return (struct random){ .state = seed };
}

unsigned random_rounds(void)
{
	const char *text = getenv("ONLOOKER_TEST_ROUNDS");

	return text != NULL ? (unsigned)strtoul(text, NULL, 0) : 10000;
}

uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned random_below(struct random *random, unsigned limit)
{
	return (unsigned)((random_next(random) >> 32) * limit >> 32);
}

int random_chance(struct random *random, unsigned percent)
{
	return random_below(random, 100) < percent;
}
