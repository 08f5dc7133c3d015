/*
 * The do-not-disturb of each notification daemon. Knows nothing of why it is
 * used, nor whose it is.
 *
 * All of them own org.freedesktop.Notifications, and say by its
 * GetServerInformation (Desktop Notifications Specification, "Protocol") which
 * they are; what switches them is each one's own.
 */
#include "desktop.h"

enum {
	/* The slowest daemon here answered within 20 ms. */
	TIMEOUT_MS = 2000,
	/* GNOME's takes the name before it can answer, by less than a second. */
	RETRY_MS = 500,
	TRIES = 20,
};

static const char notifications[] = "org.freedesktop.Notifications";
static const char notifications_path[] = "/org/freedesktop/Notifications";

/* One daemon. Its functions may ask it and wait. */
struct kind {
	const char *server;    /* as GetServerInformation has it */
	bool is_lasting;       /* the switch is on the disk */
	const char *path;      /* of the object that tells of changes ... */
	const char *interface; /* ... and its interface; NULL: none does */
	bool (*get)(struct desktop *desktop, bool *ret, GError **error);
	bool (*set)(struct desktop *desktop, bool is_on, GError **error);
};

struct desktop {
	GDBusConnection *bus;
	const char *mode;
	desktop_fn changed;
	void *userdata;
	guint watch;
	guint subscription;
	guint retry;             /* timer; 0: none */
	int tries;               /* to learn who it is */
	const struct kind *kind; /* NULL: nobody, or nobody known */
	char *owner;             /* its unique name on the bus */
	char *holder;
	GSettings *settings; /* GNOME's; NULL: not needed yet */
	guint32 cookie;      /* Plasma: of our inhibition; 0: none */
};

static GVariant *call(struct desktop *desktop, const char *path,
                      const char *interface, const char *method,
                      GVariant *arguments, const char *type, GError **error)
{
	return g_dbus_connection_call_sync(
		desktop->bus, desktop->owner, path, interface, method,
		arguments, G_VARIANT_TYPE(type),
		G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, NULL, error);
}

/* Call for a reply that holds nothing. */
static bool tell(struct desktop *desktop, const char *path,
                 const char *interface, const char *method, GVariant *arguments,
                 GError **error)
{
	g_autoptr(GVariant) reply =
		call(desktop, path, interface, method, arguments, "()", error);

	return reply != NULL;
}

/* ---- dunst: dbus.c of dunst; the property is there since 1.7 ---- */

static const char dunst_interface[] = "org.dunstproject.cmd0";

static bool dunst_get(struct desktop *desktop, bool *ret, GError **error)
{
	g_autoptr(GVariant) value = NULL;
	g_autoptr(GVariant) reply = call(
		desktop, notifications_path, "org.freedesktop.DBus.Properties",
		"Get", g_variant_new("(ss)", dunst_interface, "paused"), "(v)",
		error);

	if (reply == NULL)
		return false;
	g_variant_get(reply, "(v)", &value);
	*ret = g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN) &&
	       g_variant_get_boolean(value);
	return true;
}

static bool dunst_set(struct desktop *desktop, bool is_on, GError **error)
{
	return tell(desktop, notifications_path,
	            "org.freedesktop.DBus.Properties", "Set",
	            g_variant_new("(ssv)", dunst_interface, "paused",
	                          g_variant_new_boolean(is_on)),
	            error);
}

/* ---- mako: makoctl(1), "mode"; hidden is what its configuration hides ---- */

static const char mako_path[] = "/fr/emersion/Mako";
static const char mako_interface[] = "fr.emersion.Mako";

static char **mako_get_modes(struct desktop *desktop, GError **error)
{
	g_autoptr(GVariant) reply = call(desktop, mako_path, mako_interface,
	                                 "ListModes", NULL, "(as)", error);
	char **modes = NULL;

	if (reply != NULL)
		g_variant_get(reply, "(^as)", &modes);
	return modes;
}

static bool mako_get(struct desktop *desktop, bool *ret, GError **error)
{
	g_auto(GStrv) modes = mako_get_modes(desktop, error);

	if (modes == NULL)
		return false;
	*ret = g_strv_contains((const char *const *)modes, desktop->mode);
	return true;
}

/* All modes go at once: the others stay as they are. */
static bool mako_set(struct desktop *desktop, bool is_on, GError **error)
{
	g_auto(GStrv) modes = mako_get_modes(desktop, error);
	GVariantBuilder builder;

	if (modes == NULL)
		return false;
	g_variant_builder_init(&builder, G_VARIANT_TYPE_STRING_ARRAY);
	for (char **mode = modes; *mode != NULL; mode++) {
		if (g_strcmp0(*mode, desktop->mode) != 0)
			g_variant_builder_add(&builder, "s", *mode);
	}
	if (is_on)
		g_variant_builder_add(&builder, "s", desktop->mode);
	return tell(desktop, mako_path, mako_interface, "SetModes",
	            g_variant_new("(as)", &builder), error);
}

/* ---- swaync: src/swayncDaemon of SwayNotificationCenter ---- */

static const char swaync_path[] = "/org/erikreider/swaync/cc";
static const char swaync_interface[] = "org.erikreider.swaync.cc";

static bool swaync_get(struct desktop *desktop, bool *ret, GError **error)
{
	g_autoptr(GVariant) reply = call(desktop, swaync_path, swaync_interface,
	                                 "GetDnd", NULL, "(b)", error);
	gboolean is_on;

	if (reply == NULL)
		return false;
	g_variant_get(reply, "(b)", &is_on);
	*ret = is_on;
	return true;
}

static bool swaync_set(struct desktop *desktop, bool is_on, GError **error)
{
	return tell(desktop, swaync_path, swaync_interface, "SetDnd",
	            g_variant_new("(b)", is_on), error);
}

/*
 * ---- Plasma: Inhibit() of org.freedesktop.Notifications, as plasmashell has
 * it. An inhibition is its caller's own, so none is the user's, and it ends
 * with our connection, so none is left behind. ----
 */

static bool plasma_get(struct desktop *desktop, bool *ret, GError **error)
{
	(void)error;
	*ret = desktop->cookie != 0;
	return true;
}

static bool plasma_inhibit(struct desktop *desktop, GError **error)
{
	g_autoptr(GVariant) reply =
		call(desktop, notifications_path, notifications, "Inhibit",
	             g_variant_new("(ssa{sv})", "onlooker-quiet",
	                           "The screen is shared", NULL),
	             "(u)", error);

	if (reply == NULL)
		return false;
	g_variant_get(reply, "(u)", &desktop->cookie);
	return true;
}

static bool plasma_set(struct desktop *desktop, bool is_on, GError **error)
{
	guint32 cookie = desktop->cookie;

	if (is_on)
		return plasma_inhibit(desktop, error);
	desktop->cookie = 0;
	return tell(desktop, notifications_path, notifications, "UnInhibit",
	            g_variant_new("(u)", cookie), error);
}

/* ---- GNOME: org.gnome.desktop.notifications, as its quick settings do ---- */

static void on_setting(struct desktop *desktop)
{
	desktop->changed(desktop->userdata, false);
}

static bool gnome_find(struct desktop *desktop, GError **error)
{
	const char *name = "org.gnome.desktop.notifications";
	GSettingsSchemaSource *source = g_settings_schema_source_get_default();
	g_autoptr(GSettingsSchema) schema = NULL;

	if (desktop->settings != NULL)
		return true;
	/* Of a schema that is not there, GSettings would die. */
	if (source != NULL)
		schema = g_settings_schema_source_lookup(source, name, TRUE);
	if (schema == NULL ||
	    !g_settings_schema_has_key(schema, "show-banners")) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
		            "there is no schema %s", name);
		return false;
	}
	desktop->settings = g_settings_new_full(schema, NULL, NULL);
	g_signal_connect_swapped(desktop->settings, "changed::show-banners",
	                         G_CALLBACK(on_setting), desktop);
	return true;
}

static bool gnome_get(struct desktop *desktop, bool *ret, GError **error)
{
	if (!gnome_find(desktop, error))
		return false;
	*ret = !g_settings_get_boolean(desktop->settings, "show-banners");
	return true;
}

static bool gnome_set(struct desktop *desktop, bool is_on, GError **error)
{
	if (!gnome_find(desktop, error))
		return false;
	if (!g_settings_set_boolean(desktop->settings, "show-banners",
	                            !is_on)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
		            "show-banners may not be changed");
		return false;
	}
	/* We may be killed next, and the note says that it is done. */
	g_settings_sync();
	return true;
}

static const struct kind kinds[] = {
	{ .server = "dunst",
	  .path = notifications_path,
	  .interface = "org.freedesktop.DBus.Properties",
	  .get = dunst_get,
	  .set = dunst_set },
	/* The signal came with 1.9; before it, a mode is looked at again only
	 * when there is something to do. */
	{ .server = "mako",
	  .path = mako_path,
	  .interface = "org.freedesktop.DBus.Properties",
	  .get = mako_get,
	  .set = mako_set },
	{ .server = "SwayNotificationCenter",
	  .is_lasting = true,
	  .path = swaync_path,
	  .interface = swaync_interface,
	  .get = swaync_get,
	  .set = swaync_set },
	{ .server = "Plasma", .get = plasma_get, .set = plasma_set },
	{ .server = "gnome-shell",
	  .is_lasting = true,
	  .get = gnome_get,
	  .set = gnome_set },
};

static void on_signal(GDBusConnection *bus, const char *sender,
                      const char *path, const char *interface,
                      const char *signal, GVariant *arguments, void *userdata)
{
	struct desktop *desktop = userdata;

	(void)bus;
	(void)sender;
	(void)path;
	(void)interface;
	(void)signal;
	(void)arguments;
	desktop->changed(desktop->userdata, false);
}

/* Who it is, or NULL: it cannot be asked, or, without an error, is unknown. */
static const struct kind *identify(struct desktop *desktop, GError **error)
{
	g_autofree char *escaped = NULL;
	const char *server;
	g_autoptr(GVariant) reply =
		call(desktop, notifications_path, notifications,
	             "GetServerInformation", NULL, "(ssss)", error);

	if (reply == NULL)
		return NULL;
	g_variant_get(reply, "(&s&s&s&s)", &server, NULL, NULL, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_strcmp0(kinds[i].server, server) == 0)
			return &kinds[i];
	}
	escaped = g_strescape(server, NULL);
	g_printerr(
		"onlooker-quiet: '%.64s' has no do-not-disturb that is known "
		"here\n",
		escaped);
	return NULL;
}

static void lose(struct desktop *desktop)
{
	if (desktop->subscription != 0)
		g_dbus_connection_signal_unsubscribe(desktop->bus,
		                                     desktop->subscription);
	desktop->subscription = 0;
	g_clear_handle_id(&desktop->retry, g_source_remove);
	desktop->kind = NULL;
	desktop->cookie = 0;
	g_clear_object(&desktop->settings);
	g_clear_pointer(&desktop->owner, g_free);
	g_clear_pointer(&desktop->holder, g_free);
}

static void meet(struct desktop *desktop, const struct kind *kind)
{
	desktop->kind = kind;
	/* Unique names repeat from bus to bus; a bus has its own number. */
	desktop->holder = kind->is_lasting
	                          ? g_strdup("disk")
	                          : g_strdup_printf("%s %s",
	                                            g_dbus_connection_get_guid(
							    desktop->bus),
	                                            desktop->owner);
	if (kind->interface != NULL)
		desktop->subscription = g_dbus_connection_signal_subscribe(
			desktop->bus, desktop->owner, kind->interface, NULL,
			kind->path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
			desktop, NULL);
	desktop->changed(desktop->userdata, true);
}

static gboolean ask(void *userdata)
{
	struct desktop *desktop = userdata;
	g_autoptr(GError) error = NULL;
	const struct kind *kind = identify(desktop, &error);

	if (error != NULL && ++desktop->tries < TRIES)
		return G_SOURCE_CONTINUE;
	desktop->retry = 0;
	if (kind != NULL)
		meet(desktop, kind);
	else if (error != NULL)
		g_printerr("onlooker-quiet: %s\n", error->message);
	return G_SOURCE_REMOVE;
}

static void on_appeared(GDBusConnection *bus, const char *name,
                        const char *owner, void *userdata)
{
	struct desktop *desktop = userdata;

	(void)bus;
	(void)name;
	lose(desktop);
	desktop->owner = g_strdup(owner);
	desktop->tries = 0;
	if (ask(desktop) == G_SOURCE_CONTINUE)
		desktop->retry = g_timeout_add(RETRY_MS, ask, desktop);
}

static void on_vanished(GDBusConnection *bus, const char *name, void *userdata)
{
	(void)bus;
	(void)name;
	lose(userdata);
}

struct desktop *desktop_new(GDBusConnection *bus, const char *mode,
                            desktop_fn changed, void *userdata)
{
	struct desktop *desktop = g_new0(struct desktop, 1);

	desktop->bus = g_object_ref(bus);
	desktop->mode = mode;
	desktop->changed = changed;
	desktop->userdata = userdata;
	desktop->watch = g_bus_watch_name_on_connection(
		bus, notifications, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
		on_vanished, desktop, NULL);
	return desktop;
}

void desktop_free(struct desktop *desktop)
{
	g_bus_unwatch_name(desktop->watch);
	lose(desktop);
	g_object_unref(desktop->bus);
	g_free(desktop);
}

const char *desktop_get_server(const struct desktop *desktop)
{
	return desktop->kind != NULL ? desktop->kind->server : NULL;
}

const char *desktop_get_holder(const struct desktop *desktop)
{
	return desktop->holder;
}

bool desktop_get(struct desktop *desktop, bool *ret, GError **error)
{
	return desktop->kind->get(desktop, ret, error);
}

bool desktop_set(struct desktop *desktop, bool is_on, GError **error)
{
	return desktop->kind->set(desktop, is_on, error);
}
