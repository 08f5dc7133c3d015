#ifndef MONITOR_CANVAS_H
#define MONITOR_CANVAS_H

#include <stdint.h>
#include <stdio.h>

#include <onlooker/onlooker.h>

enum style {
	STYLE_PLAIN,
	STYLE_STRONG,
	STYLE_FAINT,
	STYLE_UNKNOWN, /* from here on, a colour a state */
	STYLE_CLEAR,
	STYLE_SUSPECTED,
	STYLE_SHARED,
};

/*
 * A page of text of a fixed size, written from the top left to the bottom
 * right. What does not fit is left out, to the column.
 */
struct canvas {
	FILE *file;
	int width, height;
	int row, column; /* where the next character goes; both from 0 */
	int has_colour;
	int is_utf8; /* else only ASCII is written */
};

/* Begin a page: the cursor goes home. */
void canvas_begin(struct canvas *canvas);
/* End it: what was there below is erased. */
void canvas_end(struct canvas *canvas);

/* How many lines are left, this one included. */
int canvas_left(const struct canvas *canvas);
/* Go on at the beginning of the next line. */
void canvas_line(struct canvas *canvas);
/* Go on at a column, if it is not passed. */
void canvas_column(struct canvas *canvas, int column);

/*
 * Write text from outside: what could move the cursor or is no UTF-8 comes out
 * as \xNN, and what the terminal cannot show as "?".
 */
void canvas_text(struct canvas *canvas, enum style style, const char *text);
void canvas_format(struct canvas *canvas, enum style style, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));
/* Write ASCII at the right edge, unless something is there already. */
void canvas_right(struct canvas *canvas, enum style style, const char *text);
/*
 * Write text in lines of which all but the first begin at a column, broken at
 * blanks, and at most so many lines. Ends in the last of them.
 */
void canvas_wrap(struct canvas *canvas, enum style style, const char *text,
                 int indent, int lines_max);
/* Write one of two signs, both a column wide, so many times. */
void canvas_repeat(struct canvas *canvas, enum style style, const char *utf8,
                   char ascii, int count);

enum style style_of_state(enum onlooker_state state);

#endif
