/* A connection to the compositor: its socket, never waited for. */
#include "wayland.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int ol_wl_link_locate(const char *display, const char *directory,
                      struct sockaddr_un *ret)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t size = sizeof(address.sun_path);
	int n;

	if (display == NULL || *display == '\0')
		return -ENOENT;
	if (*display == '/')
		n = snprintf(address.sun_path, size, "%s", display);
	else if (directory != NULL && *directory == '/')
		n = snprintf(address.sun_path, size, "%s/%s", directory,
		             display);
	else
		return -ENOENT;
	if (n < 0 || (size_t)n >= size)
		return -ENAMETOOLONG;
	*ret = address;
	return 0;
}

static int flush(struct ol_wl_link *link)
{
	struct ol_wire *wire = &link->wire;
	ssize_t n;

	if (wire->n_out == 0)
		return 0;
	n = send(link->fd, wire->out, wire->n_out, MSG_NOSIGNAL | MSG_DONTWAIT);
	/* Our few bytes find room, or the compositor is not reading. */
	if (n != (ssize_t)wire->n_out)
		return -EPIPE;
	wire->n_out = 0;
	return 0;
}

int ol_wl_link_open(struct ol_wl_link *link, const struct sockaddr_un *address)
{
	link->fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (link->fd < 0)
		return -errno;
	if (connect(link->fd, (const struct sockaddr *)address,
	            sizeof(*address)) < 0)
		return -errno;
	ol_wire_begin(&link->wire);
	return flush(link);
}

void ol_wl_link_close(struct ol_wl_link *link)
{
	if (link->fd >= 0)
		(void)close(link->fd);
	memset(link, 0, sizeof(*link));
	link->fd = -1;
}

int ol_wl_link_receive(struct ol_wl_link *link)
{
	ssize_t n = recv(link->fd, link->in + link->n_in,
	                 sizeof(link->in) - link->n_in, MSG_DONTWAIT);
	int r;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -EPIPE;
	link->n_in += (size_t)n;
	r = ol_wire_take(&link->wire, link->in, link->n_in);
	if (r < 0)
		return r;
	link->n_in -= (size_t)r;
	memmove(link->in, link->in + r, link->n_in);
	return flush(link);
}

int64_t ol_wl_link_peer(const struct ol_wl_link *link)
{
	struct ucred peer = { 0 };
	socklen_t size = sizeof(peer);

	if (getsockopt(link->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return 0;
	return peer.pid;
}
