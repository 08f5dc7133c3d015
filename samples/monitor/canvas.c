/* Text on a terminal, by ECMA-48. Knows no reports but their states' colours. */
#include "canvas.h"

#include <stdarg.h>
#include <string.h>
#include <wchar.h>

#include "text.h"

/* ECMA-48 8.3.117, select graphic rendition. */
static const char *const renditions[] = {
	[STYLE_PLAIN] = "",
	[STYLE_STRONG] = "\033[1m",
	[STYLE_FAINT] = "\033[2m",
	[STYLE_UNKNOWN] = "\033[36m",
	[STYLE_CLEAR] = "\033[32m",
	[STYLE_SUSPECTED] = "\033[33m",
	[STYLE_SHARED] = "\033[1;31m",
};

enum style style_of_state(enum onlooker_state state)
{
	switch (state) {
	case ONLOOKER_CLEAR:
		return STYLE_CLEAR;
	case ONLOOKER_SUSPECTED:
		return STYLE_SUSPECTED;
	case ONLOOKER_SHARED:
		return STYLE_SHARED;
	default:
		return STYLE_UNKNOWN;
	}
}

void canvas_begin(struct canvas *canvas)
{
	canvas->row = 0;
	canvas->column = 0;
	(void)fputs("\033[H", canvas->file);
}

void canvas_end(struct canvas *canvas)
{
	/* Each line was erased to its end; these never were written. */
	if (canvas->row < canvas->height)
		(void)fputs("\033[J", canvas->file);
}

int canvas_left(const struct canvas *canvas)
{
	return canvas->height - canvas->row;
}

void canvas_line(struct canvas *canvas)
{
	if (canvas->row >= canvas->height)
		return;
	/*
	 * In the last column the cursor waits upon the character there, which
	 * erasing would take away.
	 */
	if (canvas->column < canvas->width)
		(void)fputs("\033[K", canvas->file);
	canvas->row++;
	canvas->column = 0;
	/* After the last line the page would scroll. */
	if (canvas->row < canvas->height)
		(void)fputs("\r\n", canvas->file);
}

/* Columns that a piece of text takes, from text_take(). */
static int piece_width(const struct canvas *canvas, const char *piece,
                       uint32_t code)
{
	int width;

	if (code < 0x80)
		return (int)strlen(piece); /* \xNN is four */
	if (!canvas->is_utf8)
		return 1; /* "?" */
	width = wcwidth((wchar_t)code);
	return width < 0 ? 1 : width;
}

/* Write one character, if it fits. Returns how many bytes it was. */
static size_t put(struct canvas *canvas, const char *text)
{
	char piece[TEXT_PIECE_MAX];
	uint32_t code;
	size_t length = text_take(text, piece, &code);
	int width = piece_width(canvas, piece, code);

	if (canvas->row >= canvas->height ||
	    canvas->column + width > canvas->width) {
		canvas->column = canvas->width; /* nor does what follows */
		return length;
	}
	(void)fputs(code >= 0x80 && !canvas->is_utf8 ? "?" : piece,
	            canvas->file);
	canvas->column += width;
	return length;
}

static void set_style(struct canvas *canvas, enum style style)
{
	if (canvas->has_colour && style != STYLE_PLAIN)
		(void)fputs(renditions[style], canvas->file);
}

static void reset_style(struct canvas *canvas, enum style style)
{
	if (canvas->has_colour && style != STYLE_PLAIN)
		(void)fputs("\033[0m", canvas->file);
}

static void put_all(struct canvas *canvas, const char *text, size_t size)
{
	const char *end = text + size;

	while (text < end && canvas->column < canvas->width)
		text += put(canvas, text);
}

void canvas_text(struct canvas *canvas, enum style style, const char *text)
{
	if (canvas->row >= canvas->height)
		return;
	set_style(canvas, style);
	put_all(canvas, text, strlen(text));
	reset_style(canvas, style);
}

void canvas_format(struct canvas *canvas, enum style style, const char *format,
                   ...)
{
	char text[256];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	canvas_text(canvas, style, text);
}

void canvas_column(struct canvas *canvas, int column)
{
	if (column > canvas->width)
		column = canvas->width;
	while (canvas->row < canvas->height && canvas->column < column) {
		(void)fputc(' ', canvas->file);
		canvas->column++;
	}
}

void canvas_right(struct canvas *canvas, enum style style, const char *text)
{
	int column = canvas->width - (int)strlen(text) - 1;

	if (column <= canvas->column)
		return;
	canvas_column(canvas, column);
	canvas_text(canvas, style, text);
}

/* Columns of a word. */
static int word_width(const struct canvas *canvas, const char *word,
                      size_t size)
{
	const char *end = word + size;
	int width = 0;

	while (word < end) {
		char piece[TEXT_PIECE_MAX];
		uint32_t code;

		word += text_take(word, piece, &code);
		width += piece_width(canvas, piece, code);
	}
	return width;
}

void canvas_wrap(struct canvas *canvas, enum style style, const char *text,
                 int indent, int lines_max)
{
	int is_first = 1;

	set_style(canvas, style);
	while (*text != '\0' && canvas->row < canvas->height) {
		size_t size = strcspn(text, " ");
		int width = word_width(canvas, text, size);

		if (!is_first && canvas->column + 1 + width > canvas->width) {
			if (--lines_max <= 0)
				break;
			canvas_line(canvas);
			canvas_column(canvas, indent);
		} else if (!is_first) {
			canvas_column(canvas, canvas->column + 1);
		}
		put_all(canvas, text, size);
		is_first = 0;
		text += size;
		text += strspn(text, " ");
	}
	reset_style(canvas, style);
}

void canvas_repeat(struct canvas *canvas, enum style style, const char *utf8,
                   char ascii, int count)
{
	char alone[] = { ascii, '\0' };

	if (canvas->row >= canvas->height)
		return;
	set_style(canvas, style);
	while (count-- > 0)
		(void)put(canvas, canvas->is_utf8 ? utf8 : alone);
	reset_style(canvas, style);
}
