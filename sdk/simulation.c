/*
 * A context without a machine: lines of a session take the place of probes, and
 * its clock moves only when it is told to.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sdk/host.h"
#include "sdk/session.h"

int onlooker_open_simulated(const struct onlooker_options *options,
                            struct onlooker **ret)
{
	struct onlooker *onlooker;
	int r;

	if (ret == NULL)
		return -EINVAL;
	r = ol_context_new(options, &onlooker);
	if (r < 0)
		return r;
	onlooker->is_simulated = true;
	r = ol_context_update(onlooker);
	if (r < 0) {
		onlooker_unref(onlooker);
		return r;
	}
	*ret = onlooker;
	return 0;
}

/* Move the clock, stopping wherever the report changes by itself. */
static int advance_to(struct onlooker *onlooker, uint64_t target)
{
	int r = 0;

	while (r == 0) {
		uint64_t next = ol_context_deadline(onlooker);

		if (next > target)
			break;
		if (next > onlooker->simulated_now_us)
			onlooker->simulated_now_us = next;
		r = ol_context_update(onlooker);
	}
	onlooker->simulated_now_us = target;
	return r < 0 ? r : ol_context_update(onlooker);
}

int onlooker_advance(struct onlooker *onlooker, uint64_t usec)
{
	if (onlooker == NULL || !onlooker->is_simulated ||
	    usec > OL_NEVER / 2 - onlooker->simulated_now_us)
		return -EINVAL;
	return advance_to(onlooker, onlooker->simulated_now_us + usec);
}

/* A header begins a session: whatever another one left behind is gone. */
static void start_over(struct onlooker *onlooker, const struct ol_line *line)
{
	for (unsigned i = 0; i < onlooker->host_count; i++) {
		ol_withdraw_all(onlooker->hosts[i]);
		(void)ol_host_set_state(onlooker->hosts[i], ONLOOKER_PROBE_OFF,
		                        "");
	}
	onlooker->session_start_us = onlooker->simulated_now_us;
	onlooker->simulated_offset_us =
		line->wall_us - (int64_t)onlooker->simulated_now_us;
}

static int get_host(struct onlooker *onlooker, const char *name,
                    struct ol_host **ret)
{
	struct ol_host *host = ol_host_find(onlooker, name);

	if (host == NULL)
		return ol_host_new(onlooker, name, NULL, ret);
	*ret = host;
	return 0;
}

static int apply(struct onlooker *onlooker, const struct ol_line *line)
{
	struct ol_host *host = NULL;
	int r = 0;

	if (line->kind == OL_LINE_HEADER)
		start_over(onlooker, line);
	if (line->probe != NULL)
		r = get_host(onlooker, line->probe, &host);
	if (r < 0 || host == NULL)
		return r;
	switch (line->kind) {
	case OL_LINE_PROBE:
		return ol_host_set_state(host, line->state, line->reason);
	case OL_LINE_CLAIM:
		return ol_host_claim(host, line->rule, line->key, &line->who,
		                     line->detail);
	case OL_LINE_WITHDRAW:
		ol_host_withdraw(host, line->rule, line->key);
		return 0;
	default:
		return 0;
	}
}

static int move_to(struct onlooker *onlooker, const struct ol_line *line,
                   char error[OL_LINE_ERROR_MAX])
{
	uint64_t at;

	if (!line->has_at)
		return 0;
	if (line->at_us > OL_NEVER / 2 - onlooker->session_start_us) {
		(void)snprintf(error, OL_LINE_ERROR_MAX, "\"at\" is too large");
		return -EBADMSG;
	}
	at = onlooker->session_start_us + line->at_us;
	if (at < onlooker->simulated_now_us) {
		(void)snprintf(error, OL_LINE_ERROR_MAX,
		               "\"at\" is before the line that came last");
		return -EBADMSG;
	}
	return advance_to(onlooker, at);
}

static int feed(struct onlooker *onlooker, const char *text,
                char error[OL_LINE_ERROR_MAX])
{
	struct ol_line line;
	int r = ol_line_parse(text, &line, error);

	if (r < 0)
		return r;
	r = move_to(onlooker, &line, error);
	if (r == 0)
		r = apply(onlooker, &line);
	ol_line_finish(&line);
	return r;
}

int onlooker_feed(struct onlooker *onlooker, const char *line)
{
	char error[OL_LINE_ERROR_MAX] = "";
	int r, q;

	if (onlooker == NULL || !onlooker->is_simulated || line == NULL)
		return -EINVAL;
	onlooker->session_line++;
	r = feed(onlooker, line, error);
	if (r < 0)
		ol_log_write(&onlooker->log, ONLOOKER_LOG_ERROR, "session",
		             "line %lu: %s", onlooker->session_line,
		             *error != '\0' ? error : strerrordesc_np(-r));
	q = ol_context_update(onlooker);
	return r < 0 ? r : q;
}
