/* A terminal, by termios(3), ioctl_tty(2) and the sequences of xterm. */
#include "terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The other screen, no cursor, lines that end at the edge; and back. */
static const char enter[] = "\033[?1049h\033[?25l\033[?7l\033[2J";
static const char leave[] = "\033[?7h\033[?25h\033[?1049l";

int terminal_is_there(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) == 1 && term != NULL && term[0] != '\0' &&
	       strcmp(term, "dumb") != 0;
}

static int take_keys(struct terminal *terminal)
{
	struct termios ours;

	if (isatty(STDIN_FILENO) != 1)
		return 0;
	/* In the background a terminal would stop us for what follows. */
	if (tcgetpgrp(STDIN_FILENO) != getpgrp())
		return 0;
	if (tcgetattr(STDIN_FILENO, &terminal->before) < 0)
		return -errno;
	ours = terminal->before;
	ours.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	ours.c_cc[VMIN] = 1;
	ours.c_cc[VTIME] = 0;
	/* Stopped, we would leave the shell with our screen. */
	ours.c_cc[VSUSP] = _POSIX_VDISABLE;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &ours) < 0)
		return -errno;
	terminal->input = STDIN_FILENO;
	return 0;
}

int terminal_open(struct terminal *terminal)
{
	int r;

	*terminal = (struct terminal){ .input = -1, .output = STDOUT_FILENO };
	r = take_keys(terminal);
	if (r == 0)
		r = terminal_write(terminal, enter, sizeof(enter) - 1);
	if (r < 0)
		terminal_close(terminal);
	return r;
}

void terminal_close(struct terminal *terminal)
{
	/* Where even this cannot be written there is no one to see it. */
	(void)terminal_write(terminal, leave, sizeof(leave) - 1);
	if (terminal->input >= 0)
		(void)tcsetattr(terminal->input, TCSADRAIN, &terminal->before);
	terminal->input = -1;
}

void terminal_size(const struct terminal *terminal, int *width, int *height)
{
	struct winsize size;

	*width = 80;
	*height = 24;
	if (ioctl(terminal->output, TIOCGWINSZ, &size) < 0 ||
	    size.ws_col == 0 || size.ws_row == 0)
		return;
	*width = size.ws_col;
	*height = size.ws_row;
}

int terminal_write(const struct terminal *terminal, const char *page,
                   size_t size)
{
	while (size > 0) {
		ssize_t n = write(terminal->output, page, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			page += n;
			size -= (size_t)n;
		}
	}
	return 0;
}
