#ifndef OL_NVIDIA_H
#define OL_NVIDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe.h"

/* What the files of the nvidia probe share. */

enum {
	NVIDIA_SESSIONS_MAX = 64, /* of all cards together */
	NVIDIA_CARDS_MAX = 16,
};

/* One capture or encoder session that the driver lists. */
struct nvidia_session {
	bool is_capture;
	uint32_t id;
	unsigned card;
	int64_t pid;
	uint64_t start_time; /* 0: not to be found */
	char name[64];
	unsigned width, height;
};

struct nvidia_scan {
	int root;

	enum onlooker_probe_state state;
	char reason[160];
	size_t count;
	struct nvidia_session sessions[NVIDIA_SESSIONS_MAX];
};

/* NVML: the library, and the few functions of it that are used. */
struct nvidia_library;

/*
 * Load and initialise it. Runs on the worker: it takes some 100 ms and may start
 * a helper. Returns NULL with a reason if that fails.
 */
struct nvidia_library *ol_nvidia_open(char *reason, size_t size);
void ol_nvidia_close(struct nvidia_library *library);
/* List the sessions of all cards; fills in state and reason. */
void ol_nvidia_list(struct nvidia_library *library, struct nvidia_scan *scan);

#endif
