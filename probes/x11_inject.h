#ifndef OL_X11_INJECT_H
#define OL_X11_INJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "x11_watch.h"

/*
 * Input that programs inject, and whose it is: claimed without knowing what it
 * was. Who has used XTEST since we look is able to; so may be who read the
 * screen before. Named is whoever alone is.
 */

/* A client has used XTEST, be it only to ask for its version. */
void ol_x11_inject_note(struct x11_client *client);
/* A client has ended. */
void ol_x11_inject_gone(struct x11_watch *watch,
                        const struct x11_client *client);

/* Take an event; false if it is none of ours. Flush later. */
bool ol_x11_inject_event(struct x11_watch *watch, const void *event);
/* Take an answer to X11_ASK_COUNTER, and claim what it tells. */
void ol_x11_inject_answer(struct x11_watch *watch,
                          const struct x11_answer *answer);
/* Do what is due. Flush later. */
void ol_x11_inject_tick(struct x11_watch *watch);
/* When the next tick is due, in our time; 0: never. */
uint64_t ol_x11_inject_deadline(const struct x11_watch *watch);

#endif
