/*
 * From a peer's connection to x11vnc to our callback, and from its end to the
 * claim's and the finding's. All in namespaces of its own, so that no other
 * process or socket of the machine takes part.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/support/xserver.h"

enum {
	PORT = 5977,
	ROUNDS = 200,
	STARTS = 30, /* each starts a server of its own */
	BACKS = 10,  /* each waits out the hold */
	LIMIT_MS = 10000,
};

static int connect_to_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -errno;
}

/* Somewhere in the time between two polls. */
static void dispatch_for_a_while(struct onlooker *onlooker)
{
	uint64_t end_us = bench_now_us() + (uint64_t)(random() % 1000000);
	struct pollfd fd = { .fd = onlooker_get_fd(onlooker),
		             .events = POLLIN };
	uint64_t now_us;

	while ((now_us = bench_now_us()) < end_us) {
		if (poll(&fd, 1, (int)((end_us - now_us) / 1000)) > 0)
			(void)onlooker_dispatch(onlooker);
	}
}

static int has_peer(const struct onlooker_report *report)
{
	for (size_t w = 0; report->watchers[w] != NULL; w++) {
		const struct onlooker_watcher *watcher = report->watchers[w];

		for (size_t e = 0; watcher->evidence[e] != NULL; e++) {
			if (strcmp(watcher->evidence[e]->rule, "socket.peer") ==
			    0)
				return 1;
		}
	}
	return 0;
}

static int is_shared(const struct onlooker_report *report)
{
	return report->shared.state == ONLOOKER_SHARED;
}

/* Wait until a property of the report has this value, and add how long. */
static int measure_until(struct onlooker *onlooker,
                         int (*property)(const struct onlooker_report *report),
                         int value, uint64_t start_us, struct samples *samples)
{
	uint64_t end_us = bench_now_us() + LIMIT_MS * UINT64_C(1000);

	for (;;) {
		const struct onlooker_report *report =
			onlooker_get_report(onlooker);
		int now = property(report);
		int r;

		onlooker_report_unref(report);
		if (now == value)
			break;
		r = onlooker_wait(onlooker, LIMIT_MS);
		if (r < 0)
			return r;
		if (bench_now_us() > end_us)
			return -ETIMEDOUT;
	}
	samples_add(samples, (double)(bench_now_us() - start_us));
	return 0;
}

static int start_server(struct child *server)
{
	const char *const argv[] = { "x11vnc",   "-rfbport", "5977",
		                     "-forever", "-shared",  "-nopw",
		                     "-noipv6",  "-q",       NULL };

	return child_start(server, argv, NULL, CHILD_QUIET);
}

/* Connected as soon as it listens: -errno when it does not. */
static int meet_server(void)
{
	const struct timespec moment = { .tv_nsec = 2000000 };
	uint64_t end_us = bench_now_us() + LIMIT_MS * UINT64_C(1000);
	int fd;

	while ((fd = connect_to_port()) < 0 && bench_now_us() < end_us)
		(void)nanosleep(&moment, NULL);
	return fd;
}

static int visit(struct onlooker *onlooker, struct samples *there,
                 struct samples *gone, struct samples *back)
{
	uint64_t start_us;
	int fd, r;

	dispatch_for_a_while(onlooker);
	start_us = bench_now_us();
	fd = connect_to_port();
	if (fd < 0)
		return fd;
	r = measure_until(onlooker, has_peer, 1, start_us, there);
	start_us = bench_now_us();
	(void)close(fd);
	if (r == 0)
		r = measure_until(onlooker, has_peer, 0, start_us, gone);
	if (r == 0 && back->count < BACKS)
		r = measure_until(onlooker, is_shared, 0, start_us, back);
	return r;
}

static int measure_visits(struct onlooker *onlooker)
{
	struct samples there = { 0 }, gone = { 0 }, back = { 0 };
	struct child server;
	int fd, r;

	r = start_server(&server);
	if (r < 0)
		return r;
	fd = meet_server();
	if (fd >= 0)
		(void)close(fd);
	for (int i = 0; fd >= 0 && r == 0 && i < ROUNDS; i++)
		r = visit(onlooker, &there, &gone, &back);
	child_stop(&server);
	samples_print(&there, "x11vnc listens; peer's connect() to callback");
	samples_print(&gone, "x11vnc: peer's close() to callback without it");
	samples_print(&back, "x11vnc: the same to \"shared\" being over");
	return fd < 0 ? fd : r;
}

/* Nothing listens; then a server starts, and has a peer at once. */
static int measure_starts(struct onlooker *onlooker)
{
	struct samples samples = { 0 }, ends = { 0 };
	int r = 0;

	for (int i = 0; r == 0 && i < STARTS; i++) {
		struct child server;
		uint64_t start_us;
		int fd;

		dispatch_for_a_while(onlooker);
		r = start_server(&server);
		if (r < 0)
			break;
		/* Nothing is dispatched until then, as in a busy program. */
		fd = meet_server();
		start_us = bench_now_us();
		r = fd < 0 ? fd
		           : measure_until(onlooker, has_peer, 1, start_us,
		                           &samples);
		start_us = bench_now_us();
		if (fd >= 0)
			(void)close(fd);
		child_stop(&server);
		if (r == 0)
			r = measure_until(onlooker, has_peer, 0, start_us,
			                  &ends);
	}
	samples_print(&samples,
	              "x11vnc starts, a peer at once: connect() to callback");
	samples_print(&ends, "x11vnc ends: to callback without its peer");
	return r;
}

static int measure_connections(void)
{
	const struct onlooker_options options = { .size = sizeof(options),
		                                  .probes = "socket" };
	struct onlooker *onlooker;
	struct xserver server;
	int r;

	r = xserver_start(&server, NULL, NULL);
	if (r < 0)
		return r;
	r = onlooker_open(&options, &onlooker);
	if (r == 0) {
		r = measure_visits(onlooker);
		if (r == 0)
			r = measure_starts(onlooker);
		onlooker_unref(onlooker);
	}
	xserver_stop(&server);
	return r;
}

static int raise_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo",
		                 .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r = fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;

	if (fd >= 0)
		(void)close(fd);
	return r;
}

int bench_remote_inside(void)
{
	/* Two for each of 25,000 connections, and then some. */
	const struct rlimit wanted = { 100000, 100000 };
	struct rlimit files;
	int r = raise_loopback();

	if (setrlimit(RLIMIT_NOFILE, &wanted) < 0 &&
	    getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	if (r == 0)
		r = measure_connections();
	if (r < 0)
		printf("connections: %s\n", strerror(-r));
	r = bench_crowd();
	if (r < 0)
		printf("many processes and sockets: %s\n", strerror(-r));
	return r;
}

int bench_remote(const char *program)
{
	const char *const argv[] = {
		"unshare",      "--user", "--map-root-user", "--fork", "--pid",
		"--mount-proc", "--net",  program,           "remote", NULL,
	};
	struct child child;
	int r = child_start(&child, argv, NULL, 0);

	if (r == 0)
		r = child_wait(&child, 900000);
	return r > 0 ? -EPERM : r;
}
