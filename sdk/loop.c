/*
 * sd-event, made to nest: it is always left prepared, because only a prepared
 * sd-event arms its timers, and whatever a dispatch leaves undone is announced
 * by an eventfd among its own sources.
 */
#include "sdk/loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "sdk/util.h"

enum {
	/*
	 * Sources run in one dispatch. A descriptor that is ready again at once
	 * (a flood) thus cannot hold the host program for longer than this.
	 */
	BATCH = 64,
};

struct ol_loop {
	sd_event *event;
	sd_event_source *kick_source;
	int kick_fd;
	bool is_dispatching;
};

struct ol_source {
	sd_event_source *source;
	void (*ready)(void *userdata, uint32_t events);
	void (*due)(void *userdata);
	void *userdata;
};

static uint64_t clock_us(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) < 0)
		return 0; /* cannot happen with the two clocks used here */
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t ol_clock_now(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

int64_t ol_clock_wall_offset(void)
{
	return (int64_t)clock_us(CLOCK_REALTIME) -
	       (int64_t)clock_us(CLOCK_MONOTONIC);
}

static int on_kick(sd_event_source *source, int fd, uint32_t events,
                   void *userdata)
{
	uint64_t count;

	(void)source;
	(void)events;
	(void)userdata;
	(void)!read(fd, &count, sizeof(count)); /* only empties the eventfd */
	return 0;
}

int ol_loop_new(struct ol_loop **ret)
{
	struct ol_loop *loop = calloc(1, sizeof(*loop));
	int r;

	if (loop == NULL)
		return -ENOMEM;
	loop->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->kick_fd < 0) {
		r = -errno;
		goto fail;
	}
	r = sd_event_new(&loop->event);
	if (r < 0)
		goto fail;
	r = sd_event_add_io(loop->event, &loop->kick_source, loop->kick_fd,
	                    EPOLLIN, on_kick, loop);
	if (r < 0)
		goto fail;
	r = sd_event_prepare(loop->event);
	if (r < 0)
		goto fail;
	*ret = loop;
	return 0;

fail:
	ol_loop_free(loop);
	return r;
}

void ol_loop_free(struct ol_loop *loop)
{
	if (loop == NULL)
		return;
	sd_event_source_disable_unref(loop->kick_source);
	sd_event_unref(loop->event);
	ol_close(loop->kick_fd);
	free(loop);
}

int ol_loop_get_fd(struct ol_loop *loop)
{
	return sd_event_get_fd(loop->event);
}

void ol_loop_kick(struct ol_loop *loop)
{
	const uint64_t one = 1;

	/* Fails only when the counter is full, and then it is readable. */
	(void)!write(loop->kick_fd, &one, sizeof(one));
}

/* Returns 1 if something ran or waits to run, 0 if all is quiet, or -errno. */
static int run_one(sd_event *event)
{
	int r = 1;
	int has_run;

	if (sd_event_get_state(event) != SD_EVENT_PENDING)
		r = sd_event_wait(event, 0);
	if (r < 0)
		return r;
	has_run = r > 0;
	if (has_run)
		r = sd_event_dispatch(event);
	if (r < 0)
		return r;
	r = sd_event_prepare(event);
	return r < 0 ? r : r > 0 || has_run;
}

int ol_loop_dispatch(struct ol_loop *loop)
{
	int r = 1;

	loop->is_dispatching = true;
	for (int i = 0; i < BATCH && r > 0; i++)
		r = run_one(loop->event);
	loop->is_dispatching = false;
	if (r > 0)
		ol_loop_kick(loop);
	return r < 0 ? r : 0;
}

static int on_ready(sd_event_source *source, int fd, uint32_t events,
                    void *userdata)
{
	struct ol_source *self = userdata;

	(void)source;
	(void)fd;
	self->ready(self->userdata, events); /* may have freed self */
	return 0;
}

static int on_due(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct ol_source *self = userdata;

	(void)source;
	(void)usec;
	self->due(self->userdata); /* may have freed self */
	return 0;
}

int ol_loop_watch_fd(struct ol_loop *loop, int fd, uint32_t events,
                     void (*ready)(void *userdata, uint32_t events),
                     void *userdata, struct ol_source **ret)
{
	struct ol_source *self = calloc(1, sizeof(*self));
	int r;

	if (self == NULL)
		return -ENOMEM;
	self->ready = ready;
	self->userdata = userdata;
	r = sd_event_add_io(loop->event, &self->source, fd, events, on_ready,
	                    self);
	if (r < 0) {
		free(self);
		return r;
	}
	*ret = self;
	return 0;
}

/*
 * A prepared sd-event has armed its timers already and would sleep through a
 * new one. Within a dispatch it is prepared again anyway; outside, the kick
 * brings the dispatch that does it.
 */
int ol_loop_watch_time(struct ol_loop *loop, uint64_t at_us, uint64_t slack_us,
                       void (*due)(void *userdata), void *userdata,
                       struct ol_source **ret)
{
	struct ol_source *self = calloc(1, sizeof(*self));
	int r;

	if (self == NULL)
		return -ENOMEM;
	self->due = due;
	self->userdata = userdata;
	/* An accuracy of 0 would mean sd-event's default, 250 ms. */
	r = sd_event_add_time(loop->event, &self->source, CLOCK_MONOTONIC,
	                      at_us, slack_us > 0 ? slack_us : 1, on_due, self);
	if (r < 0) {
		free(self);
		return r;
	}
	if (!loop->is_dispatching)
		ol_loop_kick(loop);
	*ret = self;
	return 0;
}

struct ol_source *ol_loop_unwatch(struct ol_source *source)
{
	if (source == NULL)
		return NULL;
	sd_event_source_disable_unref(source->source);
	free(source);
	return NULL;
}
