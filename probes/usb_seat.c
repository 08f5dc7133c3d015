/*
 * What else there is at the seat: displays that are plugged in, and how often its
 * other input devices have had anything to say. Counters only: never what it was.
 * Runs on the worker. Judges nothing.
 */
#include "usb.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysfs.h"

enum {
	/*
	 * Read of /proc/interrupts: 8 columns of 11 bytes and 300 lines have
	 * 30 KB. What input devices use has low numbers and comes first.
	 */
	INTERRUPTS_MAX = 262144,
};

static bool visit_connector(void *userdata, const char *name)
{
	struct usb_scan *scan = userdata;
	char path[OL_SYSFS_PATH_MAX], status[32];

	/* "card0-HDMI-A-1" */
	if (strncmp(name, "card", 4) != 0 || strchr(name, '-') == NULL ||
	    strlen(name) >= USB_PATH_MAX)
		return true;
	(void)snprintf(path, sizeof(path), "sys/class/drm/%.31s/status", name);
	if (ol_sysfs_text(scan->root, path, status, sizeof(status)) == 0 &&
	    strcmp(status, "connected") == 0)
		(void)strcpy(scan->displays[scan->display_count++], name);
	return scan->display_count < USB_DISPLAYS_MAX;
}

/* "ELAN0501:00", as ACPI names devices on other buses. */
static bool is_acpi_name(const char *text)
{
	for (int i = 0; i < 8; i++) {
		if (!isalnum((unsigned char)text[i]))
			return false;
	}
	return text[8] == ':' && isxdigit((unsigned char)text[9]) &&
	       isxdigit((unsigned char)text[10]);
}

/* Rather one that is no input device than one too few. */
static bool is_of_input(const char *name)
{
	if (strstr(name, "i8042") != NULL || strstr(name, "i2c") != NULL ||
	    strstr(name, "hid") != NULL || strstr(name, "ouch") != NULL)
		return true;
	for (; *name != '\0'; name++) {
		if (is_acpi_name(name))
			return true;
	}
	return false;
}

/* "  1:   9   0  IO-APIC   1-edge   i8042": the sum of the columns. */
static uint64_t count_line(const char *line)
{
	uint64_t sum = 0;
	char *end;

	line += strspn(line, " ");
	if (!isdigit((unsigned char)*line))
		return 0;
	line += strspn(line, "0123456789");
	if (*line++ != ':')
		return 0;
	for (;;) {
		unsigned long long count = strtoull(line, &end, 10);

		if (end == line || (*end != ' ' && *end != '\0'))
			break;
		sum += count;
		line = end;
	}
	return is_of_input(line) ? sum : 0;
}

uint64_t ol_usb_parse_interrupts(const char *text, size_t size)
{
	uint64_t sum = 0;

	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		size_t length = end != NULL ? (size_t)(end - text) : size;
		char line[4096];

		(void)snprintf(line, sizeof(line), "%.*s",
		               (int)(length < sizeof(line) ? length
		                                           : sizeof(line) - 1),
		               text);
		sum += count_line(line);
		length += end != NULL;
		text += length;
		size -= length;
	}
	return sum;
}

void ol_usb_scan_seat(struct usb_scan *scan)
{
	char *text;
	ssize_t size;

	scan->display_count = 0;
	/* A machine without a card has no displays. */
	(void)ol_sysfs_list(scan->root, "sys/class/drm", visit_connector, scan);
	text = malloc(INTERRUPTS_MAX);
	if (text == NULL)
		return;
	size = ol_sysfs_read(scan->root, "proc/interrupts", text,
	                     INTERRUPTS_MAX);
	if (size > 0)
		scan->seat_count += ol_usb_parse_interrupts(text, (size_t)size);
	free(text);
}
