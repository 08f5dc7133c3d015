/*
 * The drm probe on trees that were recorded from Debian's kernels under QEMU and
 * with a vkms of two CRTCs; and what they must not be taken for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/tree.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

static struct onlooker *open_root(const char *root)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .probes = "drm",
		                            .root = root };
	struct onlooker *onlooker;

	assert_int_equal(onlooker_open(&options, &onlooker), 0);
	return onlooker;
}

/* That the probe sees this and, without rule2, nothing else. */
static void expect(const char *root, const char *rule, const char *who,
                   const char *rule2)
{
	struct onlooker *onlooker = open_root(root);
	struct watch_want want = { .probe = "drm",
		                   .probe_state = ONLOOKER_PROBE_WATCHING,
		                   .rule = rule,
		                   .who = who };
	const struct onlooker_report *report;

	assert_true(watch_for(onlooker, want, 5000));
	report = onlooker_get_report(onlooker);
	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_evidence *const *evidence =
			report->watchers[i]->evidence;

		for (size_t j = 0; evidence[j] != NULL; j++) {
			if (rule != NULL &&
			    strcmp(evidence[j]->rule, rule) == 0)
				continue;
			if (rule2 == NULL ||
			    strcmp(evidence[j]->rule, rule2) != 0)
				fail_msg("%s: %s", root, evidence[j]->rule);
		}
	}
	if (rule2 != NULL)
		assert_non_null(report_find(report, rule2, 0));
	onlooker_report_unref(report);
	onlooker_unref(onlooker);
}

static void test_recorded(void **state)
{
	static const struct {
		const char *root, *rule, *who, *rule2;
	} cases[] = {
		{ "bochs", "drm.guest-output", "Virtual-1", NULL },
		{ "qxl", "drm.guest-output", "Virtual-1", NULL },
		{ "cirrus", "drm.guest-output", "VGA-1", NULL },
		{ "virtio-two-outputs", "drm.guest-output", "Virtual-1", NULL },
		{ "vkms", "drm.virtual-output", "Virtual-1", NULL },
		{ "vkms-patched", "drm.virtual-output", "Virtual-2", NULL },
		/* Connected, but no picture is sent there yet. */
		{ "evdi", "drm.guest-output", "Virtual-1", NULL },
		/* Enabled, but nothing is plugged in. */
		{ "evdi-idle", "drm.guest-output", "Virtual-1", NULL },
		{ "writeback", "drm.writeback", "Writeback-1",
		  "drm.virtual-output" },
		{ "pikvm", "drm.ip-kvm", "PiKVM", "drm.virtual-output" },
		{ "jetkvm", "drm.ip-kvm", "JetKVM", "drm.virtual-output" },
		{ "ms2109", "drm.capture-device", "MacroSilicon capture",
		  "drm.virtual-output" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char root[512];

		(void)snprintf(root, sizeof(root), ROOTS "/%s", cases[i].root);
		expect(root, cases[i].rule, cases[i].who, cases[i].rule2);
	}
}

/* A desk: one card of real hardware and these connectors. */
static void add_connector(const struct tree *tree, const char *name,
                          const char *status, const char *enabled,
                          const char *edid)
{
	char path[256], source[256];
	uint8_t bytes[512];
	size_t size;
	FILE *file;

	tree_text(tree, "sys/class/drm/card0/dev", "226:0\n");
	(void)snprintf(path, sizeof(path), "sys/class/drm/card0-%s/status",
	               name);
	tree_text(tree, path, status);
	(void)snprintf(path, sizeof(path), "sys/class/drm/card0-%s/enabled",
	               name);
	tree_text(tree, path, enabled);
	if (edid == NULL)
		return;
	(void)snprintf(source, sizeof(source), EDIDS "/%s.bin", edid);
	file = fopen(source, "rb");
	assert_non_null(file);
	size = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	(void)snprintf(path, sizeof(path), "sys/class/drm/card0-%s/edid", name);
	tree_write(tree, path, bytes, size);
}

static void test_desks(void **state)
{
	struct tree tree;

	(void)state;
	/* A desktop PC's only monitor. */
	tree_init(&tree);
	add_connector(&tree, "HDMI-A-1", "connected\n", "enabled\n",
	              "dell_real");
	add_connector(&tree, "DP-1", "disconnected\n", "disabled\n", NULL);
	expect(tree.root, NULL, NULL, NULL);
	/* A second one; without a display server KMS is not asked. */
	add_connector(&tree, "DP-1", "connected\n", "enabled\n", "dell_real");
	expect(tree.root, NULL, NULL, NULL);
	tree_remove(&tree);

	/* A laptop, and a projector beside it. */
	tree_init(&tree);
	add_connector(&tree, "eDP-1", "connected\n", "enabled\n", NULL);
	add_connector(&tree, "HDMI-A-1", "connected\n", "enabled\n", NULL);
	expect(tree.root, NULL, NULL, NULL);
	/* Its lid shut. */
	add_connector(&tree, "eDP-1", "connected\n", "disabled\n", NULL);
	expect(tree.root, "drm.panel-off", "HDMI-A-1", NULL);
	tree_remove(&tree);
}

static void test_edids(void **state)
{
	static const struct {
		const char *edid, *rule, *who;
	} cases[] = {
		{ "pikvm_v4plus", "drm.ip-kvm", "PiKVM" },
		{ "pikvm_old_tc358743", "drm.ip-kvm", "PiKVM" },
		{ "toshiba_h2c_tc358743", "drm.ip-kvm", "BliKVM" },
		{ "tinypilot", "drm.ip-kvm", "TinyPilot" },
		{ "jetkvm_old", "drm.ip-kvm", "JetKVM" },
		{ "nanokvm", "drm.ip-kvm", "NanoKVM" },
		{ "idrac", "drm.ip-kvm", "iDRAC or JetKVM" },
		{ "ms2109_hdtousb", "drm.capture-device",
		  "MacroSilicon capture" },
		{ "capture_cap0100", "drm.capture-device", "Capture" },
		{ "suntech_pvr", "drm.capture-device", "Suntech PVR" },
		{ "linux_fhd_builtin", "drm.edid-override", "HDMI-A-1" },
		{ "dell_real", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tree tree;

		tree_init(&tree);
		add_connector(&tree, "HDMI-A-1", "connected\n", "enabled\n",
		              cases[i].edid);
		expect(tree.root, cases[i].rule, cases[i].who, NULL);
		tree_remove(&tree);
	}
}

static void test_options(void **state)
{
	static const char *const made_up[] = {
		"quiet drm.edid_firmware=edid/1920x1080.bin splash\n",
		"video=HDMI-A-1:1920x1080@60e quiet\n",
		"video=HDMI-A-1:D\n",
		"drm_kms_helper.edid_firmware=HDMI-A-1:edid/x.bin\n",
	};
	static const char *const ordinary[] = {
		"quiet splash\n",       "video=HDMI-A-1:1920x1080@60\n",
		"video=efifb:off\n",    "video=\n",
		"drm.edid_firmware=\n", "novideo=HDMI-A-1:e\n",
	};
	struct tree tree;

	(void)state;
	tree_init(&tree);
	add_connector(&tree, "HDMI-A-1", "connected\n", "enabled\n",
	              "dell_real");
	for (size_t i = 0; i < sizeof(made_up) / sizeof(made_up[0]); i++) {
		tree_text(&tree, "proc/cmdline", made_up[i]);
		expect(tree.root, "drm.edid-override",
		       "the kernel's command line", NULL);
	}
	for (size_t i = 0; i < sizeof(ordinary) / sizeof(ordinary[0]); i++) {
		tree_text(&tree, "proc/cmdline", ordinary[i]);
		expect(tree.root, NULL, NULL, NULL);
	}
	tree_remove(&tree);
}

/* Claims follow the files; polled, for nobody tells of a tree's changes. */
static void test_changes(void **state)
{
	struct watch_want want = { .rule = "drm.ip-kvm", .who = "NanoKVM" };
	struct onlooker *onlooker;
	struct tree tree;

	(void)state;
	tree_init(&tree);
	add_connector(&tree, "HDMI-A-1", "disconnected\n", "disabled\n", NULL);
	onlooker = open_root(tree.root);
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "drm",
	                             .probe_state = ONLOOKER_PROBE_WATCHING },
		5000));
	add_connector(&tree, "HDMI-A-1", "connected\n", "enabled\n", "nanokvm");
	assert_true(watch_for(onlooker, want, 10000));
	add_connector(&tree, "HDMI-A-1", "disconnected\n", "disabled\n", NULL);
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .not_rule = "drm.ip-kvm" },
	                      10000));
	/* The card itself is pulled. */
	tree_delete(&tree, "sys/class/drm");
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "drm",
	                             .probe_state = ONLOOKER_PROBE_ABSENT },
		10000));
	onlooker_unref(onlooker);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded), cmocka_unit_test(test_desks),
		cmocka_unit_test(test_edids),    cmocka_unit_test(test_options),
		cmocka_unit_test(test_changes),
	};

	/* The machine's own display server has no business here. */
	(void)unsetenv("DISPLAY");
	(void)unsetenv("WAYLAND_DISPLAY");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
