/*
 * The poll loop of the commands that look at a real session. Knows no report
 * beyond whether a probe is still starting.
 */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static int open_signals(void)
{
	sigset_t set;
	int fd;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGWINCH);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int open_failed(const struct arguments *arguments, int error)
{
	char *message = NULL;

	/* What else is invalid, the parser has refused. */
	if (error == -EINVAL && arguments->probes != NULL) {
		complain("there is no probe '%s', or not in this build",
		         arguments->probes);
		return STATUS_USAGE;
	}
	if (arguments->catalogue != NULL &&
	    onlooker_check_catalogue(arguments->catalogue, &message) < 0) {
		if (message != NULL)
			complain("%s", message);
		else
			complain("cannot read %s: %s", arguments->catalogue,
			         strerror(-error));
		free(message);
		return STATUS_USAGE;
	}
	return give_up(error, "cannot start looking");
}

static unsigned flags_of(const struct arguments *arguments)
{
	unsigned flags = 0;

	if (arguments_have(arguments, OPTION_PRIVATE))
		flags |= ONLOOKER_PRIVATE;
	if (arguments_have(arguments, OPTION_KMS))
		flags |= ONLOOKER_KMS;
	return flags;
}

int loop_init(struct loop *loop, const struct arguments *arguments)
{
	struct onlooker_options options = {
		.size = sizeof(options),
		.flags = flags_of(arguments),
		.probes = arguments->probes,
		.root = arguments->root,
		.catalogue = arguments->catalogue,
	};
	int r;

	*loop = (struct loop){ .signal_fd = open_signals(), .input = -1 };
	if (loop->signal_fd < 0)
		return give_up(loop->signal_fd, "cannot receive signals");
	r = onlooker_open(&options, &loop->onlooker);
	if (r < 0) {
		(void)close(loop->signal_fd);
		return open_failed(arguments, r);
	}
	return STATUS_SUCCESS;
}

void loop_finish(struct loop *loop)
{
	loop->onlooker = onlooker_unref(loop->onlooker);
	(void)close(loop->signal_fd);
}

static void drain_signals(struct loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signal_fd, &info, sizeof(info)) ==
	       (ssize_t)sizeof(info)) {
		if (info.ssi_signo != SIGCHLD && info.ssi_signo != SIGWINCH)
			loop->interrupts++;
	}
}

int loop_turn(struct loop *loop, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = onlooker_get_fd(loop->onlooker), .events = POLLIN },
		{ .fd = loop->signal_fd, .events = POLLIN },
		{ .fd = loop->input, .events = POLLIN },
	};
	int ready;
	int r;

	ready = poll(fds, 3, timeout_ms);
	if (ready < 0)
		return errno == EINTR ? 1 : -errno;
	loop->has_input = fds[2].revents != 0;
	if (fds[1].revents != 0)
		drain_signals(loop);
	if (fds[0].revents != 0) {
		r = onlooker_dispatch(loop->onlooker);
		if (r < 0)
			return r;
	}
	return ready > 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int is_starting(struct onlooker *onlooker)
{
	const struct onlooker_report *report = onlooker_get_report(onlooker);
	int starting = 0;

	for (size_t i = 0; report->probes[i] != NULL; i++)
		starting |= report->probes[i]->state == ONLOOKER_PROBE_STARTING;
	(void)onlooker_report_unref(report);
	return starting;
}

int loop_settle(struct loop *loop, int settle_ms)
{
	int64_t end = -1;
	int r;

	for (;;) {
		int64_t left = -1;

		if (end < 0 && !is_starting(loop->onlooker))
			end = now_ms() + settle_ms;
		if (end >= 0) {
			left = end - now_ms();
			if (left <= 0)
				return 0;
		}
		r = loop_turn(loop, (int)left);
		if (r < 0)
			return r;
		if (loop->interrupts > 0)
			return -EINTR;
	}
}

int loop_once(const struct arguments *arguments,
              int (*show)(const struct arguments *arguments,
                          const struct onlooker_report *report))
{
	const struct onlooker_report *report;
	struct loop loop;
	int r;

	r = loop_init(&loop, arguments);
	if (r != STATUS_SUCCESS)
		return r;
	r = loop_settle(&loop, arguments->settle_ms);
	if (r == 0) {
		report = onlooker_get_report(loop.onlooker);
		r = show(arguments, report);
		(void)onlooker_report_unref(report);
	}
	loop_finish(&loop);
	if (r == -EINTR)
		return give_up(r, "stopped before there was an answer");
	if (r < 0)
		return give_up(r, "cannot look");
	return finish_output(r);
}

int loop_until_done(struct loop *loop)
{
	int r = 0;

	while (r >= 0 && loop->interrupts == 0 && !loop->is_done)
		r = loop_turn(loop, -1);
	return r < 0 ? r : 0;
}
