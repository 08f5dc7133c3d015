/* The input probe on trees as the kernel lays them out; the vm tests have real ones. */
#include <stdio.h>
#include <string.h>

#include "probes/input.h"
#include "tests/support/tree.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

/* What a keyboard's and a mouse's files held on a real machine of 64 bits. */
#define KEYBOARD_KEYS                                                          \
	"402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe"
#define MOUSE_KEYS "ff0000 0 0 0 0"
/* An HP laptop's special keys, which the kernel puts below virtual/input too. */
#define HOTKEYS "4000000 0 10000000000000 0"

static void make(const struct tree *tree, int number, const char *parent,
                 const char *name, const char *keys, const char *rel)
{
	static const char *const files[] = { "name", "id/vendor", "id/product",
		                             "capabilities/key",
		                             "capabilities/rel" };
	const char *texts[] = { name, "beef", "dead", keys, rel };
	char path[256], target[256];

	for (int i = 0; i < 5; i++) {
		(void)snprintf(path, sizeof(path), "sys/devices/%s/input%d/%s",
		               parent, number, files[i]);
		tree_text(tree, path, texts[i]);
	}
	(void)snprintf(path, sizeof(path), "sys/class/input/input%d", number);
	(void)snprintf(target, sizeof(target), "../../devices/%s/input%d",
	               parent, number);
	tree_link(tree, path, target);
}

static void expect(const struct tree *tree, const char *rule, const char *who)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .probes = "input",
		                            .root = tree->root };
	struct watch_want want = { .probe = "input",
		                   .probe_state = ONLOOKER_PROBE_WATCHING,
		                   .rule = rule,
		                   .who = who };
	struct onlooker *onlooker;

	assert_int_equal(onlooker_open(&options, &onlooker), 0);
	assert_true(watch_for(onlooker, want, 5000));
	if (rule == NULL)
		assert_int_equal(count_watchers(onlooker), 0);
	onlooker_unref(onlooker);
}

static void test_tools(void **state)
{
	static const struct {
		const char *parent, *name, *keys, *rel, *rule, *who;
	} cases[] = {
		{ "virtual/input", "RustDesk UInput Keyboard", KEYBOARD_KEYS,
		  "0", "input.remote-tool", "RustDesk" },
		{ "virtual/input", "mouce-library-fake-mouse", MOUSE_KEYS,
		  "903", "input.remote-tool", "RustDesk" },
		{ "virtual/input", "Mouse passthrough (absolute)", MOUSE_KEYS,
		  "0", "input.remote-tool", "Sunshine" },
		{ "virtual/misc/uhid/0003:054C:0CE6.0007/input",
		  "Sunshine PS5 (virtual) pad", "0", "0", "input.remote-tool",
		  "Sunshine" },
		{ "virtual/input", "ydotoold virtual device", KEYBOARD_KEYS,
		  "903", "input.automation", "ydotool" },
		{ "virtual/input", "Acme Hand", MOUSE_KEYS, "903",
		  "input.virtual-device", "Acme Hand" },
		{ "virtual/input", "keyd virtual keyboard", KEYBOARD_KEYS, "0",
		  NULL, NULL },
		{ "virtual/input", "input-remapper AT Keyboard forwarded",
		  KEYBOARD_KEYS, "0", NULL, NULL },
		{ "virtual/input", "Microsoft X-Box 360 pad 0", "0", "0", NULL,
		  NULL },
		{ "virtual/input", "HP WMI hotkeys", HOTKEYS, "0", NULL, NULL },
		{ "virtual/misc/uhid/0005:046D:B342.0003/input",
		  "Keyboard K380", KEYBOARD_KEYS, "0", NULL, NULL },
		{ "pci0000:00/usb1/1-1/1-1:1.0/0003:1D6B:0104.0001/input",
		  "Sunshine keyboard of flesh and blood", KEYBOARD_KEYS, "0",
		  NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tree tree;

		tree_init(&tree);
		make(&tree, 17, cases[i].parent, cases[i].name, cases[i].keys,
		     cases[i].rel);
		expect(&tree, cases[i].rule, cases[i].who);
		tree_remove(&tree);
	}
}

static void test_bits(void **state)
{
	(void)state;
	assert_true(ol_input_has_bit("1", 0));
	assert_false(ol_input_has_bit("1", 1));
	assert_true(ol_input_has_bit("10000 0 0 0 0", 0x110));
	assert_false(ol_input_has_bit("10000 0 0 0", 0x110));
	assert_false(ol_input_has_bit("", 5));
	assert_false(ol_input_has_bit("  ", 500));
	assert_false(ol_input_has_bit("zz zz", 64));
}

static void test_nothing_there(void **state)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .probes = "input" };
	struct watch_want want = { .probe = "input",
		                   .probe_state = ONLOOKER_PROBE_ABSENT };
	struct onlooker *onlooker;
	struct tree tree;

	(void)state;
	tree_init(&tree);
	options.root = tree.root;
	assert_int_equal(onlooker_open(&options, &onlooker), 0);
	assert_true(watch_for(onlooker, want, 5000));
	onlooker_unref(onlooker);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tools),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_nothing_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
