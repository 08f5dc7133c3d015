/*
 * A Wayland client that binds nothing but outputs and seats, and requests
 * nothing of them. Pure: bytes in, bytes out. The messages of the objects bound
 * carry no descriptors.
 */
#include "wayland.h"

#include <errno.h>
#include <string.h>

enum {
	DISPLAY_ID = 1,
	REGISTRY_ID = 2,
	HEADER = 8,
	/* Requests and events, in the order of wayland.xml. */
	DISPLAY_SYNC = 0,
	DISPLAY_GET_REGISTRY = 1,
	DISPLAY_ERROR = 0,
	REGISTRY_BIND = 0,
	REGISTRY_GLOBAL = 0,
	REGISTRY_GLOBAL_REMOVE = 1,
	OUTPUT_MODE = 1,
	OUTPUT_MODE_CURRENT = 1,
	SEAT_NAME = 1,
	SEAT_VERSION = 2, /* the first that has a name */
};

static const char *const copy_protocols[] = {
	"zwlr_screencopy_manager_v1",
	"ext_image_copy_capture_manager_v1",
	"zwlr_export_dmabuf_manager_v1",
};

/* ---- out ---- */

static void put_word(struct ol_wire *wire, uint32_t word)
{
	memcpy(wire->out + wire->n_out, &word, sizeof(word));
	wire->n_out += sizeof(word);
}

/* Whether a request of this size fits; the compositor takes them at once. */
static bool put_header(struct ol_wire *wire, uint32_t object, unsigned opcode,
                       size_t size)
{
	if (wire->n_out + size > sizeof(wire->out)) {
		wire->is_cut = true;
		return false;
	}
	put_word(wire, object);
	put_word(wire, (uint32_t)size << 16 | opcode);
	return true;
}

static void ask_sync(struct ol_wire *wire)
{
	if (!put_header(wire, DISPLAY_ID, DISPLAY_SYNC, HEADER + 4))
		return;
	wire->sync_id = ++wire->last_id;
	put_word(wire, wire->sync_id);
}

void ol_wire_begin(struct ol_wire *wire)
{
	wire->last_id = REGISTRY_ID;
	(void)put_header(wire, DISPLAY_ID, DISPLAY_GET_REGISTRY, HEADER + 4);
	put_word(wire, REGISTRY_ID);
	ask_sync(wire);
}

static void bind(struct ol_wire *wire, struct ol_wl_global *global,
                 const char *interface, uint32_t version)
{
	size_t length = strlen(interface) + 1;
	size_t padded = (length + 3) / 4 * 4;

	if (!put_header(wire, REGISTRY_ID, REGISTRY_BIND,
	                HEADER + 4 + 4 + padded + 4 + 4))
		return;
	put_word(wire, global->name);
	put_word(wire, (uint32_t)length);
	memset(wire->out + wire->n_out, 0, padded);
	memcpy(wire->out + wire->n_out, interface, length);
	wire->n_out += padded;
	put_word(wire, version);
	global->id = ++wire->last_id;
	put_word(wire, global->id);
}

/* ---- in ---- */

struct message {
	const uint8_t *at;
	const uint8_t *end;
};

static bool take_word(struct message *message, uint32_t *ret)
{
	if (message->end - message->at < 4)
		return false;
	memcpy(ret, message->at, 4);
	message->at += 4;
	return true;
}

static bool take_text(struct message *message, const char **ret)
{
	uint32_t length;
	size_t padded;

	if (!take_word(message, &length) || length == 0 ||
	    length > OL_WL_MESSAGE_MAX)
		return false;
	padded = ((size_t)length + 3) / 4 * 4;
	if ((size_t)(message->end - message->at) < padded ||
	    message->at[length - 1] != '\0')
		return false;
	*ret = (const char *)message->at;
	message->at += padded;
	return true;
}

static bool is_copy_protocol(const char *interface)
{
	for (size_t i = 0;
	     i < sizeof(copy_protocols) / sizeof(copy_protocols[0]); i++) {
		if (strcmp(copy_protocols[i], interface) == 0)
			return true;
	}
	return false;
}

static bool is_interesting(const char *interface, enum ol_wl_kind *ret)
{
	if (strcmp(interface, "wl_output") == 0)
		*ret = OL_WL_OUTPUT;
	else if (strcmp(interface, "wl_seat") == 0)
		*ret = OL_WL_SEAT;
	else if (is_copy_protocol(interface))
		*ret = OL_WL_COPY;
	else
		return false;
	return true;
}

static int on_global(struct ol_wire *wire, struct message *message)
{
	uint32_t name, version;
	struct ol_wl_global *global;
	const char *interface;
	enum ol_wl_kind kind;

	if (!take_word(message, &name) || !take_text(message, &interface) ||
	    !take_word(message, &version))
		return -EPROTO;
	if (!is_interesting(interface, &kind))
		return 0;
	if (wire->n_globals == OL_WL_GLOBALS_MAX) {
		wire->is_cut = true;
		return 0;
	}
	global = &wire->globals[wire->n_globals++];
	*global = (struct ol_wl_global){ .kind = kind, .name = name };
	if (kind == OL_WL_OUTPUT)
		bind(wire, global, interface, 1);
	else if (kind == OL_WL_SEAT && version >= SEAT_VERSION)
		bind(wire, global, interface, SEAT_VERSION);
	return 0;
}

static int on_global_remove(struct ol_wire *wire, struct message *message)
{
	uint32_t name;

	if (!take_word(message, &name))
		return -EPROTO;
	for (size_t i = 0; i < wire->n_globals; i++) {
		if (wire->globals[i].name != name)
			continue;
		wire->globals[i] = wire->globals[--wire->n_globals];
		break;
	}
	return 0;
}

static int on_mode(struct ol_wl_global *output, struct message *message)
{
	uint32_t flags, width, height;

	if (!take_word(message, &flags) || !take_word(message, &width) ||
	    !take_word(message, &height))
		return -EPROTO;
	if (flags & OUTPUT_MODE_CURRENT) {
		output->width = (int)width;
		output->height = (int)height;
	}
	return 0;
}

static int on_seat_name(struct ol_wl_global *seat, struct message *message)
{
	const char *name;

	if (!take_text(message, &name))
		return -EPROTO;
	memset(seat->text, 0, sizeof(seat->text));
	memcpy(seat->text, name, strnlen(name, sizeof(seat->text) - 1));
	return 0;
}

static struct ol_wl_global *find_bound(struct ol_wire *wire, uint32_t id)
{
	for (size_t i = 0; i < wire->n_globals; i++) {
		if (wire->globals[i].id == id)
			return &wire->globals[i];
	}
	return NULL;
}

static int on_message(struct ol_wire *wire, uint32_t object, unsigned opcode,
                      struct message *message)
{
	struct ol_wl_global *global;

	if (object == DISPLAY_ID)
		return opcode == DISPLAY_ERROR ? -EPROTO : 0;
	if (object == REGISTRY_ID) {
		if (opcode == REGISTRY_GLOBAL)
			return on_global(wire, message);
		return opcode == REGISTRY_GLOBAL_REMOVE
		               ? on_global_remove(wire, message)
		               : 0;
	}
	if (object == wire->sync_id) {
		/* The first answers the registry, the second what we bound. */
		if (++wire->syncs < 2)
			ask_sync(wire);
		else
			wire->is_complete = true;
		return 0;
	}
	global = find_bound(wire, object);
	if (global == NULL)
		return 0;
	if (global->kind == OL_WL_OUTPUT && opcode == OUTPUT_MODE)
		return on_mode(global, message);
	if (global->kind == OL_WL_SEAT && opcode == SEAT_NAME)
		return on_seat_name(global, message);
	return 0;
}

int ol_wire_take(struct ol_wire *wire, const uint8_t *bytes, size_t size)
{
	const uint8_t *at = bytes, *end = bytes + size;

	while (end - at >= HEADER) {
		struct message message;
		uint32_t head[2];
		size_t length;
		int r;

		memcpy(head, at, sizeof(head));
		length = head[1] >> 16;
		if (length < HEADER || length > OL_WL_MESSAGE_MAX)
			return -EPROTO;
		if ((size_t)(end - at) < length)
			break;
		message.at = at + HEADER;
		message.end = at + length;
		r = on_message(wire, head[0], head[1] & 0xffff, &message);
		if (r < 0)
			return r;
		at += length;
	}
	return (int)(at - bytes);
}

bool ol_wire_can_copy(const struct ol_wire *wire)
{
	for (size_t i = 0; i < wire->n_globals; i++) {
		if (wire->globals[i].kind == OL_WL_COPY)
			return true;
	}
	return false;
}
