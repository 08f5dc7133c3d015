#ifndef OL_SYSFS_H
#define OL_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Small files of /sys and /proc. Paths are relative to a directory descriptor
 * of ol_open()'s. For use on the worker too: nothing here needs a host.
 */

enum {
	/* Entries of a directory that are looked at; the rest is left out. */
	OL_SYSFS_ENTRIES_MAX = 4096,
	OL_SYSFS_PATH_MAX = 512,
};

/* Up to size bytes. Returns how many, or -errno. */
ssize_t ol_sysfs_read(int directory, const char *path, void *bytes,
                      size_t size);
/*
 * The first line, without trailing blanks, cut to size. Returns 0 or -errno;
 * text is then "".
 */
int ol_sysfs_text(int directory, const char *path, char *text, size_t size);
/* A number of this base at the start of a file. 0, -EBADMSG or -errno. */
int ol_sysfs_number(int directory, const char *path, int base, uint32_t *ret);
/* Where a symbolic link points. 0 or -errno; text is then "". */
int ol_sysfs_link(int directory, const char *path, char *text, size_t size);
bool ol_sysfs_exists(int directory, const char *path);

/*
 * Call visit() with each name in a directory but "." and "..", until it returns
 * false. 0 or -errno.
 */
int ol_sysfs_list(int directory, const char *path,
                  bool (*visit)(void *userdata, const char *name),
                  void *userdata);

/* Join up to OL_SYSFS_PATH_MAX bytes: "a/b". False if it does not fit. */
bool ol_sysfs_join(char path[OL_SYSFS_PATH_MAX], const char *a, const char *b);

/* Whether this machine says that it is a virtual one (DMI, device tree). */
bool ol_sysfs_is_virtual_machine(int root);

#endif
