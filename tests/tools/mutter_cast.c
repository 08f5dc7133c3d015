/*
 * Waits for mutter, asks it for a screen cast of a monitor, as a portal does, and
 * keeps it open. Prints "node ID" when there is a stream to take.
 *
 * usage: mutter_cast CONNECTOR
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-bus.h>

#define SCREEN_CAST "org.gnome.Mutter.ScreenCast"

static int on_stream(sd_bus_message *message, void *userdata,
                     sd_bus_error *error)
{
	uint32_t node;

	(void)userdata;
	(void)error;
	if (sd_bus_message_read(message, "u", &node) < 0)
		return -EBADMSG;
	printf("node %u\n", node);
	fflush(stdout);
	return 0;
}

/* Call a method that returns an object, and copy its path. */
static int make_object(sd_bus *bus, const char *path, const char *interface,
                       const char *method, const char *connector, char **ret)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	const char *object;
	int r;

	if (connector != NULL)
		r = sd_bus_call_method(bus, SCREEN_CAST, path, interface,
		                       method, &error, &reply, "sa{sv}",
		                       connector, 0);
	else
		r = sd_bus_call_method(bus, SCREEN_CAST, path, interface,
		                       method, &error, &reply, "a{sv}", 0);
	if (r >= 0)
		r = sd_bus_message_read(reply, "o", &object);
	if (r >= 0)
		*ret = strdup(object);
	else
		fprintf(stderr, "mutter_cast: %s: %s\n", method,
		        error.message != NULL ? error.message : strerror(-r));
	sd_bus_error_free(&error);
	sd_bus_message_unref(reply);
	return r;
}

static int begin(sd_bus *bus, const char *connector)
{
	char *session = NULL, *stream = NULL;
	int r = make_object(bus, "/org/gnome/Mutter/ScreenCast", SCREEN_CAST,
	                    "CreateSession", NULL, &session);

	if (r >= 0)
		r = make_object(bus, session, SCREEN_CAST ".Session",
		                "RecordMonitor", connector, &stream);
	if (r >= 0)
		r = sd_bus_match_signal(bus, NULL, SCREEN_CAST, stream,
		                        SCREEN_CAST ".Stream",
		                        "PipeWireStreamAdded", on_stream, NULL);
	if (r >= 0)
		r = sd_bus_call_method(bus, SCREEN_CAST, session,
		                       SCREEN_CAST ".Session", "Start", NULL,
		                       NULL, "");
	free(session);
	free(stream);
	return r;
}

static int on_owner(sd_bus_message *message, void *userdata,
                    sd_bus_error *error)
{
	const char *name, *before, *after;

	(void)error;
	if (sd_bus_message_read(message, "sss", &name, &before, &after) < 0)
		return -EBADMSG;
	if (*after == '\0')
		return 0;
	return begin(sd_bus_message_get_bus(message), userdata);
}

static int wait_for_mutter(sd_bus *bus, char *connector)
{
	int r = sd_bus_add_match(bus, NULL,
	                         "type='signal',sender='org.freedesktop.DBus',"
	                         "member='NameOwnerChanged',arg0='" SCREEN_CAST
	                         "'",
	                         on_owner, connector);

	if (r < 0 || sd_bus_get_name_creds(bus, SCREEN_CAST, 0, NULL) < 0)
		return r;
	return begin(bus, connector);
}

int main(int argc, char *argv[])
{
	sd_bus *bus;
	int r;

	if (argc != 2) {
		fputs("usage: mutter_cast CONNECTOR\n", stderr);
		return 2;
	}
	r = sd_bus_open_user(&bus);
	if (r >= 0)
		r = wait_for_mutter(bus, argv[1]);
	while (r >= 0) {
		r = sd_bus_process(bus, NULL);
		if (r == 0)
			r = sd_bus_wait(bus, UINT64_MAX);
	}
	fprintf(stderr, "mutter_cast: %s\n", strerror(-r));
	return EXIT_FAILURE;
}
