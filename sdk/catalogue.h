#ifndef OL_SDK_CATALOGUE_H
#define OL_SDK_CATALOGUE_H

#include "probes/probe.h"

/*
 * The built-in catalogue and, unless path is NULL, the tools of that file.
 * Returns 0; -EBADMSG with a message "PATH:LINE: what is wrong"; -ENOMEM; or
 * what opening and reading it failed with, and an empty message.
 */
int ol_catalogue_open(const char *path, struct ol_catalogue **ret,
                      char error[OL_CATALOGUE_ERROR_MAX]);

#endif
