/*
 * What KMS says, and what is made of it. libdrm is a double here: the functions
 * below stand in for it at link time. The vm tests ask a real kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "probes/drm_scan.h"
#include "tests/support/tree.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

/* Two connectors, two encoders, two CRTCs, as the test sets them. */
static struct {
	bool is_master; /* the kernel made us master */
	unsigned drops, asks;
	uint32_t crtc_of_encoder[2];
	uint32_t framebuffer[2], x[2], width[2];
	uint64_t protection;
} kms;

int drmDropMaster(int fd)
{
	if (fd < 0)
		return -1;             /* warms up */
	assert_int_equal(kms.asks, 0); /* before anything else */
	kms.drops++;
	return kms.is_master ? 0 : -1;
}

drmModeResPtr drmModeGetResources(int fd)
{
	drmModeRes *resources = calloc(1, sizeof(*resources));
	static uint32_t connectors[] = { 30, 31 }, crtcs[] = { 50, 51 };

	(void)fd;
	kms.asks++;
	resources->connectors = connectors;
	resources->count_connectors = 2;
	resources->crtcs = crtcs;
	resources->count_crtcs = 2;
	return resources;
}

void drmModeFreeResources(drmModeResPtr resources)
{
	free(resources);
}

drmModeConnectorPtr drmModeGetConnectorCurrent(int fd, uint32_t id)
{
	drmModeConnector *connector = calloc(1, sizeof(*connector));

	(void)fd;
	connector->connector_id = id;
	connector->connector_type =
		id == 30 ? DRM_MODE_CONNECTOR_eDP : DRM_MODE_CONNECTOR_HDMIA;
	connector->connector_type_id = 1;
	connector->encoder_id = id + 10;
	return connector;
}

/* That one may wake a display. */
drmModeConnectorPtr drmModeGetConnector(int fd, uint32_t id)
{
	(void)fd;
	(void)id;
	fail();
	return NULL;
}

void drmModeFreeConnector(drmModeConnectorPtr connector)
{
	free(connector);
}

drmModeEncoderPtr drmModeGetEncoder(int fd, uint32_t id)
{
	drmModeEncoder *encoder = calloc(1, sizeof(*encoder));

	(void)fd;
	encoder->crtc_id = kms.crtc_of_encoder[id - 40];
	return encoder;
}

void drmModeFreeEncoder(drmModeEncoderPtr encoder)
{
	free(encoder);
}

drmModeCrtcPtr drmModeGetCrtc(int fd, uint32_t id)
{
	drmModeCrtc *crtc = calloc(1, sizeof(*crtc));

	(void)fd;
	crtc->crtc_id = id;
	crtc->mode_valid = 1;
	crtc->buffer_id = kms.framebuffer[id - 50];
	crtc->x = kms.x[id - 50];
	crtc->width = kms.width[id - 50];
	crtc->height = 1080;
	return crtc;
}

void drmModeFreeCrtc(drmModeCrtcPtr crtc)
{
	free(crtc);
}

drmModeObjectPropertiesPtr drmModeObjectGetProperties(int fd, uint32_t id,
                                                      uint32_t type)
{
	drmModeObjectProperties *properties = calloc(1, sizeof(*properties));
	static uint32_t ids[] = { 90 };

	(void)fd;
	(void)id;
	(void)type;
	properties->props = ids;
	properties->prop_values = &kms.protection;
	properties->count_props = 1;
	return properties;
}

void drmModeFreeObjectProperties(drmModeObjectPropertiesPtr properties)
{
	free(properties);
}

drmModePropertyPtr drmModeGetProperty(int fd, uint32_t id)
{
	drmModePropertyRes *property = calloc(1, sizeof(*property));

	(void)fd;
	(void)id;
	(void)strcpy(property->name, "Content Protection");
	return property;
}

void drmModeFreeProperty(drmModePropertyPtr property)
{
	free(property);
}

static void make_desk(struct tree *tree)
{
	static const char *const connectors[] = { "eDP-1", "HDMI-A-1" };

	tree_init(tree);
	tree_text(tree, "dev/dri/card0", "");
	tree_text(tree, "sys/class/drm/card0/dev", "226:0\n");
	for (int i = 0; i < 2; i++) {
		char path[128];

		(void)snprintf(path, sizeof(path),
		               "sys/class/drm/card0-%s/status", connectors[i]);
		tree_text(tree, path, "connected\n");
		(void)snprintf(path, sizeof(path),
		               "sys/class/drm/card0-%s/enabled", connectors[i]);
		tree_text(tree, path, "enabled\n");
	}
}

static void set_extended(void)
{
	memset(&kms, 0, sizeof(kms));
	for (unsigned i = 0; i < 2; i++) {
		kms.crtc_of_encoder[i] = 50 + i;
		kms.framebuffer[i] = 70 + i;
		kms.width[i] = 1920;
	}
}

static struct onlooker *open_desk(const struct tree *tree, unsigned flags)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .flags = flags,
		                            .probes = "drm",
		                            .root = tree->root };
	struct onlooker *onlooker;

	assert_int_equal(onlooker_open(&options, &onlooker), 0);
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "drm",
	                             .probe_state = ONLOOKER_PROBE_WATCHING },
		5000));
	return onlooker;
}

static void expect_with(const struct tree *tree, unsigned flags,
                        const char *rule, const char *detail)
{
	struct onlooker *onlooker = open_desk(tree, flags);
	const struct onlooker_report *report = onlooker_get_report(onlooker);

	if (rule == NULL) {
		assert_null(report->watchers[0]);
	} else {
		assert_non_null(report->watchers[0]);
		assert_string_equal(report->watchers[0]->who, "HDMI-A-1");
		assert_string_equal(report->watchers[0]->evidence[0]->rule,
		                    rule);
		assert_string_equal(report->watchers[0]->evidence[0]->detail,
		                    detail);
	}
	onlooker_report_unref(report);
	onlooker_unref(onlooker);
}

static void expect(const struct tree *tree, const char *rule,
                   const char *detail)
{
	expect_with(tree, ONLOOKER_KMS, rule, detail);
}

static void test_mirrors(void **state)
{
	struct tree tree;

	(void)state;
	make_desk(&tree);
	set_extended();
	expect(&tree, NULL, NULL);
	assert_true(kms.asks > 0);
	assert_int_equal(kms.drops, 1);

	set_extended();
	kms.crtc_of_encoder[1] = 50;
	expect(&tree, "drm.cloned-crtc", "no name, without copy protection");

	set_extended();
	kms.framebuffer[1] = 70;
	kms.protection = 2;
	expect(&tree, "drm.same-framebuffer", "no name, with copy protection");
	/* Of another size, off by a little. */
	kms.asks = 0;
	kms.x[1] = 100;
	kms.width[1] = 1280;
	expect(&tree, "drm.same-framebuffer", "no name, with copy protection");

	/* An X11 desktop over both. */
	set_extended();
	kms.framebuffer[1] = 70;
	kms.x[1] = 1920;
	expect(&tree, NULL, NULL);
	/* Both off. */
	set_extended();
	kms.framebuffer[0] = kms.framebuffer[1] = 0;
	expect(&tree, NULL, NULL);
	tree_remove(&tree);
}

/* The console puts one picture on all outputs, and has no master. */
static void test_console(void **state)
{
	struct tree tree;

	(void)state;
	make_desk(&tree);
	set_extended();
	kms.framebuffer[1] = 70;
	kms.is_master = true;
	expect(&tree, NULL, NULL);
	assert_int_equal(kms.drops, 1);
	assert_int_equal(kms.asks, 0);
	tree_remove(&tree);
}

/* A node that is not opened needs no mastership dropped. */
static void test_left_alone(void **state)
{
	struct tree tree;

	(void)state;
	make_desk(&tree);
	set_extended();
	tree_text(&tree, "sys/class/drm/card0/device/power/runtime_status",
	          "suspended\n");
	expect(&tree, NULL, NULL);
	assert_int_equal(kms.drops, 0);
	tree_delete(&tree, "sys/class/drm/card0/device/power");
	/* One output in use: there is nothing to mirror. */
	tree_text(&tree, "sys/class/drm/card0-eDP-1/enabled", "disabled\n");
	expect(&tree, "drm.panel-off", "no name");
	assert_int_equal(kms.drops, 0);
	/* No display server of ours. */
	tree_text(&tree, "sys/class/drm/card0-eDP-1/enabled", "enabled\n");
	assert_int_equal(unsetenv("DISPLAY"), 0);
	expect(&tree, NULL, NULL);
	assert_int_equal(kms.drops, 0);
	assert_int_equal(setenv("DISPLAY", ":0", 1), 0);
	tree_remove(&tree);
}

static void expect_degraded(const struct tree *tree, unsigned flags,
                            const char *reason)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .flags = flags,
		                            .probes = "drm",
		                            .root = tree->root };
	const struct onlooker_report *report;
	struct onlooker *onlooker;

	assert_int_equal(onlooker_open(&options, &onlooker), 0);
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "drm",
	                             .probe_state = ONLOOKER_PROBE_DEGRADED },
		5000));
	report = onlooker_get_report(onlooker);
	for (size_t i = 0; report->probes[i] != NULL; i++) {
		if (strcmp(report->probes[i]->name, "drm") == 0)
			assert_non_null(
				strstr(report->probes[i]->reason, reason));
	}
	onlooker_report_unref(report);
	onlooker_unref(onlooker);
}

static void test_no_node(void **state)
{
	struct tree tree;

	(void)state;
	make_desk(&tree);
	set_extended();
	tree_delete(&tree, "dev/dri/card0");
	expect_degraded(&tree, ONLOOKER_KMS, "does not answer");
	tree_remove(&tree);
}

/* To open a card can cost a display server its own: nobody allowed it. */
static void test_not_allowed(void **state)
{
	struct tree tree;

	(void)state;
	make_desk(&tree);
	set_extended();
	assert_int_equal(setenv("WAYLAND_DISPLAY", "wayland-0", 1), 0);
	expect_degraded(&tree, 0, "not asked");
	assert_int_equal(unsetenv("WAYLAND_DISPLAY"), 0);
	kms.framebuffer[1] = 70;
	expect_with(&tree, 0, NULL, NULL);
	assert_int_equal(kms.drops, 0);
	assert_int_equal(kms.asks, 0);
	tree_remove(&tree);
}

static void test_status(void **state)
{
	static const char sunshine[] = "Name:\tsunshine\nUid:\t1000\t1000\t1000"
				       "\t1000\nCapEff:\t0000000000200000\n";
	static const char shell[] =
		"Name:\tbash\nUid:\t1000\t1000\t1000\t1000\n"
		"CapEff:\t0000000000000000\n";
	static const char root[] = "Name:\tinit\nUid:\t0\t0\t0\t0\n"
				   "CapEff:\t000001ffffffffff\n";

	(void)state;
	assert_int_equal(
		ol_drm_parse_status(sunshine, sizeof(sunshine) - 1, 1000), 1);
	assert_int_equal(ol_drm_parse_status(shell, sizeof(shell) - 1, 1000),
	                 0);
	assert_int_equal(ol_drm_parse_status(root, sizeof(root) - 1, 1000), 0);
	assert_true(ol_drm_parse_status("Name:\tx\n", 8, 1000) < 0);
	assert_true(ol_drm_parse_status("", 0, 1000) < 0);
}

/* A maker's other products are what they say. */
static void test_identities(void **state)
{
	static const struct {
		const char *maker;
		uint16_t product;
		const char *serial_text;
		enum drm_identity_kind kind;
	} cases[] = {
		{ "TSB", 0x8801, "", DRM_IDENTITY_KVM },
		{ "TSB", 0x8802, "", DRM_IDENTITY_NONE },
		{ "LNX", 0x776f, "", DRM_IDENTITY_NONE },
		{ "LNX", 0x7774, "", DRM_IDENTITY_NONE },
		{ "HJW", 0x2109, "", DRM_IDENTITY_CAPTURE },
		{ "HJW", 0x2110, "", DRM_IDENTITY_NONE },
		{ "DEL", 0xa0b1, "3S5GQ23", DRM_IDENTITY_DECOY },
		{ "DEL", 0xa0b1, "3S5GQ24", DRM_IDENTITY_NONE },
		{ "SAM", 0xa0b1, "3S5GQ23", DRM_IDENTITY_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ol_edid edid = { .product = cases[i].product };
		const char *who;

		(void)strcpy(edid.maker, cases[i].maker);
		(void)strcpy(edid.serial_text, cases[i].serial_text);
		assert_int_equal(ol_drm_identify(&edid, &who), cases[i].kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mirrors),
		cmocka_unit_test(test_console),
		cmocka_unit_test(test_left_alone),
		cmocka_unit_test(test_no_node),
		cmocka_unit_test(test_not_allowed),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_identities),
	};

	(void)setenv("DISPLAY", ":0", 1);
	(void)unsetenv("WAYLAND_DISPLAY");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
