#ifndef TEST_X11_TOOL_H
#define TEST_X11_TOOL_H

enum { WORDS_MAX = 24 };

enum expectation {
	IS_CAPTURE, /* shared, with the right process, and clear afterwards */
	IS_SHOT,    /* one momentary claim, never shared */
	IS_PICKER,  /* the same, and then reads on: not even suspected */
	IS_BENIGN,  /* never even suspected */
	IS_SERVER,  /* clear alone, shared with its peer */
};

struct tool {
	const char *name;
	enum expectation expectation;
	const char *program; /* that must be there; NULL: the first word */
	const char *argv[WORDS_MAX];
	const char *peer[WORDS_MAX];  /* IS_SERVER: who connects to it */
	const char *nudge[WORDS_MAX]; /* run again and again meanwhile */
};

/* Ends with a row without a name. */
extern const struct tool tools[];

#endif
