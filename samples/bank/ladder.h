#ifndef BANK_LADDER_H
#define BANK_LADDER_H

#include <onlooker/onlooker.h>
#include <stdbool.h>

/* How grave a notice looks. */
enum tone {
	TONE_CALM,    /* enough was looked at, nothing was found */
	TONE_UNSURE,  /* too little could be looked at to say */
	TONE_CAUTION, /* something is suspected */
	TONE_ALARM,   /* it is happening */
};

/*
 * What the page does about a report: inform, redact, refuse. The strings are
 * for the customer, owned by the struct, and never NULL after ladder_climb().
 */
struct ladder {
	enum tone tone;
	bool redact; /* hide amounts and account numbers */
	bool refuse; /* let no money go */
	char *title;
	char *detail; /* who, since when, doing what */
	char *advice; /* what is done about it, "" if nothing */
	char *reason; /* why no money goes, "" if it may */
};

/*
 * Decide from a report. NULL stands for one that is not there: `has_failed`
 * tells whether it never will be, or is yet to come, and then everything is
 * hidden until it has. Free with ladder_finish().
 */
void ladder_climb(struct ladder *ladder, const struct onlooker_report *report,
                  bool has_failed);
void ladder_finish(struct ladder *ladder);

#endif
