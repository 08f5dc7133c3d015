/* Counts opens and closes of card nodes. Does not know by whom. */
#include "drm_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { BURST_MAX = 16 }; /* buffers; the descriptor stays ready for the rest */

void ol_drm_open_watch(struct drm_open *open, struct ol_host *host,
                       void (*ready)(void *probe, uint32_t events), void *probe)
{
	char path[64];
	int directory;

	if (open->fd >= 0)
		return;
	directory = ol_open(host, "/dev/dri", O_PATH | O_DIRECTORY);
	if (directory < 0)
		return;
	open->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	/* inotify knows paths alone: this one is the directory that we hold. */
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", directory);
	if (open->fd >= 0 &&
	    (inotify_add_watch(open->fd, path, IN_OPEN | IN_CLOSE) < 0 ||
	     ol_watch_fd(host, open->fd, EPOLLIN, ready, probe, &open->source) <
	             0))
		ol_drm_open_finish(open);
	(void)close(directory);
}

void ol_drm_open_finish(struct drm_open *open)
{
	open->source = ol_unwatch(open->source);
	if (open->fd >= 0)
		(void)close(open->fd);
	open->fd = -1;
}

static void take(struct drm_open *open, const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW)
		open->is_overrun = true;
	/* renderD nodes show nothing of the screen. */
	if (event->len == 0 || strncmp(event->name, "card", 4) != 0)
		return;
	if (event->mask & IN_OPEN)
		open->opens++;
	if (event->mask & IN_CLOSE)
		open->closes++;
}

void ol_drm_open_read(struct drm_open *open)
{
	for (int i = 0; i < BURST_MAX; i++) {
		_Alignas(struct inotify_event) char buffer[4096];
		ssize_t size = read(open->fd, buffer, sizeof(buffer));
		char *next = buffer;

		if (size < 0 && errno == EINTR)
			continue;
		if (size <= 0)
			return;
		/* The kernel writes whole events only. */
		while (next < buffer + size) {
			const struct inotify_event *event =
				(const struct inotify_event *)(void *)next;

			take(open, event);
			next += sizeof(*event) + event->len;
		}
	}
}
