/*
 * RECORD replies, byte by byte: every request in both byte orders and both
 * length forms, and what a hostile client can put into them.
 */
#include <errno.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "x11_stream.h"

enum {
	CATEGORY_SERVER = 0,
	CATEGORY_CLIENT = 1,
	CATEGORY_STARTED = 2,
	CATEGORY_DIED = 3,
	CATEGORY_BEGIN = 4,
	CATEGORY_END = 5,
	CLIENT = 0x600000,
	TIME_MS = 77777,
	REPLY_MAX = 1024,
};

static const struct x11_opcodes opcodes = { .shm = 130,
	                                    .render = 139,
	                                    .composite = 142,
	                                    .xfixes = 138,
	                                    .damage = 143,
	                                    .record = 146,
	                                    .xtest = 132 };

/* A reply under construction. */
struct reply {
	_Alignas(8) uint8_t bytes[REPLY_MAX];
	size_t size;
	bool is_swapped;
};

static void put16(struct reply *reply, uint16_t value)
{
	if (reply->is_swapped)
		value = __builtin_bswap16(value);
	memcpy(reply->bytes + reply->size, &value, 2);
	reply->size += 2;
}

static void put32(struct reply *reply, uint32_t value)
{
	if (reply->is_swapped)
		value = __builtin_bswap32(value);
	memcpy(reply->bytes + reply->size, &value, 4);
	reply->size += 4;
}

static void begin(struct reply *reply, uint8_t category, bool is_swapped)
{
	const uint32_t client = CLIENT, time_ms = TIME_MS;

	*reply = (struct reply){ .size = 32, .is_swapped = is_swapped };
	reply->bytes[0] = 1;
	reply->bytes[1] = category;
	reply->bytes[9] = is_swapped;
	memcpy(reply->bytes + 12, &client, 4);
	memcpy(reply->bytes + 16, &time_ms, 4);
}

/* Requests begin with opcodes and a length in words; is_big puts it after. */
static void put_request(struct reply *reply, uint8_t major, uint8_t minor,
                        uint16_t words, bool is_big)
{
	reply->bytes[reply->size++] = major;
	reply->bytes[reply->size++] = minor;
	put16(reply, is_big ? 0 : words);
	if (is_big)
		put32(reply, words + 1u);
}

static void init(struct x11_stream *stream, struct reply *reply)
{
	const uint32_t words = (uint32_t)(reply->size - 32) / 4;

	memcpy(reply->bytes + 4, &words, 4);
	assert_int_equal(
		ol_x11_stream_init(stream, reply->bytes, reply->size, &opcodes),
		0);
}

static void put_get_image(struct reply *reply, bool is_big)
{
	put_request(reply, 73, 2, 5, is_big);
	put32(reply, 0x50d);
	put16(reply, (uint16_t)-3);
	put16(reply, 4);
	put16(reply, 1920);
	put16(reply, 1080);
	put32(reply, UINT32_MAX);
}

static void expect_get_image(struct x11_stream *stream)
{
	struct x11_event event;

	assert_int_equal(ol_x11_stream_next(stream, &event), 1);
	assert_int_equal(event.kind, X11_READ);
	assert_int_equal(event.client, CLIENT);
	assert_int_equal(event.time_ms, TIME_MS);
	assert_int_equal(event.drawable, 0x50d);
	assert_int_equal(event.x, -3);
	assert_int_equal(event.y, 4);
	assert_int_equal(event.width, 1920);
	assert_int_equal(event.height, 1080);
}

static void test_get_image_in_every_form(void **state)
{
	struct x11_stream stream;
	struct x11_event event;
	struct reply reply;

	(void)state;
	for (int form = 0; form < 4; form++) {
		begin(&reply, CATEGORY_CLIENT, form & 1);
		put_get_image(&reply, form & 2);
		init(&stream, &reply);
		expect_get_image(&stream);
		assert_int_equal(ol_x11_stream_next(&stream, &event), 0);
	}
}

/* What stands in each word after the first tells which one was read. */
static const struct {
	const char *name;
	uint8_t major, minor;
	uint16_t words;
	enum x11_event_kind kind;
	uint32_t drawable, id; /* number of the word; 0: none */
	uint32_t rectangle;
} requests[] = {
	{ "CopyArea", 62, 0, 7, X11_COPY, 1, 2, 4 },
	{ "CopyPlane", 63, 0, 8, X11_COPY, 1, 2, 4 },
	{ "GetImage", 73, 0, 5, X11_READ, 1, 0, 2 },
	{ "ShmGetImage", 130, 4, 8, X11_READ, 1, 0, 2 },
	{ "CreatePicture", 139, 4, 5, X11_CREATE_PICTURE, 2, 1, 0 },
	{ "FreePicture", 139, 7, 2, X11_FREE_PICTURE, 0, 1, 0 },
	{ "Composite", 139, 8, 9, X11_DRAW_PICTURE, 3, 2, 5 },
	{ "Trapezoids", 139, 10, 6, X11_DRAW_PICTURE, 0, 2, 0 },
	{ "Triangles", 139, 11, 6, X11_DRAW_PICTURE, 0, 2, 0 },
	{ "TriStrip", 139, 12, 6, X11_DRAW_PICTURE, 0, 2, 0 },
	{ "TriFan", 139, 13, 6, X11_DRAW_PICTURE, 0, 2, 0 },
	{ "CompositeGlyphs8", 139, 23, 7, X11_DRAW_PICTURE, 0, 2, 0 },
	{ "CompositeGlyphs16", 139, 24, 7, X11_DRAW_PICTURE, 0, 2, 0 },
	{ "CompositeGlyphs32", 139, 25, 7, X11_DRAW_PICTURE, 0, 2, 0 },
	{ "NameWindowPixmap", 142, 6, 3, X11_NAME_PIXMAP, 1, 2, 0 },
	{ "GetCursorImage", 138, 4, 1, X11_READ_POINTER, 0, 0, 0 },
	{ "GetCursorImageAndName", 138, 25, 1, X11_READ_POINTER, 0, 0, 0 },
	{ "DamageCreate", 143, 1, 4, X11_CREATE_DAMAGE, 2, 1, 0 },
	{ "DamageDestroy", 143, 2, 2, X11_DESTROY_DAMAGE, 0, 1, 0 },
	{ "KillClient", 113, 0, 2, X11_KILL, 0, 1, 0 },
	{ "RecordRegisterClients", 146, 2, 5, X11_CHANGE_RECORD, 0, 1, 0 },
	{ "RecordUnregisterClients", 146, 3, 3, X11_CHANGE_RECORD, 0, 1, 0 },
	{ "RecordDisableContext", 146, 6, 2, X11_END_RECORD, 0, 1, 0 },
	{ "RecordFreeContext", 146, 7, 2, X11_END_RECORD, 0, 1, 0 },
	{ "XTestGetVersion", 132, 0, 2, X11_USE_TEST, 0, 0, 0 },
	{ "XTestCompareCursor", 132, 1, 3, X11_USE_TEST, 0, 0, 0 },
	{ "XTestGrabControl", 132, 3, 2, X11_USE_TEST, 0, 0, 0 },
};

enum { REQUESTS = sizeof(requests) / sizeof(requests[0]) };

static void put_numbered(struct reply *reply, int i, uint16_t words)
{
	put_request(reply, requests[i].major, requests[i].minor, words, false);
	for (uint32_t word = 1; word < words; word++)
		put32(reply, word << 16 | word);
}

static void test_each_request(void **state)
{
	struct x11_stream stream;
	struct x11_event event;
	struct reply reply;

	(void)state;
	begin(&reply, CATEGORY_CLIENT, false);
	for (int i = 0; i < REQUESTS; i++)
		put_numbered(&reply, i, requests[i].words);
	init(&stream, &reply);
	for (int i = 0; i < REQUESTS; i++) {
		assert_int_equal(ol_x11_stream_next(&stream, &event), 1);
		assert_int_equal(event.kind, requests[i].kind);
		assert_int_equal(event.drawable,
		                 requests[i].drawable * 0x10001);
		assert_int_equal(event.id, requests[i].id * 0x10001);
		assert_int_equal(event.x, requests[i].rectangle);
		if (requests[i].kind == X11_READ)
			assert_int_equal(event.width,
			                 requests[i].rectangle + 1);
		if (requests[i].kind == X11_COPY)
			assert_int_equal(event.width, 6);
	}
	assert_int_equal(ol_x11_stream_next(&stream, &event), 0);
}

/* The server refuses what is too short; it must not be believed, nor end us. */
static void test_too_short_requests_are_passed_over(void **state)
{
	struct x11_stream stream;
	struct reply reply;

	(void)state;
	begin(&reply, CATEGORY_CLIENT, false);
	for (int i = 0; i < REQUESTS; i++) {
		if (requests[i].words > 1)
			put_numbered(&reply, i, requests[i].words - 1);
	}
	put_get_image(&reply, false);
	init(&stream, &reply);
	expect_get_image(&stream);
}

static void test_other_requests_are_passed_over(void **state)
{
	struct x11_stream stream;
	struct reply reply;

	(void)state;
	begin(&reply, CATEGORY_CLIENT, false);
	put_request(&reply, 130, 3, 2, false); /* ShmPutImage */
	put32(&reply, 1);
	put_request(&reply, 12, 0, 1, true); /* a big one */
	put_get_image(&reply, false);
	init(&stream, &reply);
	expect_get_image(&stream);
}

/* An extension that is not there has opcode 0, which is nobody's request. */
static void test_opcode_zero_is_no_extension(void **state)
{
	static const struct x11_opcodes none;
	struct x11_stream stream;
	struct x11_event event;
	struct reply reply;

	(void)state;
	begin(&reply, CATEGORY_CLIENT, false);
	put_request(&reply, 0, 4, 8, false);
	for (int i = 1; i < 8; i++)
		put32(&reply, 1);
	init(&stream, &reply);
	stream.opcodes = &none;
	assert_int_equal(ol_x11_stream_next(&stream, &event), 0);
}

static void test_lengths_that_lie(void **state)
{
	static const struct {
		uint16_t length;
		uint32_t big; /* if length is 0 */
	} lies[] = { { 6, 0 }, { UINT16_MAX, 0 }, { 0, 0 },       { 0, 1 },
		     { 0, 6 }, { 0, UINT32_MAX }, { 0, 1u << 30 } };

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct x11_stream stream;
		struct x11_event event;
		struct reply reply;

		begin(&reply, CATEGORY_CLIENT, false);
		put_get_image(&reply, false);
		memcpy(reply.bytes + 34, &lies[i].length, 2);
		memcpy(reply.bytes + 36, &lies[i].big, 4);
		init(&stream, &reply);
		assert_int_equal(ol_x11_stream_next(&stream, &event), -EBADMSG);
	}
}

static void test_comings_and_goings(void **state)
{
	static const struct {
		uint8_t category;
		enum x11_event_kind kind;
	} cases[] = { { CATEGORY_STARTED, X11_CLIENT_STARTED },
		      { CATEGORY_DIED, X11_CLIENT_DIED },
		      { CATEGORY_END, X11_END } };
	struct x11_stream stream;
	struct x11_event event;
	struct reply reply;

	(void)state;
	for (int i = 0; i < 3; i++) {
		begin(&reply, cases[i].category, false);
		put_get_image(&reply, false); /* data, which does not count */
		init(&stream, &reply);
		assert_int_equal(ol_x11_stream_next(&stream, &event), 1);
		assert_int_equal(event.kind, cases[i].kind);
		assert_int_equal(event.client, CLIENT);
		assert_int_equal(ol_x11_stream_next(&stream, &event), 0);
	}
	begin(&reply, CATEGORY_BEGIN, false);
	init(&stream, &reply);
	assert_int_equal(ol_x11_stream_next(&stream, &event), 0);
	begin(&reply, CATEGORY_SERVER, false);
	put_get_image(&reply, false);
	init(&stream, &reply);
	assert_int_equal(ol_x11_stream_next(&stream, &event), 0);
}

static void test_what_is_no_reply(void **state)
{
	struct x11_stream stream;
	struct reply reply;
	uint32_t words = 2;

	(void)state;
	begin(&reply, CATEGORY_CLIENT, false);
	put_get_image(&reply, false);
	for (size_t size = 0; size < 32; size++)
		assert_int_equal(ol_x11_stream_init(&stream, reply.bytes, size,
		                                    &opcodes),
		                 -EBADMSG);
	memcpy(reply.bytes + 4, &words, 4);
	assert_int_equal(
		ol_x11_stream_init(&stream, reply.bytes, reply.size, &opcodes),
		-EBADMSG);
	/* Element headers were not asked for. */
	init(&stream, &reply);
	reply.bytes[8] = 1;
	assert_int_equal(
		ol_x11_stream_init(&stream, reply.bytes, reply.size, &opcodes),
		-EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get_image_in_every_form),
		cmocka_unit_test(test_each_request),
		cmocka_unit_test(test_too_short_requests_are_passed_over),
		cmocka_unit_test(test_other_requests_are_passed_over),
		cmocka_unit_test(test_opcode_zero_is_no_extension),
		cmocka_unit_test(test_lengths_that_lie),
		cmocka_unit_test(test_comings_and_goings),
		cmocka_unit_test(test_what_is_no_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
