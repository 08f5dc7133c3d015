/* Names of processes and devices are written by whoever likes to: clean them. */
#include "sdk/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Length of the UTF-8 sequence at text and its code point; 0 if it is none
 * (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
 */
static size_t decode(const unsigned char *text, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = text[0] < 0x80   ? 1
	                : text[0] < 0xc0 ? 0
	                : text[0] < 0xe0 ? 2
	                : text[0] < 0xf0 ? 3
	                : text[0] < 0xf8 ? 4
	                                 : 0;
	uint32_t point = length <= 1 ? text[0] : text[0] & (0x7fu >> length);

	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80) /* the end of the text too */
			return 0;
		point = point << 6 | (text[i] & 0x3f);
	}
	if (point < least[length] || point > 0x10ffff ||
	    (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret = point;
	return length;
}

static bool is_showable(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7f && point < 0xa0))
		return false;
	if (point == 0x200e || point == 0x200f || point == 0x061c)
		return false;
	if (point >= 0x2028 && point <= 0x202e)
		return false;
	return point < 0x2066 || point > 0x2069;
}

void ol_text_clean(const char *text, char *ret, size_t size)
{
	const unsigned char *from = (const unsigned char *)text;
	size_t used = 0;

	while (*from != '\0') {
		uint32_t point = 0;
		size_t length = decode(from, &point);
		bool is_good = length > 0 && is_showable(point);
		size_t written = is_good ? length : 1;

		if (used + written >= size)
			break;
		if (is_good)
			memcpy(ret + used, from, length);
		else
			ret[used] = '?';
		used += written;
		from += length > 0 ? length : 1;
	}
	ret[used] = '\0';
}
