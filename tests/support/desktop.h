#ifndef TEST_DESKTOP_H
#define TEST_DESKTOP_H

#include "tests/support/bus.h"
#include "tests/support/pipewire.h"
#include "tests/support/session.h"

/*
 * What a desktop's compositor needs: a session with a PipeWire daemon and a
 * session bus, all our own and in the environment. Fails the test.
 */
void desktop_prepare(struct session *session, struct pipewire *pipewire,
                     struct bus *bus);
void desktop_remove(struct session *session, struct pipewire *pipewire,
                    struct bus *bus);

#endif
