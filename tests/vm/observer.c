/* The library under test, as an ordinary user, and the pipe to it. */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "onlooker/onlooker.h"
#include "vm.h"

uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	uint64_t at_us = now_us();
	char *json;

	(void)onlooker;
	(void)userdata;
	if (onlooker_report_to_json(report, &json) < 0)
		abort();
	printf("%" PRIu64 " %s\n", at_us, json);
	(void)fflush(stdout);
	free(json);
}

int observer_main(unsigned flags)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .flags = flags,
		                            .probes = "drm,usb,input,nvidia" };
	struct onlooker *onlooker;
	int r = onlooker_open(&options, &onlooker);

	if (r < 0) {
		fprintf(stderr, "onlooker_open: %s\n", strerror(-r));
		return 1;
	}
	onlooker_set_callback(onlooker, on_report, NULL);
	do {
		r = onlooker_wait(onlooker, -1);
	} while (r >= 0 || r == -EINTR);
	onlooker_unref(onlooker);
	return 1;
}

void become_user(void)
{
	gid_t groups[] = { OBSERVER_GID };

	if (setgroups(1, groups) < 0 ||
	    setresgid(OBSERVER_UID, OBSERVER_UID, OBSERVER_UID) < 0 ||
	    setresuid(OBSERVER_UID, OBSERVER_UID, OBSERVER_UID) < 0) {
		perror("setresuid");
		_exit(1);
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* As in a session: a display server is there, or is to be. */
	(void)setenv("DISPLAY", ":0", 1);
}

void observer_start(struct observer *observer, unsigned flags)
{
	int ends[2];

	memset(observer, 0, sizeof(*observer));
	if (pipe(ends) < 0) {
		perror("pipe");
		exit(1);
	}
	observer->pid = fork();
	if (observer->pid == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		become_user();
		_exit(observer_main(flags));
	}
	(void)close(ends[1]);
	observer->out = ends[0];
}

void observer_stop(struct observer *observer)
{
	(void)kill(observer->pid, SIGKILL);
	(void)waitpid(observer->pid, NULL, 0);
	(void)close(observer->out);
}

/* Keep the last whole line that has come. */
static void take_lines(struct observer *observer)
{
	char *start = observer->rest, *end;
	size_t left = observer->rest_size;

	while ((end = memchr(start, '\n', left)) != NULL) {
		char *space;

		*end = '\0';
		observer->at_us = strtoull(start, &space, 10);
		(void)snprintf(observer->line, sizeof(observer->line), "%s",
		               space);
		observer->reports++;
		left -= (size_t)(end + 1 - start);
		start = end + 1;
	}
	memmove(observer->rest, start, left);
	observer->rest_size = left;
}

/* Wait for more from the observer. False at the deadline or at its end. */
static bool observer_read(struct observer *observer, uint64_t deadline_us)
{
	struct pollfd fd = { .fd = observer->out, .events = POLLIN };
	uint64_t now = now_us();
	ssize_t size;

	if (now >= deadline_us ||
	    poll(&fd, 1, (int)((deadline_us - now) / 1000 + 1)) <= 0)
		return false;
	size = read(observer->out, observer->rest + observer->rest_size,
	            sizeof(observer->rest) - observer->rest_size);
	if (size <= 0) {
		printf("the observer has ended\n");
		failures++;
		return false;
	}
	observer->rest_size += (size_t)size;
	take_lines(observer);
	return true;
}

bool observer_has(const struct observer *observer, const char *rule,
                  const char *who)
{
	char quoted_rule[96], quoted_who[96];
	const char *watcher = observer->line;

	(void)snprintf(quoted_rule, sizeof(quoted_rule), "\"rule\":\"%s", rule);
	(void)snprintf(quoted_who, sizeof(quoted_who), "\"who\":\"%s", who);
	while ((watcher = strstr(watcher, "\"who\":")) != NULL) {
		const char *next = strstr(watcher + 1, "\"who\":");
		const char *found = strstr(watcher, quoted_rule);

		if (found != NULL && (next == NULL || found < next) &&
		    strncmp(watcher, quoted_who, strlen(quoted_who)) == 0)
			return true;
		watcher++;
	}
	return false;
}

bool observer_wait(struct observer *observer, const char *rule, const char *who,
                   bool is_there)
{
	return observer_wait_for(observer, rule, who, is_there, WAIT_MS);
}

bool observer_wait_for(struct observer *observer, const char *rule,
                       const char *who, bool is_there, unsigned ms)
{
	uint64_t deadline_us = now_us() + (uint64_t)ms * 1000;

	while (observer->reports == 0 ||
	       observer_has(observer, rule, who) != is_there) {
		if (!observer_read(observer, deadline_us))
			return false;
	}
	return true;
}
