#ifndef QUIET_MARK_H
#define QUIET_MARK_H

#include <stdbool.h>

/*
 * A note that a do-not-disturb is ours, in $XDG_STATE_HOME/onlooker-quiet, so
 * that we know it again after we were killed. `server` names the daemon, and
 * `holder` its instance: a note about an instance that is gone is worth nothing.
 */
bool mark_is_there(const char *server, const char *holder);
void mark_set(const char *server, const char *holder);
void mark_remove(const char *server);

#endif
