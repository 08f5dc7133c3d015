#ifndef OL_PROC_H
#define OL_PROC_H

#include <stddef.h>
#include <stdint.h>

/* Files below /proc, taken apart. Pure. See proc(5). */

struct ol_proc_stat {
	char comm[64];       /* TASK_COMM_LEN is 16; kernel threads have more */
	uint64_t start_time; /* clock ticks since boot */
};

/*
 * The content of /proc/PID/stat, size bytes, not terminated. Returns 0, or
 * -EBADMSG if it is anything else.
 */
int ol_proc_parse_stat(const char *text, size_t size, struct ol_proc_stat *ret);

#endif
