#ifndef OL_X11_EVENT_H
#define OL_X11_EVENT_H

#include "x11_watch.h"

/* Act on an event of the stream. Returns 0, or -EPIPE if it was the last. */
int ol_x11_event_handle(struct x11_watch *watch, const struct x11_event *event);

#endif
