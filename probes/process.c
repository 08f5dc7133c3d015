/*
 * Programs of the catalogue that run. That alone is never more than a suspicion:
 * only the helper that a program starts for each session, or a recorder that
 * records for as long as it runs, says more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "process.h"

enum {
	/*
	 * A session's helper lives for seconds at least. An idle wake-up took
	 * 0.09 ms of the processor among 3,000 and among 10,000 processes, and
	 * one in eight 0.3 to 2.6 (`bench remote`, on a busy machine), so that
	 * looking once a second is not felt.
	 */
	POLL_US = 1000000,
	/* Enough for the loop to let the socket probe's wake-up do for both. */
	POLL_SLACK_US = 250000,
	/*
	 * The kernel tells that a program is about to be executed; until then
	 * its process has its parent's name.
	 */
	EXECUTED_US = 20000,
	FAILED_US = 5000000, /* until /proc is tried again */
};

struct process {
	struct ol_host *host;
	struct ol_tool_table *table;
	struct ol_source *timer;
};

static void claim(struct process *self, const struct ol_run *run)
{
	const char *rule = ol_process_judge(run);
	int r;

	if (rule == NULL)
		return;
	r = ol_claim(self->host,
	             &(struct ol_claim){
			     .rule = rule,
			     .key = run->serial,
			     .subject = { .kind = ONLOOKER_WATCHER_PROGRAM,
	                                  .pid = run->pid,
	                                  .start_time = run->start_time,
	                                  .name = run->comm },
			     .detail = run->process->tool->name,
		     });
	if (r < 0)
		ol_log(self->host, ONLOOKER_LOG_WARNING, "%s: %s", run->comm,
		       strerrordesc_np(-r));
}

static void on_gone(void *data, const struct ol_run *run)
{
	struct process *self = data;
	const char *rule = ol_process_judge(run);

	if (rule != NULL)
		ol_withdraw(self->host, rule, run->serial);
}

static void on_due(void *data);

static void poll_at(struct process *self, uint64_t delay_us, uint64_t slack_us)
{
	self->timer = ol_unwatch(self->timer);
	if (ol_watch_time(self->host, ol_now(self->host) + delay_us, slack_us,
	                  on_due, self, &self->timer) < 0)
		ol_set_state(self->host, ONLOOKER_PROBE_FAILED,
		             "there is no memory for a timer");
}

/*
 * An own program is another's by nothing but its tie, and a run is new only
 * once: refreshing a claim that stands changes nothing and costs little.
 */
static void look(struct process *self)
{
	int r = ol_tool_table_poll(self->table);

	if (r < 0) {
		ol_withdraw_all(self->host);
		ol_set_state(self->host, ONLOOKER_PROBE_FAILED,
		             "/proc cannot be read any more");
		poll_at(self, FAILED_US, POLL_SLACK_US);
		return;
	}
	for (size_t i = 0; r > 0 && i < ol_tool_table_count(self->table); i++)
		claim(self, ol_tool_table_get(self->table, i));
	if (ol_tool_table_is_full(self->table))
		ol_set_state(self->host, ONLOOKER_PROBE_DEGRADED,
		             "more known programs run than it keeps track of");
	else if (ol_tool_table_is_blind(self->table))
		ol_set_state(self->host, ONLOOKER_PROBE_DEGRADED,
		             "processes of other users are hidden; mounting "
		             "/proc without hidepid would help");
	else
		ol_set_state(self->host, ONLOOKER_PROBE_WATCHING, NULL);
	poll_at(self, POLL_US, POLL_SLACK_US);
}

static void on_due(void *data)
{
	look(data);
}

static void on_executed(void *data)
{
	poll_at(data, EXECUTED_US, 0);
}

static void stop(void *data)
{
	struct process *self = data;

	ol_unwatch(self->timer);
	ol_tool_table_free(self->table);
	free(self);
}

static int start(struct ol_host *host, void **ret)
{
	struct process *self = calloc(1, sizeof(*self));
	struct ol_tool_watch watch = { .gone = on_gone,
		                       .executed = on_executed };
	int r;

	if (self == NULL)
		return -ENOMEM;
	self->host = host;
	watch.data = self;
	r = ol_tool_table_new(host, &watch, &self->table);
	if (r < 0) {
		free(self);
		/* A machine without /proc is not one without processes. */
		return r == -ENOENT ? -EIO : r;
	}
	look(self);
	*ret = self;
	return 0;
}

static const struct onlooker_access *const reads[] = {
	&(const struct onlooker_access){
		"/proc/loadavg",
		"Whether a process was started, without listing any." },
	&(const struct onlooker_access){
		"/proc/PID/stat",
		"The name and start time of processes that are new." },
	&(const struct onlooker_access){
		"/proc/PID/exe",
		"The program file of this user's new processes, which unlike "
		"a name cannot be chosen freely." },
	&(const struct onlooker_access){
		"/proc/PID/cmdline, /proc/PID/cgroup",
		"Of processes whose name is that of a known program or an "
		"interpreter: which program it is. Nothing of it is kept." },
	&(const struct onlooker_access){
		"/proc/PID/environ",
		"Of this user's known programs: DISPLAY and WAYLAND_DISPLAY, "
		"to tell whether they show this screen." },
	&(const struct onlooker_access){
		"/sys/fs/cgroup/PATH",
		"The number of a known program's control group." },
	&(const struct onlooker_access){ "fanotify on known programs' files",
	                                 "That one is executed, at once." },
	NULL,
};

const struct ol_probe ol_probe_process = {
	.name = "process",
	.reads = reads,
	.start = start,
	.stop = stop,
};
