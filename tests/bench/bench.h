#ifndef TEST_BENCH_H
#define TEST_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "onlooker/onlooker.h"

/* Measured times, in microseconds. */
struct samples {
	double *values;
	size_t count;
};

void samples_add(struct samples *samples, double value);
/* A line of the table: number, median, 99th percentile, worst; and frees. */
void samples_print(struct samples *samples, const char *what);

uint64_t bench_now_us(void);

/* A context on one probe, and when its callback last saw a rule. */
struct witness {
	struct onlooker *onlooker;
	const char *rule; /* to look for ... */
	int64_t pid;      /* ... with this pid, 0: any */
	uint64_t seen_us; /* 0: not yet */
};

/* Open it and wait until no probe is starting. Returns 0, or -errno. */
int witness_open(struct witness *witness, const char *probes);
void witness_close(struct witness *witness);
/*
 * Dispatch until the rule is seen. Whenever `fd` (unless -1) is readable,
 * on_line() is called. Returns 0 or -ETIMEDOUT.
 */
int witness_wait(struct witness *witness, const char *rule, int64_t pid, int fd,
                 void (*on_line)(void *userdata), void *userdata);

/* Each prints its lines of the table, or why there are none. 0 or -errno. */
int bench_x11(const char *reader);
int bench_flood(const char *scene);
int bench_pipewire(void);
int bench_idle(const char *program);
/* Runs `bench remote`, which is bench_remote_inside(), in namespaces. */
int bench_remote(const char *program);
int bench_remote_inside(void);
int bench_crowd(void);

#endif
