#ifndef MONITOR_LIVE_H
#define MONITOR_LIVE_H

#include "monitor.h"

/* Show the live view until interrupted or quit. Returns an exit status. */
int live_run(const struct arguments *arguments);

#endif
