/* When to look, not at what. */
#include "look.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "uevent.h"

enum {
	/*
	 * Two looks are this far apart at least, so that a storm of uevents
	 * costs little: plugging one device in makes some thirty within 100 ms.
	 * A look costs less than a tenth of this.
	 */
	GAP_US = 5000,
};

static void begin_look(struct ol_look *look);

static void on_time(void *probe)
{
	begin_look(probe);
}

static void look_at(struct ol_look *look, uint64_t at_us, uint64_t slack_us)
{
	look->timer = ol_unwatch(look->timer);
	if (ol_watch_time(look->host, at_us, slack_us, on_time, look,
	                  &look->timer) < 0)
		ol_set_state(look->host, ONLOOKER_PROBE_FAILED,
		             "there was not enough memory to go on");
}

static void look_later(struct ol_look *look)
{
	uint64_t interval_us = look->interval_us;

	/* A quarter of it lets the kernel wake us with something else. */
	look_at(look, ol_now(look->host) + interval_us, interval_us / 4);
}

static void on_stuck(void *probe)
{
	struct ol_look *look = probe;

	look->stuck_timer = ol_unwatch(look->stuck_timer);
	if (look->kind->stuck != NULL)
		look->kind->stuck(look->probe);
}

static void on_done(void *probe, void *job)
{
	struct ol_look *look = probe;

	look->stuck_timer = ol_unwatch(look->stuck_timer);
	look->is_looking = false;
	look->kind->done(look->probe, job);
	if (look->is_again)
		ol_look_now(look);
	else
		look_later(look);
}

static void begin_look(struct ol_look *look)
{
	void *job;

	look->timer = ol_unwatch(look->timer);
	look->is_again = false;
	look->last_us = ol_now(look->host);
	job = look->kind->begin(look->probe);
	if (job == NULL ||
	    ol_run_blocking(look->host, look->kind->work, on_done,
	                    look->kind->drop, look, job) < 0) {
		if (job != NULL)
			look->kind->drop(job);
		look_later(look);
		return;
	}
	look->is_looking = true;
	/* Without memory for the timer nobody hears of a worker that hangs. */
	(void)ol_watch_time(look->host, look->last_us + OL_LOOK_STUCK_US,
	                    OL_LOOK_STUCK_US / 4, on_stuck, look,
	                    &look->stuck_timer);
}

void ol_look_now(struct ol_look *look)
{
	uint64_t now_us = ol_now(look->host);

	if (look->is_looking)
		look->is_again = true;
	else if (now_us - look->last_us < GAP_US)
		look_at(look, look->last_us + GAP_US, 0);
	else
		begin_look(look);
}

static void close_uevents(struct ol_look *look)
{
	look->uevent_source = ol_unwatch(look->uevent_source);
	if (look->uevents >= 0)
		(void)close(look->uevents);
	look->uevents = -1;
}

static void on_uevent(void *probe, uint32_t events)
{
	struct ol_look *look = probe;
	int r = ol_uevent_read(look->uevents, look->kind->subsystems);

	(void)events;
	if (r < 0) {
		ol_log(look->host, ONLOOKER_LOG_WARNING,
		       "uevents are lost (%d): going by time alone", r);
		close_uevents(look);
	}
	if (r != 0)
		ol_look_now(look);
}

static void open_uevents(struct ol_look *look)
{
	if (look->kind->subsystems == NULL)
		return;
	look->uevents = ol_uevent_open();
	if (look->uevents >= 0 &&
	    ol_watch_fd(look->host, look->uevents, EPOLLIN, on_uevent, look,
	                &look->uevent_source) < 0)
		close_uevents(look);
	if (look->uevents < 0)
		ol_log(look->host, ONLOOKER_LOG_INFO,
		       "there are no uevents: going by time alone");
}

int ol_look_init(struct ol_look *look, struct ol_host *host,
                 const struct ol_look_kind *kind, void *probe)
{
	*look = (struct ol_look){
		.host = host,
		.kind = kind,
		.probe = probe,
		.uevents = -1,
		.interval_us = kind->interval_us,
	};
	/* Before the first look, so that nothing falls between the two. */
	open_uevents(look);
	begin_look(look);
	return look->is_looking || look->timer != NULL ? 0 : -ENOMEM;
}

void ol_look_finish(struct ol_look *look)
{
	look->timer = ol_unwatch(look->timer);
	look->stuck_timer = ol_unwatch(look->stuck_timer);
	close_uevents(look);
}
