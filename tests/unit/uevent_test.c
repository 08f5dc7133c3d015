/* Uevents: which subsystem a message is of. */
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "uevent.h"

static const char *const wanted[] = { "drm", "usb", NULL };

static bool is_of(const char *message, size_t size)
{
	return ol_uevent_is_of(message, size, wanted);
}

static void test_subsystems(void **state)
{
	static const char drm[] = "change@/devices/x/drm/card0\0ACTION=change\0"
				  "SUBSYSTEM=drm\0HOTPLUG=1";
	static const char net[] = "add@/devices/net\0SUBSYSTEM=net";
	static const char longer[] = "add@/x\0SUBSYSTEM=drm_dp_aux_dev";

	(void)state;
	assert_true(is_of(drm, sizeof(drm)));
	assert_false(is_of(net, sizeof(net)));
	assert_false(is_of(longer, sizeof(longer)));
}

static void test_cut_messages(void **state)
{
	static const char message[] = "add@/x\0SUBSYSTEM=usb";

	(void)state;
	assert_false(is_of(message, 0));
	/* Without the last zero byte: all there, or not. */
	assert_true(is_of(message, sizeof(message) - 1));
	assert_false(is_of(message, sizeof(message) - 2));
	assert_false(is_of("SUBSYSTEM=", 10));
	assert_false(is_of("\0\0\0", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subsystems),
		cmocka_unit_test(test_cut_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
