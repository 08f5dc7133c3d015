/* A HID report descriptor. Bytes in, struct out, no I/O. */
#include "hid.h"

#include <errno.h>
#include <string.h>

enum {
	/*
	 * Real descriptors nest four deep and push once; the kernel gives up at
	 * four pushes (HID_GLOBAL_STACK_SIZE).
	 */
	DEPTH_MAX = 32,
	STACK_MAX = 8,
	/* Usages of one main item that are told apart; X and Y come early. */
	USAGES_MAX = 32,

	TYPE_MAIN = 0,
	TYPE_GLOBAL = 1,
	TYPE_LOCAL = 2,

	MAIN_INPUT = 8,
	MAIN_COLLECTION = 10,
	MAIN_END_COLLECTION = 12,
	GLOBAL_USAGE_PAGE = 0,
	GLOBAL_PUSH = 10,
	GLOBAL_POP = 11,
	LOCAL_USAGE = 0,
	LOCAL_USAGE_MINIMUM = 1,
	LOCAL_USAGE_MAXIMUM = 2,

	INPUT_IS_CONSTANT = 1 << 0,
	INPUT_IS_RELATIVE = 1 << 2,
	COLLECTION_APPLICATION = 1,
	LONG_ITEM = 0xfe,

	PAGE_DESKTOP = 0x01,
	PAGE_KEYBOARD = 0x07,
	PAGE_DIGITIZER = 0x0d,
};

/* Usages with their page in the upper half. */
enum {
	POINTER = PAGE_DESKTOP << 16 | 0x01,
	MOUSE = PAGE_DESKTOP << 16 | 0x02,
	JOYSTICK = PAGE_DESKTOP << 16 | 0x04,
	GAME_PAD = PAGE_DESKTOP << 16 | 0x05,
	KEYBOARD = PAGE_DESKTOP << 16 | 0x06,
	KEYPAD = PAGE_DESKTOP << 16 | 0x07,
	AXIS_X = PAGE_DESKTOP << 16 | 0x30,
	AXIS_Y = PAGE_DESKTOP << 16 | 0x31,
};

struct item {
	unsigned type;
	unsigned tag;
	size_t size;
	uint32_t value;
};

struct parser {
	struct ol_hid found;
	uint32_t page;
	uint32_t pages[STACK_MAX]; /* pushed */
	unsigned pushed;
	unsigned depth;
	unsigned application_depth; /* 0: outside any */
	uint32_t application;
	uint32_t usages[USAGES_MAX]; /* of the main item to come */
	unsigned usage_count;
	uint32_t minimum, maximum;
	bool has_range;
};

/* A usage of four bytes brings its page along. */
static uint32_t usage_of(const struct parser *parser, const struct item *item)
{
	if (item->size == 4)
		return item->value;
	return parser->page << 16 | item->value;
}

static bool has_usage(const struct parser *parser, uint32_t usage)
{
	for (unsigned i = 0; i < parser->usage_count; i++) {
		if (parser->usages[i] == usage)
			return true;
	}
	return parser->has_range && usage >= parser->minimum &&
	       usage <= parser->maximum;
}

static void forget_locals(struct parser *parser)
{
	parser->usage_count = 0;
	parser->has_range = false;
	parser->minimum = parser->maximum = 0;
}

static void take_input(struct parser *parser, uint32_t flags)
{
	struct ol_hid *found = &parser->found;

	if (parser->application_depth == 0 || flags & INPUT_IS_CONSTANT)
		return;
	switch (parser->application) {
	case KEYBOARD:
	case KEYPAD:
		if (parser->page == PAGE_KEYBOARD)
			found->is_keyboard = true;
		break;
	case MOUSE:
	case POINTER:
		if (!has_usage(parser, AXIS_X) && !has_usage(parser, AXIS_Y))
			break;
		if (flags & INPUT_IS_RELATIVE)
			found->is_relative_mouse = true;
		else
			found->is_absolute_mouse = true;
		break;
	case GAME_PAD:
	case JOYSTICK:
		found->is_game_pad = true;
		break;
	default:
		if (parser->application >> 16 == PAGE_DIGITIZER)
			found->is_digitizer = true;
	}
}

static int open_collection(struct parser *parser, uint32_t kind)
{
	if (parser->depth == DEPTH_MAX)
		return -EBADMSG;
	parser->depth++;
	if (kind == COLLECTION_APPLICATION && parser->application_depth == 0) {
		parser->application_depth = parser->depth;
		parser->application =
			parser->usage_count > 0 ? parser->usages[0] : 0;
	}
	return 0;
}

static int close_collection(struct parser *parser)
{
	if (parser->depth == 0)
		return -EBADMSG;
	if (parser->application_depth == parser->depth)
		parser->application_depth = 0;
	parser->depth--;
	return 0;
}

static int take_main(struct parser *parser, const struct item *item)
{
	int r = 0;

	if (item->tag == MAIN_INPUT)
		take_input(parser, item->value);
	else if (item->tag == MAIN_COLLECTION)
		r = open_collection(parser, item->value);
	else if (item->tag == MAIN_END_COLLECTION)
		r = close_collection(parser);
	forget_locals(parser);
	return r;
}

static int take_global(struct parser *parser, const struct item *item)
{
	switch (item->tag) {
	case GLOBAL_USAGE_PAGE:
		parser->page = item->value & 0xffff;
		return 0;
	case GLOBAL_PUSH:
		if (parser->pushed == STACK_MAX)
			return -EBADMSG;
		parser->pages[parser->pushed++] = parser->page;
		return 0;
	case GLOBAL_POP:
		if (parser->pushed == 0)
			return -EBADMSG;
		parser->page = parser->pages[--parser->pushed];
		return 0;
	default:
		return 0;
	}
}

static void take_local(struct parser *parser, const struct item *item)
{
	switch (item->tag) {
	case LOCAL_USAGE:
		if (parser->usage_count < USAGES_MAX)
			parser->usages[parser->usage_count++] =
				usage_of(parser, item);
		break;
	case LOCAL_USAGE_MINIMUM:
		parser->minimum = usage_of(parser, item);
		break;
	case LOCAL_USAGE_MAXIMUM:
		parser->maximum = usage_of(parser, item);
		parser->has_range = true;
		break;
	default:
		break;
	}
}

/* Returns the bytes of the item at the front, or -EBADMSG if it is cut off. */
static long read_item(const uint8_t *bytes, size_t size, struct item *item)
{
	/* Section 6.2.2.2: the size code 3 means four bytes. */
	static const uint8_t sizes[] = { 0, 1, 2, 4 };

	*item = (struct item){ .type = bytes[0] >> 2 & 3,
		               .tag = bytes[0] >> 4,
		               .size = sizes[bytes[0] & 3] };
	if (bytes[0] == LONG_ITEM) {
		/* None is defined: skip it, as the kernel does. */
		item->type = 3;
		item->size = 0;
		if (size < 3 || size - 3 < bytes[1])
			return -EBADMSG;
		return 3 + bytes[1];
	}
	if (size - 1 < item->size)
		return -EBADMSG;
	for (size_t i = item->size; i > 0; i--)
		item->value = item->value << 8 | bytes[i];
	return (long)(1 + item->size);
}

int ol_hid_parse(const uint8_t *bytes, size_t size, struct ol_hid *ret)
{
	struct parser parser = { .page = 0 };

	if (size > OL_HID_DESCRIPTOR_MAX)
		return -EBADMSG;
	while (size > 0) {
		struct item item;
		long length = read_item(bytes, size, &item);
		int r = 0;

		if (length < 0)
			return -EBADMSG;
		if (item.type == TYPE_MAIN)
			r = take_main(&parser, &item);
		else if (item.type == TYPE_GLOBAL)
			r = take_global(&parser, &item);
		else if (item.type == TYPE_LOCAL)
			take_local(&parser, &item);
		if (r < 0)
			return r;
		bytes += length;
		size -= (size_t)length;
	}
	*ret = parser.found;
	return 0;
}
