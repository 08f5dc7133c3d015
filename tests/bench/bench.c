/*
 * What watching costs, and how fast it is. Measures and tells, never judges: a
 * time says as much about the machine as about the library.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_MS = 10000 };

uint64_t bench_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void samples_add(struct samples *samples, double value)
{
	double *values = realloc(samples->values,
	                         (samples->count + 1) * sizeof(*values));

	if (values == NULL)
		abort();
	samples->values = values;
	values[samples->count++] = value;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

void samples_print(struct samples *samples, const char *what)
{
	size_t count = samples->count;

	if (count == 0) {
		printf("%-52s no sample\n", what);
		return;
	}
	qsort(samples->values, count, sizeof(*samples->values), compare);
	printf("%-52s %5zu %9.3f %9.3f %9.3f\n", what, count,
	       samples->values[count / 2] / 1000,
	       samples->values[(count * 99 + 99) / 100 - 1] / 1000,
	       samples->values[count - 1] / 1000);
	free(samples->values);
	*samples = (struct samples){ 0 };
}

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	struct witness *witness = userdata;

	(void)onlooker;
	if (witness->rule == NULL || witness->seen_us != 0)
		return;
	for (size_t w = 0; report->watchers[w] != NULL; w++) {
		const struct onlooker_watcher *watcher = report->watchers[w];

		if (witness->pid != 0 && watcher->pid != witness->pid)
			continue;
		for (size_t e = 0; watcher->evidence[e] != NULL; e++) {
			if (strcmp(watcher->evidence[e]->rule, witness->rule) ==
			    0)
				witness->seen_us = bench_now_us();
		}
	}
}

static int is_starting(struct onlooker *onlooker)
{
	const struct onlooker_report *report = onlooker_get_report(onlooker);
	int is_so = 0;

	for (size_t i = 0; report->probes[i] != NULL; i++)
		is_so |= report->probes[i]->state == ONLOOKER_PROBE_STARTING;
	onlooker_report_unref(report);
	return is_so;
}

int witness_open(struct witness *witness, const char *probes)
{
	const struct onlooker_options options = { .size = sizeof(options),
		                                  .probes = probes };
	int r;

	*witness = (struct witness){ 0 };
	r = onlooker_open(&options, &witness->onlooker);
	if (r < 0)
		return r;
	onlooker_set_callback(witness->onlooker, on_report, witness);
	while (r >= 0 && is_starting(witness->onlooker))
		r = onlooker_wait(witness->onlooker, LIMIT_MS);
	return r < 0 ? r : 0;
}

void witness_close(struct witness *witness)
{
	witness->onlooker = onlooker_unref(witness->onlooker);
}

int witness_wait(struct witness *witness, const char *rule, int64_t pid, int fd,
                 void (*on_line)(void *userdata), void *userdata)
{
	struct pollfd fds[] = {
		{ .fd = onlooker_get_fd(witness->onlooker), .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	int r = 0;

	witness->rule = rule;
	witness->pid = pid;
	witness->seen_us = 0;
	while (r == 0 && witness->seen_us == 0) {
		if (poll(fds, 2, LIMIT_MS) <= 0)
			r = -ETIMEDOUT;
		else if (fds[0].revents != 0)
			r = onlooker_dispatch(witness->onlooker);
		if (r == 0 && fds[1].revents != 0)
			on_line(userdata);
	}
	witness->rule = NULL;
	return r;
}

static void describe_machine(void)
{
	char line[256], model[256] = "unknown processor";
	FILE *file = fopen("/proc/cpuinfo", "re");
	struct utsname name;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "model name : %255[^\n]", model) == 1)
			break;
	}
	if (file != NULL)
		fclose(file);
	(void)uname(&name);
	printf("onlooker %s; %s, %ld cores; %s %s\n\n", onlooker_get_version(),
	       model, sysconf(_SC_NPROCESSORS_ONLN), name.sysname,
	       name.release);
}

int main(int argc, char **argv)
{
	int r;

	/* A line at a time, for whoever watches through a pipe. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && strcmp(argv[1], "remote") == 0)
		return bench_remote_inside() < 0;
	if (argc == 3 && strcmp(argv[1], "flood") == 0)
		return bench_flood(argv[2]) < 0;
	if (argc != 4) {
		fprintf(stderr, "usage: bench READER IDLE-PROGRAM SCENE\n"
		                "       bench flood SCENE\n");
		return 2;
	}
	describe_machine();
	printf("%-52s %5s %9s %9s %9s\n", "milliseconds", "n", "median", "99 %",
	       "worst");
	r = bench_x11(argv[1]);
	if (r < 0)
		printf("X11: %s\n", strerror(-r));
	r = bench_pipewire();
	if (r < 0)
		printf("PipeWire: %s\n", strerror(-r));
	r = bench_remote(argv[0]);
	if (r < 0)
		printf("remote displays: %s\n", strerror(-r));
	r = bench_flood(argv[3]);
	if (r < 0)
		printf("the X server: %s\n", strerror(-r));
	r = bench_idle(argv[2]);
	if (r < 0)
		printf("idle: %s\n", strerror(-r));
	return 0;
}
