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
	const struct kind *kind; /* NULL: nobody, or nobody known */
	char *owner;             /* its unique name on the bus */
	char *holder;
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

/* Ask who it is. Returns NULL, and says so, if nobody we know. */
static const struct kind *identify(struct desktop *desktop)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *escaped = NULL;
	const char *server;
	g_autoptr(GVariant) reply =
		call(desktop, notifications_path, notifications,
	             "GetServerInformation", NULL, "(ssss)", &error);

	if (reply == NULL) {
		g_printerr("onlooker-quiet: %s\n", error->message);
		return NULL;
	}
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
	desktop->kind = NULL;
	g_clear_pointer(&desktop->owner, g_free);
	g_clear_pointer(&desktop->holder, g_free);
}

static void on_appeared(GDBusConnection *bus, const char *name,
                        const char *owner, void *userdata)
{
	struct desktop *desktop = userdata;
	const struct kind *kind;

	(void)name;
	lose(desktop);
	desktop->owner = g_strdup(owner);
	kind = identify(desktop);
	if (kind == NULL)
		return;
	desktop->kind = kind;
	/* Unique names repeat from bus to bus; a bus has its own number. */
	desktop->holder =
		kind->is_lasting
			? g_strdup("disk")
			: g_strdup_printf("%s %s",
	                                  g_dbus_connection_get_guid(bus),
	                                  owner);
	if (kind->interface != NULL)
		desktop->subscription = g_dbus_connection_signal_subscribe(
			bus, owner, kind->interface, NULL, kind->path, NULL,
			G_DBUS_SIGNAL_FLAGS_NONE, on_signal, desktop, NULL);
	desktop->changed(desktop->userdata, true);
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
