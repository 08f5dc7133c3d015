#ifndef OL_UTIL_H
#define OL_UTIL_H

#include <stdlib.h>
#include <unistd.h>

/* Owned locals: released when they leave their scope. */
#define OL_CLEANUP(function) __attribute__((cleanup(function)))

static inline void ol_freep(void *pointer)
{
	free(*(void **)pointer);
}

#define OL_FREE OL_CLEANUP(ol_freep)

static inline void ol_close(int fd)
{
	if (fd >= 0)
		(void)close(fd); /* nothing was written: nothing can be lost */
}

#endif
