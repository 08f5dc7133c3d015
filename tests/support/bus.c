/* A private session bus, and programs on it. */
#include "tests/support/bus.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/cmocka_all.h"

static const char configuration[] =
	"<busconfig><type>session</type>"
	"<listen>unix:path=%1$s/bus</listen><servicedir>%1$s</servicedir>"
	"<policy context=\"default\"><allow send_destination=\"*\" "
	"eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>"
	"</policy></busconfig>\n";

static const char bait[] = "[D-BUS Service]\n"
			   "Name=org.freedesktop.portal.Desktop\n"
			   "Exec=/usr/bin/touch %1$s/bait\n";

static int write_file(const struct bus *bus, const char *name,
                      const char *format)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", bus->directory, name);
	file = fopen(path, "we");
	if (file == NULL)
		return -errno;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fprintf(file, format, bus->directory);
#pragma GCC diagnostic pop
	return fclose(file) == 0 ? 0 : -errno;
}

int bus_restart(struct bus *bus)
{
	char path[64], line[256];
	const char *arguments[] = { "dbus-daemon", "--config-file",
		                    path,          "--nofork",
		                    "--nopidfile", "--print-address",
		                    NULL };
	int r;

	snprintf(path, sizeof(path), "%s/bus.conf", bus->directory);
	r = child_start(&bus->daemon, arguments, NULL, CHILD_OUTPUT);
	if (r < 0)
		return r;
	return child_read_line(&bus->daemon, line, sizeof(line), 10000);
}

int bus_start(struct bus *bus)
{
	char address[64];
	int r;

	*bus = (struct bus){ .daemon.out = -1 };
	strcpy(bus->directory, "/tmp/bus-XXXXXX");
	if (mkdtemp(bus->directory) == NULL)
		return -errno;
	snprintf(address, sizeof(address), "unix:path=%s/bus", bus->directory);
	setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
	r = write_file(bus, "bus.conf", configuration);
	if (r == 0)
		r = write_file(bus, "bait.service", bait);
	return r == 0 ? bus_restart(bus) : r;
}

void bus_end(struct bus *bus)
{
	char path[64];

	child_stop(&bus->daemon);
	snprintf(path, sizeof(path), "%s/bus", bus->directory);
	unlink(path);
}

void bus_remove(struct bus *bus)
{
	static const char *const files[] = { "bus", "bus.conf", "bait.service",
		                             "bait" };
	char path[64];

	child_stop(&bus->daemon);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", bus->directory, files[i]);
		unlink(path);
	}
	rmdir(bus->directory);
}

void bus_run(struct child *child, const char *const arguments[])
{
	char line[64];

	assert_int_equal(child_start(child, arguments, NULL, CHILD_OUTPUT), 0);
	assert_int_equal(child_read_line(child, line, sizeof(line), 10000), 0);
	assert_string_equal(line, "ready");
}
