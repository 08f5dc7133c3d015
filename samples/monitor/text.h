#ifndef MONITOR_TEXT_H
#define MONITOR_TEXT_H

#include <stdio.h>

/*
 * Print a string from outside. What could move the cursor, colour the text or
 * turn its direction, and bytes that are not UTF-8, come out as \xNN.
 */
void text_print(FILE *file, const char *text);

/* Print a string as JSON, quotes included. */
void text_print_json(FILE *file, const char *text);

#endif
