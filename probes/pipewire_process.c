/* Who a process is, from /proc. What it says of itself there is a name, no more. */
#include "pipewire.h"
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_stat(struct ol_host *host, int64_t pid, struct ol_process *ret)
{
	char path[48];
	char text[1024]; /* 52 fields of at most 20 digits, mostly far less */
	struct ol_proc_stat stat;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
	fd = ol_open(host, path, O_RDONLY);
	if (fd < 0)
		return -ESRCH;
	length = read(fd, text, sizeof(text));
	close(fd);
	if (length <= 0)
		return -ESRCH;
	if (ol_proc_parse_stat(text, (size_t)length, &stat) < 0)
		return -ESRCH;
	snprintf(ret->comm, sizeof(ret->comm), "%.15s", stat.comm);
	ret->start_time = stat.start_time;
	return 0;
}

/*
 * The executable's file name, and whether root alone can write the file: then
 * the program is what the system installed, unless its owner put code into it.
 */
static void read_binary(struct ol_host *host, int64_t pid,
                        struct ol_process *ret)
{
	char path[48];
	char target[4096];
	const char *name;
	struct stat status;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%lld/exe", (long long)pid);
	fd = ol_open(host, path, O_PATH | O_NOFOLLOW);
	if (fd < 0)
		return;
	length = readlinkat(fd, "", target, sizeof(target) - 1);
	close(fd);
	if (length <= 0)
		return;
	target[length] = '\0';
	name = strrchr(target, '/');
	name = name != NULL ? name + 1 : target;
	/* A name that has to be cut is none that we know. */
	if (strlen(name) < sizeof(ret->binary))
		strcpy(ret->binary, name);
	fd = ol_open(host, path, O_PATH);
	if (fd < 0)
		return;
	if (fstat(fd, &status) == 0)
		ret->is_trusted = status.st_uid == 0 &&
		                  (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
	close(fd);
}

int ol_process_find(struct ol_host *host, int64_t pid, struct ol_process *ret)
{
	struct ol_process process = { .pid = pid };

	if (read_stat(host, pid, &process) < 0)
		return -ESRCH;
	read_binary(host, pid, &process);
	*ret = process;
	return 0;
}
