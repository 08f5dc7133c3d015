/* Plays a session in the main loop. Knows nothing of the page. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

enum {
	/* How often the simulated clock moves, a tenth of what a person sees. */
	TICK_MS = 50,
};

struct session {
	struct onlooker *onlooker;
	GDataInputStream *lines;
	GCancellable *cancellable;
	char *line;       /* that waits for its time, or NULL */
	gint64 line_us;   /* its time since the session began */
	gint64 now_us;    /* likewise */
	gint64 ticked_us; /* of GLib's clock */
	guint tick;       /* 0 if lines are played as they come */
};

static void read_line(struct session *session);

static void feed(struct session *session)
{
	if (onlooker_feed(session->onlooker, session->line) < 0)
		g_warning("not a line of a session: %s", session->line);
	if (session->line_us > session->now_us)
		session->now_us = session->line_us;
	g_clear_pointer(&session->line, g_free);
}

/* When a line happens; without "at", now. */
static gint64 get_time(struct session *session, const char *line)
{
	json_t *object = json_loads(line, 0, NULL);
	json_t *at = json_object_get(object, "at");
	gint64 time_us =
		json_is_integer(at) ? json_integer_value(at) : session->now_us;

	json_decref(object);
	return time_us;
}

static void on_line(GObject *object, GAsyncResult *result, gpointer userdata)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *line = g_data_input_stream_read_line_finish(
		G_DATA_INPUT_STREAM(object), result, NULL, &error);
	struct session *session = userdata;

	if (line == NULL) /* the end, or there is no session any more */
		return;
	session->line_us = get_time(session, line);
	session->line = g_steal_pointer(&line);
	if (session->tick == 0 || session->line_us <= session->now_us) {
		feed(session);
		read_line(session);
	}
}

static void read_line(struct session *session)
{
	g_data_input_stream_read_line_async(session->lines, G_PRIORITY_DEFAULT,
	                                    session->cancellable, on_line,
	                                    session);
}

static gboolean on_tick(gpointer userdata)
{
	struct session *session = userdata;
	gint64 passed_us = g_get_monotonic_time() - session->ticked_us;

	session->ticked_us += passed_us;
	if (session->line != NULL &&
	    session->line_us <= session->now_us + passed_us) {
		feed(session);
		read_line(session);
	} else if (onlooker_advance(session->onlooker, (uint64_t)passed_us) ==
	           0) {
		session->now_us += passed_us;
	}
	return G_SOURCE_CONTINUE;
}

struct session *session_new(struct onlooker *onlooker, const char *path,
                            GError **error)
{
	gboolean is_input = strcmp(path, "-") == 0;
	int fd = is_input ? dup(STDIN_FILENO)
	                  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	g_autoptr(GInputStream) stream = NULL;
	struct session *session;

	if (fd < 0) {
		g_set_error(error, G_FILE_ERROR,
		            (gint)g_file_error_from_errno(errno), "%s: %s",
		            path, g_strerror(errno));
		return NULL;
	}
	stream = g_unix_input_stream_new(fd, TRUE);
	session = g_new0(struct session, 1);
	session->onlooker = onlooker_ref(onlooker);
	session->lines = g_data_input_stream_new(stream);
	session->cancellable = g_cancellable_new();
	session->ticked_us = g_get_monotonic_time();
	if (!is_input)
		session->tick = g_timeout_add(TICK_MS, on_tick, session);
	read_line(session);
	return session;
}

void session_free(struct session *session)
{
	g_cancellable_cancel(session->cancellable);
	g_clear_handle_id(&session->tick, g_source_remove);
	g_object_unref(session->cancellable);
	g_object_unref(session->lines);
	onlooker_unref(session->onlooker);
	g_free(session->line);
	g_free(session);
}
