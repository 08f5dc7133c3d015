/*
 * From a program's first request for the picture to our callback, each time
 * with a program that was not there before; and to the verdict that it goes on
 * and on, at ten pictures a second.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/support/xserver.h"

enum {
	ROUNDS = 100,
	SERIES = 10, /* each waits for a second's worth of reads */
};

/* Measure one reader; the time between its request and the rule's callback. */
static int read_once(struct witness *witness, const char *reader,
                     const char *pictures, const char *rule,
                     struct samples *samples, struct samples *own)
{
	const char *const argv[] = { reader, pictures, NULL };
	uint64_t asked_us, got_us;
	struct child child;
	char line[64];
	int r;

	r = child_start(&child, argv, NULL, CHILD_OUTPUT);
	if (r < 0)
		return r;
	r = witness_wait(witness, rule, child.pid, -1, NULL, NULL);
	if (r == 0)
		r = child_read_line(&child, line, sizeof(line), 1000);
	if (r == 0 &&
	    sscanf(line, "%" SCNu64 " %" SCNu64, &asked_us, &got_us) == 2) {
		samples_add(samples, (double)(witness->seen_us - asked_us));
		samples_add(own, (double)(got_us - asked_us));
	}
	child_stop(&child);
	return r;
}

int bench_x11(const char *reader)
{
	struct samples shots = { 0 }, series = { 0 }, own = { 0 };
	struct witness witness;
	struct xserver server;
	int r;

	r = xserver_start(&server, NULL, NULL);
	if (r < 0)
		return r;
	r = witness_open(&witness, "x11");
	for (int i = 0; r == 0 && i < ROUNDS; i++)
		r = read_once(&witness, reader, "1", "x11.screenshot", &shots,
		              &own);
	for (int i = 0; r == 0 && i < SERIES; i++)
		r = read_once(&witness, reader, "1000000", "x11.screen-read",
		              &series, &own);
	samples_print(&shots, "X11: ShmGetImage request to callback");
	samples_print(&own,
	              "X11: the same request to the program's own picture");
	samples_print(&series, "X11: first of many reads, 10/s, to \"shared\"");
	witness_close(&witness);
	xserver_stop(&server);
	return r;
}
