/*
 * Who is connected to remote-display servers. A poll is a handful of numbers
 * from the kernel; only when one of them has moved is anything looked at. The
 * end of a connection is told by the kernel.
 */
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	/*
	 * A peer is to be reported within 300 ms while a server listens, and
	 * within 1.1 s otherwise, for which the server has to be found first.
	 * An idle wake-up took 0.15 ms of the processor among 100 and among
	 * 10,000 sockets, 0.6 at most (`bench remote`, on a busy machine).
	 */
	WAITING_US = 200000,
	SLACK_US = 20000,
	/* With its slack a second at most; the process probe wakes then too. */
	POLL_US = 760000,
	POLL_SLACK_US = 250000,
	EXECUTED_US = 20000, /* from exec being told to its being done */
	FAILED_US = 5000000,
	/*
	 * Where no known program listens, new listeners are looked for in every
	 * fourth poll: one that has a peer is found at once, by the counters.
	 */
	LISTENERS_POLLS = 4,
	/*
	 * What a peer has acknowledged. Before a password x11vnc had sent 1,750
	 * bytes, and 331,000 within five seconds of a scrolling window; a TLS
	 * handshake takes under 10,000.
	 */
	PICTURE_BYTES = 32768,
	/*
	 * A relay's keep-alive was 100 bytes a second, a session 174,000 to
	 * 394,000. Ten seconds: a still screen sends nothing for a while.
	 */
	RELAY_BYTES_PER_S = 20000,
	RELAY_SAMPLE_US = 900000,
	RELAY_QUIET_US = 10000000,
};

/* What is remembered of a connection from one look to the next. */
struct track {
	uint64_t cookie;
	bool has_picture;
	bool is_busy;
	uint64_t sent;
	uint64_t sampled_us; /* 0: not yet */
	uint64_t busy_us;    /* when it was last */
	bool is_kept;
};

struct socket {
	struct ol_host *host;
	struct ol_diag *diag;
	struct ol_tool_table *table;
	struct ol_screens ours;
	struct ol_source *timer;
	int snmp_fd;
	int ends_fd; /* -1: nothing is connected, or this kernel cannot */
	struct ol_source *ends;
	int64_t passive, active; /* connections taken, made, since boot */
	uint64_t listeners;      /* a sum of their cookies */
	uint64_t unixes;
	bool has_looked;
	bool has_sockets; /* some tool that runs has UNIX sockets */
	bool may_listen;  /* some tool that runs takes peers */
	int polls;        /* since listeners were looked for */
	struct ol_sights *sights;
	struct ol_sights *before;
	struct track tracks[OL_CONNECTIONS_MAX];
	size_t track_count;
};

/* ---- claims ---- */

static int claim(struct socket *self, const struct ol_sight *sight,
                 const char *rule)
{
	return ol_claim(self->host,
	                &(struct ol_claim){
				.rule = rule,
				.key = sight->key,
				.subject = { .kind = ONLOOKER_WATCHER_PROGRAM,
	                                     .pid = sight->pid,
	                                     .start_time = sight->start_time,
	                                     .name = sight->name,
	                                     .peer = sight->peer },
				.detail = sight->detail,
			});
}

static struct track *track_of(struct socket *self, uint64_t cookie)
{
	for (size_t i = 0; i < self->track_count; i++) {
		if (self->tracks[i].cookie == cookie)
			return &self->tracks[i];
	}
	if (self->track_count == OL_CONNECTIONS_MAX)
		return NULL;
	self->tracks[self->track_count] = (struct track){ .cookie = cookie };
	return &self->tracks[self->track_count++];
}

static bool is_seen(const struct ol_sights *sights,
                    const struct ol_sight *sight)
{
	for (size_t i = 0; i < sights->count; i++) {
		if (sights->items[i].key == sight->key &&
		    strcmp(sights->items[i].rule, sight->rule) == 0)
			return true;
	}
	return false;
}

static void forget_tracks(struct socket *self)
{
	size_t kept = 0;

	for (size_t i = 0; i < self->track_count; i++) {
		struct track *track = &self->tracks[i];
		bool is_kept = false;

		for (size_t j = 0; j < self->sights->count; j++)
			is_kept |= self->sights->items[j].has_tcp &&
			           self->sights->items[j].key == track->cookie;
		if (is_kept)
			self->tracks[kept++] = *track;
		else if (track->has_picture)
			ol_withdraw(self->host, "socket.picture",
			            track->cookie);
	}
	self->track_count = kept;
}

/* New claims first, so that what only changes its rule is never neither. */
static void claim_sights(struct socket *self)
{
	for (size_t i = 0; i < self->sights->count; i++) {
		const struct ol_sight *sight = &self->sights->items[i];
		const struct track *track =
			sight->has_tcp ? track_of(self, sight->key) : NULL;

		/* A relay's connection says nothing until it is busy. */
		if (!sight->is_relay || (track != NULL && track->is_busy))
			(void)claim(self, sight, sight->rule);
		if (track != NULL && track->has_picture)
			(void)claim(self, sight, "socket.picture");
	}
	for (size_t i = 0; i < self->before->count; i++) {
		const struct ol_sight *sight = &self->before->items[i];

		if (!is_seen(self->sights, sight))
			ol_withdraw(self->host, sight->rule, sight->key);
	}
	forget_tracks(self);
}

/* ---- connections that are known ---- */

static void measure_relay(struct socket *self, const struct ol_sight *sight,
                          struct track *track, uint64_t sent)
{
	uint64_t now = ol_now(self->host);
	uint64_t passed = now - track->sampled_us;
	bool is_first = track->sampled_us == 0;
	uint64_t bytes = sent - track->sent;

	if (!is_first && passed < RELAY_SAMPLE_US)
		return;
	track->sampled_us = now;
	track->sent = sent;
	if (is_first)
		return;
	if (bytes * 1000000 / passed >= RELAY_BYTES_PER_S) {
		track->busy_us = now;
		track->is_busy = true;
		(void)claim(self, sight, sight->rule);
	} else if (track->is_busy && now - track->busy_us > RELAY_QUIET_US) {
		track->is_busy = false;
		ol_withdraw(self->host, sight->rule, sight->key);
	}
}

static void measure(struct socket *self, const struct ol_sight *sight,
                    uint64_t sent)
{
	struct track *track = track_of(self, sight->key);

	if (track == NULL)
		return;
	if (sight->is_relay)
		measure_relay(self, sight, track, sent);
	if (!sight->sends_picture || track->has_picture || sent < PICTURE_BYTES)
		return;
	/* Only ever raised: a still screen sends nothing, and is seen. */
	track->has_picture = true;
	(void)claim(self, sight, "socket.picture");
}

/* Returns whether one of them is no more, or -errno. */
static int check_connections(struct socket *self)
{
	bool has_ended = false;

	for (size_t i = 0; i < self->sights->count; i++) {
		const struct ol_sight *sight = &self->sights->items[i];
		struct ol_tcp now;
		int r;

		if (!sight->has_tcp)
			continue;
		r = ol_diag_again(self->diag, &sight->tcp, &now);
		if (r < 0 && r != -ENOENT)
			return r;
		has_ended |= r == -ENOENT;
		if (r == 0 && now.has_sent)
			measure(self, sight, now.sent);
	}
	return has_ended;
}

/* ---- when to look ---- */

static void add_cookie(void *data, const struct ol_tcp *tcp)
{
	*(uint64_t *)data += tcp->cookie;
}

struct unix_sum {
	const struct ol_tool_table *table;
	uint64_t sum;
};

static void add_unix_cookie(void *data, const struct ol_unix *unix)
{
	struct unix_sum *sum = data;

	if (unix->path[0] == '\0')
		return;
	for (size_t i = 0; i < ol_tool_table_count(sum->table); i++) {
		const struct ol_run *run = ol_tool_table_get(sum->table, i);

		if (ol_tool_has_socket(run->process->tool, unix->path)) {
			sum->sum += unix->cookie;
			return;
		}
	}
}

/* Whether connections were taken or, where it matters, made. */
static int read_counters(struct socket *self)
{
	char text[8192]; /* 1,500 bytes at present */
	ssize_t n = pread(self->snmp_fd, text, sizeof(text) - 1, 0);
	int64_t passive, active;
	bool is_changed;

	if (n <= 0)
		return n < 0 ? -errno : -EIO;
	text[n] = '\0';
	passive = ol_snmp_parse(text, "PassiveOpens");
	active = ol_snmp_parse(text, "ActiveOpens");
	if (passive < 0 || active < 0)
		return -EBADMSG;
	is_changed = passive != self->passive ||
	             (self->sights->is_outward && active != self->active);
	self->passive = passive;
	self->active = active;
	return is_changed;
}

static int check_sockets(struct socket *self)
{
	struct unix_sum unixes = { .table = self->table };
	uint64_t listeners = 0;
	bool is_changed;
	int r;

	if (!self->may_listen && !self->sights->is_waiting &&
	    ++self->polls < LISTENERS_POLLS)
		return 0;
	self->polls = 0;
	r = ol_diag_listeners(self->diag, add_cookie, &listeners);
	if (r == 0 && self->has_sockets)
		r = ol_diag_unix(self->diag, add_unix_cookie, &unixes);
	if (r < 0)
		return r;
	is_changed = listeners != self->listeners || unixes.sum != self->unixes;
	self->listeners = listeners;
	self->unixes = unixes.sum;
	return is_changed;
}

/* Whether anything has moved since the last look, or -errno. */
static int check(struct socket *self)
{
	int (*const checks[])(struct socket *) = { read_counters, check_sockets,
		                                   check_connections };
	int moved = ol_tool_table_poll(self->table);

	if (moved < 0)
		return moved;
	self->has_sockets = self->may_listen = false;
	for (size_t i = 0; i < ol_tool_table_count(self->table); i++) {
		const struct ol_tool *tool =
			ol_tool_table_get(self->table, i)->process->tool;

		self->has_sockets |= tool->socket_count > 0;
		self->may_listen |= tool->role == OL_TOOL_SERVER ||
		                    tool->role == OL_TOOL_MIRROR;
	}
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		int r = checks[i](self);

		if (r < 0)
			return r;
		moved |= r;
	}
	return moved;
}

static void on_end(void *data, uint32_t events);

/* Ends are told for all connections of the machine: only while it matters. */
static void watch_ends(struct socket *self)
{
	bool has_tcp = false;

	for (size_t i = 0; i < self->sights->count; i++)
		has_tcp |= self->sights->items[i].has_tcp;
	if (has_tcp == (self->ends_fd >= 0))
		return;
	if (!has_tcp) {
		self->ends = ol_unwatch(self->ends);
		(void)close(self->ends_fd); /* nothing that could be lost */
		self->ends_fd = -1;
		return;
	}
	self->ends_fd = ol_diag_open_ends();
	if (self->ends_fd < 0) {
		self->ends_fd = -1; /* the next poll notices as well */
		return;
	}
	if (ol_watch_fd(self->host, self->ends_fd, EPOLLIN, on_end, self,
	                &self->ends) < 0)
		self->ends = NULL;
}

static int look_around(struct socket *self)
{
	struct ol_sights *sights = self->before;
	int r;

	self->before = self->sights;
	self->sights = sights;
	r = ol_look_around(self->host, self->diag, self->table, &self->ours,
	                   self->sights);
	if (r < 0)
		return r;
	claim_sights(self);
	watch_ends(self);
	self->has_looked = true;
	return 0;
}

static void say_state(struct socket *self)
{
	if (self->sights->is_elsewhere)
		ol_set_state(self->host, ONLOOKER_PROBE_DEGRADED,
		             "a known program runs in another network "
		             "namespace, whose connections cannot be seen; an "
		             "onlooker there would");
	else if (ol_tool_table_is_full(self->table))
		ol_set_state(self->host, ONLOOKER_PROBE_DEGRADED,
		             "more known programs run than it keeps track of");
	else
		ol_set_state(self->host, ONLOOKER_PROBE_WATCHING, NULL);
}

static void on_due(void *data);

static void poll_at(struct socket *self, uint64_t delay_us)
{
	self->timer = ol_unwatch(self->timer);
	if (ol_watch_time(self->host, ol_now(self->host) + delay_us,
	                  delay_us == POLL_US ? POLL_SLACK_US : SLACK_US,
	                  on_due, self, &self->timer) < 0)
		ol_set_state(self->host, ONLOOKER_PROBE_FAILED,
		             "there is no memory for a timer");
}

/* Everything is claimed anew when the kernel answers again. */
static void fail(struct socket *self, int error)
{
	char reason[128];

	snprintf(reason, sizeof(reason),
	         "the kernel does not answer about sockets: %s",
	         strerrordesc_np(-error));
	ol_withdraw_all(self->host);
	self->sights->count = self->before->count = 0;
	self->track_count = 0;
	self->has_looked = false;
	watch_ends(self);
	ol_set_state(self->host, ONLOOKER_PROBE_FAILED, reason);
	poll_at(self, FAILED_US);
}

static void poll_now(struct socket *self)
{
	int r = check(self);

	if (r > 0 || (r == 0 && !self->has_looked))
		r = look_around(self);
	if (r < 0) {
		fail(self, r);
		return;
	}
	say_state(self);
	poll_at(self, self->sights->is_waiting || self->ends_fd >= 0
	                      ? WAITING_US
	                      : POLL_US);
}

static void on_due(void *data)
{
	poll_now(data);
}

static void on_end(void *data, uint32_t events)
{
	struct socket *self = data;

	(void)events;
	ol_diag_drain_ends(self->ends_fd);
	poll_now(self);
}

static void on_gone(void *data, const struct ol_run *run)
{
	struct socket *self = data;

	/* Its sockets are gone with it, unless another process has them. */
	(void)run;
	self->has_looked = false;
	poll_at(self, 0);
}

static void on_executed(void *data)
{
	poll_at(data, EXECUTED_US);
}

/* ---- life ---- */

static void stop(void *data)
{
	struct socket *self = data;

	ol_unwatch(self->timer);
	ol_unwatch(self->ends);
	if (self->ends_fd >= 0)
		(void)close(self->ends_fd); /* nothing that could be lost */
	if (self->snmp_fd >= 0)
		(void)close(self->snmp_fd); /* nothing was written */
	ol_tool_table_free(self->table);
	ol_diag_free(self->diag);
	free(self->sights);
	free(self->before);
	free(self);
}

static int prepare(struct socket *self)
{
	struct ol_tool_watch watch = { .gone = on_gone,
		                       .executed = on_executed,
		                       .data = self };
	int r;

	self->sights = calloc(1, sizeof(*self->sights));
	self->before = calloc(1, sizeof(*self->before));
	if (self->sights == NULL || self->before == NULL)
		return -ENOMEM;
	r = ol_diag_new(&self->diag);
	if (r < 0)
		return r;
	r = self->snmp_fd = ol_open(self->host, "/proc/net/snmp", O_RDONLY);
	if (r < 0)
		return r == -ENOENT ? -EIO : r;
	r = ol_tool_table_new(self->host, &watch, &self->table);
	return r == -ENOENT ? -EIO : r;
}

static int start(struct ol_host *host, void **ret)
{
	struct socket *self;
	int r;

	if (ol_has_root(host)) {
		ol_set_state(host, ONLOOKER_PROBE_OFF,
		             "a recorded machine has no sockets");
		return -EOPNOTSUPP;
	}
	self = calloc(1, sizeof(*self));
	if (self == NULL)
		return -ENOMEM;
	self->host = host;
	self->snmp_fd = self->ends_fd = -1;
	ol_screens_set(&self->ours, ol_env(host, "DISPLAY"),
	               ol_env(host, "WAYLAND_DISPLAY"));
	r = prepare(self);
	if (r < 0) {
		stop(self);
		return r;
	}
	poll_now(self);
	*ret = self;
	return 0;
}

static const struct onlooker_access *const reads[] = {
	&(const struct onlooker_access){
		"netlink sock_diag",
		"TCP and UNIX sockets of this network namespace: addresses, "
		"owner, how much was sent. No traffic." },
	&(const struct onlooker_access){
		"/proc/net/snmp", "Whether anyone has connected since." },
	&(const struct onlooker_access){
		"/proc/PID/fd, /proc/PID/ns/net",
		"Which sockets a known program of this user holds, and whether "
		"it is in this network namespace." },
	&(const struct onlooker_access){
		"/proc/loadavg, /proc/PID/stat, exe, cmdline, cgroup, environ",
		"Which known programs run; as the process probe reads them." },
	NULL,
};

const struct ol_probe ol_probe_socket = {
	.name = "socket",
	.reads = reads,
	.start = start,
	.stop = stop,
};
