/* The connection to the session bus: where it is, and how it is opened. */
#include "portal.h"

#include <errno.h>
#include <stdio.h>

#include <systemd/sd-bus.h>

/* We are nobody's service; the bus library would answer for us. */
static int ignore_calls(sd_bus_message *message, void *data,
                        sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_bus_message_is_method_call(message, NULL, NULL) > 0;
}

int ol_portal_bus_connect(const char *address, sd_bus **ret)
{
	sd_bus *bus;
	int r = sd_bus_new(&bus);

	if (r < 0)
		return r;
	r = sd_bus_set_address(bus, address);
	if (r >= 0)
		r = sd_bus_set_bus_client(bus, true);
	if (r >= 0)
		r = sd_bus_set_description(bus, "onlooker");
	if (r >= 0)
		r = sd_bus_start(bus);
	if (r >= 0)
		r = sd_bus_add_filter(bus, NULL, ignore_calls, NULL);
	if (r < 0) {
		sd_bus_close(bus); /* unlike a flush, never waits */
		sd_bus_unref(bus);
		return r;
	}
	*ret = bus;
	return 0;
}

int ol_portal_bus_locate(struct ol_host *host, char *ret, size_t size)
{
	const char *list = ol_env(host, "DBUS_SESSION_BUS_ADDRESS");
	const char *directory = ol_env(host, "XDG_RUNTIME_DIR");
	int n;

	if (list != NULL && *list != '\0')
		return ol_portal_parse_address(list, ret, size);
	if (directory == NULL || *directory != '/')
		return -ENOENT;
	/* Where systemd's user session has its bus. */
	n = snprintf(ret, size, "unix:path=%s/bus", directory);
	return n < (int)size ? 0 : -ENAMETOOLONG;
}
