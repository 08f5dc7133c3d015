/* A context in a host's GLib main loop. */
#include <errno.h>
#include <glib-unix.h>

#include "tests/unit/nest.h"

struct guest {
	struct nest *nest;
	GMainLoop *loop;
	int result;
};

static gboolean on_ready(gint fd, GIOCondition condition, gpointer userdata)
{
	struct guest *guest = userdata;

	(void)fd;
	(void)condition;
	guest->result = onlooker_dispatch(guest->nest->onlooker);
	if (guest->result < 0 || guest->nest->is_done)
		g_main_loop_quit(guest->loop);
	return G_SOURCE_CONTINUE;
}

static gboolean on_limit(gpointer userdata)
{
	struct guest *guest = userdata;

	guest->result = -ETIMEDOUT;
	g_main_loop_quit(guest->loop);
	return G_SOURCE_CONTINUE;
}

static int run(struct nest *nest)
{
	struct guest guest = { nest, g_main_loop_new(NULL, FALSE), 0 };
	guint source = g_unix_fd_add(onlooker_get_fd(nest->onlooker), G_IO_IN,
	                             on_ready, &guest);
	guint limit = g_timeout_add(NEST_LIMIT_MS, on_limit, &guest);

	g_main_loop_run(guest.loop);
	g_source_remove(source);
	g_source_remove(limit);
	g_main_loop_unref(guest.loop);
	return guest.result;
}

int main(void)
{
	return nest_test(run);
}
