#ifndef OL_CONTEXT_H
#define OL_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/probe.h"
#include "sdk/fusion.h"
#include "sdk/ledger.h"
#include "sdk/log.h"
#include "sdk/loop.h"
#include "sdk/worker.h"

struct ol_host;
struct ol_environment;

enum {
	/* Probes of one context: all that exist, and room for a simulation. */
	OL_HOSTS_MAX = 32,
	/*
	 * What a probe may take to look around. Five times the slowest start
	 * that was seen on a loaded machine; a peer that is silent for longer
	 * has stopped.
	 */
	OL_START_LIMIT_US = 5000000,
};

/* What the public functions share. Belongs to one thread at a time. */
struct onlooker {
	unsigned references;
	unsigned flags;
	bool is_dispatching;
	struct ol_log log;

	/* The machine; all unused when simulated but for the loop. */
	struct ol_loop *loop;
	struct ol_worker *worker; /* NULL until a job comes */
	struct ol_source *worker_source;
	struct ol_environment *environment;
	int root_fd;
	bool has_root; /* pids below it are not those of this machine */
	struct ol_catalogue *catalogue; /* NULL until a probe asks for it */
	uint64_t token_key;

	/* The simulation. */
	bool is_simulated;
	uint64_t simulated_now_us;
	int64_t simulated_offset_us;
	uint64_t session_start_us;
	unsigned long session_line;

	/* From claims to a report. */
	struct ol_host *hosts[OL_HOSTS_MAX];
	unsigned host_count;
	struct ol_ledger ledger;
	struct ol_signal signals[OL_QUESTIONS];
	struct ol_report *report; /* never NULL once open */
	bool is_dirty;            /* the report is older than the claims */
	struct ol_source *timer;
	uint64_t timer_at_us;

	onlooker_report_fn callback;
	void *callback_data;
	bool is_news; /* the callback has not seen this report */
	bool is_owed; /* the callback waits for its first settled report */

	onlooker_record_fn recorder;
	void *recorder_data;
	uint64_t record_start_us;
};

/* An empty context with a loop and a first report. 0 or -errno. */
int ol_context_new(const struct onlooker_options *options,
                   struct onlooker **ret);

uint64_t ol_context_now(const struct onlooker *onlooker);
int64_t ol_context_wall_offset(const struct onlooker *onlooker);

/*
 * Bring the report up to date with the claims and the time, without calling
 * back. Returns 0 or -ENOMEM; then the old report stands and the next update
 * tries again.
 */
int ol_context_update(struct onlooker *onlooker);
/* The moment at which the report changes by itself, or OL_NEVER. */
uint64_t ol_context_deadline(const struct onlooker *onlooker);

#endif
