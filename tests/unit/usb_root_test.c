/* The usb probe on trees as the kernel lays them out; the vm tests have real ones. */
#include <stdio.h>
#include <string.h>

#include "tests/support/descriptor.h"
#include "tests/support/tree.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

static const uint8_t box_descriptors[] = {
	18, 1, 0, 2, 0, 0, 0, 64,   0x6b, 0x1d, 4, 1, 0, 1, 1, 2, 3,    1,
	9,  2, 0, 0, 3, 1, 0, 0xa0, 125,  9,    4, 0, 0, 1, 3, 1, 1,    0,
	9,  4, 1, 0, 1, 3, 0, 0,    0,    9,    4, 2, 0, 2, 8, 6, 0x50, 0,
};

#define USB "sys/bus/usb/devices/"

static void plug(const struct tree *tree, const char *vendor,
                 const char *product, const char *manufacturer,
                 const char *name)
{
	tree_text(tree, USB "1-1/idVendor", vendor);
	tree_text(tree, USB "1-1/idProduct", product);
	tree_text(tree, USB "1-1/manufacturer", manufacturer);
	tree_text(tree, USB "1-1/product", name);
	tree_write(tree, USB "1-1/descriptors", box_descriptors,
	           sizeof(box_descriptors));
	tree_write(tree,
	           USB "1-1/1-1:1.0/0003:1D6B:0104.0001/report_descriptor",
	           descriptor_keyboard.bytes, descriptor_keyboard.size);
	tree_write(tree,
	           USB "1-1/1-1:1.1/0003:1D6B:0104.0002/report_descriptor",
	           descriptor_absolute_mouse.bytes,
	           descriptor_absolute_mouse.size);
}

static struct onlooker *open_tree(const struct tree *tree)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .probes = "usb",
		                            .root = tree->root };
	struct onlooker *onlooker;

	assert_int_equal(onlooker_open(&options, &onlooker), 0);
	return onlooker;
}

static void expect(const struct tree *tree, const char *rule, const char *who)
{
	struct onlooker *onlooker = open_tree(tree);
	struct watch_want want = { .probe = "usb",
		                   .probe_state = ONLOOKER_PROBE_WATCHING,
		                   .rule = rule,
		                   .who = who };

	assert_true(watch_for(onlooker, want, 5000));
	if (rule == NULL)
		assert_int_equal(count_watchers(onlooker), 0);
	onlooker_unref(onlooker);
}

static void test_box(void **state)
{
	struct tree tree;

	(void)state;
	tree_init(&tree);
	tree_text(&tree, USB "usb1/idVendor", "1d6b\n");
	plug(&tree, "1d6b\n", "0104\n", "PiKVM\n", "PiKVM Composite Device\n");
	expect(&tree, "usb.ip-kvm", "PiKVM");
	/* By what it can do alone, and by its disk alone. */
	plug(&tree, "1209\n", "0001\n", "Acme\n", "Thing\n");
	expect(&tree, "usb.composite-input", "Thing");
	tree_text(&tree, USB "1-1/1-1:1.2/host2/target2:0:0/2:0:0:0/vendor",
	          "Glinet  \n");
	tree_text(&tree, USB "1-1/1-1:1.2/host2/target2:0:0/2:0:0:0/model",
	          "Flash Drive     \n");
	expect(&tree, "usb.ip-kvm", "GL.iNet Comet");
	tree_remove(&tree);
}

static void test_virtual_machine(void **state)
{
	struct tree tree;

	(void)state;
	tree_init(&tree);
	plug(&tree, "0627\n", "0001\n", "QEMU\n", "QEMU USB Tablet\n");
	tree_write(&tree, USB "1-1/descriptors", box_descriptors, 45);
	expect(&tree, "usb.composite-input", "QEMU USB Tablet");
	tree_text(&tree, "sys/class/dmi/id/sys_vendor", "QEMU\n");
	expect(&tree, NULL, NULL);
	tree_remove(&tree);
}

static void test_nothing_there(void **state)
{
	struct watch_want want = { .probe = "usb",
		                   .probe_state = ONLOOKER_PROBE_ABSENT };
	struct onlooker *onlooker;
	struct tree tree;

	(void)state;
	tree_init(&tree);
	onlooker = open_tree(&tree);
	assert_true(watch_for(onlooker, want, 5000));
	onlooker_unref(onlooker);
	/* A bus without devices, and files that are none of what they should. */
	tree_text(&tree, USB "1-2/idVendor", "garbage\n");
	tree_text(&tree, USB "1-3/idVendor", "046d\n");
	expect(&tree, NULL, NULL);
	tree_remove(&tree);
}

/* More devices than are kept, and names as long as they may be. */
static void test_many(void **state)
{
	char path[256], name[200];
	struct tree tree;

	(void)state;
	tree_init(&tree);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (int i = 0; i < 300; i++) {
		static const char *const files[] = { "idVendor", "idProduct",
			                             "manufacturer" };
		static const char *const texts[] = { "1d6b", "0104", "PiKVM" };

		for (int f = 0; f < 3; f++) {
			(void)snprintf(path, sizeof(path), USB "1-%d/%s", i,
			               files[f]);
			tree_text(&tree, path, texts[f]);
		}
		(void)snprintf(path, sizeof(path), USB "1-%d/product", i);
		tree_text(&tree, path, name);
		(void)snprintf(path, sizeof(path), USB "1-%d/descriptors", i);
		tree_write(&tree, path, box_descriptors,
		           sizeof(box_descriptors));
	}
	expect(&tree, "usb.ip-kvm", "PiKVM");
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_box),
		cmocka_unit_test(test_virtual_machine),
		cmocka_unit_test(test_nothing_there),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
