#ifndef MONITOR_VIEW_H
#define MONITOR_VIEW_H

#include "overview.h"

/* What the live view shows beside the report. */
struct view {
	struct timeline timeline;
	int is_explaining; /* the explanation instead of the overview */
	int scroll;        /* lines of it that are above the page */
	int has_keys;      /* whether keys can be pressed */
};

/* Draw the whole page. Returns 0 or a negative errno. */
int view_draw(struct view *view, struct canvas *canvas,
              const struct onlooker_report *report, struct moment moment);

/* Do what a key is for. Returns 1 if it is to quit, else 0. */
int view_key(struct view *view, char key);

#endif
