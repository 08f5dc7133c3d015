/*
 * Asking the kernel about sockets: sock_diag(7), linux/inet_diag.h. It answers
 * while we ask, so that nothing here waits.
 */
#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	BUFFER_SIZE = 32768, /* what the kernel fills at most at a time */
	REQUEST_SIZE = 2048, /* a request with OL_PORTS_MAX ranges: 1,400 */
	INFO = 1 << (INET_DIAG_INFO - 1),
	/*
	 * How often a dump that others' changes have disturbed goes on being
	 * read: it ends by itself, this only bounds what cannot happen.
	 */
	READS_MAX = 100000,
};

struct ol_diag {
	int fd;
	unsigned sequence;
	char buffer[BUFFER_SIZE] __attribute__((aligned(8)));
};

int ol_diag_new(struct ol_diag **ret)
{
	struct ol_diag *self = malloc(sizeof(*self));

	if (self == NULL)
		return -ENOMEM;
	self->sequence = 0;
	self->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	                  NETLINK_SOCK_DIAG);
	if (self->fd < 0) {
		int r = -errno;

		free(self);
		return r;
	}
	*ret = self;
	return 0;
}

struct ol_diag *ol_diag_free(struct ol_diag *self)
{
	if (self == NULL)
		return NULL;
	(void)close(self->fd); /* nothing that could be lost */
	free(self);
	return NULL;
}

/* One answer: calls back, and returns 1 at the end, 0 before it, or -errno. */
static int take(const struct nlmsghdr *message, mnl_cb_t each, void *data)
{
	int error;

	switch (message->nlmsg_type) {
	case NLMSG_DONE:
		return 1;
	case NLMSG_ERROR:
		if (mnl_nlmsg_get_payload_len(message) < sizeof(error))
			return -EBADMSG;
		memcpy(&error, mnl_nlmsg_get_payload(message), sizeof(error));
		return error < 0 ? error : 1;
	default:
		(void)each(message, data);
		/* A dump is many answers, a look-up one. */
		return message->nlmsg_flags & NLM_F_MULTI ? 0 : 1;
	}
}

static int read_answers(struct ol_diag *self, mnl_cb_t each, void *data)
{
	for (int i = 0; i < READS_MAX; i++) {
		ssize_t n =
			recv(self->fd, self->buffer, sizeof(self->buffer), 0);
		const struct nlmsghdr *message;
		int left = (int)n;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		for (message = (const struct nlmsghdr *)(const void *)
		                       self->buffer;
		     mnl_nlmsg_ok(message, left);
		     message = mnl_nlmsg_next(message, &left)) {
			int r = 0;

			if (message->nlmsg_seq == self->sequence)
				r = take(message, each, data);
			if (r != 0)
				return r < 0 ? r : 0;
		}
	}
	return -EIO;
}

static int ask(struct ol_diag *self, struct nlmsghdr *message, mnl_cb_t each,
               void *data)
{
	message->nlmsg_seq = ++self->sequence;
	while (send(self->fd, message, message->nlmsg_len, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return read_answers(self, each, data);
}

struct taker {
	ol_tcp_fn tcp;
	ol_unix_fn unix;
	void *data;
};

static int on_tcp(const struct nlmsghdr *message, void *data)
{
	const struct taker *taker = data;
	struct ol_tcp tcp;

	if (ol_tcp_parse(message, &tcp) == 0)
		taker->tcp(taker->data, &tcp);
	return MNL_CB_OK;
}

static int on_unix(const struct nlmsghdr *message, void *data)
{
	const struct taker *taker = data;
	struct ol_unix parsed;

	if (ol_unix_parse(message, &parsed) == 0)
		taker->unix(taker->data, &parsed);
	return MNL_CB_OK;
}

/*
 * The older request: unlike its successor it goes through IPv4 and IPv6 sockets
 * in one pass, which halves the time.
 */
static int dump_tcp(struct ol_diag *self, unsigned states,
                    const struct inet_diag_bc_op *code, size_t code_size,
                    ol_tcp_fn each, void *data)
{
	char request[REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *message = mnl_nlmsg_put_header(request);
	struct taker taker = { .tcp = each, .data = data };
	struct inet_diag_req *body;

	message->nlmsg_type = TCPDIAG_GETSOCK;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	body = mnl_nlmsg_put_extra_header(message, sizeof(*body));
	body->idiag_family = AF_INET;
	body->idiag_states = states;
	if (code_size > 0)
		mnl_attr_put(message, INET_DIAG_REQ_BYTECODE, code_size, code);
	return ask(self, message, on_tcp, &taker);
}

int ol_diag_listeners(struct ol_diag *self, ol_tcp_fn each, void *data)
{
	return dump_tcp(self, 1u << TCP_LISTEN, NULL, 0, each, data);
}

enum {
	OP = sizeof(struct inet_diag_bc_op),
	COMPARE = 2 * OP, /* the second holds the port */
	BLOCK_OPS = 5,
};

/*
 * "The local port is at least FIRST, and at most LAST, or ...": a program for
 * the kernel. What jumps 4 bytes past the end is refused, what ends is taken.
 */
static size_t compile(const struct ol_ports *ports,
                      struct inet_diag_bc_op code[OL_PORTS_MAX * BLOCK_OPS])
{
	struct inet_diag_bc_op *op = code;

	for (size_t i = 0; i < ports->count; i++) {
		size_t rest = (ports->count - i - 1) * BLOCK_OPS * OP;

		*op++ = (struct inet_diag_bc_op){ .code = INET_DIAG_BC_S_GE,
			                          .yes = COMPARE,
			                          .no = 2 * COMPARE + OP };
		*op++ = (struct inet_diag_bc_op){
			.no = ports->ranges[i].first
		};
		*op++ = (struct inet_diag_bc_op){ .code = INET_DIAG_BC_S_LE,
			                          .yes = COMPARE,
			                          .no = COMPARE + OP };
		*op++ = (struct inet_diag_bc_op){ .no = ports->ranges[i].last };
		/* The last block has nothing to jump over. */
		if (rest > 0)
			*op++ = (struct inet_diag_bc_op){
				.code = INET_DIAG_BC_JMP,
				.yes = OP,
				.no = (unsigned short)rest,
			};
	}
	return (size_t)(op - code) * OP;
}

int ol_diag_established(struct ol_diag *self, const struct ol_ports *ports,
                        ol_tcp_fn each, void *data)
{
	struct inet_diag_bc_op code[OL_PORTS_MAX * BLOCK_OPS];
	size_t size = 0;

	if (ports != NULL && ports->count == 0)
		return 0;
	if (ports != NULL && !ports->is_all)
		size = compile(ports, code);
	return dump_tcp(self, 1u << TCP_ESTABLISHED, code, size, each, data);
}

int ol_diag_unix(struct ol_diag *self, ol_unix_fn each, void *data)
{
	char request[REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *message = mnl_nlmsg_put_header(request);
	struct taker taker = { .unix = each, .data = data };
	struct unix_diag_req *body;

	message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	body = mnl_nlmsg_put_extra_header(message, sizeof(*body));
	body->sdiag_family = AF_UNIX;
	body->udiag_states = 1u << TCP_ESTABLISHED;
	body->udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_UID;
	return ask(self, message, on_unix, &taker);
}

static void keep(void *data, const struct ol_tcp *tcp)
{
	*(struct ol_tcp *)data = *tcp;
}

static int look_up(struct ol_diag *self, const struct ol_tcp *tcp,
                   const struct inet_diag_sockid *id, struct ol_tcp *ret)
{
	char request[REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *message = mnl_nlmsg_put_header(request);
	struct ol_tcp found = { .cookie = 0 };
	struct taker taker = { .tcp = keep, .data = &found };
	struct inet_diag_req_v2 *body;
	int r;

	message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	message->nlmsg_flags = NLM_F_REQUEST;
	body = mnl_nlmsg_put_extra_header(message, sizeof(*body));
	body->sdiag_family = tcp->family;
	body->sdiag_protocol = IPPROTO_TCP;
	body->idiag_ext = INFO;
	body->idiag_states = 1u << TCP_ESTABLISHED;
	body->id = *id;
	r = ask(self, message, on_tcp, &taker);
	if (r < 0)
		return r == -ESTALE ? -ENOENT : r;
	if (found.state != TCP_ESTABLISHED)
		return -ENOENT;
	*ret = found;
	return 0;
}

int ol_diag_again(struct ol_diag *self, const struct ol_tcp *tcp,
                  struct ol_tcp *ret)
{
	struct inet_diag_sockid id = {
		.idiag_sport = htons(tcp->local.port),
		.idiag_dport = htons(tcp->peer.port),
		.idiag_if = tcp->interface,
		/* So that a later connection of the same ports is another. */
		.idiag_cookie = { (uint32_t)tcp->cookie,
		                  (uint32_t)(tcp->cookie >> 32) },
	};

	memcpy(id.idiag_src, tcp->source, sizeof(tcp->source));
	memcpy(id.idiag_dst, tcp->destination, sizeof(tcp->destination));
	return look_up(self, tcp, &id, ret);
}

int ol_diag_other_end(struct ol_diag *self, const struct ol_tcp *tcp,
                      struct ol_tcp *ret)
{
	struct inet_diag_sockid id = {
		.idiag_sport = htons(tcp->peer.port),
		.idiag_dport = htons(tcp->local.port),
		.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
	};
	struct ol_tcp other = *tcp;
	int r;

	memcpy(id.idiag_src, tcp->destination, sizeof(tcp->destination));
	memcpy(id.idiag_dst, tcp->source, sizeof(tcp->source));
	r = look_up(self, &other, &id, ret);
	if (r == 0 || tcp->family != AF_INET6 || tcp->local.is_v6)
		return r;
	/* Accepted on ::, but its other end is plain IPv4. */
	other.family = AF_INET;
	memset(id.idiag_src, 0, sizeof(id.idiag_src));
	memset(id.idiag_dst, 0, sizeof(id.idiag_dst));
	id.idiag_src[0] = tcp->destination[3];
	id.idiag_dst[0] = tcp->source[3];
	return look_up(self, &other, &id, ret);
}

int ol_diag_open_ends(void)
{
	static const int groups[] = { SKNLGRP_INET_TCP_DESTROY,
		                      SKNLGRP_INET6_TCP_DESTROY };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	                NETLINK_SOCK_DIAG);
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int r;

	if (fd < 0)
		return -errno;
	r = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	for (size_t i = 0; r == 0 && i < 2; i++)
		r = setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
		               &groups[i], sizeof(groups[i]));
	if (r < 0) {
		r = -errno;
		(void)close(fd); /* nothing that could be lost */
		return r;
	}
	return fd;
}

/* What has ended is looked up anyway, lost messages included. */
void ol_diag_drain_ends(int fd)
{
	char buffer[4096];

	for (int i = 0; i < READS_MAX; i++) {
		if (recv(fd, buffer, sizeof(buffer), 0) < 0 && errno != EINTR &&
		    errno != ENOBUFS)
			return;
	}
}
