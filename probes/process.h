#ifndef OL_PROCESS_H
#define OL_PROCESS_H

#include "tool.h"

/* What it means that a program runs: the rule to claim, or NULL. Pure. */
const char *ol_process_judge(const struct ol_run *run);

#endif
