#ifndef QUIET_DESKTOP_H
#define QUIET_DESKTOP_H

#include <gio/gio.h>
#include <stdbool.h>

/*
 * The do-not-disturb of the notification daemon that runs, whichever that is of
 * those in the table of desktop.c. Calls wait two seconds at most for a daemon
 * that does not answer, and never start one.
 */
struct desktop;

/* The switch was found, lost, or may have been used by somebody else. */
typedef void (*desktop_fn)(void *userdata, bool is_found);

/* `mode` is what mako calls the mode that is its do-not-disturb. */
struct desktop *desktop_new(GDBusConnection *bus, const char *mode,
                            desktop_fn changed, void *userdata);
void desktop_free(struct desktop *desktop);

/* Who runs, such as "dunst"; NULL if nobody who is known. */
const char *desktop_get_server(const struct desktop *desktop);
/*
 * Which instance holds the switch. It changes with the daemon's process where
 * that keeps the switch in memory, and never where it is kept on the disk.
 */
const char *desktop_get_holder(const struct desktop *desktop);

bool desktop_get(struct desktop *desktop, bool *ret, GError **error);
bool desktop_set(struct desktop *desktop, bool is_on, GError **error);

#endif
