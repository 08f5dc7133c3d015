#ifndef OL_UNIX_DIAG_H
#define OL_UNIX_DIAG_H

#include <stddef.h>
#include <stdint.h>

/* An end of a Unix socket. */
struct ol_unix {
	uint64_t inode;
	uint64_t peer; /* 0: none */
	char name[112];
	size_t name_size; /* 0: none; may begin with a zero byte */
};
/*
 * An answer of sock_diag, one or more netlink messages: calls found() for each
 * socket. Returns 0, 1 if that was the last, -EBADMSG or the kernel's -errno.
 */
int ol_diag_parse(const void *bytes, size_t size,
                  void (*found)(void *data, const struct ol_unix *end),
                  void *data);
/* All connected Unix sockets of this network namespace. 0 or -errno. */
int ol_diag_list(void (*found)(void *data, const struct ol_unix *end),
                 void *data);

#endif
