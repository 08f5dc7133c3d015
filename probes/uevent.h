#ifndef OL_UEVENT_H
#define OL_UEVENT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The kernel's messages about devices (netlink(7), NETLINK_KOBJECT_UEVENT, group
 * 1). A hint to look again, no more: whoever may send to the group may lie, and
 * a container is sent none.
 */

/* A socket that is readable when there are some, or -errno. */
int ol_uevent_open(void);

/*
 * Take what is there, up to a bound. Returns 1 if one of these subsystems (NULL
 * at the end) was named or messages were lost, 0 if not, or -errno when the
 * socket is of no more use.
 */
int ol_uevent_read(int fd, const char *const subsystems[]);

/* Whether a message says "SUBSYSTEM=one of these". Pure. */
bool ol_uevent_is_of(const char *message, size_t size,
                     const char *const subsystems[]);

#endif
