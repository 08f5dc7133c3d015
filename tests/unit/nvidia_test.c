/* The nvidia probe, with a double of its library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/tree.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

#define VERSION "proc/driver/nvidia/version"

static char script[128];

static void say(const char *text)
{
	FILE *file = fopen(script, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static struct onlooker *open_tree(const struct tree *tree)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .probes = "nvidia",
		                            .root = tree->root };
	struct onlooker *onlooker;

	assert_int_equal(onlooker_open(&options, &onlooker), 0);
	return onlooker;
}

static void make(struct tree *tree)
{
	tree_init(tree);
	(void)snprintf(script, sizeof(script), "%s/script", tree->root);
	assert_int_equal(setenv("NVML_DOUBLE", script, 1), 0);
}

static void expect_state(struct onlooker *onlooker,
                         enum onlooker_probe_state state, const char *reason)
{
	const struct onlooker_report *report;

	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "nvidia", .probe_state = state },
		10000));
	report = onlooker_get_report(onlooker);
	assert_non_null(
		strstr(report_find_probe(report, "nvidia")->reason, reason));
	onlooker_report_unref(report);
}

static void test_no_driver(void **state)
{
	struct onlooker *onlooker;
	struct tree tree;

	(void)state;
	make(&tree);
	onlooker = open_tree(&tree);
	expect_state(onlooker, ONLOOKER_PROBE_ABSENT, "NVIDIA");
	onlooker_unref(onlooker);
	tree_remove(&tree);
}

static void test_sessions(void **state)
{
	struct onlooker *onlooker;
	struct tree tree;

	(void)state;
	make(&tree);
	tree_text(&tree, VERSION, "NVRM version: 550\n");
	tree_text(&tree, "proc/4321/stat",
	          "4321 (sunshine) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99 "
	          "0 0\n");
	say("0\n");
	onlooker = open_tree(&tree);
	expect_state(onlooker, ONLOOKER_PROBE_WATCHING, "");
	assert_int_equal(count_watchers(onlooker), 0);
	say("0\ncapture 5 4321 1920 1080\nencoder 6 4321 1920 1080\n");
	assert_true(
		watch_for(onlooker,
	                  (struct watch_want){ .rule = "nvidia.frame-capture",
	                                       .pid = 4321,
	                                       .who = "sunshine" },
	                  10000));
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .rule = "nvidia.encoder", .pid = 4321 },
		10000));
	say("0\nencoder 6 4321 1920 1080\n");
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .not_rule = "nvidia.frame-capture" },
		10000));
	/* Not supported is nothing to see; an error is. */
	say("3\n");
	assert_true(watch_for(
		onlooker, (struct watch_want){ .not_rule = "nvidia.encoder" },
		10000));
	expect_state(onlooker, ONLOOKER_PROBE_WATCHING, "");
	say("15\n");
	expect_state(onlooker, ONLOOKER_PROBE_FAILED, "Some Error");
	say("4\n");
	expect_state(onlooker, ONLOOKER_PROBE_DENIED, "Some Error");
	say("0\ncapture 7 0 1 1\n");
	expect_state(onlooker, ONLOOKER_PROBE_WATCHING, "");
	onlooker_unref(onlooker);
	tree_remove(&tree);
}

static void test_library_fails(void **state)
{
	struct onlooker *onlooker;
	struct tree tree;

	(void)state;
	make(&tree);
	tree_text(&tree, VERSION, "NVRM version: 550\n");
	onlooker = open_tree(&tree);
	expect_state(onlooker, ONLOOKER_PROBE_FAILED, "Driver Not Loaded");
	onlooker_unref(onlooker);
	tree_remove(&tree);
}

/* A card that sleeps is left alone: the library would fail here. */
static void test_asleep(void **state)
{
	struct onlooker *onlooker;
	struct tree tree;

	(void)state;
	make(&tree);
	tree_text(&tree, VERSION, "NVRM version: 550\n");
	tree_text(&tree,
	          "sys/bus/pci/drivers/nvidia/0000:01:00.0/power/"
	          "runtime_status",
	          "suspended\n");
	onlooker = open_tree(&tree);
	expect_state(onlooker, ONLOOKER_PROBE_WATCHING, "");
	onlooker_unref(onlooker);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_driver),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_library_fails),
		cmocka_unit_test(test_asleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
