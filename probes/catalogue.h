#ifndef OL_CATALOGUE_H
#define OL_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe.h"

/*
 * What is known of programs that show, record or steer a screen, as data: files
 * in probes/catalogue/, built in, and one of the user's that adds to them (the
 * host reads it: see probe.h). The form is that of probes/catalogue/schema.json, explained in docs/catalogue.md.
 * Pure: bytes in, struct out.
 */

enum ol_tool_role {
	OL_TOOL_SERVER,   /* lets others see or use a screen */
	OL_TOOL_RECORDER, /* keeps or streams the picture */
	OL_TOOL_MIRROR,   /* sends the picture to a television or projector */
	OL_TOOL_INPUT,    /* lets others steer, without a picture */
	OL_TOOL_GATEWAY,  /* passes on the connection of somebody else */
	OL_TOOL_VIEWER,   /* shows the screen of another machine here */
	OL_TOOL_BENIGN,   /* looks like one of the above and is none */
};

enum ol_tool_shows {
	OL_SHOWS_SCREEN, /* a screen that is there without it */
	OL_SHOWS_SESSION, /* a screen of its own making, its sessions' only one */
};

/* How it is known that the data are right. */
enum ol_tool_proof {
	OL_PROOF_NONE,   /* general knowledge, never checked */
	OL_PROOF_SOURCE, /* read in its source or documents */
	OL_PROOF_SEEN,   /* the program was run and watched */
};

/* How peers come, bits. */
enum ol_tool_reach {
	OL_REACH_LISTEN = 1 << 0,  /* they connect to it */
	OL_REACH_REVERSE = 1 << 1, /* it can connect to them, then not listen */
	OL_REACH_RELAY = 1 << 2,   /* it is always connected to a relay */
};

/* Where to read which display a process shows. */
enum ol_tool_display {
	OL_DISPLAY_ENVIRONMENT, /* DISPLAY or WAYLAND_DISPLAY, as it was started */
	OL_DISPLAY_OPTION,      /* -display NAME, else the environment */
	OL_DISPLAY_ARGUMENT,    /* an argument ":NUMBER" */
};

enum {
	OL_CATALOGUE_TOOLS_MAX = 1024,
	OL_CATALOGUE_PROCESSES_MAX = 4096,
	OL_TOOL_LIST_MAX = 16, /* items of any list of a tool */
	OL_TOOL_TEXT_MAX = 200,
	OL_TOOL_NAME_MAX = 64, /* of names that appear in reports */
	OL_COMM_SIZE = 16,     /* TASK_COMM_LEN */
};

struct ol_tool;

/* A process by which a tool is known. */
struct ol_tool_process {
	const struct ol_tool *tool;
	const char *path; /* file name, or an absolute path; NULL: any */
	const char *exe;  /* its last part; NULL: any, the unit tells */
	char comm[OL_COMM_SIZE];
	const char *args[OL_TOOL_LIST_MAX]; /* all of them are given */
	size_t arg_count;
	enum onlooker_stage stage; /* what it means that this process runs */
};

struct ol_tool_port {
	uint16_t first;
	uint16_t last;
	bool is_udp;
};

/* Strings are owned by the catalogue. */
struct ol_tool {
	const char *name;
	enum ol_tool_role role;
	enum ol_tool_shows shows;
	enum ol_tool_display display;
	enum ol_tool_proof proof;
	unsigned reach; /* enum ol_tool_reach */
	const char *source;
	const char *units[OL_TOOL_LIST_MAX]; /* fnmatch(3) patterns */
	size_t unit_count;
	const char *flatpaks[OL_TOOL_LIST_MAX];
	size_t flatpak_count;
	const char *sockets[OL_TOOL_LIST_MAX]; /* UNIX; fnmatch(3) patterns */
	size_t socket_count;
	struct ol_tool_port ports[OL_TOOL_LIST_MAX];
	size_t port_count;
	size_t first_process;
	size_t process_count;
};

/* What can be known of a process; "" and 0 where nothing is. */
struct ol_command {
	const char *comm;
	const char *exe; /* path of its executable */
	const char
		*argv; /* /proc/PID/cmdline: each argument ends with a zero */
	size_t argv_size;
	const char *cgroup; /* path of its control group */
};

/* An empty catalogue, or NULL. */
struct ol_catalogue *ol_catalogue_new(void);

size_t ol_catalogue_tool_count(const struct ol_catalogue *catalogue);
const struct ol_tool *ol_catalogue_tool(const struct ol_catalogue *catalogue,
                                        size_t index);
/* The processes of a tool are process_count from its first_process. */
const struct ol_tool_process *
ol_catalogue_process(const struct ol_catalogue *catalogue, size_t index);

/*
 * Whether a process of this comm is worth a closer look: some tool has it, or
 * it is an interpreter, which hides what it runs.
 */
bool ol_catalogue_is_likely(const struct ol_catalogue *catalogue,
                            const char *comm);
/* Whether some tool has an executable of this file name. */
bool ol_catalogue_has_exe(const struct ol_catalogue *catalogue,
                          const char *exe);
/* Which process of which tool it is, or NULL. */
const struct ol_tool_process *
ol_catalogue_match(const struct ol_catalogue *catalogue,
                   const struct ol_command *command);
/* Whether peers of this tool come to this port, by what is listed. */
bool ol_tool_has_port(const struct ol_tool *tool, uint16_t port, bool is_udp);
/* Whether this is the name of a UNIX socket of the tool. */
bool ol_tool_has_socket(const struct ol_tool *tool, const char *path);

/* A built-in file. NULL-name terminated; made by cmake/embed.cmake. */
struct ol_catalogue_file {
	const char *name;
	const char *text;
	size_t size;
};
extern const struct ol_catalogue_file ol_catalogue_files[];

#endif
