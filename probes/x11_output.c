/* RandR's outputs: lists taken apart, and what they mean. No I/O. */
#include "x11_output.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	HEADER = 32, /* of a reply; also that of resources and CRTCs */
	OUTPUT_HEADER = 36,
	WORD = 4,
	DISCONNECTED = 1,
};

struct list {
	struct x11_output_found *found;
	int count;
};

static uint16_t get16(const uint8_t *bytes)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static uint32_t get32(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

int ol_x11_output_read_crtcs(const void *bytes, size_t size, uint32_t *ret,
                             int max)
{
	const uint8_t *reply = bytes;
	int count = size >= HEADER ? get16(reply + 16) : 0;

	if (size < HEADER || (size - HEADER) / WORD < (size_t)count)
		return -EBADMSG;
	if (count > max)
		count = max;
	memcpy(ret, reply + HEADER, (size_t)count * WORD);
	return count;
}

int ol_x11_output_read_crtc(const void *bytes, size_t size, uint32_t crtc,
                            struct x11_lit *ret, int max)
{
	const uint8_t *reply = bytes;
	struct x11_rectangle area;
	int count;

	if (size < HEADER)
		return -EBADMSG;
	count = get16(reply + 28);
	if ((size - HEADER) / WORD < (size_t)count)
		return -EBADMSG;
	area = (struct x11_rectangle){
		.x = (int16_t)get16(reply + 12),
		.y = (int16_t)get16(reply + 14),
		.width = get16(reply + 16),
		.height = get16(reply + 18),
	};
	if (get32(reply + 20) == 0 || area.width == 0 || area.height == 0)
		return 0; /* no mode */
	if (count > max)
		count = max;
	for (int i = 0; i < count; i++)
		ret[i] = (struct x11_lit){
			.crtc = crtc,
			.output = get32(reply + HEADER + i * WORD),
			.area = area,
		};
	return count;
}

int ol_x11_output_read(const void *bytes, size_t size, struct x11_lit *lit)
{
	const uint8_t *reply = bytes;
	size_t at, length;

	if (size < OUTPUT_HEADER)
		return -EBADMSG;
	at = OUTPUT_HEADER + WORD * ((size_t)get16(reply + 26) +
	                             get16(reply + 28) + get16(reply + 32));
	length = get16(reply + 34);
	if (at > size || length > size - at)
		return -EBADMSG;
	if (length >= sizeof(lit->name))
		length = sizeof(lit->name) - 1;
	memcpy(lit->name, reply + at, length);
	lit->name[length] = '\0';
	lit->is_unplugged = reply[24] == DISCONNECTED;
	lit->is_named = true;
	return 0;
}

static bool is_number(const char *text)
{
	for (; *text != '\0'; text++) {
		if (!isdigit((unsigned char)*text))
			return false;
	}
	return true;
}

/*
 * VIRTUAL1 is the intel driver's, for a screen in software; DUMMY0 is
 * xf86-video-dummy's and VNC-0 Xvnc's. Virtual-1, in lower case, is how the
 * kernel calls the screen of a virtual machine: the drm probe knows which.
 */
static bool is_virtual(const struct x11_lit *lit)
{
	return (strncmp(lit->name, "VIRTUAL", 7) == 0 &&
	        is_number(lit->name + 7)) ||
	       (strncmp(lit->name, "DUMMY", 5) == 0 &&
	        is_number(lit->name + 5)) ||
	       strncmp(lit->name, "VNC-", 4) == 0;
}

/* A laptop's own panel is what is mirrored. */
static bool is_internal(const struct x11_lit *lit)
{
	return strncmp(lit->name, "eDP", 3) == 0 ||
	       strncmp(lit->name, "LVDS", 4) == 0 ||
	       strncmp(lit->name, "DSI", 3) == 0;
}

/*
 * The name that the kernel has for it, so that both are one watcher: the
 * modesetting driver calls the kernel's HDMI-A-1 HDMI-1, and others alike.
 */
static void set_who(struct x11_output_found *found, const char *name)
{
	if (strncmp(name, "HDMI-", 5) == 0 && name[5] != '\0' &&
	    is_number(name + 5))
		(void)snprintf(found->who, sizeof(found->who), "HDMI-A-%s",
		               name + 5);
	else
		(void)snprintf(found->who, sizeof(found->who), "%s", name);
}

static struct x11_output_found *add(struct list *list, const char *rule,
                                    const struct x11_lit *lit)
{
	struct x11_output_found *found = &list->found[list->count];

	if (list->count == X11_OUTPUT_FOUND_MAX)
		return NULL;
	*found = (struct x11_output_found){ .rule = rule };
	set_who(found, lit->name);
	/* Of three that show the same the third is a clone of both. */
	for (int i = 0; i < list->count; i++) {
		if (strcmp(list->found[i].rule, rule) == 0 &&
		    strcmp(list->found[i].who, found->who) == 0)
			return NULL;
	}
	list->count++;
	(void)snprintf(found->detail, sizeof(found->detail), "%ux%u",
	               lit->area.width, lit->area.height);
	return found;
}

/*
 * Half of the smaller picture is enough: mirrors of two sizes are seldom
 * aligned, and extended screens at most touch.
 */
static bool show_the_same(const struct x11_lit *a, const struct x11_lit *b)
{
	int left = a->area.x > b->area.x ? a->area.x : b->area.x;
	int top = a->area.y > b->area.y ? a->area.y : b->area.y;
	int a_right = a->area.x + a->area.width;
	int b_right = b->area.x + b->area.width;
	int a_bottom = a->area.y + a->area.height;
	int b_bottom = b->area.y + b->area.height;
	int width = (a_right < b_right ? a_right : b_right) - left;
	int height = (a_bottom < b_bottom ? a_bottom : b_bottom) - top;
	uint64_t a_area = ol_x11_area(&a->area), b_area = ol_x11_area(&b->area);

	if (width <= 0 || height <= 0)
		return false;
	return (uint64_t)width * (uint64_t)height * 2 >=
	       (a_area < b_area ? a_area : b_area);
}

static void judge_pair(struct list *list, const struct x11_lit *a,
                       const struct x11_lit *b)
{
	const struct x11_lit *source = is_internal(b) ? b : a;
	struct x11_output_found *found;

	if (!a->is_named || !b->is_named || !show_the_same(a, b))
		return;
	found = add(list, "x11.cloned-output", source == a ? b : a);
	if (found != NULL)
		(void)snprintf(found->detail, sizeof(found->detail),
		               "the picture of %s", source->name);
}

int ol_x11_output_judge(const struct x11_lit *lit, int count,
                        struct x11_output_found found[X11_OUTPUT_FOUND_MAX])
{
	struct list list = { .found = found };
	int virtuals = 0;

	for (int i = 0; i < count; i++)
		virtuals += is_virtual(&lit[i]);
	for (int i = 0; i < count; i++) {
		if (!lit[i].is_named)
			continue;
		if (is_virtual(&lit[i]) && virtuals < count)
			(void)add(&list, "x11.virtual-output", &lit[i]);
		else if (lit[i].is_unplugged && virtuals < count)
			(void)add(&list, "x11.unplugged-output", &lit[i]);
		for (int j = i + 1; j < count; j++)
			judge_pair(&list, &lit[i], &lit[j]);
	}
	return list.count;
}
