/*
 * What a poll of the socket and process probes costs in processor time, among
 * many processes and many sockets, beside the time that commands take which a
 * script would run in its stead. To be run in namespaces of its own, where
 * nothing else goes on.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/support/process.h"

enum {
	IDLE_POLLS = 24, /* every eighth looks at some old processes, too */
	CHANGED_POLLS = 8,
	SETTLE_MS = 8000, /* new processes are looked at again for a while */
	COMMAND_RUNS = 5,
	LIMIT_MS = 60000,
	/* Pairs that share an address: the kernel has 28,000 ports for them. */
	PAIRS_A_LISTENER = 20000,
};

struct crowd {
	pid_t *pids;
	int process_count;
	int *fds; /* listeners and both ends of each connection */
	int fd_count;
	int listener;
	int pair_count; /* of this listener */
};

/* ---- the crowd ---- */

static pid_t start_idler(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			(void)pause();
	}
	return pid;
}

static void keep_fd(struct crowd *crowd, int fd)
{
	int *fds = realloc(crowd->fds,
	                   (size_t)(crowd->fd_count + 1) * sizeof(*fds));

	if (fds == NULL)
		abort();
	crowd->fds = fds;
	fds[crowd->fd_count++] = fd;
}

static int listen_somewhere(struct crowd *crowd)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in any = { .sin_family = AF_INET };

	any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 ||
	    listen(fd, 64) < 0)
		return -errno;
	keep_fd(crowd, fd);
	crowd->listener = fd;
	crowd->pair_count = 0;
	return 0;
}

/* A connection within this machine: two sockets. */
static int add_pair(struct crowd *crowd)
{
	int ends[2] = { socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), -1 };
	struct sockaddr_in address;
	socklen_t size = sizeof(address);

	if (crowd->pair_count++ == PAIRS_A_LISTENER &&
	    listen_somewhere(crowd) < 0)
		return -errno;
	if (ends[0] < 0 ||
	    getsockname(crowd->listener, (struct sockaddr *)&address, &size) <
	            0 ||
	    connect(ends[0], (struct sockaddr *)&address, size) < 0)
		return -errno;
	ends[1] = accept4(crowd->listener, NULL, NULL, SOCK_CLOEXEC);
	if (ends[1] < 0)
		return -errno;
	keep_fd(crowd, ends[0]);
	keep_fd(crowd, ends[1]);
	return 0;
}

static void disperse(struct crowd *crowd)
{
	for (int i = 0; i < crowd->process_count; i++)
		(void)kill(crowd->pids[i], SIGKILL);
	for (int i = 0; i < crowd->process_count; i++)
		(void)waitpid(crowd->pids[i], NULL, 0);
	for (int i = 0; i < crowd->fd_count; i++) {
		const struct linger now = { .l_onoff = 1 };

		/* Without the minute of TIME_WAIT, for the next crowd. */
		(void)setsockopt(crowd->fds[i], SOL_SOCKET, SO_LINGER, &now,
		                 sizeof(now));
		(void)close(crowd->fds[i]);
	}
	free(crowd->pids);
	free(crowd->fds);
}

static int gather(struct crowd *crowd, int processes, int sockets)
{
	int r;

	*crowd = (struct crowd){
		.pids = calloc((size_t)processes + CHANGED_POLLS,
		               sizeof(pid_t)),
	};
	if (crowd->pids == NULL)
		return -ENOMEM;
	/* Before there are descriptors that each of them would copy. */
	while (crowd->process_count < processes) {
		pid_t pid = start_idler();

		if (pid < 0)
			return -errno;
		crowd->pids[crowd->process_count++] = pid;
	}
	r = listen_somewhere(crowd);
	for (int i = 0; r == 0 && i < sockets / 2; i++)
		r = add_pair(crowd);
	return r;
}

/* ---- polls ---- */

/* So that other programs that want the processor do not count. */
static double processor_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/*
 * Dispatch once when something is due; the processor time that took. 0: nothing
 * was.
 */
static double dispatch_us(struct onlooker *onlooker, int timeout_ms)
{
	struct pollfd fd = { .fd = onlooker_get_fd(onlooker),
		             .events = POLLIN };
	double start_us;

	if (poll(&fd, 1, timeout_ms) <= 0)
		return 0;
	start_us = processor_us();
	(void)onlooker_dispatch(onlooker);
	return processor_us() - start_us;
}

static void settle(struct onlooker *onlooker)
{
	uint64_t end_us = bench_now_us() + SETTLE_MS * UINT64_C(1000);
	uint64_t now_us;

	while ((now_us = bench_now_us()) < end_us)
		(void)dispatch_us(onlooker, (int)((end_us - now_us) / 1000));
}

static void change(struct crowd *crowd, const char *probe)
{
	pid_t pid;

	if (strcmp(probe, "socket") == 0) {
		(void)add_pair(crowd);
		return;
	}
	pid = start_idler();
	if (pid > 0)
		crowd->pids[crowd->process_count++] = pid;
}

static int measure_probe(struct crowd *crowd, const char *probe,
                         const char *size)
{
	const struct onlooker_options options = { .size = sizeof(options),
		                                  .probes = probe };
	struct samples open = { 0 }, idle = { 0 }, changed = { 0 };
	struct onlooker *onlooker;
	double start_us = processor_us();
	char what[64];
	int r = onlooker_open(&options, &onlooker);

	if (r < 0)
		return r;
	samples_add(&open, processor_us() - start_us);
	settle(onlooker);
	for (int i = 0; i < IDLE_POLLS; i++)
		samples_add(&idle, dispatch_us(onlooker, -1));
	for (int i = 0; i < CHANGED_POLLS; i++) {
		change(crowd, probe);
		samples_add(&changed, dispatch_us(onlooker, -1));
	}
	onlooker_unref(onlooker);
	snprintf(what, sizeof(what), "%s, %s: first look", probe, size);
	samples_print(&open, what);
	snprintf(what, sizeof(what), "%s, %s: idle poll", probe, size);
	samples_print(&idle, what);
	snprintf(what, sizeof(what), "%s, %s: after a change", probe, size);
	samples_print(&changed, what);
	return 0;
}

/* ---- what a script would run ---- */

static int measure_command(const char *command, const char *name,
                           const char *size)
{
	const char *const argv[] = { "sh", "-c", command, NULL };
	struct samples samples = { 0 };
	char what[64];

	for (int i = 0; i < COMMAND_RUNS; i++) {
		uint64_t start_us = bench_now_us();
		struct child child;
		int r = child_start(&child, argv, NULL, CHILD_QUIET);

		if (r == 0)
			r = child_wait(&child, LIMIT_MS);
		if (r < 0)
			return r;
		samples_add(&samples, (double)(bench_now_us() - start_us));
	}
	snprintf(what, sizeof(what), "%s, %s", name, size);
	samples_print(&samples, what);
	return 0;
}

static int measure_commands(const char *size)
{
	static const struct {
		const char *name, *command;
	} commands[] = {
		{ "ss -tnp", "exec ss -tnp >/dev/null 2>&1" },
		{ "pgrep -f", "exec pgrep -f x11vnc >/dev/null 2>&1" },
		{ "script: ps, ss, loginctl",
		  "{ ps -eo pid,comm,args | grep -E "
		  "'vnc|rdp|anydesk|teamviewer';"
		  "ss -tnp | grep -E ':(59[0-9][0-9]|3389) ';"
		  "loginctl list-sessions; } >/dev/null 2>&1" },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(commands) / sizeof(commands[0]);
	     i++)
		r = measure_command(commands[i].command, commands[i].name,
		                    size);
	return r;
}

int bench_crowd(void)
{
	static const struct {
		int processes, sockets;
		const char *probe;
	} sizes[] = {
		{ 300, 100, "process" },   { 3000, 100, "process" },
		{ 10000, 100, "process" }, { 300, 100, "socket" },
		{ 300, 10000, "socket" },  { 300, 50000, "socket" },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(sizes) / sizeof(sizes[0]);
	     i++) {
		const char *probe = sizes[i].probe;
		struct crowd crowd;
		char size[32];

		snprintf(size, sizeof(size), "%d %s",
		         strcmp(probe, "socket") == 0 ? sizes[i].sockets
		                                      : sizes[i].processes,
		         strcmp(probe, "socket") == 0 ? "sockets"
		                                      : "processes");
		r = gather(&crowd, sizes[i].processes, sizes[i].sockets);
		if (r == 0)
			r = measure_probe(&crowd, probe, size);
		if (r == 0)
			r = measure_commands(size);
		disperse(&crowd);
	}
	return r;
}
