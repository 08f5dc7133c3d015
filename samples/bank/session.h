#ifndef BANK_SESSION_H
#define BANK_SESSION_H

#include <glib.h>
#include <onlooker/onlooker.h>

/*
 * A recorded session instead of a real one, to try the page without anybody who
 * watches: see onlooker_open_simulated(). A file is played at its own pace; from
 * "-", standard input, each line is played as it comes.
 */
struct session;

/* Holds a reference to the context. NULL, and the error set, on failure. */
struct session *session_new(struct onlooker *onlooker, const char *path,
                            GError **error);
void session_free(struct session *session);

#endif
