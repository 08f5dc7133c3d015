/* Be told when the screen begins or ceases to be shared. */
#include <onlooker/onlooker.h>
#include <stdio.h>
#include <string.h>

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	(void)onlooker;
	(void)userdata;
	printf("%s, %d %%\n", onlooker_state_name(report->shared.state),
	       report->shared.confidence);
	fflush(stdout);
}

int main(void)
{
	struct onlooker_options options = { .size = sizeof(options) };
	struct onlooker *onlooker;
	int r;

	r = onlooker_open(&options, &onlooker);
	if (r >= 0) {
		onlooker_set_callback(onlooker, on_report, NULL);
		do {
			r = onlooker_wait(onlooker, -1);
		} while (r >= 0);
		onlooker_unref(onlooker);
	}
	fprintf(stderr, "callback: %s\n", strerror(-r));
	return 1;
}
