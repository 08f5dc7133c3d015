/* A context in a host's sd-event loop: sd-event within sd-event. */
#include <errno.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>

#include "tests/unit/nest.h"

static int on_ready(sd_event_source *source, int fd, uint32_t events,
                    void *userdata)
{
	struct nest *nest = userdata;
	int r = onlooker_dispatch(nest->onlooker);

	(void)fd;
	(void)events;
	if (r < 0 || nest->is_done)
		return sd_event_exit(sd_event_source_get_event(source), r);
	return 0;
}

static int on_limit(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)usec;
	(void)userdata;
	return sd_event_exit(sd_event_source_get_event(source), -ETIMEDOUT);
}

static int run(struct nest *nest)
{
	sd_event *event = NULL;
	int r = sd_event_new(&event);

	if (r >= 0)
		r = sd_event_add_io(event, NULL,
		                    onlooker_get_fd(nest->onlooker), EPOLLIN,
		                    on_ready, nest);
	if (r >= 0)
		r = sd_event_add_time_relative(event, NULL, CLOCK_MONOTONIC,
		                               NEST_LIMIT_MS * UINT64_C(1000),
		                               0, on_limit, NULL);
	if (r >= 0)
		r = sd_event_loop(event);
	sd_event_unref(event);
	return r;
}

int main(void)
{
	return nest_test(run);
}
