/* Who a process is, from /proc. What it says of itself there is a name, no more. */
#include "pipewire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int ol_process_parse_stat(const char *text, size_t length,
                          struct ol_process *ret)
{
	/* The name may hold anything, so the last parenthesis ends it. */
	const char *open = memchr(text, '(', length);
	const char *close = memrchr(text, ')', length);
	const char *end = text + length;
	uint64_t start_time = 0;
	size_t size;
	int field = 2;

	if (open == NULL || close == NULL || close < open)
		return -EINVAL;
	for (text = close + 1; text < end && field < 22; text++)
		field += *text == ' ';
	if (field < 22 || text == end || *text < '0' || *text > '9')
		return -EINVAL;
	for (; text < end && *text >= '0' && *text <= '9'; text++) {
		if (start_time > UINT64_MAX / 10 - 1)
			return -EINVAL;
		start_time = start_time * 10 + (uint64_t)(*text - '0');
	}
	size = (size_t)(close - open - 1);
	if (size >= sizeof(ret->comm))
		size = sizeof(ret->comm) - 1;
	memset(ret->comm, 0, sizeof(ret->comm));
	memcpy(ret->comm, open + 1, size);
	ret->start_time = start_time;
	return 0;
}

static int read_stat(struct ol_host *host, int64_t pid, struct ol_process *ret)
{
	char path[48];
	char text[1024]; /* 52 fields of at most 20 digits, mostly far less */
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
	return ol_process_parse_stat(text, (size_t)length, ret);
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
