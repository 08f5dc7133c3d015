#ifndef BANK_SOURCE_H
#define BANK_SOURCE_H

#include <glib.h>
#include <onlooker/onlooker.h>

/*
 * A GLib event source that dispatches a context whenever its descriptor has
 * something to do. It holds a reference to the context. Its callback, if one
 * is set, is called once when the context can look no more; the source ends
 * with it.
 *
 * It goes before everything else in the loop, drawing included: what somebody
 * else can see must be hidden before the next picture is painted.
 */
GSource *onlooker_source_new(struct onlooker *onlooker);

#endif
