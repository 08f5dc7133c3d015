#ifndef OL_TOOL_H
#define OL_TOOL_H

#include "catalogue.h"

/*
 * The programs of the catalogue that run, for the probes that judge them; each
 * probe has a table of its own. Belongs to its host's thread.
 *
 *  tool.c       which processes there are, and which are new
 *  tool_look.c  one process, read from /proc
 *  tool_tie.c   pure: whose screen it is about
 */

/* Whose screen a program is about. */
enum ol_tie {
	OL_TIE_UNKNOWN,
	OL_TIE_OURS,
	OL_TIE_OTHER,
};

/* The displays of a process or of ours. Empty: it has none. */
struct ol_screens {
	char x11[64];     /* "[HOST]:NUMBER", no screen */
	char wayland[64]; /* the last part of the socket's path */
};

/* A running program. */
struct ol_run {
	int64_t pid;
	uint64_t start_time; /* clock ticks since boot */
	const struct ol_tool_process *process;
	char comm[OL_COMM_SIZE];
	bool is_open; /* we may look into it: it is of our user */
	uint32_t uid; /* of its files in /proc */
	enum ol_tie tie;
	uint64_t cgroup; /* id of its control group; 0: unknown, or the root */
	uint64_t serial; /* of this table, never used twice */
};

struct ol_tool_table;

enum {
	/* Of known programs at once; a desktop has some three. */
	OL_RUNS_MAX = 256,
};

/*
 * Watch processes. `gone` is called right before a run leaves the table, from
 * ol_tool_table_poll() or, where the kernel tells the end of a process, from the
 * loop; not from ol_tool_table_free(). `executed` is called from the loop when a
 * known program may just have been started: time for a poll.
 *
 * Returns 0 and sets *ret; -ENOENT without /proc; -ENOMEM; -errno.
 */
struct ol_tool_watch {
	void (*gone)(void *data, const struct ol_run *run);
	void (*executed)(void *data);
	void *data;
};
int ol_tool_table_new(struct ol_host *host, const struct ol_tool_watch *watch,
                      struct ol_tool_table **ret);
struct ol_tool_table *ol_tool_table_free(struct ol_tool_table *table);

/*
 * See what has changed: microseconds when nothing was started. Returns whether
 * the table did, or -errno.
 */
int ol_tool_table_poll(struct ol_tool_table *table);
size_t ol_tool_table_count(const struct ol_tool_table *table);
/* Good until the next change. */
const struct ol_run *ol_tool_table_get(const struct ol_tool_table *table,
                                       size_t index);
/* Whether there were more runs than fit. */
bool ol_tool_table_is_full(const struct ol_tool_table *table);
/* Whether other users' processes are kept from us (hidepid). */
bool ol_tool_table_is_blind(const struct ol_tool_table *table);

/* ---- one process ---- */

enum ol_look {
	OL_LOOK_GONE,
	OL_LOOK_OTHER, /* no program of the catalogue */
	OL_LOOK_TOOL,
};

/*
 * Read a process; fills pid, start_time and comm, and the rest of `ret` if it is
 * a tool. `known` may be a run of this pid, or a mere pid, start_time and comm,
 * which is not read again if it is still the same.
 */
enum ol_look ol_tool_look(struct ol_host *host,
                          const struct ol_catalogue *catalogue, int64_t pid,
                          const struct ol_run *known, struct ol_run *ret);

/*
 * Whether a process is worth a look, for a fifth of what that costs: by its name
 * and its executable's. `proc` is /proc. One that cannot be read is.
 */
bool ol_tool_is_likely(const struct ol_catalogue *catalogue, int proc,
                       int64_t pid);

/* ---- pure ---- */

/* Ours or another's, from variables' values, which may be NULL. */
void ol_screens_set(struct ol_screens *screens, const char *display,
                    const char *wayland_display);
/* The same from /proc/PID/environ. */
void ol_screens_parse(struct ol_screens *screens, const char *environ,
                      size_t size);
/* What the arguments say goes before what the environment does. */
void ol_screens_apply(struct ol_screens *screens, enum ol_tool_display display,
                      const char *argv, size_t size);
enum ol_tie ol_screens_compare(const struct ol_screens *ours,
                               const struct ol_screens *theirs);
/*
 * A program of which this is the tie, and who runs it: an X server lets in whom
 * it likes, but the socket of a Wayland compositor, and PipeWire's, are in a
 * folder of its user's alone (XDG Base Directory Specification), and root's.
 */
enum ol_tie ol_screens_reach(const struct ol_screens *ours, enum ol_tie tie,
                             uint32_t their_uid, uint32_t our_uid);
/* The number of an X display ("10" of ":10" or "localhost:10.0"), or -1. */
int ol_display_number(const char *display);

#endif
