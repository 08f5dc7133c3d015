/* The ends of Unix sockets, as sock_diag(7) lists them to anyone. */
#include "unix_diag.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

/* NLMSG_DATA() would drop the const. */
static const void *data_of(const struct nlmsghdr *header)
{
	return (const char *)header + NLMSG_HDRLEN;
}

static void parse_attribute(const struct rtattr *attribute, struct ol_unix *end)
{
	const char *data = (const char *)attribute + RTA_LENGTH(0);
	size_t size = RTA_PAYLOAD(attribute);
	uint32_t peer;

	switch (attribute->rta_type) {
	case UNIX_DIAG_NAME:
		if (size > sizeof(end->name))
			size = sizeof(end->name);
		memcpy(end->name, data, size);
		end->name_size = size;
		break;
	case UNIX_DIAG_PEER:
		if (size != sizeof(peer))
			break;
		memcpy(&peer, data, sizeof(peer));
		end->peer = peer;
		break;
	default:
		break;
	}
}

/*
 * The last message or attribute need not be padded, so that the kernel's macros
 * for the next one would step past the end.
 */
static size_t step(size_t length, size_t left)
{
	size_t padded = (length + 3) & ~(size_t)3;

	return padded < left ? padded : left;
}

static int parse_socket(const struct nlmsghdr *header, struct ol_unix *end)
{
	const struct unix_diag_msg *message = data_of(header);
	const char *at = (const char *)(message + 1);
	size_t left, n;

	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*message)))
		return -EBADMSG;
	*end = (struct ol_unix){ .inode = message->udiag_ino };
	left = header->nlmsg_len - NLMSG_LENGTH(sizeof(*message));
	while (left >= sizeof(struct rtattr)) {
		const struct rtattr *attribute = (const void *)at;

		if (attribute->rta_len < sizeof(*attribute) ||
		    attribute->rta_len > left)
			return -EBADMSG;
		parse_attribute(attribute, end);
		n = step(attribute->rta_len, left);
		at += n;
		left -= n;
	}
	return 0;
}

static int parse_error(const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = data_of(header);

	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*error)) ||
	    error->error >= 0)
		return -EBADMSG;
	return error->error;
}

int ol_diag_parse(const void *bytes, size_t size,
                  void (*found)(void *data, const struct ol_unix *end),
                  void *data)
{
	const char *at = bytes;
	struct ol_unix end;
	size_t n;
	int r;

	for (; size >= sizeof(struct nlmsghdr); at += n, size -= n) {
		const struct nlmsghdr *header = (const void *)at;

		if (header->nlmsg_len < sizeof(*header) ||
		    header->nlmsg_len > size)
			return -EBADMSG;
		if (header->nlmsg_type == NLMSG_DONE)
			return 1;
		if (header->nlmsg_type == NLMSG_ERROR)
			return parse_error(header);
		r = parse_socket(header, &end);
		if (r < 0)
			return r;
		found(data, &end);
		n = step(header->nlmsg_len, size);
	}
	return size == 0 ? 0 : -EBADMSG;
}

static int ask(int fd)
{
	struct {
		struct nlmsghdr header;
		struct unix_diag_req request;
	} message = {
		.header = { .nlmsg_len = sizeof(message),
		            .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		            .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.request = { .sdiag_family = AF_UNIX,
		             .udiag_states = 1u << 1, /* TCP_ESTABLISHED */
		             .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER },
	};

	if (send(fd, &message, sizeof(message), MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}

int ol_diag_list(void (*found)(void *data, const struct ol_unix *end),
                 void *data)
{
	/* The kernel fills no more than 32 KiB at a time. */
	_Alignas(struct nlmsghdr) char buffer[32768];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	ssize_t size;
	int r;

	if (fd < 0)
		return -errno;
	r = ask(fd);
	while (r == 0) {
		/* The kernel writes the next part as this one is taken. */
		size = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		r = size < 0 ? -errno
		             : ol_diag_parse(buffer, (size_t)size, found, data);
	}
	(void)close(fd);
	return r < 0 ? r : 0;
}
