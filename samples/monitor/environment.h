#ifndef MONITOR_ENVIRONMENT_H
#define MONITOR_ENVIRONMENT_H

#include <onlooker/onlooker.h>

/*
 * This program's environment with a report in it: the variables that table.c
 * lists. Variables named ONLOOKER_ that were there before are left out. Returns
 * 0, -ENOMEM or what onlooker_report_to_json() returned; free with
 * environment_free().
 */
int environment_new(const struct onlooker_report *report, char ***ret);
void environment_free(char **environment);

#endif
