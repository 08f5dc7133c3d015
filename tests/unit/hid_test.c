/* HID report descriptors: whole ones, odd ones, broken ones. */
#include <errno.h>
#include <string.h>

#include "hid.h"
#include "tests/support/descriptor.h"
#include "tests/unit/cmocka_all.h"

static struct ol_hid parse(const struct descriptor *descriptor)
{
	struct ol_hid hid;

	assert_int_equal(
		ol_hid_parse(descriptor->bytes, descriptor->size, &hid), 0);
	return hid;
}

static void assert_is(const struct descriptor *descriptor,
                      struct ol_hid expected)
{
	struct ol_hid hid = parse(descriptor);

	assert_int_equal(hid.is_keyboard, expected.is_keyboard);
	assert_int_equal(hid.is_relative_mouse, expected.is_relative_mouse);
	assert_int_equal(hid.is_absolute_mouse, expected.is_absolute_mouse);
	assert_int_equal(hid.is_digitizer, expected.is_digitizer);
	assert_int_equal(hid.is_game_pad, expected.is_game_pad);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_is(&descriptor_keyboard, (struct ol_hid){ .is_keyboard = 1 });
	assert_is(&descriptor_boot_mouse,
	          (struct ol_hid){ .is_relative_mouse = 1 });
	assert_is(&descriptor_absolute_mouse,
	          (struct ol_hid){ .is_absolute_mouse = 1 });
	assert_is(&descriptor_pen, (struct ol_hid){ .is_digitizer = 1 });
	assert_is(&descriptor_game_pad, (struct ol_hid){ .is_game_pad = 1 });
	assert_is(&descriptor_consumer, (struct ol_hid){ .is_keyboard = 0 });
}

/* Several applications in one descriptor, as Logitech's receivers have. */
static void test_several(void **state)
{
	uint8_t bytes[256];
	struct descriptor both = { bytes, 0 };

	(void)state;
	memcpy(bytes, descriptor_keyboard.bytes, descriptor_keyboard.size);
	memcpy(bytes + descriptor_keyboard.size,
	       descriptor_absolute_mouse.bytes, descriptor_absolute_mouse.size);
	both.size = descriptor_keyboard.size + descriptor_absolute_mouse.size;
	assert_is(&both,
	          (struct ol_hid){ .is_keyboard = 1, .is_absolute_mouse = 1 });
}

/* Usages of four bytes, a pushed page, a long item. */
static void test_rare_items(void **state)
{
	static const uint8_t bytes[] = {
		0x0b, 0x02, 0x00, 0x01, 0x00, 0xa1, 0x01,       /* mouse */
		0x05, 0x0d, 0xa4, 0x05, 0x01, 0x09, 0x30, 0xb4, /* push, pop */
		0xfe, 0x02, 0x77, 0x09, 0x31,                   /* long item */
		0x81, 0x06, 0xc0,
	};
	struct descriptor rare = { bytes, sizeof(bytes) };

	(void)state;
	assert_is(&rare, (struct ol_hid){ .is_relative_mouse = 1 });
}

static void test_broken(void **state)
{
	uint8_t deep[OL_HID_DESCRIPTOR_MAX + 1];
	struct ol_hid hid = { .is_digitizer = true };

	(void)state;
	/* Wherever it is cut: an answer or an error, and never a read beyond. */
	for (size_t size = 0; size < descriptor_keyboard.size; size++) {
		int r = ol_hid_parse(descriptor_keyboard.bytes, size, &hid);

		assert_true(r == 0 || r == -EBADMSG);
	}
	hid = (struct ol_hid){ .is_digitizer = true };
	memset(deep, 0xa0, sizeof(deep)); /* collections, never closed */
	assert_int_equal(ol_hid_parse(deep, 64, &hid), -EBADMSG);
	memset(deep, 0xa4, sizeof(deep)); /* push */
	assert_int_equal(ol_hid_parse(deep, 64, &hid), -EBADMSG);
	assert_int_equal(ol_hid_parse((const uint8_t *)"\xb4", 1, &hid),
	                 -EBADMSG);
	assert_int_equal(ol_hid_parse((const uint8_t *)"\xc0", 1, &hid),
	                 -EBADMSG);
	assert_int_equal(ol_hid_parse((const uint8_t *)"\xfe\xff\x01", 3, &hid),
	                 -EBADMSG);
	memset(deep, 0x00, sizeof(deep));
	assert_int_equal(ol_hid_parse(deep, sizeof(deep), &hid), -EBADMSG);
	assert_true(hid.is_digitizer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_rare_items),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
