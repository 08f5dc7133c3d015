/*
 * What a USB box does beside the rest of the seat: what it was plugged in with,
 * and whether it is used while everything else lies still.
 */
#include <stdio.h>
#include <string.h>

#include "probes/usb.h"
#include "tests/unit/cmocka_all.h"

enum { SECOND_US = 1000000 };

static struct usb_scan scan;
static struct usb_plugs plugs;
static struct usb_activity activity;

static void begin(void)
{
	memset(&scan, 0, sizeof(scan));
	memset(&plugs, 0, sizeof(plugs));
	memset(&activity, 0, sizeof(activity));
}

static struct usb_device *add(const char *path)
{
	struct usb_device *device = &scan.devices[scan.count++];
	struct usb_place *place = &scan.places[scan.place_count++];

	(void)strcpy(device->path, path);
	device->functions = USB_HID;
	(void)strcpy(place->path, path);
	place->vendor = 0x1209;
	return device;
}

static void show(bool is_connected)
{
	(void)strcpy(scan.displays[0], "card0-HDMI-A-1");
	scan.display_count = is_connected;
}

/* Everything out, then what add() put in, gap_us before the display. */
static void plug_all(uint64_t *now_us, uint64_t gap_us)
{
	size_t places = scan.place_count;

	scan.place_count = 0;
	show(false);
	ol_usb_note_plugs(&plugs, &scan, *now_us += 60 * SECOND_US);
	scan.place_count = places;
	ol_usb_note_plugs(&plugs, &scan, *now_us += 60 * SECOND_US);
	show(true);
	ol_usb_note_plugs(&plugs, &scan, *now_us += gap_us);
}

static void test_together(void **state)
{
	uint64_t now_us = SECOND_US;

	(void)state;
	begin();
	add("1-1");
	show(true);
	/* There from the beginning, at the same moment as far as we know. */
	ol_usb_note_plugs(&plugs, &scan, now_us);
	ol_usb_note_plugs(&plugs, &scan, now_us += SECOND_US);
	assert_null(ol_usb_came_with(&plugs, &scan.devices[0]));
	/* Once may be anybody with two cables. */
	plug_all(&now_us, 2 * SECOND_US);
	assert_null(ol_usb_came_with(&plugs, &scan.devices[0]));
	plug_all(&now_us, 2 * SECOND_US);
	assert_string_equal(ol_usb_came_with(&plugs, &scan.devices[0]),
	                    "card0-HDMI-A-1");
	/* It stays so while it is there, and is not counted again. */
	ol_usb_note_plugs(&plugs, &scan, now_us += SECOND_US);
	assert_int_equal(plugs.devices[0].times, 2);
	scan.place_count = 0;
	ol_usb_note_plugs(&plugs, &scan, now_us += SECOND_US);
	assert_null(ol_usb_came_with(&plugs, &scan.devices[0]));
}

static void test_not_together(void **state)
{
	uint64_t now_us = SECOND_US;

	(void)state;
	/* One after the other. */
	begin();
	add("1-1");
	for (int i = 0; i < 4; i++)
		plug_all(&now_us, 6 * SECOND_US);
	assert_null(ol_usb_came_with(&plugs, &scan.devices[0]));
	/* A dock: a hub comes along. */
	begin();
	add("1-1");
	add("1-1.1");
	for (int i = 0; i < 4; i++)
		plug_all(&now_us, SECOND_US);
	assert_null(ol_usb_came_with(&plugs, &scan.devices[0]));
	assert_null(ol_usb_came_with(&plugs, &scan.devices[1]));
}

/* More devices than are remembered: those that left make room. */
static void test_many_plugs(void **state)
{
	uint64_t now_us = SECOND_US;

	(void)state;
	begin();
	ol_usb_note_plugs(&plugs, &scan, now_us);
	for (int i = 0; i < 3 * USB_PLUGS_MAX; i++) {
		char path[USB_PATH_MAX];

		scan.count = scan.place_count = 0;
		(void)snprintf(path, sizeof(path), "1-1.%d", i);
		add(path);
		ol_usb_note_plugs(&plugs, &scan, now_us += SECOND_US);
		assert_true(plugs.device_count <= USB_PLUGS_MAX);
	}
	for (int i = 0; i < 2; i++)
		plug_all(&now_us, SECOND_US);
	assert_non_null(ol_usb_came_with(&plugs, &scan.devices[0]));
}

/* Two seconds in which the box and the keyboard make transfers. */
static bool pass(uint64_t *now_us, uint32_t box, uint32_t keyboard,
                 uint64_t interrupts)
{
	static const bool is_box[USB_DEVICES_MAX] = { true };
	bool is_used[USB_DEVICES_MAX];

	scan.devices[0].transfers += box;
	scan.devices[1].transfers += keyboard;
	scan.seat_count += interrupts;
	ol_usb_note_activity(&activity, &scan, is_box, *now_us += 2 * SECOND_US,
	                     is_used);
	assert_false(is_used[1]);
	return is_used[0];
}

static void test_used(void **state)
{
	uint64_t now_us = SECOND_US;
	bool is_used[USB_DEVICES_MAX];

	(void)state;
	begin();
	add("1-1")->transfers = UINT32_MAX - 10; /* the counter will wrap */
	add("1-2");
	assert_false(pass(&now_us, 100, 0, 0)); /* nothing to compare with */
	/* It is being got to know. */
	for (int i = 0; i < 4; i++)
		assert_false(pass(&now_us, 100, 0, 0));
	assert_false(pass(&now_us, 100, 0, 0)); /* a burst */
	assert_true(pass(&now_us, 100, 0, 0));
	/* A look in between ends no window. */
	ol_usb_note_activity(&activity, &scan, (bool[USB_DEVICES_MAX]){ true },
	                     now_us + 1000, is_used);
	assert_false(is_used[0]);
	assert_true(pass(&now_us, 8, 0, 0));
	assert_false(pass(&now_us, 7, 0, 0)); /* somebody lists devices */
	assert_false(pass(&now_us, 100, 0, 0));
	assert_true(pass(&now_us, 100, 0, 0));
	/* The person at the seat types, or moves the touch pad. */
	assert_false(pass(&now_us, 100, 2, 0));
	assert_false(pass(&now_us, 100, 0, 0));
	assert_true(pass(&now_us, 100, 0, 0));
	assert_false(pass(&now_us, 100, 0, 1));
	/* Asleep meanwhile. */
	assert_false(pass(&now_us, 100, 0, 0));
	now_us += 3600 * (uint64_t)SECOND_US;
	assert_false(pass(&now_us, 100, 0, 0));
}

static void test_other_transfers(void **state)
{
	uint64_t now_us = SECOND_US;

	(void)state;
	/* Its disk is asked for a medium now and then. */
	begin();
	add("1-1")->functions |= USB_STORAGE;
	add("1-2");
	for (int i = 0; i < 10; i++) {
		scan.devices[0].requests += 2;
		assert_false(pass(&now_us, 12, 0, 0));
	}
	for (int i = 0; i < 3; i++) {
		scan.devices[0].requests += 2;
		assert_int_equal(pass(&now_us, 20, 0, 0), i > 0);
	}
	/* It is read. */
	for (int i = 0; i < 5; i++) {
		scan.devices[0].requests += 100;
		assert_false(pass(&now_us, 5000, 0, 0));
	}
	for (int i = 0; i < 3; i++)
		assert_int_equal(pass(&now_us, 20, 0, 0), i > 0);
	/* Pulled out and in, or another one at its place. */
	scan.devices[0].number++;
	scan.devices[0].transfers = 0;
	for (int i = 0; i < 7; i++)
		assert_int_equal(pass(&now_us, 40, 0, 0), i > 5);
	/* A network is never still. */
	scan.devices[0].functions |= USB_NETWORK;
	for (int i = 0; i < 5; i++)
		assert_false(pass(&now_us, 1000, 0, 0));
}

static void test_interrupts(void **state)
{
	static const char text[] =
		"           CPU0       CPU1\n"
		"   0:         44          0   IO-APIC    2-edge      timer\n"
		"   1:          9          1   IO-APIC    1-edge      i8042\n"
		"  12:        100          5   IO-APIC   12-edge      i8042\n"
		"  16:         77         77   IO-APIC   16-fasteoi   "
		"i801_smbus\n"
		" 109:          3          0   INT34C5  109-fasteoi   "
		"ELAN0501:00\n"
		" NMI:       1000          0   Non-maskable interrupts\n";

	(void)state;
	assert_int_equal(ol_usb_parse_interrupts(text, sizeof(text) - 1), 118);
	/* Cut off in a line. */
	assert_int_equal(ol_usb_parse_interrupts(text, 150), 10);
	assert_int_equal(ol_usb_parse_interrupts("", 0), 0);
	assert_int_equal(ol_usb_parse_interrupts("1: 99999999999999999999 "
	                                         "i8042",
	                                         29),
	                 UINT64_MAX);
	assert_int_equal(ol_usb_parse_interrupts("\n\n:\n1\n1:\n", 9), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_not_together),
		cmocka_unit_test(test_many_plugs),
		cmocka_unit_test(test_used),
		cmocka_unit_test(test_other_transfers),
		cmocka_unit_test(test_interrupts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
