#ifndef MONITOR_OVERVIEW_H
#define MONITOR_OVERVIEW_H

#include <stdint.h>
#include <time.h>

#include "canvas.h"
#include "timeline.h"

/* The moment that is shown: the report's clock, and the same on the wall. */
struct moment {
	uint64_t now_us;
	time_t wall;
};

/* "12:03:20", in local time. */
void moment_format(time_t wall, char text[16]);

/* Draw from where the canvas is down to the line `end`, which is not drawn. */
void overview_draw(struct canvas *canvas, const struct timeline *timeline,
                   const struct onlooker_report *report, struct moment moment,
                   int end);

#endif
