/*
 * The waist between probes and the core, and the only file that opens files or
 * reads the environment. Everything that a probe says is checked, cleaned and
 * bounded here.
 */
#include "sdk/host.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>

#include "sdk/recorder.h"
#include "sdk/text.h"
#include "sdk/util.h"

/* The variables that probes ask for. */
static const char *const variables[] = {
	"DISPLAY",
	"WAYLAND_DISPLAY",
	"XDG_RUNTIME_DIR",
	"PIPEWIRE_REMOTE",
	"PIPEWIRE_RUNTIME_DIR",
	"DBUS_SESSION_BUS_ADDRESS",
	"XDG_SESSION_ID",
	"SSH_CONNECTION",
	"XRDP_SESSION",
	"X2GO_SESSION",
	"CHROME_REMOTE_DESKTOP_SESSION",
	"XPRA_SERVER_SOCKET",
};

enum { VARIABLES = sizeof(variables) / sizeof(variables[0]) };

struct ol_environment {
	char *values[VARIABLES]; /* NULL: not set */
};

struct ol_host_job {
	struct ol_host *host; /* NULL: its probe has stopped */
	void (*work)(void *job);
	void (*done)(void *probe, void *job);
	void (*drop)(void *job);
	void *probe;
	void *job;
};

int ol_environment_new(struct ol_environment **ret)
{
	struct ol_environment *self = calloc(1, sizeof(*self));

	if (self == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < VARIABLES; i++) {
		const char *value = secure_getenv(variables[i]);

		if (value == NULL)
			continue;
		self->values[i] = strdup(value);
		if (self->values[i] == NULL) {
			ol_environment_free(self);
			return -ENOMEM;
		}
	}
	*ret = self;
	return 0;
}

void ol_environment_free(struct ol_environment *self)
{
	if (self == NULL)
		return;
	for (size_t i = 0; i < VARIABLES; i++)
		free(self->values[i]);
	free(self);
}

const char *ol_env(struct ol_host *host, const char *name)
{
	for (size_t i = 0; i < VARIABLES; i++) {
		if (strcmp(variables[i], name) == 0)
			return host->context->environment->values[i];
	}
	assert(!"a variable that is not in the list");
	return NULL;
}

int ol_root_open(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 ? fd : -errno;
}

static int read_all(int fd, char *text, size_t size, size_t *ret)
{
	size_t length = 0;

	while (length < size) {
		ssize_t n = read(fd, text + length, size - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	*ret = length;
	return 0;
}

int ol_file_read(const char *path, size_t max, char **ret, size_t *ret_size)
{
	/* Non-blocking, for a pipe in the place of a file would hang us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	char *text;
	int r;

	if (fd < 0)
		return -errno;
	r = fstat(fd, &status) < 0 ? -errno : 0;
	if (r == 0 && !S_ISREG(status.st_mode))
		r = -EINVAL;
	if (r < 0) {
		ol_close(fd);
		return r;
	}
	text = malloc(max);
	r = text != NULL ? read_all(fd, text, max, ret_size) : -ENOMEM;
	ol_close(fd);
	if (r < 0) {
		free(text);
		return r;
	}
	*ret = text;
	return 0;
}

bool ol_has_root(struct ol_host *host)
{
	return host->context->has_root;
}

bool ol_has_flag(struct ol_host *host, unsigned flag)
{
	return (host->context->flags & flag) != 0;
}

int ol_get_catalogue(struct ol_host *host, const struct ol_catalogue **ret)
{
	struct onlooker *context = host->context;
	int r;

	if (context->catalogue == NULL) {
		r = ol_catalogue_load(&context->catalogue);
		if (r < 0)
			return r;
	}
	*ret = context->catalogue;
	return 0;
}

int ol_open_at(int directory, const char *path, int flags)
{
	int fd;

	assert((flags & O_ACCMODE) == O_RDONLY && !(flags & O_CREAT));
	path += strspn(path, "/");
	/* Non-blocking, for a pipe in the place of a file would hang us. */
	fd = openat(directory, *path != '\0' ? path : ".",
	            flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd >= 0 ? fd : -errno;
}

int ol_open(struct ol_host *host, const char *path, int flags)
{
	assert(path[0] == '/');
	return ol_open_at(host->context->root_fd, path, flags);
}

uint64_t ol_now(struct ol_host *host)
{
	return ol_context_now(host->context);
}

void ol_log(struct ol_host *host, enum onlooker_log_level level,
            const char *format, ...)
{
	va_list args;

	va_start(args, format);
	ol_log_write_va(&host->context->log, level, host->name, format, args);
	va_end(args);
}

int ol_host_new(struct onlooker *context, const char *name,
                const struct ol_probe *probe, struct ol_host **ret)
{
	struct ol_host *host;

	if (context->host_count >= OL_HOSTS_MAX)
		return -ENOSPC;
	host = calloc(1, sizeof(*host));
	if (host == NULL)
		return -ENOMEM;
	host->name = strdup(name);
	host->reason = strdup("");
	if (host->name == NULL || host->reason == NULL) {
		free(host->name);
		free(host->reason);
		free(host);
		return -ENOMEM;
	}
	host->context = context;
	host->probe = probe;
	host->number = context->host_count;
	context->hosts[context->host_count++] = host;
	context->is_dirty = true;
	if (ret != NULL)
		*ret = host;
	return 0;
}

static void stop(struct ol_host *host)
{
	(void)ol_ledger_withdraw_all(&host->context->ledger, host->number);
	if (host->is_started)
		host->probe->stop(host->instance);
	host->is_started = false;
	if (host->job != NULL)
		host->job->host = NULL;
	host->job = NULL;
}

void ol_host_free(struct ol_host *host)
{
	stop(host);
	free(host->name);
	free(host->reason);
	free(host);
}

struct ol_host *ol_host_find(struct onlooker *context, const char *name)
{
	for (unsigned i = 0; i < context->host_count; i++) {
		if (strcmp(context->hosts[i]->name, name) == 0)
			return context->hosts[i];
	}
	return NULL;
}

/* What a probe's failure to start means to a reader of the report. */
static void start_failed(struct ol_host *host, int error)
{
	switch (error) {
	case -ENOENT:
		(void)ol_host_set_state(host, ONLOOKER_PROBE_ABSENT,
		                        "there is nothing to watch");
		break;
	case -EACCES:
	case -EPERM:
		(void)ol_host_set_state(host, ONLOOKER_PROBE_DENIED,
		                        "this user may not look");
		break;
	default:
		(void)ol_host_set_state(host, ONLOOKER_PROBE_FAILED,
		                        strerrordesc_np(-error));
		break;
	}
}

void ol_host_start(struct ol_host *host)
{
	int r;

	(void)ol_host_set_state(host, ONLOOKER_PROBE_STARTING, "");
	r = host->probe->start(host, &host->instance);
	if (r >= 0) {
		host->is_started = true;
		return;
	}
	/* It may have said why itself. */
	if (host->state == ONLOOKER_PROBE_STARTING)
		start_failed(host, r);
	ol_withdraw_all(host);
}

int ol_host_set_state(struct ol_host *host, enum onlooker_probe_state state,
                      const char *reason)
{
	char clean[OL_REASON_MAX + 1];
	char *copy;

	ol_text_clean(reason != NULL ? reason : "", clean, sizeof(clean));
	if (state == ONLOOKER_PROBE_STARTING &&
	    host->state != ONLOOKER_PROBE_STARTING)
		host->start_by_us =
			ol_context_now(host->context) + OL_START_LIMIT_US;
	if (host->state == state && strcmp(host->reason, clean) == 0)
		return 0;
	copy = strdup(clean);
	host->state = state;
	if (copy != NULL) {
		free(host->reason);
		host->reason = copy;
	} else {
		host->reason[0] = '\0';
	}
	host->context->is_dirty = true;
	ol_record_state(host);
	return copy != NULL ? 0 : -ENOMEM;
}

void ol_set_state(struct ol_host *host, enum onlooker_probe_state state,
                  const char *reason)
{
	/* Without memory the reason is lost, the state is not. */
	(void)ol_host_set_state(host, state, reason);
}

void ol_host_view(const struct ol_host *host, struct onlooker_probe *view)
{
	*view = (struct onlooker_probe){
		.name = host->name,
		.state = host->state,
		.reason = host->reason,
		.reads = host->probe != NULL ? host->probe->reads : NULL,
	};
	if (host->is_over_limit && host->state == ONLOOKER_PROBE_WATCHING) {
		view->state = ONLOOKER_PROBE_DEGRADED;
		view->reason = "it sees more at once than a report can hold";
	}
}

/* A keyed hash of whom a claim is about: all that private mode remembers. */
static uint64_t token_of(const struct onlooker *context,
                         const struct ol_who *who)
{
	const char *texts[] = { who->name, who->peer };
	uint64_t hash =
		context->token_key ^ (uint64_t)who->pid ^ who->start_time << 24;

	for (size_t i = 0; who->pid == 0 && i < 2; i++) {
		for (const char *byte = texts[i]; *byte != '\0'; byte++)
			hash = (hash ^ (unsigned char)*byte) *
			       UINT64_C(0x100000001b3);
		hash = (hash ^ 0xff) * UINT64_C(0x100000001b3);
	}
	/* The finalizer of MurmurHash3: every bit in changes half of them. */
	hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	hash ^= hash >> 33;
	return hash != 0 ? hash : 1;
}

int ol_host_claim(struct ol_host *host, const struct onlooker_rule *rule,
                  uint64_t key, const struct ol_who *who, const char *detail)
{
	struct onlooker *context = host->context;
	char name[OL_TEXT_MAX + 1], peer[OL_TEXT_MAX + 1];
	char clean_detail[OL_TEXT_MAX + 1];
	struct ol_who clean = *who;
	int r;

	ol_text_clean(who->name, name, sizeof(name));
	ol_text_clean(who->peer, peer, sizeof(peer));
	ol_text_clean(detail, clean_detail, sizeof(clean_detail));
	clean.name = name;
	clean.peer = peer;
	if (context->flags & ONLOOKER_PRIVATE) {
		if (clean.token == 0)
			clean.token = token_of(context, &clean);
		clean.pid = 0;
		clean.start_time = 0;
		name[0] = peer[0] = clean_detail[0] = '\0';
	}
	r = ol_ledger_claim(&context->ledger, rule, host->number, key, &clean,
	                    clean_detail, ol_context_now(context));
	if (r == -ENOSPC)
		host->is_over_limit = true;
	/* One that could not be refreshed for lack of memory holds as well. */
	ol_ledger_mark(&context->ledger, rule, host->number, key, host->round);
	if (r == 0 && rule->lifetime_ms == 0)
		return 0;
	context->is_dirty = true;
	if (r < 0)
		return r;
	ol_record_claim(host, ol_ledger_find(&context->ledger, rule,
	                                     host->number, key));
	return 0;
}

static bool is_ourselves(const struct onlooker *context,
                         const struct ol_subject *subject)
{
	return !context->has_root && subject->pid == (int64_t)getpid();
}

int ol_claim(struct ol_host *host, const struct ol_claim *claim)
{
	const struct onlooker_rule *rule = ol_rule_find(claim->rule);
	const struct ol_subject *subject = &claim->subject;
	struct ol_who who = {
		.kind = subject->kind,
		.pid = subject->pid,
		.start_time = subject->start_time,
		.name = subject->name != NULL ? subject->name : "",
		.peer = subject->peer != NULL ? subject->peer : "",
	};

	if (rule == NULL || !ol_rule_is_of(rule, host->name))
		return -EINVAL;
	if (is_ourselves(host->context, subject))
		return 0;
	return ol_host_claim(host, rule, claim->key, &who,
	                     claim->detail != NULL ? claim->detail : "");
}

void ol_host_withdraw(struct ol_host *host, const struct onlooker_rule *rule,
                      uint64_t key)
{
	if (!ol_ledger_withdraw(&host->context->ledger, rule, host->number,
	                        key))
		return;
	host->context->is_dirty = true;
	ol_record_withdraw(host, rule, key);
}

void ol_withdraw(struct ol_host *host, const char *name, uint64_t key)
{
	const struct onlooker_rule *rule = ol_rule_find(name);

	if (rule != NULL)
		ol_host_withdraw(host, rule, key);
}

void ol_withdraw_all(struct ol_host *host)
{
	struct ol_ledger *ledger = &host->context->ledger;

	for (size_t i = ledger->count; i-- > 0;) {
		const struct ol_entry *entry = &ledger->entries[i];

		if (entry->probe == host->number)
			ol_host_withdraw(host, entry->rule, entry->key);
	}
	host->is_over_limit = false;
}

void ol_begin_round(struct ol_host *host)
{
	host->round++;
}

void ol_end_round(struct ol_host *host)
{
	struct ol_ledger *ledger = &host->context->ledger;

	for (size_t i = ledger->count; i-- > 0;) {
		const struct ol_entry *entry = &ledger->entries[i];

		if (entry->probe == host->number &&
		    entry->round != host->round &&
		    entry->rule->lifetime_ms == 0)
			ol_host_withdraw(host, entry->rule, entry->key);
	}
}

int ol_watch_fd(struct ol_host *host, int fd, uint32_t events,
                void (*ready)(void *probe, uint32_t events), void *probe,
                struct ol_source **ret)
{
	return ol_loop_watch_fd(host->context->loop, fd, events, ready, probe,
	                        ret);
}

int ol_watch_time(struct ol_host *host, uint64_t at_us, uint64_t slack_us,
                  void (*due)(void *probe), void *probe, struct ol_source **ret)
{
	return ol_loop_watch_time(host->context->loop, at_us, slack_us, due,
	                          probe, ret);
}

struct ol_source *ol_unwatch(struct ol_source *source)
{
	return ol_loop_unwatch(source);
}

static void job_work(void *data)
{
	struct ol_host_job *job = data;

	job->work(job->job);
}

static void job_drop(void *data)
{
	struct ol_host_job *job = data;

	job->drop(job->job);
	free(job);
}

static void job_done(void *data)
{
	struct ol_host_job *job = data;

	if (job->host == NULL) {
		job_drop(job);
		return;
	}
	job->host->job = NULL; /* done() may run the next one */
	job->done(job->probe, job->job);
	free(job);
}

static void on_worker(void *userdata, uint32_t events)
{
	struct onlooker *context = userdata;

	(void)events;
	ol_worker_collect(context->worker);
}

static int need_worker(struct onlooker *context)
{
	int r;

	if (context->worker != NULL)
		return 0;
	r = ol_worker_new(&context->worker);
	if (r < 0)
		return r;
	r = ol_loop_watch_fd(context->loop, ol_worker_get_fd(context->worker),
	                     EPOLLIN, on_worker, context,
	                     &context->worker_source);
	if (r < 0) {
		ol_worker_free(context->worker);
		context->worker = NULL;
	}
	return r;
}

int ol_run_blocking(struct ol_host *host, void (*work)(void *job),
                    void (*done)(void *probe, void *job),
                    void (*drop)(void *job), void *probe, void *data)
{
	struct ol_host_job *job;
	int r;

	if (host->job != NULL)
		return -EBUSY;
	r = need_worker(host->context);
	if (r < 0)
		return r;
	job = malloc(sizeof(*job));
	if (job == NULL)
		return -ENOMEM;
	*job = (struct ol_host_job){ .host = host,
		                     .work = work,
		                     .done = done,
		                     .drop = drop,
		                     .probe = probe,
		                     .job = data };
	r = ol_worker_run(host->context->worker,
	                  &(struct ol_job){ .work = job_work,
	                                    .done = job_done,
	                                    .drop = job_drop,
	                                    .data = job });
	if (r < 0) {
		free(job);
		return r;
	}
	host->job = job;
	return 0;
}
