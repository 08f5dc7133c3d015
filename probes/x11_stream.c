/*
 * RECORD replies to events. Every length is checked here, because what a
 * client sends is recorded before the server has looked at it.
 */
#include "x11_stream.h"

#include <errno.h>
#include <string.h>

enum {
	HEADER = 32, /* of a reply */
	WORD = 4,

	CATEGORY_FROM_CLIENT = 1,
	CATEGORY_CLIENT_STARTED = 2,
	CATEGORY_CLIENT_DIED = 3,
	CATEGORY_END = 5,

	CORE_COPY_AREA = 62,
	CORE_COPY_PLANE = 63,
	CORE_GET_IMAGE = 73,
	CORE_KILL_CLIENT = 113,
	SHM_GET_IMAGE = 4,
	RENDER_CREATE_PICTURE = 4,
	RENDER_FREE_PICTURE = 7,
	RENDER_COMPOSITE = 8,
	RENDER_TRAPEZOIDS = 10,
	RENDER_TRIANGLES = 11,
	RENDER_TRI_STRIP = 12,
	RENDER_TRI_FAN = 13,
	RENDER_GLYPHS_8 = 23,
	RENDER_GLYPHS_16 = 24,
	RENDER_GLYPHS_32 = 25,
	COMPOSITE_NAME_PIXMAP = 6,
	XFIXES_CURSOR = 4,
	XFIXES_CURSOR_AND_NAME = 25,
	DAMAGE_CREATE = 1,
	DAMAGE_DESTROY = 2,
	RECORD_REGISTER = 2,
	RECORD_UNREGISTER = 3,
	RECORD_DISABLE = 6,
	RECORD_FREE = 7,
	TEST_VERSION = 0,
	TEST_COMPARE = 1,
	TEST_GRAB = 3,
};

/* Where a request keeps what we want, in bytes from its start; 0: nowhere. */
struct layout {
	uint8_t major;     /* of a core request */
	uint8_t extension; /* else, offset into struct x11_opcodes, plus one */
	uint8_t minor;
	uint8_t kind;
	uint8_t size; /* the least that the server accepts */
	uint8_t drawable;
	uint8_t id;
	uint8_t position;
	uint8_t extent;
};

#define EXTENSION(name) (offsetof(struct x11_opcodes, name) + 1)

static const struct layout layouts[] = {
	{ CORE_GET_IMAGE, 0, 0, X11_READ, 20, 4, 0, 8, 12 },
	{ CORE_COPY_AREA, 0, 0, X11_COPY, 28, 4, 8, 16, 24 },
	{ CORE_COPY_PLANE, 0, 0, X11_COPY, 32, 4, 8, 16, 24 },
	{ 0, EXTENSION(shm), SHM_GET_IMAGE, X11_READ, 32, 4, 0, 8, 12 },
	{ 0, EXTENSION(render), RENDER_CREATE_PICTURE, X11_CREATE_PICTURE, 20,
	  8, 4, 0, 0 },
	{ 0, EXTENSION(render), RENDER_FREE_PICTURE, X11_FREE_PICTURE, 8, 0, 4,
	  0, 0 },
	{ 0, EXTENSION(render), RENDER_COMPOSITE, X11_DRAW_PICTURE, 36, 12, 8,
	  20, 32 },
	/* What these cover is not worked out: no extent. */
	{ 0, EXTENSION(render), RENDER_TRAPEZOIDS, X11_DRAW_PICTURE, 24, 0, 8,
	  0, 0 },
	{ 0, EXTENSION(render), RENDER_TRIANGLES, X11_DRAW_PICTURE, 24, 0, 8, 0,
	  0 },
	{ 0, EXTENSION(render), RENDER_TRI_STRIP, X11_DRAW_PICTURE, 24, 0, 8, 0,
	  0 },
	{ 0, EXTENSION(render), RENDER_TRI_FAN, X11_DRAW_PICTURE, 24, 0, 8, 0,
	  0 },
	{ 0, EXTENSION(render), RENDER_GLYPHS_8, X11_DRAW_PICTURE, 28, 0, 8, 0,
	  0 },
	{ 0, EXTENSION(render), RENDER_GLYPHS_16, X11_DRAW_PICTURE, 28, 0, 8, 0,
	  0 },
	{ 0, EXTENSION(render), RENDER_GLYPHS_32, X11_DRAW_PICTURE, 28, 0, 8, 0,
	  0 },
	{ 0, EXTENSION(composite), COMPOSITE_NAME_PIXMAP, X11_NAME_PIXMAP, 12,
	  4, 8, 0, 0 },
	{ 0, EXTENSION(xfixes), XFIXES_CURSOR, X11_READ_POINTER, 4, 0, 0, 0,
	  0 },
	{ 0, EXTENSION(xfixes), XFIXES_CURSOR_AND_NAME, X11_READ_POINTER, 4, 0,
	  0, 0, 0 },
	{ 0, EXTENSION(damage), DAMAGE_CREATE, X11_CREATE_DAMAGE, 16, 8, 4, 0,
	  0 },
	{ 0, EXTENSION(damage), DAMAGE_DESTROY, X11_DESTROY_DAMAGE, 8, 0, 4, 0,
	  0 },
	{ CORE_KILL_CLIENT, 0, 0, X11_KILL, 8, 0, 4, 0, 0 },
	{ 0, EXTENSION(record), RECORD_REGISTER, X11_CHANGE_RECORD, 20, 0, 4, 0,
	  0 },
	{ 0, EXTENSION(record), RECORD_UNREGISTER, X11_CHANGE_RECORD, 12, 0, 4,
	  0, 0 },
	{ 0, EXTENSION(record), RECORD_DISABLE, X11_END_RECORD, 8, 0, 4, 0, 0 },
	{ 0, EXTENSION(record), RECORD_FREE, X11_END_RECORD, 8, 0, 4, 0, 0 },
	{ 0, EXTENSION(xtest), TEST_VERSION, X11_USE_TEST, 8, 0, 0, 0, 0 },
	{ 0, EXTENSION(xtest), TEST_COMPARE, X11_USE_TEST, 12, 0, 0, 0, 0 },
	{ 0, EXTENSION(xtest), TEST_GRAB, X11_USE_TEST, 8, 0, 0, 0, 0 },
};

enum { LAYOUTS = sizeof(layouts) / sizeof(layouts[0]) };

static uint16_t get16(const uint8_t *bytes, bool is_swapped)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return is_swapped ? __builtin_bswap16(value) : value;
}

static uint32_t get32(const uint8_t *bytes, bool is_swapped)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return is_swapped ? __builtin_bswap32(value) : value;
}

int ol_x11_stream_init(struct x11_stream *stream, const void *bytes,
                       size_t size, const struct x11_opcodes *opcodes)
{
	const uint8_t *reply = bytes;

	if (size < HEADER ||
	    size - HEADER != (size_t)get32(reply + 4, false) * WORD)
		return -EBADMSG;
	/* We ask for no element headers; their bits must be clear. */
	if (reply[8] != 0)
		return -EBADMSG;
	*stream = (struct x11_stream){
		.bytes = reply,
		.size = size,
		.at = HEADER,
		.opcodes = opcodes,
		.category = reply[1],
		.is_swapped = reply[9] != 0,
		.client = get32(reply + 12, false),
		.time_ms = get32(reply + 16, false),
	};
	return 0;
}

static bool is_of(const struct layout *layout, const uint8_t *request,
                  const struct x11_opcodes *opcodes)
{
	const uint8_t *majors = (const uint8_t *)opcodes;

	if (layout->extension == 0)
		return request[0] == layout->major;
	return request[0] != 0 && request[0] == majors[layout->extension - 1] &&
	       request[1] == layout->minor;
}

static const struct layout *find_layout(const uint8_t *request,
                                        const struct x11_opcodes *opcodes)
{
	for (int i = 0; i < LAYOUTS; i++) {
		if (is_of(&layouts[i], request, opcodes))
			return &layouts[i];
	}
	return NULL;
}

/* skip: what a BIG-REQUESTS length puts between the header and the rest. */
static void read_request(const struct x11_stream *stream,
                         const struct layout *layout, const uint8_t *request,
                         size_t skip, struct x11_event *ret)
{
	const uint8_t *fields = request + skip;
	bool swap = stream->is_swapped;

	*ret = (struct x11_event){
		.kind = layout->kind,
		.client = stream->client,
		.time_ms = stream->time_ms,
	};
	if (layout->drawable != 0)
		ret->drawable = get32(fields + layout->drawable, swap);
	if (layout->id != 0)
		ret->id = get32(fields + layout->id, swap);
	if (layout->position != 0) {
		ret->x = (int16_t)get16(fields + layout->position, swap);
		ret->y = (int16_t)get16(fields + layout->position + 2, swap);
		ret->width = get16(fields + layout->extent, swap);
		ret->height = get16(fields + layout->extent + 2, swap);
	}
}

static int next_request(struct x11_stream *stream, struct x11_event *ret)
{
	while (stream->at < stream->size) {
		const uint8_t *request = stream->bytes + stream->at;
		size_t left = stream->size - stream->at;
		const struct layout *layout;
		size_t length, skip = 0;

		if (left < WORD)
			return -EBADMSG;
		length = get16(request + 2, stream->is_swapped);
		if (length == 0) {
			if (left < 2 * WORD)
				return -EBADMSG;
			length = get32(request + WORD, stream->is_swapped);
			skip = WORD;
		}
		length *= WORD;
		if (length < WORD + skip || length > left)
			return -EBADMSG;
		stream->at += length;
		layout = find_layout(request, stream->opcodes);
		if (layout == NULL || length < layout->size + skip)
			continue;
		read_request(stream, layout, request, skip, ret);
		return 1;
	}
	return 0;
}

int ol_x11_stream_next(struct x11_stream *stream, struct x11_event *ret)
{
	enum x11_event_kind kind;

	switch (stream->category) {
	case CATEGORY_FROM_CLIENT:
		return next_request(stream, ret);
	case CATEGORY_CLIENT_STARTED:
		kind = X11_CLIENT_STARTED;
		break;
	case CATEGORY_CLIENT_DIED:
		kind = X11_CLIENT_DIED;
		break;
	case CATEGORY_END:
		kind = X11_END;
		break;
	default:
		return 0;
	}
	/* These carry one event each, whatever data comes with it. */
	if (stream->at == SIZE_MAX)
		return 0;
	stream->at = SIZE_MAX;
	*ret = (struct x11_event){ .kind = kind,
		                   .client = stream->client,
		                   .time_ms = stream->time_ms };
	return 1;
}
