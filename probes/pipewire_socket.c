/*
 * Where the PipeWire daemon listens, connecting to it, and noticing that it has
 * come up.
 *
 * libpipewire could connect by itself, but it takes the place from the process's
 * environment of that moment, over any property it is given (0.3.65:
 * get_remote() in module-protocol-native). A context has read its environment
 * once; so the socket is connected here and handed over.
 */
#include "pipewire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int set_place(struct ol_socket *socket, int i, const char *directory,
                     const char *name)
{
	int n = snprintf(socket->path[i], sizeof(socket->path[i]), "%s/%s",
	                 directory, name);

	if (n < 0 || (size_t)n >= sizeof(socket->path[i]))
		return -ENAMETOOLONG;
	*strrchr(strcpy(socket->directory[i], socket->path[i]), '/') = '\0';
	return 0;
}

int ol_socket_locate(const char *remote, const char *pipewire_dir,
                     const char *xdg_dir, struct ol_socket *ret)
{
	struct ol_socket socket = { 0 };
	const char *directory = pipewire_dir != NULL ? pipewire_dir : xdg_dir;
	int i = 0, r;

	if (remote == NULL || *remote == '\0')
		remote = "pipewire-0";
	if (*remote == '/') {
		r = set_place(&socket, 0, "", remote + 1);
		if (r == 0)
			*ret = socket;
		return r;
	}
	if (directory != NULL && *directory == '/') {
		r = set_place(&socket, i++, directory, remote);
		if (r < 0)
			return r;
	}
	/* Where the daemon of a whole system listens. */
	r = set_place(&socket, i, "/run/pipewire", remote);
	if (r < 0)
		return r;
	*ret = socket;
	return 0;
}

static int connect_path(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0)
		return -errno;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) ==
	    0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int ol_socket_connect(const struct ol_socket *socket)
{
	int r = -ENOENT;

	for (int i = 0; i < 2 && socket->path[i][0] != '\0'; i++) {
		int fd = connect_path(socket->path[i]);

		if (fd >= 0)
			return fd;
		/* What is wrong with a socket that is there says most. */
		if (fd != -ENOENT && fd != -ENOTDIR && r == -ENOENT)
			r = fd;
	}
	return r;
}

int ol_socket_watch(const struct ol_socket *socket)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	int watches = 0;

	if (fd < 0)
		return -errno;
	for (int i = 0; i < 2 && socket->path[i][0] != '\0'; i++) {
		watches += inotify_add_watch(fd, socket->directory[i],
		                             IN_CREATE | IN_MOVED_TO |
		                                     IN_ONLYDIR) >= 0;
	}
	if (watches > 0)
		return fd;
	close(fd);
	return -ENOENT;
}

static bool is_name_of(const struct ol_socket *socket, const char *name)
{
	for (int i = 0; i < 2 && socket->path[i][0] != '\0'; i++) {
		if (strcmp(strrchr(socket->path[i], '/') + 1, name) == 0)
			return true;
	}
	return false;
}

bool ol_socket_appeared(const struct ol_socket *socket, int inotify)
{
	_Alignas(struct inotify_event) char buffer[4096];
	bool appeared = false;
	ssize_t length;

	while ((length = read(inotify, buffer, sizeof(buffer))) > 0) {
		const struct inotify_event *event;

		for (char *at = buffer; at < buffer + length;
		     at += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)(void *)at;
			appeared |=
				(event->mask & (IN_Q_OVERFLOW | IN_IGNORED)) ||
				(event->len > 0 &&
			         is_name_of(socket, event->name));
		}
	}
	return appeared;
}
