/* Values out of properties, which anyone may have written. Pure. */
#include "pipewire.h"

#include <string.h>

#include <spa/utils/dict.h>

const char *ol_property(const struct spa_dict *properties, const char *key)
{
	return properties ? spa_dict_lookup(properties, key) : NULL;
}

void ol_property_copy(char *to, size_t size, const char *from)
{
	size_t length;

	if (from == NULL)
		return;
	length = strnlen(from, size);
	if (length == size) {
		length = size - 1;
		while (length > 0 && (from[length] & 0xc0) == 0x80)
			length--;
	}
	memcpy(to, from, length);
	to[length] = '\0';
}

bool ol_property_number(const char *text, uint32_t max, uint32_t *ret)
{
	uint64_t number = 0;

	if (text == NULL || *text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		number = number * 10 + (uint64_t)(*text - '0');
		if (number > max)
			return false;
	}
	*ret = (uint32_t)number;
	return true;
}

enum ol_media ol_property_media(const char *class)
{
	if (strncmp(class, "Video/Source", 12) == 0 ||
	    strcmp(class, "Stream/Output/Video") == 0)
		return OL_MEDIA_SOURCE;
	if (strcmp(class, "Stream/Input/Video") == 0 ||
	    strncmp(class, "Video/Sink", 10) == 0)
		return OL_MEDIA_SINK;
	if (strstr(class, "Audio") != NULL || strstr(class, "Midi") != NULL)
		return OL_MEDIA_OTHER;
	return OL_MEDIA_UNKNOWN;
}
