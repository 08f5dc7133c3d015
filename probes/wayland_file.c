/*
 * Which protocols a program's files name. A file is read once, for as long as it
 * does not change. On the worker.
 */
#include "wayland.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CHUNK = 1 << 20,
	/* The largest programs, browsers, have 250 MB. */
	FILE_MAX = 1 << 29,
};

static int read_names(int fd, unsigned *ret)
{
	char *buffer = malloc(CHUNK);
	size_t kept = 0;
	int64_t total = 0;
	unsigned can = 0;
	ssize_t n;

	if (buffer == NULL)
		return -ENOMEM;
	/* Read, not mapped: a file that is cut meanwhile would kill us. */
	while (total < FILE_MAX &&
	       (n = read(fd, buffer + kept, CHUNK - kept)) > 0) {
		size_t size = kept + (size_t)n;

		can |= ol_text_protocols(buffer, size);
		kept = size < OL_WL_NAME_MAX ? size : OL_WL_NAME_MAX;
		memmove(buffer, buffer + size - kept, kept);
		total += n;
	}
	free(buffer);
	*ret = can;
	return 0;
}

static struct ol_wl_file file_of(const struct stat *status)
{
	return (struct ol_wl_file){
		.device = status->st_dev,
		.inode = status->st_ino,
		.size = status->st_size,
		.modified_ns = status->st_mtim.tv_sec * INT64_C(1000000000) +
		               status->st_mtim.tv_nsec,
	};
}

static const struct ol_wl_file *find(const struct ol_wl_scan *scan,
                                     const struct ol_wl_file *file)
{
	for (size_t i = 0; i < scan->n_files; i++) {
		const struct ol_wl_file *known = &scan->files[i];

		if (known->inode == file->inode &&
		    known->device == file->device &&
		    known->size == file->size &&
		    known->modified_ns == file->modified_ns)
			return known;
	}
	return NULL;
}

static int look_up(struct ol_wl_scan *scan, int fd, uint64_t inode,
                   unsigned *ret)
{
	const struct ol_wl_file *known;
	struct ol_wl_file file;
	struct stat status;
	int r;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode) || status.st_ino != inode)
		return -ESTALE;
	file = file_of(&status);
	known = find(scan, &file);
	if (known != NULL) {
		*ret = known->can;
		return 0;
	}
	r = read_names(fd, &file.can);
	if (r < 0)
		return r;
	*ret = file.can;
	scan->files[scan->next_file] = file;
	scan->next_file = (scan->next_file + 1) % OL_WL_FILES_MAX;
	if (scan->n_files < OL_WL_FILES_MAX)
		scan->n_files++;
	return 0;
}

static int try_path(struct ol_wl_scan *scan, const char *path, uint64_t inode,
                    unsigned *ret)
{
	int fd = ol_open_at(scan->root, path, O_RDONLY);
	int r;

	if (fd < 0)
		return fd;
	r = look_up(scan, fd, inode, ret);
	(void)close(fd);
	return r;
}

int ol_wl_file_read(struct ol_wl_scan *scan, int64_t pid,
                    const struct ol_mapping *mapping, unsigned *ret)
{
	char path[4096 + 64];
	int r;

	/* A sandbox has files of its own below its root. */
	snprintf(path, sizeof(path), "proc/%" PRId64 "/root%s", pid,
	         mapping->path);
	r = try_path(scan, path, mapping->inode, ret);
	if (r == 0)
		return 0;
	/* What was replaced on disk is still there as what runs. */
	snprintf(path, sizeof(path), "proc/%" PRId64 "/exe", pid);
	return try_path(scan, path, mapping->inode, ret);
}
