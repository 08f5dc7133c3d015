/*
 * A program that asks the portal or mutter for sessions, and keeps them until it
 * is ended. Speaks to the real ones and to bus_service alike.
 *
 *   bus_client portal           a portal session
 *   bus_client portal PROGRAM ARGUMENT...
 *                               the same, and then become that program
 *   bus_client wait NAME        nothing, once somebody holds this name
 *   bus_client control          a remote-desktop session of mutter: input alone
 *   bus_client cast             a screen-cast session of mutter without a stream
 *   bus_client stream           the same with a stream of the monitor
 *
 * Waits for the service to appear. Prints "ready" when it has what it asked for.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#define PORTAL "org.freedesktop.portal.Desktop"
#define MUTTER "org.gnome.Mutter."

static sd_bus *bus;
static char session[256], stream[256];

static void check(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "bus_client: %s: %s\n", what, strerror(-r));
	exit(1);
}

static void keep_path(sd_bus_message *reply, char *to)
{
	const char *path;

	check(sd_bus_message_read(reply, "o", &path), "reading a path");
	snprintf(to, 256, "%s", path);
	sd_bus_message_unref(reply);
}

static int on_name(sd_bus_message *message, void *data, sd_bus_error *error)
{
	(void)message;
	(void)error;
	*(int *)data = 1;
	return 0;
}

static void wait_for(const char *name)
{
	char match[256];
	sd_bus_slot *slot;
	int has_appeared = 0;

	snprintf(match, sizeof(match),
	         "type='signal',sender='org.freedesktop.DBus',"
	         "member='NameOwnerChanged',arg0='%s'",
	         name);
	check(sd_bus_add_match(bus, &slot, match, on_name, &has_appeared),
	      "a match");
	if (sd_bus_get_name_creds(bus, name, 0, NULL) >= 0)
		has_appeared = 1;
	while (!has_appeared) {
		int r = sd_bus_process(bus, NULL);

		if (r == 0)
			r = sd_bus_wait(bus, UINT64_MAX);
		check(r, "waiting");
	}
	sd_bus_slot_unref(slot);
}

static void open_portal(void)
{
	sd_bus_message *reply;

	wait_for(PORTAL);
	check(sd_bus_call_method(bus, PORTAL, "/org/freedesktop/portal/desktop",
	                         "org.freedesktop.portal.ScreenCast",
	                         "CreateSession", NULL, &reply, "a{sv}", 2,
	                         "handle_token", "s", "request",
	                         "session_handle_token", "s", "session"),
	      "CreateSession of the portal");
	sd_bus_message_unref(reply);
}

/* The connection, and with it the session, lives on in what we become. */
static void become(char **arguments)
{
	int fd = sd_bus_get_fd(bus);

	check(fcntl(fd, F_SETFD, 0), "keeping the connection");
	execv(arguments[0], arguments);
	perror(arguments[0]);
	exit(1);
}

static void open_control(void)
{
	sd_bus_message *reply;

	wait_for(MUTTER "RemoteDesktop");
	check(sd_bus_call_method(bus, MUTTER "RemoteDesktop",
	                         "/org/gnome/Mutter/RemoteDesktop",
	                         MUTTER "RemoteDesktop", "CreateSession", NULL,
	                         &reply, ""),
	      "CreateSession of remote desktop");
	keep_path(reply, session);
	check(sd_bus_call_method(bus, MUTTER "RemoteDesktop", session,
	                         MUTTER "RemoteDesktop.Session", "Start", NULL,
	                         NULL, ""),
	      "Start");
}

static void open_cast(int has_stream)
{
	sd_bus_message *reply;

	wait_for(MUTTER "ScreenCast");
	check(sd_bus_call_method(bus, MUTTER "ScreenCast",
	                         "/org/gnome/Mutter/ScreenCast",
	                         MUTTER "ScreenCast", "CreateSession", NULL,
	                         &reply, "a{sv}", 0),
	      "CreateSession of screen cast");
	keep_path(reply, session);
	if (!has_stream)
		return;
	check(sd_bus_call_method(bus, MUTTER "ScreenCast", session,
	                         MUTTER "ScreenCast.Session", "RecordMonitor",
	                         NULL, &reply, "sa{sv}", "", 0),
	      "RecordMonitor");
	keep_path(reply, stream);
	check(sd_bus_call_method(bus, MUTTER "ScreenCast", session,
	                         MUTTER "ScreenCast.Session", "Start", NULL,
	                         NULL, ""),
	      "Start");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	check(sd_bus_open_user(&bus), "the session bus");
	if (strcmp(what, "wait") == 0 && argc == 3) {
		wait_for(argv[2]);
		argc = 2;
	} else if (strcmp(what, "portal") == 0) {
		open_portal();
	} else if (strcmp(what, "control") == 0) {
		open_control();
	} else if (strcmp(what, "cast") == 0 || strcmp(what, "stream") == 0) {
		open_cast(strcmp(what, "stream") == 0);
	} else {
		fprintf(stderr,
		        "bus_client: wait, portal, control, cast, stream\n");
		return 2;
	}
	puts("ready");
	fflush(stdout);
	if (argc > 2)
		become(argv + 2);
	for (;;)
		pause();
}
