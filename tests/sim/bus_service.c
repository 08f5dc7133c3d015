/*
 * The portal's and mutter's part of the session bus, without a screen behind it:
 * sessions are opened as from the real ones, and end with whoever opened them.
 *
 *   bus_service portal          org.freedesktop.portal.Desktop
 *   bus_service portal-wlr      the same, and its backend for wlroots
 *   bus_service mutter          mutter's screen casts and remote desktops
 *   bus_service huge            a portal whose introspection data is 8 MB
 *   bus_service many            a portal with 5000 requesters
 *   bus_service silent          a portal that reads and never answers
 *   bus_service garbage         a portal whose answers are of a wrong type
 *   bus_service flood           mutter, signalling as fast as it can
 *
 * Prints "ready" when it holds its names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-bus.h>

#define PORTAL        "org.freedesktop.portal.Desktop"
#define PORTAL_PATH   "/org/freedesktop/portal/desktop"
#define CAST          "org.gnome.Mutter.ScreenCast"
#define CAST_PATH     "/org/gnome/Mutter/ScreenCast"
#define CONTROL       "org.gnome.Mutter.RemoteDesktop"
#define CONTROL_PATH  "/org/gnome/Mutter/RemoteDesktop"
#define WLR           "org.freedesktop.impl.portal.desktop.wlr"
#define INTROSPECTION "org.freedesktop.DBus.Introspectable"

static sd_bus *bus;
static unsigned last_id;

static void check(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "bus_service: %s: %s\n", what, strerror(-r));
	exit(1);
}

/* An object on the bus that goes with its owner. */
struct object {
	sd_bus_slot *slot;
	sd_bus_slot *watch;
	char path[128];
	char stream[128]; /* of a screen cast, "" if none */
	sd_bus_slot *stream_slot;
};

static void object_free(struct object *object)
{
	sd_bus_slot_unref(object->slot);
	sd_bus_slot_unref(object->watch);
	sd_bus_slot_unref(object->stream_slot);
	free(object);
}

static int on_owner_gone(sd_bus_message *message, void *data,
                         sd_bus_error *error)
{
	(void)message;
	(void)error;
	object_free(data);
	return 0;
}

static struct object *object_new(sd_bus_message *message, const char *path,
                                 const char *interface,
                                 const sd_bus_vtable *table)
{
	struct object *object = calloc(1, sizeof(*object));
	char match[256];

	snprintf(object->path, sizeof(object->path), "%s", path);
	check(sd_bus_add_object_vtable(bus, &object->slot, path, interface,
	                               table, object),
	      "an object");
	/* As mutter does it: anybody can see whom it watches. */
	snprintf(match, sizeof(match),
	         "type='signal',sender='org.freedesktop.DBus',"
	         "interface='org.freedesktop.DBus',"
	         "member='NameOwnerChanged',arg0='%s'",
	         sd_bus_message_get_sender(message));
	check(sd_bus_add_match_async(bus, &object->watch, match, on_owner_gone,
	                             NULL, object),
	      "a match");
	return object;
}

static int do_nothing(sd_bus_message *message, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_bus_reply_method_return(message, "");
}

/* ---- the portal ---- */

static const sd_bus_vtable portal_session[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Close", "", "", do_nothing, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END
};

static int open_portal_session(sd_bus_message *message, void *data,
                               sd_bus_error *error)
{
	char path[128], sender[64];

	(void)data;
	(void)error;
	snprintf(sender, sizeof(sender), "%s",
	         sd_bus_message_get_sender(message) + 1);
	*strchr(sender, '.') = '_';
	snprintf(path, sizeof(path), PORTAL_PATH "/session/%s/t%u", sender,
	         ++last_id);
	(void)object_new(message, path, "org.freedesktop.portal.Session",
	                 portal_session);
	snprintf(path, sizeof(path), PORTAL_PATH "/request/%s/t%u", sender,
	         last_id);
	return sd_bus_reply_method_return(message, "o", path);
}

static const sd_bus_vtable portal[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("CreateSession", "a{sv}", "o", open_portal_session,
	              SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END
};

/* ---- mutter ---- */

static int read_parameters(sd_bus *from, const char *path,
                           const char *interface, const char *property,
                           sd_bus_message *reply, void *data,
                           sd_bus_error *error)
{
	(void)from;
	(void)path;
	(void)interface;
	(void)property;
	(void)data;
	(void)error;
	return sd_bus_message_append(reply, "a{sv}", 2, "position", "(ii)", 0,
	                             0, "size", "(ii)", 1920, 1080);
}

static const sd_bus_vtable stream[] = { SD_BUS_VTABLE_START(0),
	                                SD_BUS_PROPERTY("Parameters", "a{sv}",
	                                                read_parameters, 0, 0),
	                                SD_BUS_VTABLE_END };

static int record_monitor(sd_bus_message *message, void *data,
                          sd_bus_error *error)
{
	struct object *object = data;

	(void)error;
	snprintf(object->stream, sizeof(object->stream),
	         CAST_PATH "/Stream/u%u", ++last_id);
	check(sd_bus_add_object_vtable(bus, &object->stream_slot,
	                               object->stream, CAST ".Stream", stream,
	                               object),
	      "a stream");
	return sd_bus_reply_method_return(message, "o", object->stream);
}

static int stop_session(sd_bus_message *message, void *data,
                        sd_bus_error *error)
{
	struct object *object = data;
	int r = sd_bus_reply_method_return(message, "");

	(void)error;
	(void)sd_bus_emit_signal(
		bus, object->path,
		strncmp(object->path, CAST_PATH, strlen(CAST_PATH)) == 0
			? CAST ".Session"
			: CONTROL ".Session",
		"Closed", "");
	object_free(object);
	return r;
}

static const sd_bus_vtable mutter_session[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Start", "", "", do_nothing, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Stop", "", "", stop_session, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("RecordMonitor", "sa{sv}", "o", record_monitor,
	              SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END
};

static int open_session(sd_bus_message *message, const char *name,
                        const char *root)
{
	char path[128], interface[64];

	snprintf(path, sizeof(path), "%s/Session/u%u", root, ++last_id);
	snprintf(interface, sizeof(interface), "%s.Session", name);
	(void)object_new(message, path, interface, mutter_session);
	return sd_bus_reply_method_return(message, "o", path);
}

static int open_cast(sd_bus_message *message, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return open_session(message, CAST, CAST_PATH);
}

static int open_control(sd_bus_message *message, void *data,
                        sd_bus_error *error)
{
	(void)data;
	(void)error;
	return open_session(message, CONTROL, CONTROL_PATH);
}

static const sd_bus_vtable cast[] = { SD_BUS_VTABLE_START(0),
	                              SD_BUS_METHOD("CreateSession", "a{sv}",
	                                            "o", open_cast,
	                                            SD_BUS_VTABLE_UNPRIVILEGED),
	                              SD_BUS_VTABLE_END };

static const sd_bus_vtable control[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("CreateSession", "", "o", open_control,
	              SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END
};

/* ---- what no portal would do ---- */

static int answer_huge(sd_bus_message *message)
{
	enum { SIZE = 8 * 1000 * 1000 };
	char *text = malloc(SIZE + 1);
	int r;

	memset(text, ' ', SIZE); /* not one session in it */
	text[SIZE] = '\0';
	r = sd_bus_reply_method_return(message, "s", text);
	free(text);
	return r;
}

static int answer_many(sd_bus_message *message)
{
	enum { COUNT = 5000, EACH = 32 };
	char *text = malloc(COUNT * EACH), *at = text;
	int r;

	/* The requesters themselves have a session each. */
	if (strcmp(sd_bus_message_get_path(message), PORTAL_PATH "/session") !=
	    0)
		at += sprintf(at, "<node><node name=\"token\"/></node>");
	else
		for (int i = 0; i < COUNT; i++)
			at += sprintf(at, "<node name=\"1_%d\"/>", 1000000 + i);
	r = sd_bus_reply_method_return(message, "s", text);
	free(text);
	return r;
}

static int answer(sd_bus_message *message, void *data, sd_bus_error *error)
{
	const char *mode = data;

	(void)error;
	if (sd_bus_message_is_method_call(message, INTROSPECTION,
	                                  "Introspect") <= 0)
		return 0;
	if (strcmp(mode, "huge") == 0)
		(void)answer_huge(message);
	else if (strcmp(mode, "many") == 0)
		(void)answer_many(message);
	else if (strcmp(mode, "garbage") == 0)
		(void)sd_bus_reply_method_return(message, "ai", 2, 1, 2);
	return 1;
}

static void take_name(const char *name)
{
	check(sd_bus_request_name(bus, name, 0), name);
}

static void serve_portal(void)
{
	/* The directory exists even while it is empty. */
	check(sd_bus_add_object_vtable(bus, NULL, PORTAL_PATH,
	                               "org.freedesktop.portal.ScreenCast",
	                               portal, NULL),
	      "the portal");
	take_name(PORTAL);
}

static void serve_mutter(void)
{
	check(sd_bus_add_object_vtable(bus, NULL, CAST_PATH, CAST, cast, NULL),
	      "screen casts");
	check(sd_bus_add_object_vtable(bus, NULL, CONTROL_PATH, CONTROL,
	                               control, NULL),
	      "remote desktops");
	take_name(CAST);
	take_name(CONTROL);
}

static void flood(void)
{
	for (int i = 0; i < 100; i++)
		(void)sd_bus_emit_signal(bus, CONTROL_PATH "/Session/u1",
		                         CONTROL ".Session", "Closed", "");
	check(sd_bus_flush(bus), "flushing");
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int r;

	check(sd_bus_open_user(&bus), "the session bus");
	if (strcmp(mode, "mutter") == 0 || strcmp(mode, "flood") == 0) {
		serve_mutter();
	} else {
		if (strncmp(mode, "portal", 6) != 0)
			check(sd_bus_add_filter(bus, NULL, answer, argv[1]),
			      "a filter");
		serve_portal();
	}
	if (strcmp(mode, "portal-wlr") == 0)
		take_name(WLR);
	puts("ready");
	fflush(stdout);
	while (strcmp(mode, "flood") == 0) {
		flood();
		while (sd_bus_process(bus, NULL) > 0)
			continue;
	}
	for (;;) {
		while ((r = sd_bus_process(bus, NULL)) > 0)
			continue;
		check(r, "the bus");
		check(sd_bus_wait(bus, UINT64_MAX), "waiting");
	}
}
