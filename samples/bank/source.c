/* onlooker in a GLib main loop, by its descriptor alone. */
#include "source.h"

struct source {
	GSource base;
	struct onlooker *onlooker;
};

static gboolean dispatch(GSource *base, GSourceFunc callback, gpointer userdata)
{
	struct source *source = (struct source *)base;

	if (onlooker_dispatch(source->onlooker) >= 0)
		return G_SOURCE_CONTINUE;
	if (callback != NULL)
		(void)callback(userdata);
	return G_SOURCE_REMOVE;
}

static void finalize(GSource *base)
{
	onlooker_unref(((struct source *)base)->onlooker);
}

GSource *onlooker_source_new(struct onlooker *onlooker)
{
	static GSourceFuncs functions = { .dispatch = dispatch,
		                          .finalize = finalize };
	GSource *base = g_source_new(&functions, sizeof(struct source));

	((struct source *)base)->onlooker = onlooker_ref(onlooker);
	g_source_add_unix_fd(base, onlooker_get_fd(onlooker), G_IO_IN);
	g_source_set_priority(base, G_PRIORITY_HIGH);
	g_source_set_static_name(base, "onlooker");
	return base;
}
