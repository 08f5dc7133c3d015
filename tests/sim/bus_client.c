/*
 * A program that asks the portal or mutter for sessions, and keeps them until it
 * is ended. Speaks to the real ones and to bus_service alike.
 *
 *   bus_client portal [COUNT]   portal sessions
 *   bus_client control          a remote-desktop session of mutter: input alone
 *   bus_client cast             a screen-cast session of mutter without a stream
 *   bus_client stream           the same with a stream of the monitor
 *
 * Prints "ready" when it has them; closes them when its input ends.
 */
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

static void open_portal(int number)
{
	sd_bus_message *reply;
	char token[32];

	snprintf(token, sizeof(token), "t%d", number);
	check(sd_bus_call_method(bus, PORTAL, "/org/freedesktop/portal/desktop",
	                         "org.freedesktop.portal.ScreenCast",
	                         "CreateSession", NULL, &reply, "a{sv}", 2,
	                         "handle_token", "s", token,
	                         "session_handle_token", "s", token),
	      "CreateSession of the portal");
	sd_bus_message_unref(reply);
}

static void open_control(void)
{
	sd_bus_message *reply;

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

static void close_session(const char *what)
{
	char interface[64];

	snprintf(interface, sizeof(interface), MUTTER "%s.Session", what);
	(void)sd_bus_call_method(bus,
	                         strcmp(what, "ScreenCast") == 0
	                                 ? MUTTER "ScreenCast"
	                                 : MUTTER "RemoteDesktop",
	                         session, interface, "Stop", NULL, NULL, "");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int count = argc > 2 ? atoi(argv[2]) : 1;
	char byte;

	check(sd_bus_open_user(&bus), "the session bus");
	if (strcmp(what, "portal") == 0) {
		for (int i = 0; i < count; i++)
			open_portal(i);
	} else if (strcmp(what, "control") == 0) {
		open_control();
	} else if (strcmp(what, "cast") == 0 || strcmp(what, "stream") == 0) {
		open_cast(strcmp(what, "stream") == 0);
	} else {
		fprintf(stderr, "bus_client: portal, control, cast, stream\n");
		return 2;
	}
	puts("ready");
	fflush(stdout);
	/* A test that gives us no input ends us instead. */
	if (!isatty(STDIN_FILENO) && argc > 2 &&
	    strcmp(argv[2], "close") == 0) {
		(void)!read(STDIN_FILENO, &byte, 1);
		close_session(strcmp(what, "control") == 0 ? "RemoteDesktop"
		                                           : "ScreenCast");
		puts("closed");
		fflush(stdout);
	}
	for (;;)
		pause();
}
