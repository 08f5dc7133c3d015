/* EDIDs: golden blocks, broken blocks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "edid.h"
#include "tests/unit/cmocka_all.h"

static size_t load(const char *name, uint8_t *bytes, size_t size)
{
	char path[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), EDIDS "/%s", name);
	file = fopen(path, "rb");
	assert_non_null(file);
	size = fread(bytes, 1, size, file);
	(void)fclose(file);
	return size;
}

static void test_golden(void **state)
{
	static const struct {
		const char *file, *maker, *name, *serial_text;
		uint16_t product;
		uint32_t serial;
		unsigned year;
	} cases[] = {
		{ "pikvm_v3.bin", "LNX", "PiKVM V3", "CAFEBABE", 0x7771,
		  0x01010101, 2016 },
		{ "jetkvm_v1.bin", "JET", "JetKVM v1", "", 0x0001, 0xc0ffee01,
		  2025 },
		{ "nanokvm.bin", "SPD", "NanoKVM", "NanoKVM", 0x3301, 0x15,
		  2025 },
		{ "dell_real.bin", "DEL", "DELL U2720Q", "7XJ4F13", 0xa0b1,
		  0x4c353842, 2021 },
		{ "qemu72_virtio_real_256.bin", "RHT", "QEMU Monitor", "",
		  0x1234, 0, 2014 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t bytes[512];
		size_t size = load(cases[i].file, bytes, sizeof(bytes));
		struct ol_edid edid;

		assert_int_equal(ol_edid_parse(bytes, size, &edid), 0);
		assert_true(edid.has_good_sum);
		assert_string_equal(edid.maker, cases[i].maker);
		assert_string_equal(edid.name, cases[i].name);
		assert_string_equal(edid.serial_text, cases[i].serial_text);
		assert_int_equal(edid.product, cases[i].product);
		assert_int_equal(edid.serial, cases[i].serial);
		assert_int_equal(edid.year, cases[i].year);
	}
}

static void test_broken(void **state)
{
	uint8_t bytes[OL_EDID_BLOCK];
	struct ol_edid edid = { .week = 77 };

	(void)state;
	assert_int_equal(load("nanokvm.bin", bytes, sizeof(bytes)),
	                 sizeof(bytes));
	assert_int_equal(ol_edid_parse(bytes, sizeof(bytes) - 1, &edid),
	                 -EBADMSG);
	assert_int_equal(ol_edid_parse(bytes, 0, &edid), -EBADMSG);
	bytes[0] = 1;
	assert_int_equal(ol_edid_parse(bytes, sizeof(bytes), &edid), -EBADMSG);
	assert_int_equal(edid.week, 77);
	bytes[0] = 0;
	bytes[8] = bytes[9] = 0xff; /* no letters */
	for (int i = 54; i < 126; i += 18) {
		memset(bytes + i, 0xfe, 18);
		memcpy(bytes + i, "\0\0\0\xfc", 4);
	}
	assert_int_equal(ol_edid_parse(bytes, sizeof(bytes), &edid), 0);
	assert_false(edid.has_good_sum);
	assert_string_equal(edid.maker, "???");
	assert_string_equal(edid.name, "?????????????");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
