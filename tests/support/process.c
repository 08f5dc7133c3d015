/* Children for tests: started in a group of their own, never left behind. */
#include "tests/support/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

int program_exists(const char *name)
{
	const char *path = getenv("PATH");
	char *copy = strdup(path != NULL ? path : "/usr/bin:/bin");
	char *save = NULL;
	int found = 0;

	for (char *dir = strtok_r(copy, ":", &save); dir != NULL && !found;
	     dir = strtok_r(NULL, ":", &save)) {
		char full[4096];

		snprintf(full, sizeof(full), "%s/%s", dir, name);
		found = access(full, X_OK) == 0;
	}
	free(copy);
	return found;
}

static void become_child(const char *const argv[], const char *const env[],
                         int flags, int out)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (flags & (CHILD_QUIET | CHILD_OUTPUT)) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDIN_FILENO);
		if (flags & CHILD_QUIET)
			dup2(null, STDERR_FILENO);
		dup2(flags & CHILD_OUTPUT ? out : null, STDOUT_FILENO);
	}
	for (; env != NULL && *env != NULL; env++)
		putenv(strdup(*env));
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

int child_start(struct child *child, const char *const argv[],
                const char *const env[], int flags)
{
	int ends[2] = { -1, -1 };
	pid_t pid;

	child->pid = 0;
	child->out = -1;
	if (strchr(argv[0], '/') == NULL && !program_exists(argv[0]))
		return -ENOENT;
	if ((flags & CHILD_OUTPUT) && pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become_child(argv, env, flags, ends[1]);
	setpgid(pid, pid);
	if (ends[1] >= 0)
		close(ends[1]);
	child->pid = pid;
	child->out = ends[0];
	return 0;
}

static void child_close(struct child *child)
{
	if (child->out >= 0)
		close(child->out);
	child->pid = 0;
	child->out = -1;
}

int child_wait(struct child *child, int timeout_ms)
{
	int fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int status;
	int r = poll(&poll_fd, 1, timeout_ms);

	close(fd);
	if (r <= 0)
		return -ETIMEDOUT;
	waitpid(child->pid, &status, 0);
	child_close(child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int child_signal(const struct child *child, int number)
{
	return kill(-child->pid, number) < 0 ? -errno : 0;
}

void child_stop(struct child *child)
{
	pid_t group = child->pid;

	if (group <= 0)
		return;
	kill(-group, SIGCONT);
	kill(-group, SIGTERM);
	if (child_wait(child, 2000) == -ETIMEDOUT) {
		kill(-group, SIGKILL);
		(void)child_wait(child, -1);
	}
	kill(-group, SIGKILL);
}

int child_read_line(struct child *child, char *line, size_t size,
                    int timeout_ms)
{
	int end = now_ms() + timeout_ms;
	size_t length = 0;

	for (;;) {
		struct pollfd poll_fd = { .fd = child->out, .events = POLLIN };
		int left = end - now_ms();
		char byte;

		if (left <= 0 || poll(&poll_fd, 1, left) <= 0)
			return -ETIMEDOUT;
		if (read(child->out, &byte, 1) != 1)
			return -EPIPE;
		if (byte == '\n')
			break;
		if (length + 1 < size)
			line[length++] = byte;
	}
	line[length] = '\0';
	return 0;
}
