/* From what happens in a context to lines of a session. */
#include "sdk/recorder.h"

#include <stdlib.h>

#include "sdk/session.h"

static void emit(const struct onlooker *onlooker, struct ol_line *line,
                 uint64_t watcher)
{
	char *text;

	if (onlooker->recorder == NULL)
		return;
	line->at_us = ol_context_now(onlooker) - onlooker->record_start_us;
	text = ol_line_format(line, watcher);
	if (text != NULL)
		onlooker->recorder(text, onlooker->recorder_data);
	else
		ol_log_write(&onlooker->log, ONLOOKER_LOG_ERROR, "recorder",
		             "out of memory: a line is lost");
	free(text);
}

void ol_record_state(const struct ol_host *host)
{
	struct ol_line line = { .kind = OL_LINE_PROBE,
		                .probe = host->name,
		                .state = host->state,
		                .reason = host->reason };

	emit(host->context, &line, 0);
}

void ol_record_claim(const struct ol_host *host, const struct ol_entry *entry)
{
	bool is_private = host->context->flags & ONLOOKER_PRIVATE;
	struct ol_line line = { .kind = OL_LINE_CLAIM,
		                .rule = entry->rule,
		                .key = entry->key,
		                .who = entry->who,
		                .detail = entry->detail };

	emit(host->context, &line, is_private ? entry->watcher : 0);
}

void ol_record_withdraw(const struct ol_host *host,
                        const struct onlooker_rule *rule, uint64_t key)
{
	struct ol_line line = { .kind = OL_LINE_WITHDRAW,
		                .rule = rule,
		                .key = key };

	emit(host->context, &line, 0);
}

/* What is so already comes first, so that a recording can begin at any time. */
void onlooker_set_recorder(struct onlooker *onlooker,
                           onlooker_record_fn recorder, void *userdata)
{
	struct ol_line header = { .kind = OL_LINE_HEADER };

	if (onlooker == NULL)
		return;
	onlooker->recorder = recorder;
	onlooker->recorder_data = userdata;
	if (recorder == NULL)
		return;
	onlooker->record_start_us = ol_context_now(onlooker);
	header.wall_us = (int64_t)onlooker->record_start_us +
	                 ol_context_wall_offset(onlooker);
	emit(onlooker, &header, 0);
	for (unsigned i = 0; i < onlooker->host_count; i++)
		ol_record_state(onlooker->hosts[i]);
	for (size_t i = 0; i < onlooker->ledger.count; i++) {
		const struct ol_entry *entry = &onlooker->ledger.entries[i];

		ol_record_claim(onlooker->hosts[entry->probe], entry);
	}
}
