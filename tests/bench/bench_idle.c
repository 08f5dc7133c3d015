/*
 * What a program that only watches costs while nothing happens: it runs beside
 * an idle X server and an idle PipeWire, and measures itself.
 */
#include <errno.h>
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/support/pipewire.h"
#include "tests/support/xserver.h"

enum { RUNS = 3, LIMIT_MS = 60000 };

int bench_idle(const char *program)
{
	const char *const argv[] = { program, NULL };
	struct pipewire pipewire;
	struct xserver server;
	struct child child;
	int r;

	r = xserver_start(&server, NULL, NULL);
	if (r < 0)
		return r;
	r = pipewire_prepare(&pipewire);
	if (r == 0)
		r = pipewire_start(&pipewire);
	for (int i = 0; r == 0 && i < RUNS; i++) {
		r = child_start(&child, argv, NULL, 0);
		if (r == 0)
			r = child_wait(&child, LIMIT_MS);
	}
	pipewire_remove(&pipewire);
	xserver_stop(&server);
	return r;
}
