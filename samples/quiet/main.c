/*
 * Do-not-disturb while the screen is shared. This file ties the library to the
 * desktop's switch; whose that is, keeper.c knows.
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <onlooker/onlooker.h>

#include "desktop.h"
#include "keeper.h"
#include "mark.h"

struct quiet {
	GMainLoop *loop;
	struct onlooker *onlooker;
	struct desktop *desktop;
	struct keeper keeper;
	bool has_report; /* the first has come */
	bool has_failed;
	bool is_stopping;
};

static void say(struct quiet *quiet, const char *what)
{
	g_print("%s: %s\n", desktop_get_server(quiet->desktop), what);
}

static void act(struct quiet *quiet, enum keeper_action action)
{
	const char *server = desktop_get_server(quiet->desktop);
	bool is_on = action == KEEPER_SWITCH_ON;
	g_autoptr(GError) error = NULL;

	switch (action) {
	case KEEPER_NOTHING:
		return;
	case KEEPER_LEAVE_ON:
		say(quiet, "do-not-disturb was on already, and is left alone");
		return;
	case KEEPER_LEAVE_OFF:
		say(quiet, "do-not-disturb was switched off, and stays so");
		return;
	case KEEPER_LEFT:
		say(quiet, "the sharing is over, nothing was to be undone");
		return;
	default:
		break;
	}
	/* The note first: without it nobody would switch off what we did. */
	if (is_on)
		mark_set(server, desktop_get_holder(quiet->desktop));
	if (!desktop_set(quiet->desktop, is_on, &error)) {
		g_printerr("onlooker-quiet: %s: %s\n", server, error->message);
		/* As it was, to be tried again when anything happens. */
		quiet->keeper.is_on = !is_on;
		quiet->keeper.is_ours = !is_on;
		return;
	}
	say(quiet, is_on ? "do-not-disturb while the screen is shared"
	                 : "do-not-disturb is over");
}

/*
 * Only what is certain counts: a single screenshot is a suspicion of ten
 * seconds, and would make the notifications come and go. Nor does unknown, in
 * which some machines are for ever.
 */
static bool is_shared(struct quiet *quiet)
{
	const struct onlooker_report *report =
		onlooker_get_report(quiet->onlooker);
	bool is_shared = report->shared.state == ONLOOKER_SHARED;

	onlooker_report_unref(report);
	return is_shared && !quiet->is_stopping;
}

/* Read the switch. A daemon that goes just now is found again when it is back. */
static bool read_switch(struct quiet *quiet, bool *ret)
{
	g_autoptr(GError) error = NULL;

	if (desktop_get(quiet->desktop, ret, &error))
		return true;
	g_printerr("onlooker-quiet: %s: %s\n",
	           desktop_get_server(quiet->desktop), error->message);
	return false;
}

static void update(struct quiet *quiet)
{
	bool is_on;

	if (!quiet->has_report || desktop_get_server(quiet->desktop) == NULL ||
	    !read_switch(quiet, &is_on))
		return;
	act(quiet, keeper_step(&quiet->keeper, is_shared(quiet), is_on));
	if (!quiet->keeper.is_ours)
		mark_remove(desktop_get_server(quiet->desktop));
}

static void on_desktop(void *userdata, bool is_found)
{
	struct quiet *quiet = userdata;
	bool is_on, is_ours;

	if (is_found) {
		const char *server = desktop_get_server(quiet->desktop);

		if (!read_switch(quiet, &is_on))
			return;
		is_ours = mark_is_there(server,
		                        desktop_get_holder(quiet->desktop));
		keeper_find(&quiet->keeper, is_on, is_ours);
		say(quiet, "found");
	}
	update(quiet);
}

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	struct quiet *quiet = userdata;

	(void)onlooker;
	/* Most reports change a number, and are no reason to ask the desktop. */
	if (quiet->has_report && (report->shared.state == ONLOOKER_SHARED) ==
	                                 quiet->keeper.is_wanted)
		return;
	quiet->has_report = true;
	update(quiet);
}

static gboolean on_ready(int fd, GIOCondition condition, void *userdata)
{
	struct quiet *quiet = userdata;

	(void)fd;
	(void)condition;
	if (onlooker_dispatch(quiet->onlooker) >= 0)
		return G_SOURCE_CONTINUE;
	g_printerr("onlooker-quiet: cannot look any more\n");
	quiet->has_failed = true;
	g_main_loop_quit(quiet->loop);
	return G_SOURCE_REMOVE;
}

static gboolean on_signal(void *userdata)
{
	struct quiet *quiet = userdata;

	g_main_loop_quit(quiet->loop);
	return G_SOURCE_CONTINUE;
}

/*
 * One of us a session, or two would take each other's for the user's. By
 * RequestName of the D-Bus specification: 4 is "do not queue", 1 "primary owner".
 */
static bool is_alone(GDBusConnection *bus)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
		bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
		"org.freedesktop.DBus", "RequestName",
		g_variant_new("(su)", "org.onlooker.Quiet", 4),
		G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
		&error);
	guint32 answer = 0;

	if (reply != NULL)
		g_variant_get(reply, "(u)", &answer);
	if (answer == 1)
		return true;
	g_printerr("onlooker-quiet: %s\n",
	           error != NULL ? error->message : "one runs already");
	return false;
}

static int run(struct quiet *quiet, const char *probes, const char *mode)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .probes = probes };
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusConnection) bus =
		g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, &error);
	int r;

	if (bus == NULL) {
		g_printerr("onlooker-quiet: %s\n", error->message);
		return 1;
	}
	if (!is_alone(bus))
		return 1;
	r = onlooker_open(&options, &quiet->onlooker);
	if (r < 0) {
		g_printerr("onlooker-quiet: cannot look: %s\n", g_strerror(-r));
		return 1;
	}
	onlooker_set_callback(quiet->onlooker, on_report, quiet);
	g_unix_fd_add(onlooker_get_fd(quiet->onlooker), G_IO_IN, on_ready,
	              quiet);
	g_unix_signal_add(SIGTERM, on_signal, quiet);
	g_unix_signal_add(SIGINT, on_signal, quiet);
	quiet->desktop = desktop_new(bus, mode, on_desktop, quiet);
	g_main_loop_run(quiet->loop);
	quiet->is_stopping = true;
	update(quiet);
	desktop_free(quiet->desktop);
	onlooker_unref(quiet->onlooker);
	return quiet->has_failed;
}

int main(int argc, char **argv)
{
	g_autofree char *probes = NULL;
	g_autofree char *mode = NULL;
	gboolean is_version = FALSE;
	const GOptionEntry entries[] = {
		{ "mode", 0, 0, G_OPTION_ARG_STRING, &mode,
		  "mako's mode to switch on (default: do-not-disturb)",
		  "NAME" },
		{ "probes", 'p', 0, G_OPTION_ARG_STRING, &probes,
		  "Run only these probes, comma-separated", "LIST" },
		{ "version", 'V', 0, G_OPTION_ARG_NONE, &is_version,
		  "Show the version", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;
	struct quiet quiet = { 0 };
	int status;

	g_option_context_set_summary(
		context, "Do-not-disturb while this screen is shared.");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		g_printerr("onlooker-quiet: %s\n", error->message);
		return 2;
	}
	if (argc > 1) {
		g_printerr("onlooker-quiet: it takes no '%s'\n", argv[1]);
		return 2;
	}
	if (is_version) {
		g_print("onlooker-quiet %s\n", onlooker_get_version());
		return 0;
	}
	quiet.loop = g_main_loop_new(NULL, FALSE);
	status = run(&quiet, probes, mode != NULL ? mode : "do-not-disturb");
	g_main_loop_unref(quiet.loop);
	return status;
}
