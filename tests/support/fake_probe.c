/*
 * Probes on a string: each order is a byte in a pipe. What is needed to reach
 * a fake from the test is kept a thread, so that threads can each have theirs.
 */
#include "tests/support/fake_probe.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "probe.h"

struct fake {
	struct ol_host *host;
	enum fake_which which;
	int orders; /* read end */
	int orders_in;
	struct ol_source *ready;
	struct ol_source *timer;
};

static _Thread_local struct {
	int result;
	bool is_slow;
	int orders_in; /* write end for the fake started last */
} fakes[FAKES];
static _Thread_local int running;

void fake_set_start(enum fake_which which, int result, bool is_slow)
{
	fakes[which].result = result;
	fakes[which].is_slow = is_slow;
}

void fake_order(enum fake_which which, enum fake_order order)
{
	unsigned char byte = (unsigned char)order;

	if (write(fakes[which].orders_in, &byte, 1) != 1)
		abort(); /* the pipe holds far more than a test orders */
}

int fake_running(void)
{
	return running;
}

static const char *rule_of(const struct fake *fake)
{
	return fake->which == FAKE_X11 ? "x11.screen-read"
	                               : "pipewire.screen-cast";
}

static void claim(struct fake *fake, const char *rule)
{
	const unsigned char again = FAKE_CLAIM;
	struct ol_claim claim = {
		.rule = rule,
		.key = 1,
		.subject = { .kind = ONLOOKER_WATCHER_PROGRAM,
		             .pid = 4321,
		             .start_time = 1,
		             .name = "capture" },
		.detail = "whole screen",
	};

	/* Once more, as a probe tries again; a byte in a pipe needs no memory. */
	if (ol_claim(fake->host, &claim) == -ENOMEM)
		(void)!write(fake->orders_in, &again, 1);
}

static void on_due(void *probe)
{
	struct fake *fake = probe;

	fake->timer = ol_unwatch(fake->timer);
	claim(fake, rule_of(fake));
}

static void work(void *job)
{
	*(int *)job = 1;
}

static void done(void *probe, void *job)
{
	struct fake *fake = probe;

	if (*(int *)job == 1)
		claim(fake, rule_of(fake));
	free(job);
}

static void start_job(struct fake *fake)
{
	int *job = calloc(1, sizeof(*job));

	if (job != NULL &&
	    ol_run_blocking(fake->host, work, done, free, fake, job) < 0)
		free(job);
}

static void obey(struct fake *fake, enum fake_order order)
{
	switch (order) {
	case FAKE_CLAIM:
		claim(fake, rule_of(fake));
		break;
	case FAKE_WITHDRAW:
		ol_withdraw(fake->host, rule_of(fake), 1);
		break;
	case FAKE_SHOT:
		claim(fake, "x11.screenshot");
		break;
	case FAKE_LATER:
		fake->timer = ol_unwatch(fake->timer);
		(void)ol_watch_time(fake->host, ol_now(fake->host) + 10000, 0,
		                    on_due, fake, &fake->timer);
		break;
	case FAKE_BLOCK:
		start_job(fake);
		break;
	case FAKE_WATCH:
		ol_set_state(fake->host, ONLOOKER_PROBE_WATCHING, NULL);
		break;
	case FAKE_FAIL:
		ol_withdraw_all(fake->host);
		ol_set_state(fake->host, ONLOOKER_PROBE_FAILED, "told to");
		break;
	case FAKE_DEGRADE:
		ol_set_state(fake->host, ONLOOKER_PROBE_DEGRADED, "told to");
		break;
	case FAKE_DENY:
		ol_set_state(fake->host, ONLOOKER_PROBE_DENIED, "told to");
		break;
	case FAKE_FLOOD:
		break;
	}
}

static void on_ready(void *probe, uint32_t events)
{
	struct fake *fake = probe;
	unsigned char order;

	(void)events;
	if (read(fake->orders, &order, 1) != 1)
		return;
	if (order == FAKE_FLOOD)
		(void)!write(fake->orders_in, &order,
		             1); /* room was just made */
	obey(fake, order);
}

static void stop(void *probe)
{
	struct fake *fake = probe;

	ol_unwatch(fake->ready);
	ol_unwatch(fake->timer);
	close(fake->orders);
	close(fake->orders_in);
	free(fake);
	running--;
}

static int start(struct ol_host *host, enum fake_which which, void **ret)
{
	struct fake *fake;
	int ends[2];
	int r;

	if (fakes[which].result < 0)
		return fakes[which].result;
	fake = calloc(1, sizeof(*fake));
	if (fake == NULL)
		return -ENOMEM;
	fake->host = host;
	fake->which = which;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		r = -errno;
		free(fake);
		return r;
	}
	fake->orders = ends[0];
	fake->orders_in = ends[1];
	r = ol_watch_fd(host, ends[0], EPOLLIN, on_ready, fake, &fake->ready);
	if (r < 0) {
		close(ends[0]);
		close(ends[1]);
		free(fake);
		return r;
	}
	fakes[which].orders_in = ends[1];
	if (!fakes[which].is_slow)
		ol_set_state(host, ONLOOKER_PROBE_WATCHING, NULL);
	running++;
	*ret = fake;
	return 0;
}

static int start_x11(struct ol_host *host, void **ret)
{
	return start(host, FAKE_X11, ret);
}

static int start_pipewire(struct ol_host *host, void **ret)
{
	return start(host, FAKE_PIPEWIRE, ret);
}

static const struct onlooker_access *const reads[] = { NULL };

static const struct ol_probe x11 = {
	.name = "x11",
	.reads = reads,
	.start = start_x11,
	.stop = stop,
};

static const struct ol_probe pipewire = {
	.name = "pipewire",
	.reads = reads,
	.start = start_pipewire,
	.stop = stop,
};

const struct ol_probe *const ol_probes[] = { &x11, &pipewire, NULL };
