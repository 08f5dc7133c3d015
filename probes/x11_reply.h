#ifndef OL_X11_REPLY_H
#define OL_X11_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "x11_area.h"

/*
 * Replies of variable length, read with every length checked: XCB's own
 * iterators trust what the server says. Pure. Sources: the X-Resource 1.2
 * protocol document (QueryClientIds), the RandR 1.5 one (GetMonitors).
 */

struct x11_client_id {
	uint32_t client; /* resource id base */
	uint32_t pid;    /* 0: unknown */
};

/*
 * The clients in a QueryClientIds reply of size bytes, header included. Returns
 * how many there are, at most max of which are in ret; or -EBADMSG.
 */
int ol_x11_reply_client_ids(const void *bytes, size_t size,
                            struct x11_client_id *ret, int max);

/*
 * The monitors in a GetMonitors reply, into layout->monitors. Returns 0 or
 * -EBADMSG. *ret_name is the atom of the first one's name, 0 if there is none.
 */
int ol_x11_reply_monitors(const void *bytes, size_t size,
                          struct x11_layout *layout, uint32_t *ret_name);

#endif
