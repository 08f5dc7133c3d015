#ifndef OL_WAYLAND_H
#define OL_WAYLAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe.h"

/*
 * What the files of the wayland probe share.
 *
 *  wayland.c         the probe: states, timers, claims made and withdrawn
 *  wayland_link.c    the connection to the compositor
 *  wayland_scan.c    on the worker: which programs are clients
 *  wayland_hold.c    on the worker: what they hold
 *  wayland_file.c    on the worker: which protocols a program's files name
 *  wayland_wire.c    pure: what the compositor offers, from its own messages
 *  wayland_text.c    pure: lines of /proc
 *  wayland_judge.c   pure: what that means
 *  wayland_claim.c   the difference between what is so and what was claimed
 *
 * No protocol tells a client what other clients do. But a client that copies the
 * screen has to name a protocol for it, so that one of its files contains that
 * name; and it has to share buffers of the size of an output with the
 * compositor. Of the programs that were looked at, only capturers had both.
 */

/* Bounds on what others can make us keep; a busy desktop is far below. */
enum {
	OL_WL_GLOBALS_MAX = 32,  /* outputs and seats */
	OL_WL_SOCKETS_MAX = 512, /* connections to the compositor */
	OL_WL_CLIENTS_MAX = 256, /* processes that hold them */
	OL_WL_CLAIMS_MAX = 128,
	OL_WL_TEXT = 64,
	/* libwayland sends no message longer than its buffer, 4096 bytes. */
	OL_WL_MESSAGE_MAX = 4096,
};

/* What the names in a program's files say that it could do. */
enum {
	OL_WL_CAN_COPY = 1 << 0,   /* the screen */
	OL_WL_CAN_INJECT = 1 << 1, /* input */
};

/* ---- what the compositor offers ---- */

enum ol_wl_kind {
	OL_WL_OUTPUT,
	OL_WL_SEAT,
	OL_WL_COPY, /* a protocol for copying the screen */
};

struct ol_wl_global {
	enum ol_wl_kind kind;
	uint32_t name; /* the registry's */
	uint32_t id;   /* ours, once bound */
	int width;     /* of an output's current mode, in pixels */
	int height;
	char text[OL_WL_TEXT]; /* a seat's name */
};

/*
 * A connection as its messages have it, by "The Wayland Protocol", appendix A.
 * Zero it, then ol_wire_begin().
 */
struct ol_wire {
	struct ol_wl_global globals[OL_WL_GLOBALS_MAX];
	size_t n_globals;
	uint32_t last_id;
	uint32_t sync_id;
	unsigned syncs;
	bool is_complete;  /* all that was there at the beginning is known */
	bool is_cut;       /* there is more than could be kept */
	uint8_t out[2048]; /* what has to be sent */
	size_t n_out;
};

/* Ask for the registry. */
void ol_wire_begin(struct ol_wire *wire);
/*
 * Take the whole messages in bytes. Returns how many bytes that were, or
 * -EPROTO: not Wayland, or the compositor reports an error.
 */
int ol_wire_take(struct ol_wire *wire, const uint8_t *bytes, size_t size);
bool ol_wire_can_copy(const struct ol_wire *wire);

/* A connection. Zero it and set fd to -1 to begin with. */
struct ol_wl_link {
	int fd;
	struct ol_wire wire;
	uint8_t in[2 * OL_WL_MESSAGE_MAX];
	size_t n_in;
};

struct sockaddr_un;
/*
 * Where the compositor listens, by these variables of the environment. -ENOENT
 * if they name no place; -ENAMETOOLONG.
 */
int ol_wl_link_locate(const char *display, const char *directory,
                      struct sockaddr_un *ret);
/* Connect and ask for the registry, without waiting. 0 or -errno; then close. */
int ol_wl_link_open(struct ol_wl_link *link, const struct sockaddr_un *address);
void ol_wl_link_close(struct ol_wl_link *link);
/* Take what has come, and answer it. 0, or why the connection is lost. */
int ol_wl_link_receive(struct ol_wl_link *link);
/* The compositor's process, as the kernel knows it; 0 if it does not. */
int64_t ol_wl_link_peer(const struct ol_wl_link *link);

/* ---- lines of /proc ---- */

struct ol_mapping {
	uint64_t size;
	uint64_t inode;
	bool is_shared; /* and writable */
	bool is_code;
	const char *path; /* into the line, "" if none */
};
/* A line of /proc/PID/maps without its newline. 0 or -EBADMSG. */
int ol_text_mapping(const char *line, struct ol_mapping *ret);

struct ol_tcp {
	uint64_t inode;
	unsigned state; /* enum of <netinet/tcp.h> */
	uint16_t local_port;
	char peer[OL_WL_TEXT]; /* "address:port" */
};
/* A line of /proc/net/tcp or tcp6 without its newline. 0 or -EBADMSG. */
int ol_text_tcp(const char *line, struct ol_tcp *ret);
/* "socket:[N]" to N; 0 if it is anything else. */
uint64_t ol_text_socket(const char *link);
/* Which protocols bytes name; a name may go on behind them. */
unsigned ol_text_protocols(const char *bytes, size_t size);
enum { OL_WL_NAME_MAX = 40 }; /* bytes of the longest such name */

/* Whether a buffer of this size can hold the picture of such an output. */
bool ol_wl_is_picture(uint64_t size, int width, int height);

/* ---- who is connected ---- */

/* A program that holds connections to the compositor. */
struct ol_wl_client {
	int64_t pid;
	uint64_t start_time;
	char comm[OL_WL_TEXT];
	unsigned can;          /* what its files name */
	bool is_scanned;       /* they were looked at */
	bool is_portal;        /* PipeWire tells who receives what it copies */
	unsigned pictures;     /* shared buffers of the size of an output */
	bool is_listening;     /* on TCP */
	char peer[OL_WL_TEXT]; /* connected to where it listens, "" if none */
	bool was_copying;      /* in the look before this one */
};

struct ol_wl_socket {
	uint64_t inode;
	int64_t pid; /* 0: nobody's that we can look at */
	bool is_seen;
	unsigned tries;
};

/* A regular file, and what its content names. */
struct ol_wl_file {
	uint64_t device;
	uint64_t inode;
	int64_t size;
	int64_t modified_ns;
	unsigned can;
};

enum { OL_WL_FILES_MAX = 4096 }; /* a desktop's libraries are a thousand */

/*
 * What is known of the clients; it goes to the worker for a look, and comes
 * back. The worker reads the first members and writes the rest.
 */
struct ol_wl_scan {
	int root;           /* of the host's paths */
	uint64_t own_inode; /* our socket to the compositor */
	char name[112];     /* of its socket, by our end; size 0: not known */
	size_t name_size;
	int64_t own_pid;
	int64_t compositor;
	struct {
		int width, height;
	} outputs[OL_WL_GLOBALS_MAX];
	size_t n_outputs;

	struct ol_wl_socket sockets[OL_WL_SOCKETS_MAX];
	size_t n_sockets;
	struct ol_wl_client clients[OL_WL_CLIENTS_MAX];
	size_t n_clients;
	struct ol_wl_file files[OL_WL_FILES_MAX];
	size_t n_files;
	size_t next_file;
	size_t n_hidden; /* connections whose holders we cannot look at */
	bool is_cut;
	int error; /* of the kernel's list of sockets; 0 or -errno */
};

/*
 * Fill in who this process is; pid stays 0 if there is none, as where it lives
 * in another pid namespace.
 */
void ol_wl_client_identify(int root, int64_t pid, struct ol_wl_client *client);
/* Call each() with every number that names an entry of a directory. */
int ol_wl_each_number(int directory, const char *path,
                      void (*each)(void *data, int64_t number), void *data);
/* Bring up to date what a client holds. */
void ol_wl_client_look(struct ol_wl_scan *scan, struct ol_wl_client *client);
/* The job, on a struct ol_wl_scan: bring it up to date. */
void ol_wl_scan(void *job);
/*
 * Begin anew for this connection to a compositor. What is known of files
 * outlives a compositor; the rest does not.
 */
void ol_wl_scan_reset(struct ol_wl_scan *scan, int link, int64_t compositor);
void ol_wl_scan_set_outputs(struct ol_wl_scan *scan,
                            const struct ol_wire *wire);
/* The same's end. Takes NULL. */
void ol_wl_scan_free(void *job);
/*
 * What this mapped file of a process names. -errno if it cannot be read, or is
 * not the file that was mapped.
 */
int ol_wl_file_read(struct ol_wl_scan *scan, int64_t pid,
                    const struct ol_mapping *mapping, unsigned *ret);

/* ---- what it means ---- */

struct ol_wl_claim {
	const char *rule;
	uint64_t key;
	int64_t pid;
	uint64_t start_time;
	char who[OL_WL_TEXT];
	char peer[OL_WL_TEXT];
	char detail[OL_WL_TEXT];
};

struct ol_wl_claims {
	struct ol_wl_claim items[OL_WL_CLAIMS_MAX];
	size_t n;
};

/*
 * All of ret is set. Returns whether some client may only have taken one
 * picture, so that another look soon would tell.
 */
bool ol_wl_judge(const struct ol_wire *wire, struct ol_wl_client *clients,
                 size_t n_clients, const struct ol_wl_client *compositor,
                 struct ol_wl_claims *ret);

/*
 * Tell the host what has changed: new claims first, so that a capturer that goes
 * on is never nothing.
 */
void ol_wl_claims_update(struct ol_wl_claims *claims, struct ol_host *host,
                         const struct ol_wl_claims *now);

#endif
