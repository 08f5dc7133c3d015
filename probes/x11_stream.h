#ifndef OL_X11_STREAM_H
#define OL_X11_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bytes of a RECORD EnableContext reply, taken apart into what programs
 * ask of the X server. Pure: no I/O, no allocation, no state but the position.
 *
 * Layouts: X Window System Protocol, appendix B (GetImage, CopyArea,
 * CopyPlane, KillClient); the MIT-SHM, RENDER, Composite, XFIXES, DAMAGE and
 * XTEST protocol documents; Record Extension Protocol, sections 3 and 4.
 */

/* Major opcodes differ from server to server; 0: not there. */
struct x11_opcodes {
	uint8_t shm;
	uint8_t render;
	uint8_t composite;
	uint8_t xfixes;
	uint8_t damage;
	uint8_t record;
	uint8_t xtest;
};

enum x11_event_kind {
	X11_CLIENT_STARTED,
	X11_CLIENT_DIED,
	X11_READ,           /* GetImage: drawable, rectangle */
	X11_COPY,           /* CopyArea, CopyPlane: from drawable to id */
	X11_CREATE_PICTURE, /* id is a RENDER picture of drawable */
	X11_FREE_PICTURE,   /* id */
	X11_DRAW_PICTURE,   /* id is the source, drawable the mask or 0 */
	X11_NAME_PIXMAP,    /* id is a pixmap of the window drawable */
	X11_READ_POINTER,   /* the pointer's picture */
	X11_CREATE_DAMAGE,  /* id reports changes of drawable */
	X11_DESTROY_DAMAGE, /* id */
	X11_CHANGE_RECORD,  /* what the RECORD context id records */
	X11_END_RECORD,     /* the RECORD context id is to end */
	X11_KILL,           /* an end for the client that made id */
	X11_USE_TEST,       /* asks XTEST for anything but to inject */
	X11_END,            /* the context was disabled: nothing follows */
};

struct x11_event {
	enum x11_event_kind kind;
	uint32_t client;  /* resource id base */
	uint32_t time_ms; /* of the server, wraps */
	uint32_t drawable;
	uint32_t id;
	int16_t x, y;
	uint16_t width, height;
};

/* A reply that is being taken apart. Its members are x11_stream.c's own. */
struct x11_stream {
	const uint8_t *bytes;
	size_t size;
	size_t at;
	const struct x11_opcodes *opcodes;
	uint8_t category;
	bool is_swapped;
	uint32_t client;
	uint32_t time_ms;
};

/*
 * Begin with a reply of size bytes, header included, in the byte order of this
 * machine; the requests within may have the other. Both pointers are borrowed.
 * Returns 0, or -EBADMSG if this is no such reply.
 */
int ol_x11_stream_init(struct x11_stream *stream, const void *bytes,
                       size_t size, const struct x11_opcodes *opcodes);

/*
 * The next event. Requests of other kinds, and those that are too short for
 * the server to accept, are passed over. Returns 1 and fills *ret; 0 at the
 * end; -EBADMSG if the rest makes no sense.
 */
int ol_x11_stream_next(struct x11_stream *stream, struct x11_event *ret);

#endif
