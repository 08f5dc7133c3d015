/*
 * A consumer of a screen cast is paused and started again. Two beginnings: when
 * it was told to start, which holds its own and the daemon's work too; and when
 * both ends had said that they stream.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/support/pipewire.h"

enum { ROUNDS = 200 };

#ifdef PIPEWIRE_CAST
struct ends {
	struct child *child;
	uint64_t streams_us; /* when the last one said so */
	int count;
};

static void on_line(void *userdata)
{
	struct ends *ends = userdata;
	char line[64];

	if (child_read_line(ends->child, line, sizeof(line), 1000) == 0 &&
	    strcmp(line, "streaming") == 0) {
		ends->streams_us = bench_now_us();
		ends->count++;
	}
}

static int start_once(struct witness *witness, struct cast *cast,
                      struct samples *told, struct samples *streaming)
{
	struct ends ends = { .child = &cast->child };
	pid_t consumer = cast->consumers[0];
	uint64_t told_us;
	int r;

	kill(consumer, SIGUSR1);
	r = witness_wait(witness, "pipewire.screen-cast-paused", 0,
	                 cast->child.out, on_line, &ends);
	if (r < 0)
		return r;
	ends.count = 0;
	told_us = bench_now_us();
	kill(consumer, SIGUSR2);
	r = witness_wait(witness, "pipewire.screen-cast", 0, cast->child.out,
	                 on_line, &ends);
	if (r < 0)
		return r;
	samples_add(told, (double)(witness->seen_us - told_us));
	while (ends.count < 2)
		on_line(&ends);
	/* Below zero: our callback came before their line. */
	samples_add(streaming,
	            (double)witness->seen_us - (double)ends.streams_us);
	return 0;
}

int bench_pipewire(void)
{
	const char *const arguments[] = { "--shape", "mutter", "--consume",
		                          NULL };
	struct samples told = { 0 }, streaming = { 0 };
	struct pipewire pipewire;
	struct witness witness = { 0 };
	struct cast cast;
	int r;

	r = pipewire_prepare(&pipewire);
	if (r == 0)
		r = pipewire_start(&pipewire);
	if (r < 0)
		return r;
	cast_start(&cast, arguments);
	r = witness_open(&witness, "pipewire");
	for (int i = 0; r == 0 && i < ROUNDS; i++)
		r = start_once(&witness, &cast, &told, &streaming);
	samples_print(&told, "PipeWire: consumer told to start, to callback");
	samples_print(&streaming, "PipeWire: both ends streaming, to callback");
	witness_close(&witness);
	cast_stop(&cast);
	pipewire_remove(&pipewire);
	return r;
}
#else
int bench_pipewire(void)
{
	return -EOPNOTSUPP;
}
#endif
