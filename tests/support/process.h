#ifndef TEST_PROCESS_H
#define TEST_PROCESS_H

#include <signal.h>
#include <sys/types.h>

/* A child in a process group of its own that dies with the test. */
struct child {
	pid_t pid;
	int out; /* read end of its stdout, or -1 */
};

enum {
	CHILD_QUIET = 1 << 0,  /* stdout and stderr to /dev/null */
	CHILD_OUTPUT = 1 << 1, /* stdout into child->out */
};

/*
 * Run argv[0], found by PATH. env is a list of NAME=VALUE that is put over our
 * environment, or NULL. Returns 0 or -errno; -ENOENT if there is no such
 * program.
 */
int child_start(struct child *child, const char *const argv[],
                const char *const env[], int flags);
/* End it and its group, and wait for it. A child not started is ignored. */
void child_stop(struct child *child);
/* Send its whole group a signal. 0 or -errno. */
int child_signal(const struct child *child, int number);
/* Wait for its end. Returns its exit status, or 128 + signal, or -ETIMEDOUT. */
int child_wait(struct child *child, int timeout_ms);
/* Read a line of its stdout, without the newline. 0, -ETIMEDOUT or -EPIPE. */
int child_read_line(struct child *child, char *line, size_t size,
                    int timeout_ms);
/* Whether a program of this name is on PATH. */
int program_exists(const char *name);

#endif
