#ifndef OL_X11_LENS_H
#define OL_X11_LENS_H

#include "x11_watch.h"

/*
 * Reads, and what they go through: RENDER pictures, named pixmaps, and windows
 * of the reader's own. A window without a background keeps what it covers, and
 * the picture of a window has in it what lies over it (X Window System Protocol,
 * CreateWindow and GetImage).
 */

/* Before we judge what could be a compositor's business, know who that is. */
void ol_x11_lens_check(struct x11_watch *watch, struct x11_client *client);

/* A read, or copy, of what is no trifle. */
void ol_x11_lens_read(struct x11_watch *watch, struct x11_client *client,
                      const struct x11_event *event, enum x11_target target);

/* The client names a pixmap of a window. */
void ol_x11_lens_name(struct x11_watch *watch, struct x11_client *client,
                      const struct x11_event *event);

/* The client makes, frees, or draws with a picture. */
void ol_x11_lens_create(struct x11_watch *watch, struct x11_client *client,
                        const struct x11_event *event);
void ol_x11_lens_free(struct x11_client *client, const struct x11_event *event);
void ol_x11_lens_draw(struct x11_watch *watch, struct x11_client *client,
                      const struct x11_event *event);

/*
 * Whether what a client reads is a window of its own; target is then set. Asks
 * the server if that is not known: the answer makes up for the read.
 */
bool ol_x11_lens_find_own(struct x11_watch *watch, struct x11_client *client,
                          const struct x11_event *event, enum x11_target *ret);
void ol_x11_lens_answer(struct x11_watch *watch,
                        const struct x11_answer *answer);

#endif
