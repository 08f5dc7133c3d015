#ifndef OL_CATALOGUE_LINE_H
#define OL_CATALOGUE_LINE_H

#include <stddef.h>

/* A place in a catalogue. Numbers count from 0; -1 is none. */
struct ol_place {
	long tool;
	long process;    /* of that tool */
	const char *key; /* of that object; NULL: where the object begins */
};

/*
 * The line of that place, counted from 1, in a text that is valid JSON: a JSON
 * library says where text stops to be JSON, but not where its values came from.
 * The line of what is around it if there is no such place.
 */
unsigned long ol_catalogue_line(const char *text, size_t size,
                                const struct ol_place *place);

#endif
