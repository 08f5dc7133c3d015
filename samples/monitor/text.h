#ifndef MONITOR_TEXT_H
#define MONITOR_TEXT_H

#include <stdint.h>
#include <stdio.h>

/*
 * Print a string from outside. What could move the cursor, colour the text or
 * turn its direction, and bytes that are not UTF-8, come out as \xNN.
 */
void text_print(FILE *file, const char *text);

enum { TEXT_PIECE_MAX = 8 }; /* the longest character, or \xNN, and a null */

/*
 * As text_print(), in lines of at most `width` characters, broken at blanks,
 * each but the first indented. The first begins where the cursor is, which is
 * taken to be at the indent. The last is ended.
 */
void text_print_lines(FILE *file, const char *text, int indent, int width);

/*
 * Take the first character of a string that is not empty, in the form that
 * text_print() would print. `code` is its code point, or that of the backslash.
 * Returns how many bytes it is in the string.
 */
size_t text_take(const char *text, char piece[TEXT_PIECE_MAX], uint32_t *code);

/* Print a string as JSON, quotes included. */
void text_print_json(FILE *file, const char *text);

#endif
