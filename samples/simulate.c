/*
 * Try an app without a capturer: a session of four lines in which a program
 * begins to read the screen and stops, and a clock that is moved by hand.
 */
#include <onlooker/onlooker.h>
#include <stdio.h>

static const char *const lines[] = {
	"{\"probe\":\"x11\",\"state\":\"watching\"}",
	"{\"probe\":\"pipewire\",\"state\":\"absent\"}",
	("{\"claim\":\"x11.screen-read\",\"subject\":"
	 "{\"kind\":\"program\",\"pid\":4321,\"name\":\"x11vnc\"}}"),
	"{\"withdraw\":\"x11.screen-read\"}",
};

static void show(struct onlooker *onlooker, const char *when)
{
	const struct onlooker_report *report = onlooker_get_report(onlooker);

	printf("%-24s %-9s %3d %%  %s\n", when,
	       onlooker_state_name(report->shared.state),
	       report->shared.confidence,
	       report->watchers[0] != NULL ? report->watchers[0]->who : "");
	onlooker_report_unref(report);
}

int main(void)
{
	struct onlooker_options options = { .size = sizeof(options) };
	struct onlooker *onlooker;
	int r;

	if (onlooker_open_simulated(&options, &onlooker) < 0)
		return 1;
	r = onlooker_feed(onlooker, lines[0]);
	r |= onlooker_feed(onlooker, lines[1]);
	show(onlooker, "Nothing goes on:");
	r |= onlooker_feed(onlooker, lines[2]);
	show(onlooker, "A program reads:");
	r |= onlooker_feed(onlooker, lines[3]);
	show(onlooker, "It has just stopped:");
	r |= onlooker_advance(onlooker, 2000000);
	show(onlooker, "Two seconds later:");
	onlooker_unref(onlooker);
	return r != 0;
}
