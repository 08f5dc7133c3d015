/* Which process a program on the bus is. Knows nothing of the bus. */
#include "portal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"

static ssize_t read_file(struct ol_host *host, int64_t pid, const char *name,
                         char *text, size_t size)
{
	char path[64];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%lld/%s", (long long)pid, name);
	fd = ol_open(host, path, O_RDONLY);
	if (fd < 0)
		return -1;
	length = read(fd, text, size);
	close(fd);
	return length;
}

void ol_portal_peer_identify(struct ol_host *host, int64_t pid,
                             struct ol_portal_peer *peer)
{
	struct ol_proc_stat stat;
	char text[4096]; /* a .flatpak-info is mostly under two thousand */
	ssize_t length = read_file(host, pid, "stat", text, sizeof(text));

	if (length <= 0 || ol_proc_parse_stat(text, (size_t)length, &stat) < 0)
		return;
	peer->pid = pid;
	peer->start_time = stat.start_time;
	snprintf(peer->program, sizeof(peer->program), "%s", stat.comm);
	/* A sandboxed application speaks through a proxy inside its sandbox. */
	length = read_file(host, pid, "root/.flatpak-info", text, sizeof(text));
	if (length > 0)
		(void)ol_portal_parse_app(text, (size_t)length, peer->program);
}
