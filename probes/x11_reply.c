/* Replies of the X server with lists of lists, taken apart. */
#include "x11_reply.h"

#include <errno.h>
#include <string.h>

enum {
	HEADER = 32,    /* of a reply */
	CLIENT_ID = 12, /* client, mask, length in bytes of what follows */
	LOCAL_CLIENT_PID = 2,
	MONITOR = 24, /* without the list of its outputs */
	OUTPUT = 4,
};

static uint16_t get16(const uint8_t *bytes)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static uint32_t get32(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

int ol_x11_reply_client_ids(const void *bytes, size_t size,
                            struct x11_client_id *ret, int max)
{
	const uint8_t *reply = bytes;
	size_t at = HEADER;
	uint32_t count;
	int n = 0;

	if (size < HEADER)
		return -EBADMSG;
	count = get32(reply + 8);
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *entry = reply + at;
		uint32_t length;

		if (size - at < CLIENT_ID)
			return -EBADMSG;
		length = get32(entry + 8);
		at += CLIENT_ID;
		if (length > size - at)
			return -EBADMSG;
		at += length;
		if (!(get32(entry + 4) & LOCAL_CLIENT_PID))
			continue;
		if (n < max)
			ret[n] = (struct x11_client_id){
				.client = get32(entry),
				.pid = length >= 4 ? get32(entry + CLIENT_ID)
				                   : 0,
			};
		n++;
	}
	return n;
}

int ol_x11_reply_monitors(const void *bytes, size_t size,
                          struct x11_layout *layout, uint32_t *ret_name)
{
	const uint8_t *reply = bytes;
	struct x11_rectangle monitors[X11_MONITORS_MAX];
	size_t at = HEADER;
	uint32_t count, name = 0;
	int n = 0;

	if (size < HEADER)
		return -EBADMSG;
	count = get32(reply + 12);
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *monitor = reply + at;
		size_t outputs;

		if (size - at < MONITOR)
			return -EBADMSG;
		outputs = (size_t)get16(monitor + 6) * OUTPUT;
		at += MONITOR;
		if (outputs > size - at)
			return -EBADMSG;
		at += outputs;
		if (i == 0)
			name = get32(monitor);
		if (n == X11_MONITORS_MAX || get16(monitor + 12) == 0 ||
		    get16(monitor + 14) == 0)
			continue;
		monitors[n++] = (struct x11_rectangle){
			.x = (int16_t)get16(monitor + 8),
			.y = (int16_t)get16(monitor + 10),
			.width = get16(monitor + 12),
			.height = get16(monitor + 14),
		};
	}
	memcpy(layout->monitors, monitors, (size_t)n * sizeof(monitors[0]));
	layout->count = n;
	*ret_name = name;
	return 0;
}
