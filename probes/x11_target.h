#ifndef OL_X11_TARGET_H
#define OL_X11_TARGET_H

#include "x11_watch.h"

/* Whether a drawable belongs to the server itself: a root or the overlay. */
bool ol_x11_target_is_screen(const struct x11_watch *watch, uint32_t drawable);

/* Whether a client is the compositor, or another connection of it. */
bool ol_x11_target_is_compositor(const struct x11_watch *watch,
                                 const struct x11_client *client);

/*
 * What a client sees when it reads this drawable. Returns false if that is
 * nothing but its own.
 */
bool ol_x11_target_find(const struct x11_watch *watch,
                        const struct x11_client *client, uint32_t drawable,
                        enum x11_target *ret);

/*
 * The same for one that is a picture of something else: what that is. Pictures
 * of its own making count as one, whichever pixmap they are in.
 */
uint32_t ol_x11_target_source(const struct x11_watch *watch,
                              const struct x11_client *client,
                              uint32_t drawable, enum x11_target target);

#endif
