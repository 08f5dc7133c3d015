/* A session, a PipeWire daemon and a bus, beside each other. */
#include "tests/support/desktop.h"

#include <stdlib.h>

#include "tests/unit/cmocka_all.h"

void desktop_prepare(struct session *session, struct pipewire *pipewire,
                     struct bus *bus)
{
	session_prepare(session);
	/* Moves the session into the daemon's directory. */
	assert_int_equal(pipewire_prepare(pipewire), 0);
	assert_int_equal(pipewire_start(pipewire), 0);
	setenv("XDG_RUNTIME_DIR", session->directory, 1);
	setenv("PIPEWIRE_RUNTIME_DIR", pipewire->directory, 1);
	unsetenv("XDG_CONFIG_HOME");
	assert_int_equal(bus_start(bus), 0);
}

void desktop_remove(struct session *session, struct pipewire *pipewire,
                    struct bus *bus)
{
	session_remove(session);
	bus_remove(bus);
	pipewire_remove(pipewire);
}
