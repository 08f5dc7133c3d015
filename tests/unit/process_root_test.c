/*
 * The process probe on a tree as the kernel lays it out. A program is seen for a
 * moment before its exec is over: with its name, and without its arguments.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/tree.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

enum { PATIENCE_MS = 10000 };

static const char ours[] = "DISPLAY=:5";
static const char stat_of[] =
	"101 (recordmydesktop) S 1 101 101 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 "
	"0 777 1 1\n";

static void test_seen_before_its_exec_is_over(void **state)
{
	struct tree tree;
	struct onlooker_options options = { .size = sizeof(options),
		                            .probes = "process",
		                            .root = tree.root };
	struct onlooker *onlooker;

	(void)state;
	setenv("DISPLAY", ":5", 1);
	tree_init(&tree);
	tree_text(&tree, "proc/1/stat", "1 (init) S 0\n");
	tree_text(&tree, "proc/loadavg", "0.00 0.00 0.00 1/1 100\n");
	assert_int_equal(onlooker_open(&options, &onlooker), 0);
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "process",
	                             .probe_state = ONLOOKER_PROBE_WATCHING },
		PATIENCE_MS));

	tree_text(&tree, "proc/101/stat", stat_of);
	tree_text(&tree, "proc/101/cmdline", "");
	tree_text(&tree, "proc/101/environ", "");
	tree_link(&tree, "proc/101/exe", "/usr/bin/recordmydesktop");
	tree_text(&tree, "proc/loadavg", "0.00 0.00 0.00 1/2 101\n");
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .rule = "process.likely-recording",
	                             .pid = 101 },
		PATIENCE_MS));

	tree_write(&tree, "proc/101/cmdline", "recordmydesktop", 16);
	tree_write(&tree, "proc/101/environ", ours, sizeof(ours));
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .rule = "process.recording",
	                             .pid = 101,
	                             .not_rule = "process.likely-recording" },
		PATIENCE_MS));
	onlooker_unref(onlooker);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seen_before_its_exec_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
