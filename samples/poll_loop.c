/*
 * onlooker as one descriptor of a loop that the program has anyway: here beside
 * standard input, the end of which ends the program.
 */
#include <onlooker/onlooker.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* Returns 0 at the end of input, else a negative number. */
static int loop(struct onlooker *onlooker)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = onlooker_get_fd(onlooker), .events = POLLIN },
	};
	enum onlooker_state state = ONLOOKER_UNKNOWN;

	while (poll(fds, 2, -1) >= 0) {
		const struct onlooker_report *report;
		char input[256];

		if (fds[0].revents != 0 &&
		    read(STDIN_FILENO, input, sizeof(input)) <= 0)
			return 0;
		if (fds[1].revents != 0 && onlooker_dispatch(onlooker) < 0)
			return -1;
		report = onlooker_get_report(onlooker);
		if (report->shared.state != state) {
			state = report->shared.state;
			printf("%s\n", onlooker_state_name(state));
			fflush(stdout);
		}
		onlooker_report_unref(report);
	}
	return -1;
}

int main(void)
{
	struct onlooker_options options = { .size = sizeof(options) };
	struct onlooker *onlooker;
	int r;

	if (onlooker_open(&options, &onlooker) < 0)
		return 1;
	r = loop(onlooker);
	onlooker_unref(onlooker);
	return r < 0 ? 1 : 0;
}
