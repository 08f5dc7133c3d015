/* A stranger's program: simulates a session, prints what it concludes. */
#include <stdio.h>
#include <stdlib.h>

#include <onlooker/onlooker.h>

int main(void)
{
	struct onlooker_options options = { .size = sizeof(options) };
	const struct onlooker_report *report;
	struct onlooker *onlooker;

	if (onlooker_open_simulated(&options, &onlooker) < 0)
		return 1;
	report = onlooker_get_report(onlooker);
	printf("%s %s\n", onlooker_get_version(),
	       onlooker_state_name(report->shared.state));
	onlooker_report_unref(report);
	onlooker_unref(onlooker);
	return 0;
}
