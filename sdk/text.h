#ifndef OL_TEXT_H
#define OL_TEXT_H

#include <stddef.h>

/*
 * Copy text from outside so that it can be shown anywhere: valid UTF-8, at most
 * size - 1 bytes, cut between characters. What is not valid, control
 * characters, and those that change the direction of writing become "?".
 */
void ol_text_clean(const char *text, char *ret, size_t size);

#endif
