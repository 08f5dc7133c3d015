/* Which sockets a process of our user holds: the links in /proc/PID/fd. */
#include "socket.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

/* "socket:[12345]", or 0. */
static uint32_t inode_of(int directory, const char *name)
{
	char text[64];
	ssize_t n = readlinkat(directory, name, text, sizeof(text) - 1);

	if (n < 8)
		return 0;
	text[n] = '\0';
	return strncmp(text, "socket:[", 8) == 0
	               ? (uint32_t)strtoul(text + 8, NULL, 10)
	               : 0;
}

static int add(struct ol_inodes *inodes, uint32_t inode)
{
	uint32_t *items;

	if (inodes->count % 32 == 0) {
		items = realloc(inodes->items,
		                (inodes->count + 32) * sizeof(*items));
		if (items == NULL)
			return -ENOMEM;
		inodes->items = items;
	}
	inodes->items[inodes->count++] = inode;
	return 0;
}

int ol_inodes_read(struct ol_host *host, int64_t pid, struct ol_inodes *ret)
{
	struct ol_inodes inodes = { .count = 0 };
	const struct dirent *entry;
	char path[48];
	DIR *directory;
	int fd, seen = 0;
	int r = 0;

	*ret = inodes;
	snprintf(path, sizeof(path), "/proc/%lld/fd", (long long)pid);
	fd = ol_open(host, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return 0;
	directory = fdopendir(fd);
	if (directory == NULL) {
		(void)close(fd); /* nothing was written */
		return -ENOMEM;
	}
	while (r == 0 && seen++ < OL_INODES_MAX &&
	       (entry = readdir(directory)) != NULL) {
		uint32_t inode = inode_of(fd, entry->d_name);

		if (inode != 0)
			r = add(&inodes, inode);
	}
	(void)closedir(directory); /* nothing was written */
	if (r < 0) {
		ol_inodes_finish(&inodes);
		return r;
	}
	if (inodes.count > 0)
		qsort(inodes.items, inodes.count, sizeof(inodes.items[0]),
		      compare);
	*ret = inodes;
	return 0;
}

void ol_inodes_finish(struct ol_inodes *inodes)
{
	free(inodes->items);
	*inodes = (struct ol_inodes){ .count = 0 };
}

bool ol_inodes_have(const struct ol_inodes *inodes, uint32_t inode)
{
	return inode != 0 && inodes->count > 0 &&
	       bsearch(&inode, inodes->items, inodes->count, sizeof(inode),
	               compare) != NULL;
}

/* The inode of a network namespace; 0 if we may not know. */
static uint64_t namespace_of(struct ol_host *host, const char *path)
{
	struct stat status;
	int fd = ol_open(host, path, O_PATH);
	int r;

	if (fd < 0)
		return 0;
	r = fstat(fd, &status);
	(void)close(fd); /* nothing was written */
	return r == 0 ? status.st_ino : 0;
}

bool ol_is_elsewhere(struct ol_host *host, int64_t pid)
{
	uint64_t ours = namespace_of(host, "/proc/self/ns/net");
	uint64_t theirs;
	char path[48];

	snprintf(path, sizeof(path), "/proc/%lld/ns/net", (long long)pid);
	theirs = namespace_of(host, path);
	return ours != 0 && theirs != 0 && ours != theirs;
}
