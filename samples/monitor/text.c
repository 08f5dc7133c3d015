/* Strings on their way out. Knows nothing of reports. */
#include "text.h"

#include <stdint.h>
#include <string.h>

/*
 * Decode one character of UTF-8 (RFC 3629). Returns its length, or 0 if the
 * bytes are not one: too long a form, a surrogate, past U+10FFFF, cut off.
 */
static size_t decode(const char *text, uint32_t *ret)
{
	const unsigned char *bytes = (const unsigned char *)text;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = bytes[0] < 0x80             ? 1
	                : (bytes[0] & 0xe0) == 0xc0 ? 2
	                : (bytes[0] & 0xf0) == 0xe0 ? 3
	                : (bytes[0] & 0xf8) == 0xf0 ? 4
	                                            : 0;
	uint32_t code;

	if (length == 0)
		return 0;
	code = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (bytes[i] & 0x3f);
	}
	if (code < least[length] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret = code;
	return length;
}

/* Controls, and the marks that turn the direction of text (UAX #9, 2.1-2.6). */
static int is_harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c ||
	       code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

size_t text_take(const char *text, char piece[TEXT_PIECE_MAX], uint32_t *code)
{
	size_t length = decode(text, code);

	if (length > 0 && !is_harmful(*code)) {
		memcpy(piece, text, length);
		piece[length] = '\0';
		return length;
	}
	/* A harmful one of several bytes goes byte by byte: none is UTF-8. */
	(void)snprintf(piece, TEXT_PIECE_MAX, "\\x%02x",
	               (unsigned)(unsigned char)text[0]);
	*code = '\\';
	return 1;
}

void text_print(FILE *file, const char *text)
{
	char piece[TEXT_PIECE_MAX];
	uint32_t code;

	while (*text != '\0') {
		text += text_take(text, piece, &code);
		(void)fputs(piece, file);
	}
}

void text_print_json(FILE *file, const char *text)
{
	(void)fputc('"', file);
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '"' || byte == '\\')
			(void)fprintf(file, "\\%c", byte);
		else if (byte < 0x20)
			(void)fprintf(file, "\\u%04x", byte);
		else
			(void)fputc(byte, file);
	}
	(void)fputc('"', file);
}

void text_print_lines(FILE *file, const char *text, int indent, int width)
{
	int column = 0;

	while (*text != '\0') {
		size_t word = strcspn(text, " ");
		char piece[TEXT_PIECE_MAX];
		uint32_t code;
		int length = 0;

		for (size_t i = 0; i < word; length++)
			i += text_take(text + i, piece, &code);
		if (column > 0 && column + 1 + length > width) {
			(void)fprintf(file, "\n%*s", indent, "");
			column = 0;
		} else if (column > 0) {
			(void)fputc(' ', file);
			column++;
		}
		column += length;
		while (word > 0) {
			size_t taken = text_take(text, piece, &code);

			(void)fputs(piece, file);
			text += taken;
			word -= taken;
		}
		text += strspn(text, " ");
	}
	(void)fputc('\n', file);
}
