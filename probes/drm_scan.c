/*
 * Outputs as sysfs shows them, which takes no rights and can hurt nobody. Runs on
 * the worker, for `edid` waits behind whatever the driver is doing. Judges
 * nothing.
 */
#include "drm_scan.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysfs.h"

/* Drivers by the name of their link; what is not here is hardware. */
static const struct {
	const char *name;
	enum drm_driver driver;
} drivers[] = {
	{ "virtio-pci", DRM_DRIVER_GUEST },
	{ "virtio_gpu", DRM_DRIVER_GUEST },
	{ "bochs-drm", DRM_DRIVER_GUEST },
	{ "qxl", DRM_DRIVER_GUEST },
	{ "cirrus", DRM_DRIVER_GUEST },
	{ "cirrus-qemu", DRM_DRIVER_GUEST },
	{ "vmwgfx", DRM_DRIVER_GUEST },
	{ "vboxvideo", DRM_DRIVER_GUEST },
	{ "hyperv_drm", DRM_DRIVER_GUEST },
	{ "xen-drm-front", DRM_DRIVER_GUEST },
	{ "vkms", DRM_DRIVER_VIRTUAL },
	{ "faux_driver", DRM_DRIVER_VIRTUAL },
	{ "evdi", DRM_DRIVER_EVDI },
};

static enum drm_driver find_driver(int root, const char *card)
{
	char path[OL_SYSFS_PATH_MAX], link[OL_SYSFS_PATH_MAX];
	const char *name;

	if (!ol_sysfs_join(path, card, "device/driver") ||
	    ol_sysfs_link(root, path, link, sizeof(link)) < 0) {
		/* vkms before 7.0 is a platform device without a driver. */
		(void)ol_sysfs_link(root, card, link, sizeof(link));
		if (strstr(link, "/platform/vkms/") != NULL ||
		    strstr(link, "/faux/") != NULL)
			return DRM_DRIVER_VIRTUAL;
		return DRM_DRIVER_HARDWARE;
	}
	name = strrchr(link, '/');
	name = name != NULL ? name + 1 : link;
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (strcmp(drivers[i].name, name) == 0)
			return drivers[i].driver;
	}
	return DRM_DRIVER_HARDWARE;
}

static void read_card(struct drm_scan *scan, unsigned number)
{
	struct drm_card *card = &scan->cards[scan->card_count++];
	char base[OL_SYSFS_PATH_MAX], path[OL_SYSFS_PATH_MAX], text[32];

	*card = (struct drm_card){ .number = number };
	(void)snprintf(base, sizeof(base), "sys/class/drm/card%u", number);
	card->driver = find_driver(scan->root, base);
	if (ol_sysfs_join(path, base, "device/power/runtime_status") &&
	    ol_sysfs_text(scan->root, path, text, sizeof(text)) == 0)
		card->is_suspended = strcmp(text, "suspended") == 0 ||
		                     strcmp(text, "suspending") == 0;
}

static bool attribute_is(int root, const char *base, const char *file,
                         const char *value)
{
	char path[OL_SYSFS_PATH_MAX], text[32];

	return ol_sysfs_join(path, base, file) &&
	       ol_sysfs_text(root, path, text, sizeof(text)) == 0 &&
	       strcmp(text, value) == 0;
}

static bool is_internal(const char *name)
{
	static const char *const kinds[] = { "eDP-", "LVDS-", "DSI-", "DPI-" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
			return true;
	}
	return false;
}

static void read_edid(struct drm_scan *scan, const char *base,
                      struct drm_connector *connector)
{
	uint8_t bytes[OL_EDID_BLOCK];
	char path[OL_SYSFS_PATH_MAX];
	ssize_t size;

	if (!connector->is_connected || connector->is_writeback ||
	    !ol_sysfs_join(path, base, "edid"))
		return;
	size = ol_sysfs_read(scan->root, path, bytes, sizeof(bytes));
	if (size > 0 &&
	    ol_edid_parse(bytes, (size_t)size, &connector->edid) == 0)
		connector->has_edid = true;
}

static void read_connector(struct drm_scan *scan, unsigned card,
                           const char *entry, const char *name)
{
	struct drm_connector *connector =
		&scan->connectors[scan->connector_count];
	char base[OL_SYSFS_PATH_MAX];

	if (scan->connector_count == DRM_CONNECTORS_MAX ||
	    strlen(name) >= sizeof(connector->name) ||
	    !ol_sysfs_join(base, "sys/class/drm", entry))
		return;
	*connector = (struct drm_connector){ .card = card };
	(void)strcpy(connector->name, name);
	connector->is_writeback = strncmp(name, "Writeback-", 10) == 0;
	connector->is_internal = is_internal(name);
	connector->is_connected =
		attribute_is(scan->root, base, "status", "connected");
	connector->is_enabled =
		attribute_is(scan->root, base, "enabled", "enabled");
	read_edid(scan, base, connector);
	scan->connector_count++;
}

/* "card0" is a card, "card0-HDMI-A-1" a connector of it. */
static bool split(const char *entry, unsigned long *number, const char **name)
{
	char *end;

	if (strncmp(entry, "card", 4) != 0 || !isdigit((unsigned char)entry[4]))
		return false;
	*number = strtoul(entry + 4, &end, 10);
	if (*number > 9999 || (*end != '\0' && *end != '-'))
		return false;
	*name = *end == '-' ? end + 1 : NULL;
	return true;
}

static bool visit_card(void *userdata, const char *entry)
{
	struct drm_scan *scan = userdata;
	unsigned long number;
	const char *name;

	if (split(entry, &number, &name) && name == NULL)
		read_card(scan, (unsigned)number);
	return scan->card_count < DRM_CARDS_MAX;
}

static bool visit_connector(void *userdata, const char *entry)
{
	struct drm_scan *scan = userdata;
	unsigned long number;
	const char *name;

	if (!split(entry, &number, &name) || name == NULL)
		return true;
	for (unsigned i = 0; i < scan->card_count; i++) {
		if (scan->cards[i].number == number)
			read_connector(scan, i, entry, name);
	}
	return true;
}

/* Directories have no order; claims should not depend on it. */
static int compare(const void *left, const void *right)
{
	const struct drm_connector *a = left, *b = right;

	if (a->card != b->card)
		return a->card < b->card ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* "HDMI-A-1:1920x1080e": e and D switch an output on without a display. */
static bool forces_output(const char *option, size_t length)
{
	const char *colon = memchr(option, ':', length);
	const char *end = option + length;
	const char *comma;

	if (colon == NULL)
		return false;
	comma = memchr(colon, ',', (size_t)(end - colon));
	if (comma != NULL)
		end = comma;
	return end[-1] == 'e' || end[-1] == 'D';
}

static bool is_override(const char *word, size_t length)
{
	static const char *const edids[] = { "drm.edid_firmware=",
		                             "drm_kms_helper.edid_firmware=" };
	static const char video[] = "video=";
	const size_t video_length = sizeof(video) - 1;

	for (size_t i = 0; i < sizeof(edids) / sizeof(edids[0]); i++) {
		if (length > strlen(edids[i]) &&
		    memcmp(word, edids[i], strlen(edids[i])) == 0)
			return true;
	}
	return length > video_length &&
	       memcmp(word, video, video_length) == 0 &&
	       forces_output(word + video_length, length - video_length);
}

void ol_drm_parse_command_line(const char *text, size_t size,
                               char found[DRM_TEXT_MAX])
{
	const char *end = text + size;

	found[0] = '\0';
	while (text < end) {
		const char *space = text;

		while (space < end && *space != ' ' && *space != '\n' &&
		       *space != '\0')
			space++;
		if (is_override(text, (size_t)(space - text))) {
			(void)snprintf(found, DRM_TEXT_MAX, "%.*s",
			               (int)(space - text < DRM_TEXT_MAX
			                             ? space - text
			                             : DRM_TEXT_MAX),
			               text);
			return;
		}
		text = space + 1;
	}
}

static void read_override(struct drm_scan *scan)
{
	/* COMMAND_LINE_SIZE of x86 is 2048. */
	char text[4096];
	ssize_t size =
		ol_sysfs_read(scan->root, "proc/cmdline", text, sizeof(text));

	if (size > 0)
		ol_drm_parse_command_line(text, (size_t)size, scan->overridden);
	if (scan->overridden[0] != '\0')
		return;
	/* It can be set later, too. */
	if (ol_sysfs_text(scan->root, "sys/module/drm/parameters/edid_firmware",
	                  text, sizeof(text)) == 0 &&
	    text[0] != '\0' && strcmp(text, "(null)") != 0)
		(void)snprintf(scan->overridden, DRM_TEXT_MAX,
		               "drm.edid_firmware=%.60s", text);
}

static void read_vt(int root, char vt[DRM_VT_MAX])
{
	(void)ol_sysfs_text(root, "sys/class/tty/tty0/active", vt, DRM_VT_MAX);
}

/*
 * Asked right before a card is opened, for what was read before took time. It
 * makes a refusal rarer, no more: the terminal may begin to change right after
 * the answer, and a server that gives its terminal up drops its card before
 * anybody can see that it does.
 */
static bool is_vt_settled(const struct drm_scan *scan)
{
	char vt[DRM_VT_MAX];

	read_vt(scan->root, vt);
	return strcmp(vt, scan->vt) == 0 &&
	       (scan->last_vt[0] == '\0' || strcmp(vt, scan->last_vt) == 0);
}

/*
 * Sysfs counts the outputs that are in use; only KMS knows what they show. It is
 * asked when there are two of them, for with one there is nothing to mirror.
 */
static void ask_kms(struct drm_scan *scan)
{
	read_vt(scan->root, scan->vt);
	for (unsigned i = 0; i < scan->card_count; i++) {
		unsigned in_use = 0;

		for (size_t j = 0; j < scan->connector_count; j++)
			in_use += scan->connectors[j].card == i &&
			          scan->connectors[j].is_enabled &&
			          !scan->connectors[j].is_writeback;
		if (in_use < 2)
			continue;
		/*
		 * The first to open a card becomes its master, and whoever
		 * should be is refused meanwhile: keep away unless that risk is
		 * taken, where no server need be there, and while one takes over
		 * from another. A card that sleeps would be woken.
		 */
		scan->cards[i].kms =
			scan->is_kms_off ? DRM_KMS_NOT_ASKED : DRM_KMS_UNSAFE;
		if (scan->may_ask_kms && !scan->cards[i].is_suspended &&
		    is_vt_settled(scan))
			ol_drm_ask_kms(scan, i);
	}
}

void ol_drm_scan(struct drm_scan *scan)
{
	scan->error =
		ol_sysfs_list(scan->root, "sys/class/drm", visit_card, scan);
	if (scan->error == 0 && scan->card_count == 0)
		scan->error = -ENOENT;
	if (scan->error < 0)
		return;
	(void)ol_sysfs_list(scan->root, "sys/class/drm", visit_connector, scan);
	qsort(scan->connectors, scan->connector_count,
	      sizeof(scan->connectors[0]), compare);
	read_override(scan);
	ask_kms(scan);
	ol_drm_find_grabbers(scan);
}
