/* The input devices of the X server, and nothing of what they send. */
#include "x11_input.h"

#include <stdlib.h>

#include <xcb/xinput.h>

enum { REPLY_HEADER = 32 };

void ol_x11_inputs_open(struct x11_inputs *inputs, xcb_connection_t *connection,
                        xcb_window_t root)
{
	const xcb_query_extension_reply_t *data =
		xcb_get_extension_data(connection, &xcb_input_id);
	xcb_input_list_input_devices_reply_t *reply;
	int n;

	(void)root;
	if (data == NULL || !data->present)
		return;
	reply = xcb_input_list_input_devices_reply(
		connection, xcb_input_list_input_devices(connection), NULL);
	if (reply == NULL)
		return;
	n = ol_x11_devices_read(reply, REPLY_HEADER + (size_t)reply->length * 4,
	                        inputs->devices, X11_DEVICES_MAX);
	inputs->count = n > 0 ? n : 0;
	free(reply);
}
