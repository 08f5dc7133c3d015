/*
 * A backend of xdg-desktop-portal for mutter without a shell: it gives each
 * program that asks for a screen cast the first monitor, as if the user had
 * agreed. It goes by the name of GNOME's, for which it stands. Prints "ready"
 * when it can be asked.
 *
 * The interfaces are those of xdg-desktop-portal's
 * org.freedesktop.impl.portal.ScreenCast and .Session.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-bus.h>

#define PORTAL "org.freedesktop.impl.portal."
#define MUTTER "org.gnome.Mutter.ScreenCast"

/* The first bit of both: monitors, and pictures without the pointer. */
enum { ONLY = 1 };

/* Of a program: the portal's session, mutter's, and who waits for its stream. */
struct session {
	struct session *next;
	sd_bus_slot *object;
	sd_bus_slot *match;
	sd_bus_message *start;
	char path[256];
	char mutter[128];
};

static struct session *sessions;

static void forget(struct session *session)
{
	struct session **at = &sessions;

	while (*at != session)
		at = &(*at)->next;
	*at = session->next;
	sd_bus_slot_unref(session->match);
	sd_bus_slot_unref(session->object);
	sd_bus_message_unref(session->start);
	free(session);
}

static int on_close(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct session *session = data;
	sd_bus *bus = sd_bus_message_get_bus(message);

	(void)error;
	if (session->mutter[0] != '\0')
		(void)sd_bus_call_method(bus, MUTTER, session->mutter,
		                         MUTTER ".Session", "Stop", NULL, NULL,
		                         "");
	(void)sd_bus_reply_method_return(message, "");
	forget(session);
	return 1;
}

static const sd_bus_vtable session_table[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Close", "", "", on_close, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL("Closed", "", 0),
	SD_BUS_VTABLE_END,
};

static int on_create(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct session *session = calloc(1, sizeof(*session));
	const char *handle, *path;
	int r;

	(void)data;
	(void)error;
	if (session == NULL)
		return -1;
	session->next = sessions;
	sessions = session;
	r = sd_bus_message_read(message, "oo", &handle, &path);
	if (r >= 0) {
		snprintf(session->path, sizeof(session->path), "%s", path);
		r = sd_bus_add_object_vtable(
			sd_bus_message_get_bus(message), &session->object, path,
			PORTAL "Session", session_table, session);
	}
	if (r < 0) {
		forget(session);
		return r;
	}
	return sd_bus_reply_method_return(message, "ua{sv}", 0, 0);
}

static int on_select(sd_bus_message *message, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_bus_reply_method_return(message, "ua{sv}", 0, 0);
}

static int on_stream(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct session *session = data;
	uint32_t node;
	int r = sd_bus_message_read(message, "u", &node);

	(void)error;
	if (r >= 0 && session->start != NULL)
		r = sd_bus_reply_method_return(session->start, "ua{sv}", 0, 1,
		                               "streams", "a(ua{sv})", 1, node,
		                               1, "source_type", "u", ONLY);
	session->start = sd_bus_message_unref(session->start);
	return r;
}

/* Copy the path of the object that mutter has made. */
static int keep_object(sd_bus_message *reply, char *ret, size_t size)
{
	const char *path;
	int r = sd_bus_message_read(reply, "o", &path);

	if (r >= 0)
		snprintf(ret, size, "%s", path);
	sd_bus_message_unref(reply);
	return r;
}

static int start_cast(sd_bus *bus, struct session *session)
{
	sd_bus_message *reply;
	char stream[128];
	int r = sd_bus_call_method(bus, MUTTER, "/org/gnome/Mutter/ScreenCast",
	                           MUTTER, "CreateSession", NULL, &reply,
	                           "a{sv}", 0);

	if (r >= 0)
		r = keep_object(reply, session->mutter,
		                sizeof(session->mutter));
	if (r >= 0)
		r = sd_bus_call_method(bus, MUTTER, session->mutter,
		                       MUTTER ".Session", "RecordMonitor", NULL,
		                       &reply, "sa{sv}", "", 0);
	if (r >= 0)
		r = keep_object(reply, stream, sizeof(stream));
	if (r >= 0)
		r = sd_bus_match_signal(bus, &session->match, MUTTER, stream,
		                        MUTTER ".Stream", "PipeWireStreamAdded",
		                        on_stream, session);
	if (r >= 0)
		r = sd_bus_call_method(bus, MUTTER, session->mutter,
		                       MUTTER ".Session", "Start", NULL, NULL,
		                       "");
	return r;
}

static int on_start(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct session *session = sessions;
	const char *handle, *path;
	int r = sd_bus_message_read(message, "oo", &handle, &path);

	(void)data;
	(void)error;
	if (r < 0)
		return r;
	while (session != NULL && strcmp(session->path, path) != 0)
		session = session->next;
	if (session == NULL)
		return sd_bus_reply_method_return(message, "ua{sv}", 2, 0);
	session->start = sd_bus_message_ref(message);
	r = start_cast(sd_bus_message_get_bus(message), session);
	return r < 0 ? r : 1;
}

static int get_number(sd_bus *bus, const char *path, const char *interface,
                      const char *property, sd_bus_message *reply, void *data,
                      sd_bus_error *error)
{
	(void)bus;
	(void)path;
	(void)interface;
	(void)data;
	(void)error;
	if (strcmp(property, "version") == 0)
		return sd_bus_message_append(reply, "u", 4);
	return sd_bus_message_append(reply, "u", ONLY);
}

static const sd_bus_vtable screen_cast_table[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("CreateSession", "oosa{sv}", "ua{sv}", on_create,
	              SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("SelectSources", "oosa{sv}", "ua{sv}", on_select,
	              SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Start", "oossa{sv}", "ua{sv}", on_start,
	              SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("AvailableSourceTypes", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("AvailableCursorModes", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("version", "u", get_number, 0, 0),
	SD_BUS_VTABLE_END,
};

int main(void)
{
	sd_bus *bus;
	int r = sd_bus_open_user(&bus);

	if (r >= 0)
		r = sd_bus_add_object_vtable(
			bus, NULL, "/org/freedesktop/portal/desktop",
			PORTAL "ScreenCast", screen_cast_table, NULL);
	if (r >= 0)
		r = sd_bus_request_name(bus, PORTAL "desktop.gnome", 0);
	if (r >= 0)
		puts("ready");
	fflush(stdout);
	while (r >= 0) {
		r = sd_bus_process(bus, NULL);
		if (r == 0)
			r = sd_bus_wait(bus, UINT64_MAX);
	}
	fprintf(stderr, "portal_backend: %s\n", strerror(-r));
	return 1;
}
