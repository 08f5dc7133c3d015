/*
 * What our recording costs the X server: its processor time for a fixed number
 * of x11perf's requests, and for ten seconds of a desktop, without a context
 * and with one, by turns. The first second of a flood, before we adapt to it, is
 * in it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/support/xserver.h"

enum {
	ROUNDS = 3, /* the median of them is told */
	LIMIT_MS = 120000,
	DESKTOP_MS = 10000,
};

struct load {
	const char *name;
	const char *reps; /* NULL: a desktop */
};

static const struct load loads[] = {
	{ "a window that moves", NULL }, { "-copywinwin10", "2000000" },
	{ "-copypixwin10", "2000000" },  { "-comppixwin10", "500000" },
	{ "-getimage10", "50000" },
};

static double server_ms(const struct xserver *server)
{
	unsigned long user = 0, system = 0;
	char path[64], line[1024] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)server->child.pid);
	file = fopen(path, "re");
	if (file == NULL || fgets(line, sizeof(line), file) == NULL)
		line[0] = '\0';
	if (file != NULL)
		fclose(file);
	/* After the name, which has no blanks: fields 14 and 15. */
	if (sscanf(line,
	           "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu "
	           "%lu",
	           &user, &system) != 2)
		return 0;
	return (double)(user + system) * 1000 / (double)sysconf(_SC_CLK_TCK);
}

/* Until the child ends, or for so long; the context, if any, goes on. */
static void pass(struct onlooker *onlooker, struct child *child, uint64_t ms)
{
	uint64_t end_us = bench_now_us() + ms * 1000;

	while (bench_now_us() < end_us &&
	       child_wait(child, onlooker != NULL ? 0 : 20) == -ETIMEDOUT) {
		if (onlooker != NULL)
			(void)onlooker_wait(onlooker, 20);
	}
}

static double run(const struct xserver *server, const struct load *load,
                  const char *scene, struct onlooker *onlooker)
{
	const char *const perf[] = { "x11perf",  "-repeat",  "1", "-reps",
		                     load->reps, load->name, NULL };
	const char *const desktop[] = { scene, NULL };
	struct child child;
	double before = server_ms(server);

	if (child_start(&child, load->reps != NULL ? perf : desktop, NULL,
	                CHILD_QUIET) < 0)
		return 0;
	pass(onlooker, &child, load->reps != NULL ? LIMIT_MS : DESKTOP_MS);
	child_stop(&child);
	return server_ms(server) - before;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

static int try_load(const struct xserver *server, const struct load *load,
                    const char *scene)
{
	double without[ROUNDS], with[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		struct witness witness;
		int r;

		without[i] = run(server, load, scene, NULL);
		r = witness_open(&witness, "x11");
		if (r < 0)
			return r;
		with[i] = run(server, load, scene, witness.onlooker);
		witness_close(&witness);
	}
	qsort(without, ROUNDS, sizeof(*without), compare);
	qsort(with, ROUNDS, sizeof(*with), compare);
	printf("  %-24s %9.0f ms %9.0f ms %+7.1f %%  (%.0f to %.0f, %.0f to "
	       "%.0f)\n",
	       load->name, without[ROUNDS / 2], with[ROUNDS / 2],
	       (with[ROUNDS / 2] / without[ROUNDS / 2] - 1) * 100, without[0],
	       without[ROUNDS - 1], with[0], with[ROUNDS - 1]);
	return 0;
}

int bench_flood(const char *scene)
{
	struct xserver server;
	int r;

	if (!program_exists("x11perf"))
		return -ENOENT;
	r = xserver_start(&server, NULL, NULL);
	if (r < 0)
		return r;
	printf("\nprocessor time of Xvfb       without        with us\n");
	for (size_t i = 0; r == 0 && i < sizeof(loads) / sizeof(*loads); i++)
		r = try_load(&server, &loads[i], scene);
	xserver_stop(&server);
	return r;
}
