/* Lists that an X server sends, and what a hostile one makes of them. */
#include <errno.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "x11_reply.h"

enum { HEADER = 32 };

static void put32(uint8_t *bytes, size_t at, uint32_t value)
{
	memcpy(bytes + at, &value, sizeof(value));
}

static void put16(uint8_t *bytes, size_t at, uint16_t value)
{
	memcpy(bytes + at, &value, sizeof(value));
}

/* Two clients with a pid, one without, one answer that we did not ask for. */
static size_t put_clients(uint8_t *bytes)
{
	static const uint32_t words[] = {
		0x200000, 2, 4, 4321, /* */
		0x400000, 1, 0,       /* the client's own id */
		0x600000, 2, 0,       /* none is known */
		0x800000, 2, 8, 99,   100,
	};

	memset(bytes, 0, HEADER);
	put32(bytes, 8, 4);
	memcpy(bytes + HEADER, words, sizeof(words));
	return HEADER + sizeof(words);
}

static void test_client_ids(void **state)
{
	_Alignas(8) uint8_t bytes[256];
	struct x11_client_id ids[3] = { { 0, 0 } };
	size_t size = put_clients(bytes);

	(void)state;
	assert_int_equal(ol_x11_reply_client_ids(bytes, size, ids, 3), 3);
	assert_int_equal(ids[0].client, 0x200000);
	assert_int_equal(ids[0].pid, 4321);
	assert_int_equal(ids[1].client, 0x600000);
	assert_int_equal(ids[1].pid, 0);
	assert_int_equal(ids[2].pid, 99);
	/* There may be more than we have room for. */
	ids[1].client = 7;
	assert_int_equal(ol_x11_reply_client_ids(bytes, size, ids, 1), 3);
	assert_int_equal(ids[1].client, 7);
}

static void test_client_ids_that_lie(void **state)
{
	_Alignas(8) uint8_t bytes[256];
	struct x11_client_id ids[3];
	size_t size = put_clients(bytes);

	(void)state;
	for (size_t cut = 0; cut < size; cut++)
		assert_int_equal(ol_x11_reply_client_ids(bytes, cut, ids, 3),
		                 -EBADMSG);
	put32(bytes, 8, UINT32_MAX);
	assert_int_equal(ol_x11_reply_client_ids(bytes, size, ids, 3),
	                 -EBADMSG);
	put32(bytes, 8, 4);
	put32(bytes, HEADER + 8, UINT32_MAX);
	assert_int_equal(ol_x11_reply_client_ids(bytes, size, ids, 3),
	                 -EBADMSG);
}

static size_t put_monitor(uint8_t *bytes, size_t at, uint32_t name, uint16_t x,
                          uint16_t width, uint16_t height, uint16_t outputs)
{
	memset(bytes + at, 0, 24 + outputs * 4u);
	put32(bytes, at, name);
	put16(bytes, at + 6, outputs);
	put16(bytes, at + 8, x);
	put16(bytes, at + 12, width);
	put16(bytes, at + 14, height);
	return at + 24 + outputs * 4u;
}

static void test_monitors(void **state)
{
	_Alignas(8) uint8_t bytes[1024];
	struct x11_layout layout = { .width = 3200, .height = 1080 };
	uint32_t name = 0;
	size_t size = HEADER;

	(void)state;
	memset(bytes, 0, HEADER);
	put32(bytes, 12, 3);
	size = put_monitor(bytes, size, 77, 0, 1920, 1080, 2);
	size = put_monitor(bytes, size, 78, 0, 0, 0, 0); /* switched off */
	size = put_monitor(bytes, size, 79, 1920, 1280, 1024, 1);
	assert_int_equal(ol_x11_reply_monitors(bytes, size, &layout, &name), 0);
	assert_int_equal(name, 77);
	assert_int_equal(layout.count, 2);
	assert_int_equal(layout.monitors[1].x, 1920);
	assert_int_equal(layout.monitors[1].width, 1280);
	assert_int_equal(layout.monitors[1].height, 1024);

	/* What cannot be read leaves everything as it was. */
	for (size_t cut = 0; cut < size; cut++) {
		assert_int_equal(
			ol_x11_reply_monitors(bytes, cut, &layout, &name),
			-EBADMSG);
		assert_int_equal(layout.count, 2);
		assert_int_equal(name, 77);
	}
}

static void test_more_monitors_than_we_keep(void **state)
{
	_Alignas(8) uint8_t bytes[2048];
	struct x11_layout layout = { .width = 3200, .height = 1080 };
	uint32_t name;
	size_t size = HEADER;

	(void)state;
	memset(bytes, 0, HEADER);
	put32(bytes, 12, 40);
	for (int i = 0; i < 40; i++)
		size = put_monitor(bytes, size, 1, 0, 80, 1080, 0);
	assert_int_equal(ol_x11_reply_monitors(bytes, size, &layout, &name), 0);
	assert_int_equal(layout.count, X11_MONITORS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client_ids),
		cmocka_unit_test(test_client_ids_that_lie),
		cmocka_unit_test(test_monitors),
		cmocka_unit_test(test_more_monitors_than_we_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
