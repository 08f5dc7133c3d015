#ifndef OL_X11_TAMPER_H
#define OL_X11_TAMPER_H

#include "x11_watch.h"

/*
 * Any client may look up our RECORD context and change or end it, or have the
 * server end one of our connections. Each is recorded before it takes effect,
 * and the server sends what it has recorded before it ends a connection.
 */

/* A request that would change a context or end a client. */
void ol_x11_tamper_see(struct x11_watch *watch, struct x11_client *client,
                       const struct x11_event *event);
/* Tell of it once it is known which process it was. */
void ol_x11_tamper_tell(struct x11_watch *watch, struct x11_client *client);
/*
 * Go on after the recording was ended by it: former is that of the watch
 * before, and its telling is made up for.
 */
void ol_x11_tamper_resume(struct x11_watch *watch,
                          const struct x11_tamper *former);
/* Tell of somebody who ended the recording without being seen. */
void ol_x11_tamper_tell_unseen(struct ol_host *host);

#endif
