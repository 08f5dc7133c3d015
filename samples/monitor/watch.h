#ifndef MONITOR_WATCH_H
#define MONITOR_WATCH_H

#include "change.h"
#include "parse.h"
#include "print.h"

/* What watch and replay show: a line a change. */
struct watch {
	struct printer printer;
	struct change change;
	int is_json;
	int error; /* 0 or the first negative errno of showing a report */
};

void watch_init(struct watch *watch, const struct arguments *arguments,
                int is_simulated);
/* Show a report if it has news. With --json every report is shown. */
void watch_show(struct watch *watch, const struct onlooker_report *report);

#endif
