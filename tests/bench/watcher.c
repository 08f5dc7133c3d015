/*
 * A small program that links the library, watches with every probe, or those it
 * is told, and does nothing else. After SECONDS it prints what that took.
 */
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <onlooker/onlooker.h>

enum { SECONDS = 20 };

struct cost {
	long cpu_us;
	long switches; /* voluntary: each is a wake-up, of any thread */
	long rss_kib;
	long private_kib;
	int threads;
};

static long field(const char *path, const char *name)
{
	char line[256];
	long value, sum = 0;
	FILE *file = fopen(path, "re");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, name, strlen(name)) == 0 &&
		    sscanf(line + strlen(name), "%ld", &value) == 1)
			sum += value;
	}
	if (file != NULL)
		fclose(file);
	return sum;
}

static struct cost measure(void)
{
	struct cost cost = { 0 };
	const struct dirent *entry;
	struct rusage usage;
	DIR *tasks = opendir("/proc/self/task");

	while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
		char path[300];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%s/status",
		         entry->d_name);
		cost.switches += field(path, "voluntary_ctxt_switches:");
		cost.threads++;
	}
	if (tasks != NULL)
		closedir(tasks);
	(void)getrusage(RUSAGE_SELF, &usage);
	cost.cpu_us = (long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) *
	                      1000000 +
	              usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
	cost.rss_kib = field("/proc/self/smaps_rollup", "Rss:");
	cost.private_kib = field("/proc/self/smaps_rollup", "Private_Clean:") +
	                   field("/proc/self/smaps_rollup", "Private_Dirty:");
	return cost;
}

static long now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Watch for so long; returns how often there was something to do. */
static int watch(struct onlooker *onlooker, long milliseconds)
{
	struct pollfd fd = { .fd = onlooker_get_fd(onlooker),
		             .events = POLLIN };
	long end = now_ms() + milliseconds;
	int count = 0;

	for (long left = milliseconds; left > 0; left = end - now_ms()) {
		if (poll(&fd, 1, (int)left) <= 0)
			continue;
		(void)onlooker_dispatch(onlooker);
		count++;
	}
	return count;
}

static void print_probes(struct onlooker *onlooker)
{
	const struct onlooker_report *report = onlooker_get_report(onlooker);

	for (size_t i = 0; report->probes[i] != NULL; i++)
		printf("%s%s %s", i > 0 ? ", " : "", report->probes[i]->name,
		       onlooker_probe_state_name(report->probes[i]->state));
	printf("\n");
	onlooker_report_unref(report);
}

int main(int argc, char **argv)
{
	const struct onlooker_options options = {
		.size = sizeof(options),
		.probes = argc > 1 ? argv[1] : NULL,
	};
	struct cost bare = measure(), open, end;
	struct onlooker *onlooker;
	int dispatches;

	if (onlooker_open(&options, &onlooker) < 0)
		return 1;
	/* The handshakes, and the first heartbeat that follows them. */
	(void)watch(onlooker, 2000);
	open = measure();
	dispatches = watch(onlooker, SECONDS * 1000);
	end = measure();
	printf("\nidle for %d s with ", SECONDS);
	print_probes(onlooker);
	printf("  %-50s %9.2f ms\n", "processor time",
	       (double)(end.cpu_us - open.cpu_us) / 1000);
	printf("  %-50s %9d\n", "dispatches", dispatches);
	/* Reading /proc at the end is not idling; it is in here all the same. */
	printf("  %-50s %9ld\n", "voluntary switches of all threads",
	       end.switches - open.switches);
	printf("  %-50s %9d\n", "threads", end.threads);
	printf("  %-50s %9ld KiB, %ld before opening\n", "resident",
	       end.rss_kib, bare.rss_kib);
	printf("  %-50s %9ld KiB, %ld before opening\n", "private",
	       end.private_kib, bare.private_kib);
	onlooker_unref(onlooker);
	return 0;
}
