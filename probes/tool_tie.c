/* Whose screen a program is about: displays compared. Bytes in, no I/O. */
#include "tool.h"

#include <stdio.h>
#include <string.h>

int ol_display_number(const char *display)
{
	const char *colon = strrchr(display, ':');
	int number = 0;

	if (colon == NULL || colon[1] < '0' || colon[1] > '9')
		return -1;
	for (colon++; *colon >= '0' && *colon <= '9'; colon++) {
		number = number * 10 + (*colon - '0');
		if (number > 65535)
			return -1;
	}
	return *colon == '\0' || *colon == '.' ? number : -1;
}

/* "unix:0.1" is ":0"; anything before the colon but "unix" is another machine. */
static void set_x11(struct ol_screens *screens, const char *display)
{
	int number = ol_display_number(display);
	size_t host =
		number >= 0 ? (size_t)(strrchr(display, ':') - display) : 0;

	if (number < 0 || host > 50)
		return;
	if (host == 4 && strncmp(display, "unix", 4) == 0)
		host = 0;
	snprintf(screens->x11, sizeof(screens->x11), "%.*s:%d", (int)host,
	         display, number);
}

static void set_wayland(struct ol_screens *screens, const char *display)
{
	const char *slash = strrchr(display, '/');

	if (slash != NULL)
		display = slash + 1;
	if (strlen(display) < sizeof(screens->wayland))
		strcpy(screens->wayland, display);
}

void ol_screens_set(struct ol_screens *screens, const char *display,
                    const char *wayland_display)
{
	*screens = (struct ol_screens){ .x11 = "" };
	if (display != NULL)
		set_x11(screens, display);
	if (wayland_display != NULL)
		set_wayland(screens, wayland_display);
}

/* Steps to the next of zero-terminated strings; NULL past the last whole one. */
static const char *next(const char *text, const char *end)
{
	text = text != NULL ? memchr(text, '\0', (size_t)(end - text)) : NULL;
	if (text == NULL || ++text >= end)
		return NULL;
	return memchr(text, '\0', (size_t)(end - text)) != NULL ? text : NULL;
}

static const char *first(const char *text, size_t size)
{
	return size > 0 && memchr(text, '\0', size) != NULL ? text : NULL;
}

void ol_screens_parse(struct ol_screens *screens, const char *environ,
                      size_t size)
{
	const char *end = environ + size;

	*screens = (struct ol_screens){ .x11 = "" };
	for (const char *text = first(environ, size); text != NULL;
	     text = next(text, end)) {
		if (strncmp(text, "DISPLAY=", 8) == 0)
			set_x11(screens, text + 8);
		else if (strncmp(text, "WAYLAND_DISPLAY=", 16) == 0)
			set_wayland(screens, text + 16);
	}
}

void ol_screens_apply(struct ol_screens *screens, enum ol_tool_display display,
                      const char *argv, size_t size)
{
	const char *end = argv + size;
	struct ol_screens said = { .x11 = "" };
	const char *text = first(argv, size);

	if (display == OL_DISPLAY_ENVIRONMENT)
		return;
	while (said.x11[0] == '\0' && (text = next(text, end)) != NULL) {
		if (display == OL_DISPLAY_ARGUMENT && text[0] == ':')
			set_x11(&said, text);
		/* Programs take their options with one dash or two. */
		if (display == OL_DISPLAY_OPTION &&
		    (strcmp(text, "-display") == 0 ||
		     strcmp(text, "--display") == 0)) {
			text = next(text, end);
			if (text != NULL)
				set_x11(&said, text);
		}
	}
	/* A server that makes a display does not show the one around it. */
	if (said.x11[0] != '\0' || display == OL_DISPLAY_ARGUMENT)
		*screens = said;
}

enum ol_tie ol_screens_compare(const struct ol_screens *ours,
                               const struct ol_screens *theirs)
{
	bool is_x11 = ours->x11[0] != '\0' && theirs->x11[0] != '\0';
	bool is_wayland =
		ours->wayland[0] != '\0' && theirs->wayland[0] != '\0';

	if (is_x11 && strcmp(ours->x11, theirs->x11) == 0)
		return OL_TIE_OURS;
	if (is_wayland && strcmp(ours->wayland, theirs->wayland) == 0)
		return OL_TIE_OURS;
	return is_x11 || is_wayland ? OL_TIE_OTHER : OL_TIE_UNKNOWN;
}

enum ol_tie ol_screens_reach(const struct ol_screens *ours, enum ol_tie tie,
                             uint32_t their_uid, uint32_t our_uid)
{
	bool is_wayland_only = ours->wayland[0] != '\0' && ours->x11[0] == '\0';

	if (tie == OL_TIE_UNKNOWN && is_wayland_only && their_uid != 0 &&
	    their_uid != our_uid)
		return OL_TIE_OTHER;
	return tie;
}
