/*
 * Input devices that programs made, as sysfs shows them. Never opens one: what
 * is typed is not read.
 */
#include "input.h"

#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <string.h>

#include "sysfs.h"

bool ol_input_has_bit(const char *text, unsigned bit)
{
	const unsigned word_bits = 8 * sizeof(long);
	unsigned words = bit / word_bits;
	const char *word = text + strlen(text);

	/* From the last word, which holds bit 0, to the one that is asked for. */
	for (;;) {
		while (word > text && word[-1] == ' ')
			word--;
		while (word > text && word[-1] != ' ')
			word--;
		if (words == 0)
			break;
		if (word == text)
			return false;
		words--;
	}
	return strtoul(word, NULL, 16) >> bit % word_bits & 1;
}

static bool read_bits(int root, const char *device, const char *file,
                      char bits[512])
{
	char path[OL_SYSFS_PATH_MAX];

	return ol_sysfs_join(path, device, file) &&
	       ol_sysfs_text(root, path, bits, 512) == 0;
}

static void read_abilities(int root, const char *path,
                           struct input_device *device)
{
	char bits[512];

	if (read_bits(root, path, "capabilities/key", bits)) {
		device->is_keyboard = true;
		for (unsigned key = KEY_Q; key <= KEY_P; key++)
			device->is_keyboard &= ol_input_has_bit(bits, key);
		device->is_pointer = ol_input_has_bit(bits, BTN_LEFT) ||
		                     ol_input_has_bit(bits, BTN_TOUCH);
	}
	if (read_bits(root, path, "capabilities/rel", bits))
		device->is_pointer |= ol_input_has_bit(bits, REL_X) &&
		                      ol_input_has_bit(bits, REL_Y);
}

static void read_number(int root, const char *device, const char *file,
                        uint32_t *ret)
{
	char path[OL_SYSFS_PATH_MAX];

	if (ol_sysfs_join(path, device, file))
		(void)ol_sysfs_number(root, path, 16, ret);
}

static bool visit(void *userdata, const char *name)
{
	struct input_scan *scan = userdata;
	struct input_device *device = &scan->devices[scan->count];
	char path[OL_SYSFS_PATH_MAX], file[OL_SYSFS_PATH_MAX];
	char link[OL_SYSFS_PATH_MAX];
	bool is_uhid;

	if (strncmp(name, "input", 5) != 0 ||
	    strlen(name) >= sizeof(device->path) ||
	    !ol_sysfs_join(path, "sys/class/input", name) ||
	    ol_sysfs_link(scan->root, path, link, sizeof(link)) < 0)
		return true;
	is_uhid = strstr(link, "/virtual/misc/uhid/") != NULL;
	if (!is_uhid && strstr(link, "/virtual/input/") == NULL)
		return true; /* a piece of hardware */
	memset(device, 0, sizeof(*device));
	(void)strcpy(device->path, name);
	device->is_uhid = is_uhid;
	if (!ol_sysfs_join(file, path, "name") ||
	    ol_sysfs_text(scan->root, file, device->name,
	                  sizeof(device->name)) < 0)
		return true; /* gone meanwhile */
	read_number(scan->root, path, "id/vendor", &device->vendor);
	read_number(scan->root, path, "id/product", &device->product);
	read_abilities(scan->root, path, device);
	scan->count++;
	return scan->count < INPUT_DEVICES_MAX;
}

void ol_input_scan(struct input_scan *scan)
{
	scan->count = 0;
	scan->error = ol_sysfs_list(scan->root, "sys/class/input", visit, scan);
}
