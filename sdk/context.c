/*
 * The public life of a context: open it, let it run, hand out its reports. What
 * is concluded is fusion's affair, what is seen the probes'.
 */
#include "sdk/context.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>

#include "sdk/catalogue.h"
#include "sdk/host.h"
#include "sdk/rules.h"
#include "sdk/util.h"

enum {
	RETRY_US = 100000,    /* until memory is asked for again */
	TIMER_SLACK_US = 1000 /* none of our deadlines is finer */
};

#define QUOTE_(x) #x
#define QUOTE(x)  QUOTE_(x)

const char *onlooker_get_version(void)
{
	return QUOTE(ONLOOKER_VERSION_MAJOR) "." QUOTE(
		ONLOOKER_VERSION_MINOR) "." QUOTE(ONLOOKER_VERSION_PATCH);
}

uint64_t ol_context_now(const struct onlooker *onlooker)
{
	return onlooker->is_simulated ? onlooker->simulated_now_us
	                              : ol_clock_now();
}

int64_t ol_context_wall_offset(const struct onlooker *onlooker)
{
	return onlooker->is_simulated ? onlooker->simulated_offset_us
	                              : ol_clock_wall_offset();
}

static void destroy(struct onlooker *onlooker)
{
	onlooker->recorder = NULL; /* an end is not a change */
	for (unsigned i = 0; i < onlooker->host_count; i++)
		ol_host_free(onlooker->hosts[i]);
	ol_ledger_finish(&onlooker->ledger);
	ol_loop_unwatch(onlooker->timer);
	ol_loop_unwatch(onlooker->worker_source);
	ol_worker_free(onlooker->worker);
	ol_loop_free(onlooker->loop);
	if (onlooker->report != NULL)
		onlooker_report_unref(&onlooker->report->report);
	ol_environment_free(onlooker->environment);
	ol_catalogue_free(onlooker->catalogue);
	ol_close(onlooker->root_fd);
	free(onlooker);
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

/* A caller that knows more members than we do may not have used them. */
static int check_options(const struct onlooker_options *options)
{
	const size_t known = sizeof(*options);

	if (options == NULL)
		return 0;
	if (options->size < known)
		return -EINVAL;
	if (!is_zero((const unsigned char *)options + known,
	             options->size - known))
		return -EINVAL;
	return options->flags & ~(ONLOOKER_PRIVATE | ONLOOKER_CANARY |
	                          ONLOOKER_KMS)
	               ? -EINVAL
	               : 0;
}

int ol_context_new(const struct onlooker_options *options,
                   struct onlooker **ret)
{
	struct onlooker *onlooker;
	int r = check_options(options);

	if (r < 0)
		return r;
	onlooker = calloc(1, sizeof(*onlooker));
	if (onlooker == NULL)
		return -ENOMEM;
	onlooker->references = 1;
	onlooker->root_fd = -1;
	onlooker->timer_at_us = OL_NEVER;
	onlooker->is_dirty = true;
	if (options != NULL)
		onlooker->flags = options->flags;
	/* Without randomness tokens can be guessed, but still tell apart. */
	(void)!getrandom(&onlooker->token_key, sizeof(onlooker->token_key),
	                 GRND_NONBLOCK);
	r = ol_loop_new(&onlooker->loop);
	if (r < 0) {
		destroy(onlooker);
		return r;
	}
	*ret = onlooker;
	return 0;
}

/* Whether name is one of the comma-separated list, which may be NULL for all. */
static bool is_listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (list != NULL && *list != '\0') {
		size_t item = strcspn(list, ",");

		if (item == length && strncmp(list, name, length) == 0)
			return true;
		list += item + (list[item] == ',');
	}
	return list == NULL;
}

/* Every item of the list must be the name of a probe that was built. */
static int check_list(const char *list)
{
	while (list != NULL) {
		size_t item = strcspn(list, ",");
		size_t i = 0;

		while (ol_probes[i] != NULL &&
		       (strlen(ol_probes[i]->name) != item ||
		        strncmp(ol_probes[i]->name, list, item) != 0))
			i++;
		if (ol_probes[i] == NULL)
			return -EINVAL;
		list = list[item] == ',' ? list + item + 1 : NULL;
	}
	return 0;
}

/* A host for each probe there is, and for each that was left out. */
static int add_hosts(struct onlooker *onlooker)
{
	struct ol_host *host;
	int r;

	for (size_t i = 0; ol_probes[i] != NULL; i++) {
		r = ol_host_new(onlooker, ol_probes[i]->name, ol_probes[i],
		                NULL);
		if (r < 0)
			return r;
	}
	for (const struct ol_channel *channel = ol_channels;
	     channel->name != NULL; channel++) {
		if (channel->probe == NULL ||
		    ol_host_find(onlooker, channel->probe) != NULL)
			continue;
		r = ol_host_new(onlooker, channel->probe, NULL, &host);
		if (r < 0)
			return r;
		r = ol_host_set_state(host, ONLOOKER_PROBE_OFF,
		                      "it is not built into this library");
		if (r < 0)
			return r;
	}
	return 0;
}

static int start_hosts(struct onlooker *onlooker, const char *list)
{
	for (unsigned i = 0; i < onlooker->host_count; i++) {
		struct ol_host *host = onlooker->hosts[i];
		int r;

		if (host->probe == NULL)
			continue;
		if (is_listed(list, host->name)) {
			ol_host_start(host);
			continue;
		}
		r = ol_host_set_state(host, ONLOOKER_PROBE_OFF,
		                      "it was not asked for");
		if (r < 0)
			return r;
	}
	return 0;
}

int onlooker_open(const struct onlooker_options *options, struct onlooker **ret)
{
	const char *root =
		options != NULL && options->root != NULL ? options->root : "/";
	const char *list = options != NULL ? options->probes : NULL;
	char error[OL_CATALOGUE_ERROR_MAX];
	struct onlooker *onlooker;
	int r;

	if (ret == NULL || check_list(list) < 0)
		return -EINVAL;
	r = ol_context_new(options, &onlooker);
	if (r < 0)
		return r;
	r = onlooker->root_fd = ol_root_open(root);
	if (r < 0)
		goto fail;
	onlooker->has_root = strcmp(root, "/") != 0;
	r = ol_environment_new(&onlooker->environment);
	if (r < 0)
		goto fail;
	if (options != NULL && options->catalogue != NULL) {
		r = ol_catalogue_open(options->catalogue, &onlooker->catalogue,
		                      error);
		if (r < 0)
			goto fail;
	}
	r = add_hosts(onlooker);
	if (r < 0)
		goto fail;
	r = start_hosts(onlooker, list);
	if (r < 0)
		goto fail;
	r = ol_context_update(onlooker);
	if (r < 0)
		goto fail;
	*ret = onlooker;
	return 0;

fail:
	destroy(onlooker);
	return r;
}

struct onlooker *onlooker_ref(struct onlooker *onlooker)
{
	if (onlooker != NULL)
		onlooker->references++;
	return onlooker;
}

struct onlooker *onlooker_unref(struct onlooker *onlooker)
{
	if (onlooker != NULL && --onlooker->references == 0)
		destroy(onlooker);
	return NULL;
}

int onlooker_get_fd(struct onlooker *onlooker)
{
	return onlooker != NULL ? ol_loop_get_fd(onlooker->loop) : -EINVAL;
}

static bool is_settled(const struct onlooker *onlooker)
{
	for (unsigned i = 0; i < onlooker->host_count; i++) {
		if (onlooker->hosts[i]->state == ONLOOKER_PROBE_STARTING)
			return false;
	}
	return true;
}

uint64_t ol_context_deadline(const struct onlooker *onlooker)
{
	uint64_t next = ol_ledger_next_expiry(&onlooker->ledger);

	for (int q = 0; q < OL_QUESTIONS; q++) {
		const struct ol_signal *signal = &onlooker->signals[q];

		if (signal->is_falling && signal->falls_at_us < next)
			next = signal->falls_at_us;
	}
	for (unsigned i = 0; i < onlooker->host_count; i++) {
		const struct ol_host *host = onlooker->hosts[i];

		if (host->state == ONLOOKER_PROBE_STARTING &&
		    host->start_by_us < next)
			next = host->start_by_us;
	}
	return next;
}

/* What time alone changes: claims that expire, states that fall, patience. */
static void let_time_pass(struct onlooker *onlooker, uint64_t now)
{
	if (ol_ledger_expire(&onlooker->ledger, now))
		onlooker->is_dirty = true;
	for (int q = 0; q < OL_QUESTIONS; q++) {
		const struct ol_signal *signal = &onlooker->signals[q];

		if (signal->is_falling && signal->falls_at_us <= now)
			onlooker->is_dirty = true;
	}
	for (unsigned i = 0; i < onlooker->host_count; i++) {
		struct ol_host *host = onlooker->hosts[i];

		if (host->state == ONLOOKER_PROBE_STARTING &&
		    host->start_by_us <= now)
			(void)ol_host_set_state(
				host, ONLOOKER_PROBE_FAILED,
				"it did not finish looking around in time");
	}
}

static int conclude(struct onlooker *onlooker, uint64_t now)
{
	struct onlooker_probe probes[OL_HOSTS_MAX];
	struct ol_view view = {
		.entries = onlooker->ledger.entries,
		.count = onlooker->ledger.count,
		.probes = probes,
		.probe_count = onlooker->host_count,
		.now_us = now,
		.wall_offset_us = ol_context_wall_offset(onlooker),
	};
	struct ol_report *report;
	int r;

	for (unsigned i = 0; i < onlooker->host_count; i++)
		ol_host_view(onlooker->hosts[i], &probes[i]);
	r = ol_fuse(&view, onlooker->signals, &report);
	if (r < 0)
		return r;
	onlooker->is_dirty = false;
	if (onlooker->report != NULL &&
	    ol_report_is_equal(&report->report, &onlooker->report->report)) {
		onlooker_report_unref(&report->report);
		return 0;
	}
	if (onlooker->report != NULL)
		onlooker_report_unref(&onlooker->report->report);
	onlooker->report = report;
	onlooker->is_news = true;
	return 0;
}

static void on_timer(void *userdata)
{
	struct onlooker *onlooker = userdata;

	/* What is due is done by the update that ends each dispatch. */
	onlooker->timer = ol_loop_unwatch(onlooker->timer);
	onlooker->timer_at_us = OL_NEVER;
}

static void set_timer(struct onlooker *onlooker, uint64_t at)
{
	if (onlooker->is_simulated || at == onlooker->timer_at_us)
		return;
	onlooker->timer = ol_loop_unwatch(onlooker->timer);
	onlooker->timer_at_us = OL_NEVER;
	if (at == OL_NEVER)
		return;
	if (ol_loop_watch_time(onlooker->loop, at, TIMER_SLACK_US, on_timer,
	                       onlooker, &onlooker->timer) < 0)
		ol_loop_kick(onlooker->loop); /* no memory: ask again at once */
	else
		onlooker->timer_at_us = at;
}

int ol_context_update(struct onlooker *onlooker)
{
	uint64_t now = ol_context_now(onlooker);
	uint64_t deadline;
	int r = 0;

	let_time_pass(onlooker, now);
	if (onlooker->is_dirty)
		r = conclude(onlooker, now);
	deadline = ol_context_deadline(onlooker);
	if (r < 0 && deadline > now + RETRY_US)
		deadline = now + RETRY_US;
	set_timer(onlooker, deadline);
	if (onlooker->callback != NULL && (onlooker->is_news || r < 0) &&
	    !onlooker->is_dispatching)
		ol_loop_kick(onlooker->loop);
	return r;
}

/* The callback may do anything but dispatch, even drop the last reference. */
static void call_back(struct onlooker *onlooker)
{
	bool is_first = onlooker->is_owed && is_settled(onlooker);
	const struct onlooker_report *report;

	if (onlooker->callback == NULL) {
		onlooker->is_news = false;
		return;
	}
	if (!onlooker->is_news && !is_first)
		return;
	onlooker->is_news = false;
	if (is_first)
		onlooker->is_owed = false;
	report = onlooker_report_ref(&onlooker->report->report);
	onlooker->callback(onlooker, report, onlooker->callback_data);
	onlooker_report_unref(report);
	if (onlooker->is_news || onlooker->is_owed)
		ol_loop_kick(onlooker->loop);
}

int onlooker_dispatch(struct onlooker *onlooker)
{
	int r;

	if (onlooker == NULL)
		return -EINVAL;
	if (onlooker->is_dispatching)
		return -EBUSY;
	onlooker_ref(onlooker);
	onlooker->is_dispatching = true;
	r = ol_loop_dispatch(onlooker->loop);
	/* Without memory the last report stands, and the timer tries again. */
	(void)ol_context_update(onlooker);
	call_back(onlooker);
	onlooker->is_dispatching = false;
	onlooker_unref(onlooker);
	return r;
}

int onlooker_wait(struct onlooker *onlooker, int timeout_ms)
{
	const struct onlooker_report *before;
	struct pollfd fd;
	int r;

	if (onlooker == NULL || timeout_ms < -1)
		return -EINVAL;
	if (onlooker->is_dispatching)
		return -EBUSY;
	fd = (struct pollfd){ .fd = ol_loop_get_fd(onlooker->loop),
		              .events = POLLIN };
	if (poll(&fd, 1, timeout_ms) < 0)
		return -errno;
	onlooker_ref(onlooker);
	before = onlooker_get_report(onlooker);
	r = onlooker_dispatch(onlooker);
	if (r == 0)
		r = before != &onlooker->report->report;
	onlooker_report_unref(before);
	onlooker_unref(onlooker);
	return r;
}

void onlooker_set_callback(struct onlooker *onlooker,
                           onlooker_report_fn callback, void *userdata)
{
	if (onlooker == NULL)
		return;
	onlooker->callback = callback;
	onlooker->callback_data = userdata;
	onlooker->is_owed = callback != NULL;
	if (callback != NULL)
		ol_loop_kick(onlooker->loop);
}

const struct onlooker_report *onlooker_get_report(struct onlooker *onlooker)
{
	return onlooker != NULL ? onlooker_report_ref(&onlooker->report->report)
	                        : NULL;
}

void onlooker_set_log(struct onlooker *onlooker, enum onlooker_log_level level,
                      onlooker_log_fn handler, void *userdata)
{
	if (onlooker == NULL)
		return;
	onlooker->log = (struct ol_log){ .level = level,
		                         .handler = handler,
		                         .userdata = userdata };
}
