#ifndef OL_X11_INPUT_H
#define OL_X11_INPUT_H

#include <xcb/xcb.h>

#include "x11_device.h"

/* The input devices of our server. */
struct x11_inputs {
	struct x11_device devices[X11_DEVICES_MAX];
	int count;
};

/* List them; blocks, and belongs on the worker. */
void ol_x11_inputs_open(struct x11_inputs *inputs, xcb_connection_t *connection,
                        xcb_window_t root);

#endif
