/* What the outputs of this machine mean. From a scan to claims; no I/O. */
#include "drm_scan.h"

#include <stdio.h>
#include <string.h>

struct list {
	struct drm_found *found;
	size_t count;
};

/* FNV-1a over what the claim is about. */
static uint64_t key_of(unsigned card, const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ card;

	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return hash;
}

static struct drm_found *add(struct list *list, const char *rule, uint64_t key,
                             const char *who)
{
	struct drm_found *found;

	if (list->count == DRM_CLAIMS_MAX)
		return NULL;
	found = &list->found[list->count++];
	*found = (struct drm_found){ .rule = rule, .key = key };
	(void)snprintf(found->who, sizeof(found->who), "%s", who);
	return found;
}

static const char *protection_text(const struct drm_connector *connector)
{
	switch (connector->protection) {
	case DRM_PROTECTION_OFF:
		return ", without copy protection";
	case DRM_PROTECTION_ON:
		return ", with copy protection";
	default:
		return "";
	}
}

/* The output itself is the watcher; its monitor's name is the detail. */
static void add_output(struct list *list, const char *rule,
                       const struct drm_scan *scan,
                       const struct drm_connector *connector)
{
	struct drm_found *found = add(
		list, rule,
		key_of(scan->cards[connector->card].number, connector->name),
		connector->name);

	if (found != NULL)
		(void)snprintf(found->detail, sizeof(found->detail), "%s%s",
		               connector->has_edid &&
		                               connector->edid.name[0] != '\0'
		                       ? connector->edid.name
		                       : "no name",
		               protection_text(connector));
}

/* The device at the end of the cable is; where it is plugged in, the detail. */
static void add_device(struct list *list, const char *rule, const char *who,
                       const struct drm_scan *scan,
                       const struct drm_connector *connector)
{
	struct drm_found *found = add(
		list, rule,
		key_of(scan->cards[connector->card].number, connector->name),
		who);

	if (found == NULL)
		return;
	found->is_device = true;
	(void)snprintf(found->detail, sizeof(found->detail),
	               "at %s as %s %04x %.13s", connector->name,
	               connector->edid.maker, connector->edid.product,
	               connector->edid.name);
}

static void judge_edid(struct list *list, const struct drm_scan *scan,
                       const struct drm_connector *connector)
{
	const char *who;

	if (!connector->has_edid)
		return;
	switch (ol_drm_identify(&connector->edid, &who)) {
	case DRM_IDENTITY_KVM:
		add_device(list, "drm.ip-kvm", who, scan, connector);
		break;
	case DRM_IDENTITY_DECOY:
		add_device(list, "drm.decoy-edid", who, scan, connector);
		break;
	case DRM_IDENTITY_CAPTURE:
		if (connector->is_enabled)
			add_device(list, "drm.capture-device", who, scan,
			           connector);
		break;
	case DRM_IDENTITY_KERNEL:
		if (connector->is_enabled)
			add_output(list, "drm.edid-override", scan, connector);
		break;
	case DRM_IDENTITY_NONE:
		break;
	}
}

static void judge_connector(struct list *list, const struct drm_scan *scan,
                            const struct drm_connector *connector)
{
	if (connector->is_writeback) {
		/* That there is one is an ability; that it is fed, a use. */
		if (connector->is_enabled)
			add_output(list, "drm.writeback", scan, connector);
		return;
	}
	if (!connector->is_connected)
		return;
	judge_edid(list, scan, connector);
	if (!connector->is_enabled)
		return;
	if (scan->cards[connector->card].driver == DRM_DRIVER_VIRTUAL)
		add_output(list, "drm.virtual-output", scan, connector);
	else if (scan->cards[connector->card].driver == DRM_DRIVER_EVDI)
		add_output(list, "drm.evdi-output", scan, connector);
}

static const struct drm_crtc *find_crtc(const struct drm_scan *scan,
                                        const struct drm_connector *connector)
{
	for (size_t i = 0; connector->crtc != 0 && i < scan->crtc_count; i++) {
		if (scan->crtcs[i].card == connector->card &&
		    scan->crtcs[i].id == connector->crtc)
			return &scan->crtcs[i];
	}
	return NULL;
}

static uint64_t overlap(uint32_t a, uint32_t a_length, uint32_t b,
                        uint32_t b_length)
{
	uint64_t start = a > b ? a : b;
	uint64_t a_end = (uint64_t)a + a_length, b_end = (uint64_t)b + b_length;
	uint64_t end = a_end < b_end ? a_end : b_end;

	return end > start ? end - start : 0;
}

/*
 * One framebuffer on two CRTCs is a mirror where they show the same place of it.
 * An X11 desktop over two monitors is one framebuffer too, at two places. Half
 * of the smaller picture is enough: mirrors of two sizes are seldom aligned.
 */
static bool show_the_same(const struct drm_crtc *a, const struct drm_crtc *b)
{
	uint64_t a_area = (uint64_t)a->width * a->height;
	uint64_t b_area = (uint64_t)b->width * b->height;
	uint64_t shared = overlap(a->x, a->width, b->x, b->width) *
	                  overlap(a->y, a->height, b->y, b->height);

	return a->framebuffer != 0 && a->framebuffer == b->framebuffer &&
	       shared > 0 && shared * 2 >= (a_area < b_area ? a_area : b_area);
}

static const char *mirror_rule(const struct drm_scan *scan,
                               const struct drm_connector *a,
                               const struct drm_connector *b)
{
	const struct drm_crtc *a_crtc = find_crtc(scan, a);
	const struct drm_crtc *b_crtc = find_crtc(scan, b);

	if (a->card != b->card || a_crtc == NULL || b_crtc == NULL)
		return NULL;
	if (a_crtc == b_crtc)
		return "drm.cloned-crtc";
	return show_the_same(a_crtc, b_crtc) ? "drm.same-framebuffer" : NULL;
}

static void judge_mirrors(struct list *list, const struct drm_scan *scan)
{
	for (size_t i = 0; i < scan->connector_count; i++) {
		for (size_t j = i + 1; j < scan->connector_count; j++) {
			const struct drm_connector *a = &scan->connectors[i];
			const struct drm_connector *b = &scan->connectors[j];
			const char *rule = mirror_rule(scan, a, b);

			/* A laptop's own panel is what is mirrored. */
			if (rule != NULL)
				add_output(list, rule, scan,
				           b->is_internal ? a : b);
		}
	}
}

/* A laptop whose own panel is dark beside one other output. */
static void judge_panel(struct list *list, const struct drm_scan *scan)
{
	const struct drm_connector *other = NULL;
	unsigned panels = 0, others = 0;

	for (size_t i = 0; i < scan->connector_count; i++) {
		const struct drm_connector *connector = &scan->connectors[i];

		if (connector->is_internal) {
			panels++;
			if (connector->is_enabled)
				return;
		} else if (connector->is_enabled && connector->is_connected &&
		           !connector->is_writeback) {
			others++;
			other = connector;
		}
	}
	if (panels > 0 && others == 1)
		add_output(list, "drm.panel-off", scan, other);
}

static void judge_guest(struct list *list, const struct drm_scan *scan)
{
	for (size_t i = 0; i < scan->connector_count; i++) {
		const struct drm_connector *connector = &scan->connectors[i];

		if (connector->is_enabled && connector->is_connected &&
		    scan->cards[connector->card].driver == DRM_DRIVER_GUEST) {
			add_output(list, "drm.guest-output", scan, connector);
			return; /* once a machine: it is one window */
		}
	}
}

size_t ol_drm_judge(const struct drm_scan *scan,
                    struct drm_found found[DRM_CLAIMS_MAX])
{
	struct list list = { .found = found };
	struct drm_found *override;

	for (size_t i = 0; i < scan->connector_count; i++)
		judge_connector(&list, scan, &scan->connectors[i]);
	judge_mirrors(&list, scan);
	judge_panel(&list, scan);
	judge_guest(&list, scan);
	if (scan->overridden[0] != '\0') {
		override = add(&list, "drm.edid-override", 0,
		               "the kernel's command line");
		if (override != NULL)
			(void)snprintf(override->detail,
			               sizeof(override->detail), "%s",
			               scan->overridden);
	}
	return list.count;
}
