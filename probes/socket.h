#ifndef OL_SOCKET_H
#define OL_SOCKET_H

#include "tool.h"

/*
 * What the files of the socket probe share.
 *
 *  socket.c        the probe: when to look, claims made and withdrawn
 *  socket_view.c   one look: listeners, connections and whose they are
 *  socket_diag.c   asking the kernel: sock_diag(7)
 *  socket_fd.c     which sockets a process holds
 *  socket_parse.c  pure: the kernel's answers taken apart
 *  socket_judge.c  pure: what a connection means
 */

struct nlmsghdr;

struct ol_address {
	unsigned char bytes[16]; /* an IPv4 address in the first four */
	bool is_v6;              /* and not a mapped IPv4 address */
	uint16_t port;
};

struct ol_tcp {
	/* As the kernel numbers the family, for asking about it again. */
	unsigned char family;
	uint32_t source[4], destination[4]; /* in network order */
	uint32_t interface;
	struct ol_address local;
	struct ol_address peer;
	unsigned char state; /* TCP_ESTABLISHED, ... */
	uint32_t uid;
	uint32_t inode;
	uint64_t cookie; /* its name as long as the kernel runs; never 0 */
	uint64_t cgroup; /* 0: unknown */
	bool has_sent;
	uint64_t sent; /* bytes that the peer has acknowledged */
};

struct ol_unix {
	uint32_t inode;
	uint32_t uid;
	uint64_t cookie;
	bool is_connected;
	char path[108]; /* "" if it has none, or an abstract one */
};

enum {
	OL_ADDRESS_TEXT = 56, /* "[ffff:...:ffff]:65535" */
	OL_PORTS_MAX = 64,
};

/* ---- pure ---- */

/* A message of type TCPDIAG_GETSOCK or SOCK_DIAG_BY_FAMILY. 0 or -EBADMSG. */
int ol_tcp_parse(const struct nlmsghdr *message, struct ol_tcp *ret);
int ol_unix_parse(const struct nlmsghdr *message, struct ol_unix *ret);
/* "192.0.2.7:5900" or "[2001:db8::1]:5900". */
void ol_address_format(const struct ol_address *address,
                       char text[OL_ADDRESS_TEXT]);
bool ol_address_is_loopback(const struct ol_address *address);
bool ol_address_is_equal(const struct ol_address *a,
                         const struct ol_address *b);
/* The number after NAME in /proc/net/snmp's lines of Tcp, or -1. */
int64_t ol_snmp_parse(const char *text, const char *name);

/* How a connection came about. */
enum ol_way {
	OL_WAY_IN,    /* the peer connected to a port that is listened on */
	OL_WAY_OUT,   /* the program connected to the peer */
	OL_WAY_LOCAL, /* by a UNIX socket */
};

/* The rule that a connection of this program is claimed by, or NULL. */
const char *ol_judge_connection(const struct ol_tool *tool, enum ol_tie tie,
                                enum ol_way way);
/* The same for one that is connected to its relay, when it sends much. */
const char *ol_judge_relay(const struct ol_tool *tool, enum ol_tie tie);
/* The same for a program that waits, with no regard to connections. */
const char *ol_judge_listener(const struct ol_tool *tool, enum ol_tie tie);
/* Whether what it has sent can be judged: it shows this very screen. */
bool ol_judge_sends_picture(const struct ol_tool *tool, enum ol_tie tie);
/* Whether the name of a UNIX socket ends with the name of one of our displays. */
enum ol_tie ol_judge_socket(const char *path, const struct ol_screens *ours);
/* A connection to an X server on this machine, as X programs hold it. */
bool ol_is_x11(const struct ol_tcp *tcp);

/* ---- asking the kernel ---- */

struct ol_diag;

/* Ports, from first to last, one range each. */
struct ol_ports {
	struct {
		uint16_t first, last;
	} ranges[OL_PORTS_MAX];
	size_t count;
	bool is_all; /* there were more ranges than fit */
};
void ol_ports_add(struct ol_ports *ports, uint16_t first, uint16_t last);
bool ol_ports_has(const struct ol_ports *ports, uint16_t port);

/* 0; -EPROTONOSUPPORT if the kernel has no sock_diag; -errno. */
int ol_diag_new(struct ol_diag **ret);
struct ol_diag *ol_diag_free(struct ol_diag *diag);

typedef void (*ol_tcp_fn)(void *data, const struct ol_tcp *tcp);
typedef void (*ol_unix_fn)(void *data, const struct ol_unix *socket);

/* Each calls back in turn and returns 0 or -errno. None waits. */
int ol_diag_listeners(struct ol_diag *diag, ol_tcp_fn each, void *data);
/* Established, with a local port among these; NULL: all there are. */
int ol_diag_established(struct ol_diag *diag, const struct ol_ports *ports,
                        ol_tcp_fn each, void *data);
int ol_diag_unix(struct ol_diag *diag, ol_unix_fn each, void *data);
/* The very same connection as it is now; -ENOENT when it is no more. */
int ol_diag_again(struct ol_diag *diag, const struct ol_tcp *tcp,
                  struct ol_tcp *ret);
/* The other end of a connection within this machine; -ENOENT. */
int ol_diag_other_end(struct ol_diag *diag, const struct ol_tcp *tcp,
                      struct ol_tcp *ret);

/*
 * A descriptor that is readable when a TCP connection of this network namespace
 * has ended, or -errno. Read it with ol_diag_drain_ends().
 */
int ol_diag_open_ends(void);
void ol_diag_drain_ends(int fd);

/* ---- the sockets of a process ---- */

struct ol_inodes {
	uint32_t *items; /* sorted */
	size_t count;
};
enum {
	/* Descriptors of a process that are looked at; servers have under 100. */
	OL_INODES_MAX = 4096,
};
/* Those of this process; none if it is not ours to look into. 0 or -ENOMEM. */
int ol_inodes_read(struct ol_host *host, int64_t pid, struct ol_inodes *ret);
void ol_inodes_finish(struct ol_inodes *inodes);
bool ol_inodes_have(const struct ol_inodes *inodes, uint32_t inode);
/* Whether a process is known to be in another network namespace. */
bool ol_is_elsewhere(struct ol_host *host, int64_t pid);

/* ---- one look ---- */

enum {
	OL_CONNECTIONS_MAX = 64,
	OL_LISTENERS_MAX = 64,
};

/* Something to claim: a listener or a connection of a program. */
struct ol_sight {
	const char *rule;
	uint64_t key;
	int64_t pid; /* 0: unknown */
	uint64_t start_time;
	char name[OL_TOOL_NAME_MAX];
	char peer[OL_ADDRESS_TEXT];
	char detail[OL_TOOL_TEXT_MAX];
	bool sends_picture; /* this screen's, to a peer */
	bool is_relay;      /* nothing but its traffic means anything */
	bool has_tcp;       /* listeners and UNIX sockets have none */
	struct ol_tcp tcp;
};

struct ol_sights {
	struct ol_sight items[OL_CONNECTIONS_MAX + OL_LISTENERS_MAX];
	size_t count;
	bool is_waiting;   /* some known server listens */
	bool is_outward;   /* some program may connect outwards at any time */
	bool is_elsewhere; /* some program is in another network namespace */
};

/*
 * Look at everything. `ours` are our displays. Returns 0 or -errno, and then
 * what was seen so far.
 */
int ol_look_around(struct ol_host *host, struct ol_diag *diag,
                   const struct ol_tool_table *table,
                   const struct ol_screens *ours, struct ol_sights *ret);

#endif
