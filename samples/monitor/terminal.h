#ifndef MONITOR_TERMINAL_H
#define MONITOR_TERMINAL_H

#include <stddef.h>
#include <termios.h>

/*
 * A terminal that is ours for a while: another screen than the shell's, without
 * a cursor, and keys that come at once. Ctrl-C still interrupts.
 */
struct terminal {
	int input; /* descriptor keys come from, or -1 */
	int output;
	struct termios before; /* of the input */
};

/* Whether standard output is a terminal that can show a page. */
int terminal_is_there(void);

/* Take it. Returns 0 or a negative errno. */
int terminal_open(struct terminal *terminal);
/* Give it back as it was. */
void terminal_close(struct terminal *terminal);

/* Its size in columns and lines; 80 by 24 where it does not say. */
void terminal_size(const struct terminal *terminal, int *width, int *height);

/* Write a whole page. Returns 0 or a negative errno. */
int terminal_write(const struct terminal *terminal, const char *page,
                   size_t size);

#endif
