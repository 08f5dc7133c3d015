/*
 * The PipeWire probe's life: connect, claim what the graph amounts to, lose the
 * daemon, wait for it, connect again. Does not know PipeWire's protocol.
 *
 * Nothing runs here while nothing happens. There is no heartbeat: a daemon that
 * has been stopped links nothing new, and one that ends closes its socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "pipewire.h"

enum {
	/*
	 * Silence after which an open question counts as not answered. The
	 * slowest answer seen, under a flood of a thousand nodes, came in well
	 * under a second; the host gives a start five.
	 */
	SILENCE_US = 3 * 1000 * 1000,
	/* The daemon's socket exists for a moment before it listens. */
	RETRY_FIRST_US = 50 * 1000,
	/* 50 ms doubled ten times: about a minute between attempts. */
	RETRIES = 10,
	/* How soon something hidden from us is seen to have ended. */
	HIDDEN_US = 2 * 1000 * 1000,
};

struct pipewire {
	struct ol_host *host;
	struct ol_socket socket;
	struct ol_graph graph;
	struct ol_remote *remote; /* NULL until there was a daemon */
	struct ol_source *remote_source;
	struct ol_source *inotify_source;
	struct ol_source *timer;
	int inotify; /* or -1 */
	bool is_connected;
	unsigned failures; /* in a row */
	struct ol_claims claims;
};

static void begin(void *data);

static void set_timer(struct pipewire *self, uint64_t delay_us,
                      void (*due)(void *))
{
	int r;

	self->timer = ol_unwatch(self->timer);
	if (due == NULL)
		return;
	r = ol_watch_time(self->host, ol_now(self->host) + delay_us,
	                  delay_us / 4, due, self, &self->timer);
	if (r < 0)
		ol_log(self->host, ONLOOKER_LOG_ERROR, "no timer: %s",
		       strerrordesc_np(-r));
}

static void try_again(struct pipewire *self)
{
	unsigned failures = self->failures < RETRIES ? self->failures : RETRIES;

	self->failures++;
	set_timer(self, (uint64_t)RETRY_FIRST_US << failures, begin);
}

static void disconnect(struct pipewire *self)
{
	set_timer(self, 0, NULL);
	self->remote_source = ol_unwatch(self->remote_source);
	if (self->remote != NULL)
		ol_remote_disconnect(self->remote);
	ol_graph_finish(&self->graph);
	self->is_connected = false;
}

static void lose(struct pipewire *self, enum onlooker_probe_state state,
                 const char *reason)
{
	disconnect(self);
	ol_claims_withdraw_all(&self->claims, self->host);
	ol_set_state(self->host, state, reason);
	/* A daemon that has worked is mostly gone for good, or back at once. */
	if (self->failures++ == 0)
		begin(self);
	else
		try_again(self);
}

static bool is_in_sandbox(struct pipewire *self)
{
	int fd = ol_open(self->host, "/.flatpak-info", O_PATH);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void on_silence(void *data)
{
	struct pipewire *self = data;

	/* A client that nobody has given permissions to is kept waiting. */
	if (is_in_sandbox(self))
		lose(self, ONLOOKER_PROBE_DENIED,
		     "PipeWire does not answer this sandbox; a session manager "
		     "would have to allow it");
	else
		lose(self, ONLOOKER_PROBE_FAILED, "PipeWire does not answer");
}

/* There is room again for what did not fit. */
static bool is_time_to_rescan(const struct ol_graph *graph)
{
	return graph->is_cut && graph->nodes.n < OL_GRAPH_NODES_MAX / 2 &&
	       graph->clients.n < OL_GRAPH_CLIENTS_MAX / 2 &&
	       graph->links.n < OL_GRAPH_LINKS_MAX / 2;
}

static void check_hidden(void *data);

static void update(struct pipewire *self)
{
	bool is_cut;

	if (ol_remote_is_asking(self->remote))
		set_timer(self, SILENCE_US, on_silence);
	else if (self->graph.n_hidden > 0)
		set_timer(self, HIDDEN_US, check_hidden);
	else
		set_timer(self, 0, NULL);
	if (!ol_remote_is_complete(self->remote))
		return;
	if (is_time_to_rescan(&self->graph)) {
		/* What is claimed stays claimed until all is seen again. */
		disconnect(self);
		try_again(self);
		return;
	}
	self->failures = 0;
	is_cut = ol_claims_update(&self->claims, self->host, &self->graph) ||
	         self->graph.is_cut;
	if (ol_remote_is_denied(self->remote))
		ol_set_state(self->host, ONLOOKER_PROBE_DENIED,
		             "PipeWire does not let this program see others; "
		             "the session manager would have to allow it");
	else if (is_cut)
		ol_set_state(self->host, ONLOOKER_PROBE_DEGRADED,
		             "PipeWire holds more objects than can be watched; "
		             "end the program that makes them");
	else
		ol_set_state(self->host, ONLOOKER_PROBE_WATCHING, NULL);
}

/*
 * Somebody took all permissions from our client. The next one has them again, so
 * what is claimed stays claimed until that has seen how things are.
 */
static void lose_sight(struct pipewire *self)
{
	disconnect(self);
	ol_log(self->host, ONLOOKER_LOG_WARNING,
	       "another program took away our sight of PipeWire");
	ol_set_state(self->host, ONLOOKER_PROBE_DENIED,
	             "another program took away our sight of PipeWire; find it "
	             "and end it");
	try_again(self);
}

static void on_remote(void *data, uint32_t events)
{
	struct pipewire *self = data;
	int r = ol_remote_iterate(self->remote);

	(void)events;
	if (r == -EACCES)
		lose_sight(self);
	else if (r < 0)
		lose(self, ONLOOKER_PROBE_FAILED,
		     "the connection to PipeWire broke");
	else
		update(self);
}

static void check_hidden(void *data)
{
	struct pipewire *self = data;

	ol_remote_check(self->remote);
	on_remote(self, 0);
}

static int need_remote(struct pipewire *self)
{
	if (self->claims.casts == NULL && ol_claims_init(&self->claims) < 0)
		return -ENOMEM;
	if (self->remote == NULL)
		return ol_remote_new(&self->graph, &self->remote);
	return 0;
}

/* Takes over fd. */
static int attach(struct pipewire *self, int fd)
{
	int r = need_remote(self);

	if (r < 0) {
		close(fd);
		return r;
	}
	r = ol_remote_connect(self->remote, fd);
	if (r < 0)
		return r;
	self->is_connected = true;
	r = ol_watch_fd(self->host, ol_remote_get_fd(self->remote), EPOLLIN,
	                on_remote, self, &self->remote_source);
	if (r < 0)
		return r;
	r = ol_remote_iterate(self->remote);
	if (r < 0)
		return r;
	update(self);
	return 0;
}

static void on_inotify(void *data, uint32_t events)
{
	struct pipewire *self = data;

	(void)events;
	if (!ol_socket_appeared(&self->socket, self->inotify) ||
	    self->is_connected)
		return;
	self->failures = 0;
	begin(self);
}

static void watch_socket(struct pipewire *self)
{
	int r;

	self->inotify_source = ol_unwatch(self->inotify_source);
	if (self->inotify >= 0)
		close(self->inotify);
	self->inotify = ol_socket_watch(&self->socket);
	if (self->inotify < 0)
		return;
	r = ol_watch_fd(self->host, self->inotify, EPOLLIN, on_inotify, self,
	                &self->inotify_source);
	if (r < 0) {
		close(self->inotify);
		self->inotify = -1;
	}
}

static void explain_failure(struct pipewire *self, int error)
{
	switch (error) {
	case -ENOENT:
		ol_set_state(self->host, ONLOOKER_PROBE_ABSENT,
		             "there is no PipeWire daemon");
		break;
	case -ECONNREFUSED:
		ol_set_state(self->host, ONLOOKER_PROBE_ABSENT,
		             "no PipeWire daemon listens on its socket");
		break;
	case -EACCES:
	case -EPERM:
		ol_set_state(self->host, ONLOOKER_PROBE_DENIED,
		             "this user may not connect to PipeWire");
		break;
	default:
		ol_set_state(self->host, ONLOOKER_PROBE_FAILED,
		             strerrordesc_np(-error));
		break;
	}
}

static void begin(void *data)
{
	struct pipewire *self = data;
	int r;

	disconnect(self);
	/* Watch first: the socket may appear while we look for it. */
	watch_socket(self);
	r = ol_socket_connect(&self->socket);
	if (r >= 0)
		r = attach(self, r);
	if (r >= 0)
		return;
	disconnect(self);
	explain_failure(self, r);
	/* If inotify will tell, there is no point in asking for ever. */
	if (self->inotify < 0 || r != -ENOENT)
		try_again(self);
}

static void stop(void *data)
{
	struct pipewire *self = data;

	disconnect(self);
	ol_remote_free(self->remote);
	ol_unwatch(self->inotify_source);
	if (self->inotify >= 0)
		close(self->inotify);
	ol_claims_finish(&self->claims);
	free(self);
}

static int find_process(void *data, int64_t pid, struct ol_process *ret)
{
	struct pipewire *self = data;

	return ol_process_find(self->host, pid, ret);
}

static int start(struct ol_host *host, void **ret)
{
	struct pipewire *self = calloc(1, sizeof(*self));
	int r;

	if (self == NULL)
		return -ENOMEM;
	self->host = host;
	self->inotify = -1;
	ol_graph_init(&self->graph, getpid(), find_process, self);
	r = ol_socket_locate(ol_env(host, "PIPEWIRE_REMOTE"),
	                     ol_env(host, "PIPEWIRE_RUNTIME_DIR"),
	                     ol_env(host, "XDG_RUNTIME_DIR"), &self->socket);
	if (r < 0) {
		stop(self);
		return r;
	}
	begin(self);
	*ret = self;
	return 0;
}

static const struct onlooker_access *const reads[] = {
	&(const struct onlooker_access){
		"$XDG_RUNTIME_DIR/pipewire-0",
		"Connects to PipeWire to see which program takes a video "
		"stream from which; no picture or sound is read." },
	&(const struct onlooker_access){
		"/proc/PID/stat",
		"Names the programs at both ends of such a stream." },
	&(const struct onlooker_access){
		"/proc/PID/exe",
		"Tells the desktop's own programs from others that bear their "
		"names." },
	&(const struct onlooker_access){
		"/.flatpak-info",
		"Tells a daemon that does not answer from one that does not "
		"answer a sandbox." },
	NULL,
};

const struct ol_probe ol_probe_pipewire;
const struct ol_probe ol_probe_pipewire = {
	.name = "pipewire",
	.reads = reads,
	.start = start,
	.stop = stop,
};
