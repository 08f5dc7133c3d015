/*
 * The wayland probe's life: connect to the compositor, learn what it offers,
 * look at its clients now and then, lose it, wait for it. Does not know the
 * protocol, nor how clients are found.
 *
 * A new connection to a socket is announced to nobody, so there is a slow poll,
 * but only on a compositor that lets its clients copy the screen.
 */
#include "wayland.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/un.h>
#include <unistd.h>

#include "look.h"

enum {
	POLL_US = 2 * 1000 * 1000,
	/*
	 * From the first look at a capturer to the second, which tells a
	 * recorder from a screenshot: grim takes 0.1 to 0.3 s.
	 */
	SOON_US = 500 * 1000,
	/* A compositor that takes longer to answer has stopped. */
	SILENCE_US = 3 * 1000 * 1000,
	RETRY_FIRST_US = 50 * 1000,
	/* 50 ms doubled ten times: about a minute between attempts. */
	RETRIES = 10,
};

struct wayland {
	struct ol_host *host;
	struct sockaddr_un address;
	struct ol_wl_link link;
	struct ol_source *source;
	struct ol_source *timer;
	unsigned failures; /* in a row */
	bool is_in_flatpak;

	struct ol_wl_client compositor;

	struct ol_look look;
	bool has_look;
	int root;                /* of the host's paths; the scan has another */
	struct ol_wl_scan *scan; /* NULL while the worker has it */
	unsigned connection;     /* counts them */
	unsigned scanned;        /* the connection that the scan is of */

	struct ol_wl_claims claims;
};

static void begin(void *data);

static void set_timer(struct wayland *self, uint64_t delay_us,
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

/* ---- looks at clients ---- */

static void judge(struct wayland *self, bool *is_new)
{
	struct ol_wl_claims now;

	*is_new = ol_wl_judge(&self->link.wire, self->scan->clients,
	                      self->scan->n_clients, &self->compositor, &now);
	ol_wl_claims_update(&self->claims, self->host, &now);
}

static void *begin_look(void *data)
{
	struct wayland *self = data;
	struct ol_wl_scan *scan = self->scan;

	if (scan == NULL || self->link.fd < 0 || !self->link.wire.is_complete)
		return NULL;
	if (self->scanned != self->connection)
		ol_wl_scan_reset(scan, self->link.fd, self->compositor.pid);
	self->scanned = self->connection;
	ol_wl_scan_set_outputs(scan, &self->link.wire);
	self->scan = NULL;
	return scan;
}

static void look_soon(void *data)
{
	struct wayland *self = data;

	ol_look_now(&self->look);
}

static void tell_state(struct wayland *self)
{
	const struct ol_wl_scan *scan = self->scan;

	if (self->is_in_flatpak || self->compositor.pid == 0)
		ol_set_state(self->host, ONLOOKER_PROBE_DENIED,
		             "a sandbox hides the compositor's other clients; "
		             "run outside of it");
	else if (scan->error < 0)
		ol_set_state(self->host, ONLOOKER_PROBE_FAILED,
		             "the kernel does not list the compositor's "
		             "connections; CONFIG_UNIX_DIAG would help");
	else if (scan->n_hidden > 0)
		ol_set_state(self->host, ONLOOKER_PROBE_DEGRADED,
		             "some of the compositor's clients belong to "
		             "another user or a sandbox and cannot be looked "
		             "at");
	else if (scan->is_cut || self->link.wire.is_cut)
		ol_set_state(self->host, ONLOOKER_PROBE_DEGRADED,
		             "the compositor has more clients than can be "
		             "watched");
	else
		ol_set_state(self->host, ONLOOKER_PROBE_WATCHING, NULL);
}

static void done(void *data, void *job)
{
	struct wayland *self = data;
	bool is_new;

	self->scan = job;
	/* The compositor may have gone meanwhile, or be another. */
	if (self->link.fd < 0 || self->scanned != self->connection)
		return;
	judge(self, &is_new);
	if (is_new)
		set_timer(self, SOON_US, look_soon);
	else
		tell_state(self);
}

static void stuck(void *data)
{
	struct wayland *self = data;

	ol_set_state(self->host, ONLOOKER_PROBE_FAILED,
	             "reading a program's files takes very long");
}

static const struct ol_look_kind look_kind = {
	.interval_us = POLL_US,
	.begin = begin_look,
	.work = ol_wl_scan,
	.done = done,
	.drop = ol_wl_scan_free,
	.stuck = stuck,
};

static int start_looking(struct wayland *self)
{
	if (self->has_look) {
		ol_look_now(&self->look);
		return 0;
	}
	self->has_look = true;
	return ol_look_init(&self->look, self->host, &look_kind, self);
}

/* ---- the connection ---- */

static void disconnect(struct wayland *self)
{
	self->source = ol_unwatch(self->source);
	self->timer = ol_unwatch(self->timer);
	ol_wl_link_close(&self->link);
	memset(&self->claims, 0, sizeof(self->claims));
}

static void try_again(struct wayland *self)
{
	unsigned failures = self->failures < RETRIES ? self->failures : RETRIES;

	self->failures++;
	set_timer(self, (uint64_t)RETRY_FIRST_US << failures, begin);
}

static void lose(struct wayland *self, const char *reason)
{
	disconnect(self);
	ol_withdraw_all(self->host);
	ol_set_state(self->host, ONLOOKER_PROBE_FAILED, reason);
	try_again(self);
}

static void on_silence(void *data)
{
	lose(data, "the Wayland compositor does not answer");
}

static void learn_compositor(struct wayland *self)
{
	memset(&self->compositor, 0, sizeof(self->compositor));
	strcpy(self->compositor.comm, "Wayland compositor");
	ol_wl_client_identify(self->root, ol_wl_link_peer(&self->link),
	                      &self->compositor);
}

/* All that the compositor offers is known, or has changed. */
static void update(struct wayland *self)
{
	struct ol_wl_claims now;

	if (!self->link.wire.is_complete)
		return;
	if (self->failures > 0 || self->timer != NULL) {
		self->failures = 0;
		set_timer(self, 0, NULL);
	}
	if (ol_wire_can_copy(&self->link.wire)) {
		if (start_looking(self) < 0)
			lose(self, "there is not enough memory to look");
		return;
	}
	/* Whoever wants the screen has to go through PipeWire here. */
	(void)ol_wl_judge(&self->link.wire, NULL, 0, &self->compositor, &now);
	ol_wl_claims_update(&self->claims, self->host, &now);
	if (self->link.wire.is_cut)
		ol_set_state(self->host, ONLOOKER_PROBE_DEGRADED,
		             "the compositor has more outputs and seats than "
		             "can be watched");
	else
		ol_set_state(self->host, ONLOOKER_PROBE_WATCHING, NULL);
}

static void on_ready(void *data, uint32_t events)
{
	struct wayland *self = data;

	(void)events;
	if (ol_wl_link_receive(&self->link) < 0)
		lose(self, "the connection to the Wayland compositor broke");
	else
		update(self);
}

static int connect_compositor(struct wayland *self)
{
	int r = ol_wl_link_open(&self->link, &self->address);

	if (r < 0)
		return r;
	self->connection++;
	learn_compositor(self);
	return ol_watch_fd(self->host, self->link.fd, EPOLLIN, on_ready, self,
	                   &self->source);
}

static void explain_failure(struct wayland *self, int error)
{
	switch (error) {
	case -ENOENT:
	case -ECONNREFUSED:
		ol_set_state(self->host, ONLOOKER_PROBE_ABSENT,
		             "there is no Wayland compositor");
		break;
	case -EACCES:
	case -EPERM:
		ol_set_state(self->host, ONLOOKER_PROBE_DENIED,
		             "this user may not connect to the Wayland "
		             "compositor");
		break;
	default:
		ol_set_state(self->host, ONLOOKER_PROBE_FAILED,
		             strerrordesc_np(-error));
		break;
	}
}

static void begin(void *data)
{
	struct wayland *self = data;
	int r;

	disconnect(self);
	r = connect_compositor(self);
	if (r >= 0) {
		set_timer(self, SILENCE_US, on_silence);
		return;
	}
	disconnect(self);
	explain_failure(self, r);
	try_again(self);
}

/* ---- the probe ---- */

static void stop(void *data)
{
	struct wayland *self = data;

	disconnect(self);
	if (self->has_look)
		ol_look_finish(&self->look);
	ol_wl_scan_free(self->scan);
	if (self->root >= 0)
		(void)close(self->root);
	free(self);
}

static int prepare(struct wayland *self)
{
	int fd = ol_open(self->host, "/.flatpak-info", O_PATH);

	self->is_in_flatpak = fd >= 0;
	if (fd >= 0)
		(void)close(fd);
	self->scan = calloc(1, sizeof(*self->scan));
	if (self->scan == NULL)
		return -ENOMEM;
	self->scan->root = ol_open(self->host, "/", O_PATH | O_DIRECTORY);
	if (self->root < 0 || self->scan->root < 0)
		return self->root < 0 ? self->root : self->scan->root;
	return ol_wl_link_locate(ol_env(self->host, "WAYLAND_DISPLAY"),
	                         ol_env(self->host, "XDG_RUNTIME_DIR"),
	                         &self->address);
}

static int start(struct ol_host *host, void **ret)
{
	struct wayland *self = calloc(1, sizeof(*self));
	int r;

	if (self == NULL)
		return -ENOMEM;
	self->host = host;
	self->link.fd = -1;
	self->root = ol_open(host, "/", O_PATH | O_DIRECTORY);
	r = prepare(self);
	if (r < 0) {
		explain_failure(self, r);
		stop(self);
		return r;
	}
	begin(self);
	*ret = self;
	return 0;
}

static const struct onlooker_access *const reads[] = {
	&(const struct onlooker_access){
		"$XDG_RUNTIME_DIR/$WAYLAND_DISPLAY",
		"Connects to the compositor to see whether it lets programs "
		"copy the screen, and the sizes of its outputs; nothing is "
		"shown and no input received." },
	&(const struct onlooker_access){
		"sock_diag(7)",
		"Lists the connections to the compositor's socket." },
	&(const struct onlooker_access){ "/proc/PID/fd",
	                                 "Tells whose a new connection is." },
	&(const struct onlooker_access){ "/proc/PID/stat",
	                                 "Names the program that holds it." },
	&(const struct onlooker_access){
		"/proc/PID/maps",
		"Tells which files such a program runs, and whether it shares "
		"memory of the size of the screen; no memory is read." },
	&(const struct onlooker_access){
		"/proc/PID/root",
		"Searches these files once for the names of the protocols for "
		"copying the screen." },
	&(const struct onlooker_access){
		"/proc/PID/exe",
		"Tells the portal, whose casts PipeWire shows, from others "
		"that bear its name." },
	&(const struct onlooker_access){
		"/proc/PID/net/tcp",
		"Tells whether a viewer is connected to a program that copies "
		"the screen." },
	&(const struct onlooker_access){
		"/.flatpak-info",
		"Tells whether a sandbox hides the other clients." },
	NULL,
};

const struct ol_probe ol_probe_wayland;
const struct ol_probe ol_probe_wayland = {
	.name = "wayland",
	.reads = reads,
	.start = start,
	.stop = stop,
};
