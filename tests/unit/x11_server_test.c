/* Which X server it is, its outputs and input devices; and lies about them. */
#include <errno.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "x11_output.h"
#include "x11_server.h"

static struct x11_lit lit(const char *name, int16_t x, uint16_t width)
{
	struct x11_lit made = {
		.area = { x, 0, width, 1080 },
		.is_named = true,
	};

	strcpy(made.name, name);
	return made;
}

static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(ol_x11_server_judge(0), X11_SERVER_PLAIN);
	assert_int_equal(ol_x11_server_judge(X11_MARK_VNC),
	                 X11_SERVER_VNC_MODULE);
	assert_int_equal(
		ol_x11_server_judge(X11_MARK_VNC | X11_MARK_VNC_OUTPUT),
		X11_SERVER_VNC);
	/* What it runs over does not matter. */
	assert_int_equal(
		ol_x11_server_judge(X11_MARK_XPRA | X11_MARK_NESTED_DEVICE),
		X11_SERVER_XPRA);
	assert_int_equal(
		ol_x11_server_judge(X11_MARK_VNC | X11_MARK_NESTED_DEVICE),
		X11_SERVER_VNC_MODULE);
	assert_int_equal(ol_x11_server_judge(X11_MARK_RDP_DEVICE),
	                 X11_SERVER_XRDP);
}

static void test_outputs(void **state)
{
	struct x11_output_found found[X11_OUTPUT_FOUND_MAX];
	struct x11_lit two[] = { lit("HDMI-1", 0, 1920),
		                 lit("eDP-1", 0, 1920) };

	(void)state;
	assert_int_equal(ol_x11_output_judge(two, 2, found), 1);
	assert_string_equal(found[0].rule, "x11.cloned-output");
	assert_string_equal(found[0].who, "HDMI-A-1");
	assert_string_equal(found[0].detail, "the picture of eDP-1");
	/* Extended, and a dock with its lid's panel beside it: nothing. */
	two[0] = lit("DP-3-1", 1920, 1920);
	assert_int_equal(ol_x11_output_judge(two, 2, found), 0);
	two[0] = lit("VIRTUAL1", 1920, 1280);
	assert_int_equal(ol_x11_output_judge(two, 2, found), 1);
	assert_string_equal(found[0].rule, "x11.virtual-output");
	/* The kernel's name for a virtual machine's screen is drm's to judge. */
	two[0] = lit("Virtual-1", 1920, 1280);
	assert_int_equal(ol_x11_output_judge(two, 2, found), 0);
	two[0].is_unplugged = true;
	assert_int_equal(ol_x11_output_judge(two, 2, found), 1);
	assert_string_equal(found[0].rule, "x11.unplugged-output");
	/* All virtual: the server is, and the outputs are its only ones. */
	two[0] = lit("VNC-0", 0, 640);
	assert_int_equal(ol_x11_output_judge(two, 1, found), 0);
}

static size_t put_devices(uint8_t *bytes)
{
	static const uint8_t list[] = {
		0,   0,   0,   0,   2,   0,   0,   0, /* core pointer */
		0,   0,   0,   0,   5,   1,   3,   0, /* with one class */
		0,   0,   0,   0,   6,   0,   4,   0, /* */
		0,   8,   8,   255, 0,   1,   0,   0, /* keys from 8 to 255 */
		4,   'c', 'o', 'r', 'e', 16,  'a', ' ', 'X', 'T', 'E',
		'S', 'T', ' ', 'k', 'e', 'y', 'b', 'o', 'a', 'r', 'd',
		9,   'x', 'r', 'd', 'p', 'M', 'o', 'u', 's', 'e',
	};

	memset(bytes, 0, 32);
	bytes[8] = 3;
	memcpy(bytes + 32, list, sizeof(list));
	return 32 + sizeof(list);
}

static void test_devices(void **state)
{
	uint8_t bytes[256];
	struct x11_device devices[3];
	size_t size = put_devices(bytes);

	(void)state;
	assert_int_equal(ol_x11_devices_read(bytes, size, devices, 3), 3);
	assert_int_equal(devices[0].kind, X11_DEVICE_CORE);
	assert_int_equal(devices[1].kind, X11_DEVICE_TEST);
	assert_int_equal(devices[1].id, 5);
	assert_int_equal(devices[2].kind, X11_DEVICE_RDP);
	for (size_t cut = 0; cut < size; cut++)
		assert_int_equal(ol_x11_devices_read(bytes, cut, devices, 3),
		                 -EBADMSG);
}

/* Two of XTEST, a keyboard that was last used when we came, a core pointer. */
static struct x11_device used[] = {
	{ .id = 4, .kind = X11_DEVICE_TEST, .counter = 1, .first_ms = 1000 },
	{ .id = 5, .kind = X11_DEVICE_TEST, .counter = 2, .first_ms = 1000 },
	{ .id = 6, .kind = X11_DEVICE_OTHER, .counter = 3, .first_ms = 50000 },
	{ .id = 2, .kind = X11_DEVICE_CORE, .counter = 4, .first_ms = 50000 },
};

enum { USED = sizeof(used) / sizeof(used[0]) };

static uint32_t judge(int64_t first, int64_t second, int64_t third,
                      int64_t core, int64_t took_ms)
{
	const int64_t idle_ms[USED] = { first, second, third, core };
	struct x11_idle idle = { .from_ms = 60000, .to_ms = 60000 + took_ms };

	for (uint64_t i = 0; i < USED; i++)
		ol_x11_idle_set(&idle, i, idle_ms[i]);
	return ol_x11_devices_judge(used, USED, &idle);
}

static void test_who_brought_input(void **state)
{
	struct x11_idle unasked = { .from_ms = 60000, .to_ms = 60000 };

	(void)state;
	assert_int_equal(judge(20, 59000, 10000, 20, 1), 1 << 0);
	assert_int_equal(judge(59000, 20, 10000, 20, 1), 1 << 1);
	assert_int_equal(judge(30, 20, 10000, 20, 1), 3);
	/* The real keyboard alone; a pointer that was warped. */
	assert_int_equal(judge(59000, 59000, 20, 20, 1), 0);
	assert_int_equal(judge(59000, 59000, 10000, 20, 1), 0);
	/* All were reset; asking took a while, and a key came between. */
	assert_int_equal(judge(20, 20, 20, 20, 0), 0);
	assert_int_equal(judge(20, 21, 25, 20, 6), 0);
	assert_int_equal(judge(20, 20, 5, 5, 3), 0);
	/* Reset, and then used. */
	assert_int_equal(judge(20, 500, 500, 20, 3), 1 << 0);
	/* Before us, as the others were not. */
	used[0].first_ms = 59980;
	assert_int_equal(judge(20, 59000, 59000, 20, 1), 0);
	used[0].first_ms = 1000;
	assert_int_equal(ol_x11_devices_judge(used, USED, &unasked), 0);
}

static void test_clocks_that_lie(void **state)
{
	struct x11_idle idle = { .from_ms = INT64_MAX, .to_ms = INT64_MIN };

	(void)state;
	ol_x11_idle_set(&idle, UINT64_MAX, 1);
	ol_x11_idle_set(&idle, 0, -1);
	ol_x11_idle_set(&idle, 1, INT64_MAX);
	assert_int_equal(idle.known, 0);
	ol_x11_idle_set(&idle, 0, UINT32_MAX);
	ol_x11_idle_set(&idle, 1, 0);
	assert_int_equal(ol_x11_devices_judge(used, USED, &idle), 0);
	idle = (struct x11_idle){ .from_ms = 0, .to_ms = INT64_MAX };
	assert_int_equal(ol_x11_devices_judge(used, USED, &idle), 0);
}

static void test_outputs_that_lie(void **state)
{
	uint8_t bytes[64] = { 0 };
	struct x11_lit made[2];
	uint32_t crtcs[2];

	(void)state;
	memset(bytes + 16, 0xff, 20);
	assert_int_equal(ol_x11_output_read_crtcs(bytes, 64, crtcs, 2),
	                 -EBADMSG);
	assert_int_equal(ol_x11_output_read_crtc(bytes, 64, 1, made, 2),
	                 -EBADMSG);
	assert_int_equal(ol_x11_output_read(bytes, 64, made), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_who_brought_input),
		cmocka_unit_test(test_clocks_that_lie),
		cmocka_unit_test(test_outputs_that_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
