/*
 * What the outputs of a card show, by KMS ioctls that only ask. The node is
 * opened, mastership that the kernel may have given is dropped at once, one
 * snapshot is taken, and the node is closed: held open, it would keep the
 * console from coming back, and its mastership the display server from starting.
 * That much cannot be avoided, for the kernel knows no way to open a card
 * without: so it is only done for whoever takes the risk.
 * Runs on the worker: behind a page flip that is stuck such calls were seen to
 * wait for 28 s.
 */
#include "drm_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "probe.h"

/* The names that sysfs makes (drm_connector.c); 0 is unknown. */
static const char *const connector_types[] = {
	"Unknown",   "VGA",  "DVI-I",     "DVI-D",   "DVI-A", "Composite",
	"SVIDEO",    "LVDS", "Component", "DIN",     "DP",    "HDMI-A",
	"HDMI-B",    "TV",   "eDP",       "Virtual", "DSI",   "DPI",
	"Writeback", "SPI",  "USB",
};

static struct drm_connector *find_connector(struct drm_scan *scan,
                                            unsigned card,
                                            const drmModeConnector *kms)
{
	const size_t types =
		sizeof(connector_types) / sizeof(connector_types[0]);
	char name[DRM_NAME_MAX];

	if (kms->connector_type >= types)
		return NULL;
	(void)snprintf(name, sizeof(name), "%s-%u",
	               connector_types[kms->connector_type],
	               (unsigned)kms->connector_type_id);
	for (size_t i = 0; i < scan->connector_count; i++) {
		if (scan->connectors[i].card == card &&
		    strcmp(scan->connectors[i].name, name) == 0)
			return &scan->connectors[i];
	}
	return NULL;
}

static enum drm_protection read_protection(int fd, uint32_t connector)
{
	enum drm_protection found = DRM_PROTECTION_UNKNOWN;
	drmModeObjectProperties *properties = drmModeObjectGetProperties(
		fd, connector, DRM_MODE_OBJECT_CONNECTOR);

	for (uint32_t i = 0; properties != NULL && i < properties->count_props;
	     i++) {
		drmModePropertyRes *property =
			drmModeGetProperty(fd, properties->props[i]);

		/* 0 undesired, 1 desired, 2 enabled: only that protects. */
		if (property != NULL &&
		    strcmp(property->name, "Content Protection") == 0)
			found = properties->prop_values[i] == 2
			                ? DRM_PROTECTION_ON
			                : DRM_PROTECTION_OFF;
		drmModeFreeProperty(property);
	}
	drmModeFreeObjectProperties(properties);
	return found;
}

static void read_connector(struct drm_scan *scan, unsigned card, int fd,
                           uint32_t id)
{
	/* "Current": the other kind may probe, and wake a display. */
	drmModeConnector *kms = drmModeGetConnectorCurrent(fd, id);
	struct drm_connector *connector;
	drmModeEncoder *encoder;

	if (kms == NULL)
		return;
	connector = find_connector(scan, card, kms);
	if (connector != NULL && connector->is_enabled) {
		encoder = drmModeGetEncoder(fd, kms->encoder_id);
		if (encoder != NULL)
			connector->crtc = encoder->crtc_id;
		drmModeFreeEncoder(encoder);
		connector->protection = read_protection(fd, id);
	}
	drmModeFreeConnector(kms);
}

static void read_crtc(struct drm_scan *scan, unsigned card, int fd, uint32_t id)
{
	drmModeCrtc *kms;

	if (scan->crtc_count == DRM_CRTCS_MAX)
		return;
	kms = drmModeGetCrtc(fd, id);
	if (kms == NULL)
		return;
	if (kms->mode_valid)
		scan->crtcs[scan->crtc_count++] = (struct drm_crtc){
			.card = card,
			.id = kms->crtc_id,
			.framebuffer = kms->buffer_id,
			.x = kms->x,
			.y = kms->y,
			.width = kms->width,
			.height = kms->height,
		};
	drmModeFreeCrtc(kms);
}

static enum drm_kms take_snapshot(struct drm_scan *scan, unsigned card, int fd)
{
	drmModeRes *resources = drmModeGetResources(fd);

	if (resources == NULL)
		return DRM_KMS_FAILED;
	for (int i = 0; i < resources->count_connectors; i++)
		read_connector(scan, card, fd, resources->connectors[i]);
	for (int i = 0; i < resources->count_crtcs; i++)
		read_crtc(scan, card, fd, resources->crtcs[i]);
	drmModeFreeResources(resources);
	return DRM_KMS_KNOWN;
}

void ol_drm_ask_kms(struct drm_scan *scan, unsigned card)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "dev/dri/card%u",
	               scan->cards[card].number);
	/* Fails, and is looked up and paged in by then: the next one is quick. */
	(void)drmDropMaster(-1);
	fd = ol_open_at(scan->root, path, O_RDONLY);
	if (fd < 0) {
		scan->cards[card].kms = fd == -EACCES || fd == -EPERM
		                                ? DRM_KMS_DENIED
		                                : DRM_KMS_FAILED;
		return;
	}
	scan->opens++;
	/* It succeeds for a master alone, which then was us: nobody else is. */
	if (drmDropMaster(fd) == 0) {
		scan->masters++;
		scan->cards[card].kms = DRM_KMS_MASTERLESS;
	} else {
		scan->cards[card].kms = take_snapshot(scan, card, fd);
	}
	(void)close(fd);
}
