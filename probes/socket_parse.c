/*
 * The kernel's answers taken apart: linux/inet_diag.h, linux/unix_diag.h. The
 * kernel is trusted with what it says, not with how long it is.
 */
#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/tcp.h>
#include <linux/unix_diag.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Listening sockets have ::, connections of IPv4 to them mapped addresses. */
static void set_address(struct ol_address *address, const uint32_t words[4],
                        uint16_t port, unsigned char family)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned char bytes[16];

	memcpy(bytes, words, sizeof(bytes));
	address->port = ntohs(port);
	if (family == AF_INET6 && memcmp(bytes, mapped, sizeof(mapped)) != 0) {
		address->is_v6 = true;
		memcpy(address->bytes, bytes, sizeof(bytes));
	} else {
		address->is_v6 = false;
		memset(address->bytes, 0, sizeof(address->bytes));
		memcpy(address->bytes,
		       bytes + (family == AF_INET6 ? sizeof(mapped) : 0), 4);
	}
}

static int read_attribute(const struct nlattr *attribute, void *data)
{
	struct ol_tcp *tcp = data;
	size_t size = mnl_attr_get_payload_len(attribute);
	const size_t sent = offsetof(struct tcp_info, tcpi_bytes_acked);
	const char *payload = mnl_attr_get_payload(attribute);

	switch (mnl_attr_get_type(attribute)) {
	case INET_DIAG_INFO:
		if (size >= sent + sizeof(tcp->sent)) {
			memcpy(&tcp->sent, payload + sent, sizeof(tcp->sent));
			tcp->has_sent = true;
		}
		break;
	case INET_DIAG_CGROUP_ID:
		if (size >= sizeof(tcp->cgroup))
			memcpy(&tcp->cgroup, payload, sizeof(tcp->cgroup));
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static uint64_t cookie_of(const uint32_t words[2])
{
	return (uint64_t)words[1] << 32 | words[0];
}

int ol_tcp_parse(const struct nlmsghdr *message, struct ol_tcp *ret)
{
	struct inet_diag_msg diag;
	struct ol_tcp tcp = { .state = 0 };

	if (mnl_nlmsg_get_payload_len(message) < sizeof(diag))
		return -EBADMSG;
	memcpy(&diag, mnl_nlmsg_get_payload(message), sizeof(diag));
	if (diag.idiag_family != AF_INET && diag.idiag_family != AF_INET6)
		return -EBADMSG;
	tcp.family = diag.idiag_family;
	memcpy(tcp.source, diag.id.idiag_src, sizeof(tcp.source));
	memcpy(tcp.destination, diag.id.idiag_dst, sizeof(tcp.destination));
	tcp.interface = diag.id.idiag_if;
	set_address(&tcp.local, tcp.source, diag.id.idiag_sport, tcp.family);
	set_address(&tcp.peer, tcp.destination, diag.id.idiag_dport,
	            tcp.family);
	tcp.state = diag.idiag_state;
	tcp.uid = diag.idiag_uid;
	tcp.inode = diag.idiag_inode;
	tcp.cookie = cookie_of(diag.id.idiag_cookie);
	(void)mnl_attr_parse(message, sizeof(diag), read_attribute, &tcp);
	*ret = tcp;
	return 0;
}

static int read_unix_attribute(const struct nlattr *attribute, void *data)
{
	struct ol_unix *socket = data;
	size_t size = mnl_attr_get_payload_len(attribute);
	const char *payload = mnl_attr_get_payload(attribute);

	switch (mnl_attr_get_type(attribute)) {
	case UNIX_DIAG_NAME:
		/* An abstract name begins with a zero. */
		if (size > 0 && payload[0] == '/')
			snprintf(socket->path, sizeof(socket->path), "%.*s",
			         (int)(size < sizeof(socket->path)
			                       ? size
			                       : sizeof(socket->path) - 1),
			         payload);
		break;
	case UNIX_DIAG_UID:
		if (size >= sizeof(socket->uid))
			memcpy(&socket->uid, payload, sizeof(socket->uid));
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

int ol_unix_parse(const struct nlmsghdr *message, struct ol_unix *ret)
{
	const unsigned char connected = 1; /* TCP_ESTABLISHED, here too */
	struct unix_diag_msg diag;
	struct ol_unix socket = { .uid = 0 };

	if (mnl_nlmsg_get_payload_len(message) < sizeof(diag))
		return -EBADMSG;
	memcpy(&diag, mnl_nlmsg_get_payload(message), sizeof(diag));
	socket.inode = diag.udiag_ino;
	socket.cookie = cookie_of(diag.udiag_cookie);
	socket.is_connected = diag.udiag_state == connected;
	(void)mnl_attr_parse(message, sizeof(diag), read_unix_attribute,
	                     &socket);
	*ret = socket;
	return 0;
}

void ol_address_format(const struct ol_address *address,
                       char text[OL_ADDRESS_TEXT])
{
	char host[INET6_ADDRSTRLEN] = "";

	(void)inet_ntop(address->is_v6 ? AF_INET6 : AF_INET, address->bytes,
	                host, sizeof(host));
	snprintf(text, OL_ADDRESS_TEXT, address->is_v6 ? "[%s]:%u" : "%s:%u",
	         host, (unsigned)address->port);
}

bool ol_address_is_loopback(const struct ol_address *address)
{
	static const unsigned char one[16] = { [15] = 1 };

	return address->is_v6 ? memcmp(address->bytes, one, 16) == 0
	                      : address->bytes[0] == 127;
}

bool ol_address_is_equal(const struct ol_address *a, const struct ol_address *b)
{
	return a->is_v6 == b->is_v6 && a->port == b->port &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* A line of names and a line of numbers: "Tcp: A B\nTcp: 1 2\n". */
int64_t ol_snmp_parse(const char *text, const char *name)
{
	const char *names = strstr(text, "Tcp: ");
	const char *numbers;
	size_t length = strlen(name);

	if (names == NULL || (names != text && names[-1] != '\n'))
		return -1;
	numbers = strchr(names, '\n');
	if (numbers == NULL || strncmp(++numbers, "Tcp: ", 5) != 0)
		return -1;
	for (;;) {
		names += strcspn(names, " \n");
		numbers += strcspn(numbers, " \n");
		if (*names != ' ' || *numbers != ' ')
			return -1;
		names++;
		numbers++;
		if (strncmp(names, name, length) == 0 &&
		    (names[length] == ' ' || names[length] == '\n'))
			return *numbers >= '0' && *numbers <= '9'
			               ? (int64_t)(strtoull(numbers, NULL, 10) &
			                           INT64_MAX)
			               : -1;
	}
}
