/* A note on the disk that a do-not-disturb is ours. */
#include "mark.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>

static char *make_path(const char *server)
{
	return g_build_filename(g_get_user_state_dir(), "onlooker-quiet",
	                        server, NULL);
}

bool mark_is_there(const char *server, const char *holder)
{
	g_autofree char *path = make_path(server);
	g_autofree char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) &&
	       g_strcmp0(text, holder) == 0;
}

/* Without a note all goes well, unless we are killed: that is no reason to let
 * notifications through. */
void mark_set(const char *server, const char *holder)
{
	g_autofree char *path = make_path(server);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	(void)g_mkdir_with_parents(folder, 0700); /* the next call tells */
	if (!g_file_set_contents(path, holder, -1, &error))
		g_printerr("onlooker-quiet: %s\n", error->message);
}

void mark_remove(const char *server)
{
	g_autofree char *path = make_path(server);

	if (g_remove(path) < 0 && errno != ENOENT)
		g_printerr("onlooker-quiet: %s: %s\n", path, g_strerror(errno));
}
