/*
 * The portal probe's life: connect to the session bus, look around, look again
 * when something happens and now and then, lose the bus, wait for it. Does not
 * know what is asked, or what the answers mean.
 *
 * The beginning of a portal session, or of remote control by mutter, is
 * announced to nobody. So there is a slow poll, but only while a program is
 * there that could hold a session.
 */
#include "portal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

enum {
	/* A look costs a handful of messages of 0.15 ms each. */
	POLL_US = 2 * 1000 * 1000,
	/*
	 * All answers of a look are read at once: one waking instead of one
	 * for each program that answers.
	 */
	GATHER_US = 5 * 1000,
	/* Between looks, however much happens: a flood costs us no more. */
	PAUSE_US = 100 * 1000,
	/* A bus that takes longer to greet us has stopped. */
	SILENCE_US = 3 * 1000 * 1000,
	RETRY_FIRST_US = 50 * 1000,
	/* 50 ms doubled ten times: about a minute between attempts. */
	RETRIES = 10,
	/* Messages handled before others of the host program get their turn. */
	BATCH = 64,
};

struct portal {
	struct ol_host *host;
	char address[256]; /* "" if there is none */
	sd_bus *bus;       /* NULL while there is no connection */
	struct ol_round *round;
	struct ol_source *bus_source;
	uint32_t bus_events;
	struct ol_source *bus_timer; /* the connection's own deadlines */
	struct ol_source *timer;     /* the next look, or attempt to connect */
	uint64_t timer_at_us;
	uint64_t looked_at_us;
	unsigned failures; /* in a row */
	bool is_in_flatpak;
	bool is_gathering;              /* questions were just sent */
	struct ol_portal_claims claims; /* used within one look */
};

static void begin(void *data);
static void pump(void *data);

static void set_timer(struct portal *self, uint64_t at_us, uint64_t slack_us,
                      void (*due)(void *))
{
	int r;

	self->timer = ol_unwatch(self->timer);
	self->timer_at_us = at_us;
	r = ol_watch_time(self->host, at_us, slack_us, due, self, &self->timer);
	if (r < 0)
		ol_log(self->host, ONLOOKER_LOG_ERROR, "no timer: %s",
		       strerrordesc_np(-r));
}

static void disconnect(struct portal *self)
{
	self->bus_source = ol_unwatch(self->bus_source);
	self->bus_timer = ol_unwatch(self->bus_timer);
	self->timer = ol_unwatch(self->timer);
	self->is_gathering = false;
	ol_round_free(self->round);
	self->round = NULL;
	if (self->bus != NULL)
		sd_bus_close(self->bus); /* unlike a flush, never waits */
	self->bus = sd_bus_unref(self->bus);
}

static void try_again(struct portal *self)
{
	unsigned failures = self->failures < RETRIES ? self->failures : RETRIES;
	uint64_t delay_us = (uint64_t)RETRY_FIRST_US << failures;

	self->failures++;
	set_timer(self, ol_now(self->host) + delay_us, delay_us / 4, begin);
}

static void lose(struct portal *self, enum onlooker_probe_state state,
                 const char *reason)
{
	disconnect(self);
	ol_withdraw_all(self->host);
	ol_set_state(self->host, state, reason);
	try_again(self);
}

static void on_silence(void *data)
{
	lose(data, ONLOOKER_PROBE_FAILED, "the session bus does not answer");
}

static void look(void *data)
{
	struct portal *self = data;

	ol_round_begin(self->round);
	self->is_gathering = true;
	pump(self);
}

static void on_wanted(void *data)
{
	struct portal *self = data;
	uint64_t at_us = self->looked_at_us + PAUSE_US;

	/* Nothing has been seen yet: the first look is under way. */
	if (self->looked_at_us == 0)
		return;
	if (self->timer == NULL || self->timer_at_us > at_us)
		set_timer(self, at_us, 0, look);
}

static void tell_state(struct portal *self,
                       const struct ol_round_result *result)
{
	const char *reason = NULL;

	if (result->is_silent)
		reason = "the portal or the compositor does not answer on the "
			 "session bus; has it been stopped?";
	else if (self->is_in_flatpak)
		reason = "a sandbox hides other programs on the session bus; "
			 "run outside of it";
	else if (result->is_denied)
		reason = "the session bus keeps some of its objects from this "
			 "program";
	else if (result->is_foreign)
		reason = "the session bus belongs to another pid namespace: "
			 "who asks cannot be named; run outside the sandbox";
	else if (result->view->is_cut)
		reason = "there are more portal sessions than can be watched; "
			 "end the program that opens them";
	ol_set_state(self->host,
	             reason != NULL ? ONLOOKER_PROBE_DEGRADED
	                            : ONLOOKER_PROBE_WATCHING,
	             reason);
}

static void tell(struct ol_host *host, const struct ol_portal_claim *claim)
{
	struct ol_claim said = {
		.rule = claim->rule,
		.key = claim->key,
		.subject = { .kind = claim->kind,
		             .pid = claim->pid,
		             .start_time = claim->start_time,
		             .name = claim->who },
		.detail = claim->detail,
	};
	int r = ol_claim(host, &said);

	if (r < 0)
		ol_log(host, ONLOOKER_LOG_ERROR, "%s is lost: %s", claim->rule,
		       strerrordesc_np(-r));
}

static void on_done(void *data, const struct ol_round_result *result)
{
	struct portal *self = data;

	ol_portal_judge(result->view, result->peers, result->n_peers,
	                &self->claims);
	ol_begin_round(self->host);
	for (size_t i = 0; i < self->claims.n; i++)
		tell(self->host, &self->claims.items[i]);
	/* What could not be looked at has not ended for that. */
	if (!result->is_silent)
		ol_end_round(self->host);
	tell_state(self, result);
	self->failures = 0;
	self->looked_at_us = ol_now(self->host);
	self->timer = ol_unwatch(self->timer);
	if (!result->is_idle || result->is_silent)
		set_timer(self, self->looked_at_us + POLL_US, POLL_US / 4,
		          look);
}

/* ---- the bus in the loop ---- */

static void on_bus(void *data, uint32_t events)
{
	(void)events;
	pump(data);
}

static int watch_descriptor(struct portal *self)
{
	int events = sd_bus_get_events(self->bus);
	int r;

	if (events < 0)
		return events;
	if (self->bus_source != NULL && self->bus_events == (uint32_t)events)
		return 0;
	self->bus_source = ol_unwatch(self->bus_source);
	r = ol_watch_fd(self->host, sd_bus_get_fd(self->bus), (uint32_t)events,
	                on_bus, self, &self->bus_source);
	if (r >= 0)
		self->bus_events = (uint32_t)events;
	return r;
}

static int watch_bus(struct portal *self, bool has_more)
{
	uint64_t at_us;
	int r = 0;

	self->bus_timer = ol_unwatch(self->bus_timer);
	if (self->is_gathering && !has_more) {
		self->bus_source = ol_unwatch(self->bus_source);
		at_us = ol_now(self->host) + GATHER_US;
	} else {
		r = watch_descriptor(self);
		if (r >= 0)
			r = sd_bus_get_timeout(self->bus, &at_us);
		if (r < 0)
			return r;
	}
	self->is_gathering = false;
	/* What the library has read already makes no descriptor readable. */
	if (has_more)
		at_us = ol_now(self->host);
	if (at_us == UINT64_MAX)
		return 0;
	return ol_watch_time(self->host, at_us, 0, pump, self,
	                     &self->bus_timer);
}

static int start_round(struct portal *self)
{
	int r = ol_round_new(self->host, self->bus, on_done, on_wanted, self,
	                     &self->round);

	if (r < 0)
		return r;
	self->timer = ol_unwatch(self->timer);
	self->looked_at_us = 0;
	ol_round_begin(self->round);
	return 0;
}

static int process(struct portal *self)
{
	int r = 1;

	for (int i = 0; i < BATCH && r > 0; i++) {
		r = sd_bus_process(self->bus, NULL);
		if (r >= 0 && sd_bus_is_open(self->bus) <= 0)
			r = -ECONNRESET;
		if (r > 0 && self->round == NULL &&
		    sd_bus_is_ready(self->bus) > 0) {
			int error = start_round(self);

			if (error < 0)
				r = error;
		}
	}
	return r;
}

/* Some proxies of Flatpak's hang up on whoever speaks before it is asked. */
static void lose_bus(struct portal *self)
{
	if (self->is_in_flatpak && self->looked_at_us == 0)
		lose(self, ONLOOKER_PROBE_DENIED,
		     "the sandbox's filter of the session bus turns this "
		     "program away; run outside of it");
	else
		lose(self, ONLOOKER_PROBE_FAILED,
		     "the connection to the session bus broke");
}

static void pump(void *data)
{
	struct portal *self = data;
	int r = process(self);

	if (r >= 0)
		r = watch_bus(self, r > 0);
	if (r < 0)
		lose_bus(self);
}

static void explain_failure(struct portal *self, int error)
{
	switch (error) {
	case -ENOENT:
	case -ECONNREFUSED:
		ol_set_state(self->host, ONLOOKER_PROBE_ABSENT,
		             "there is no session bus");
		break;
	case -EACCES:
	case -EPERM:
		ol_set_state(self->host, ONLOOKER_PROBE_DENIED,
		             "this user may not connect to the session bus");
		break;
	default:
		ol_set_state(self->host, ONLOOKER_PROBE_FAILED,
		             strerrordesc_np(-error));
	}
}

static void begin(void *data)
{
	struct portal *self = data;
	int r;

	disconnect(self);
	r = ol_portal_bus_connect(self->address, &self->bus);
	if (r >= 0) {
		set_timer(self, ol_now(self->host) + SILENCE_US, SILENCE_US / 4,
		          on_silence);
		pump(self);
		return;
	}
	disconnect(self);
	explain_failure(self, r);
	try_again(self);
}

static void stop(void *data)
{
	struct portal *self = data;

	disconnect(self);
	free(self);
}

static int start(struct ol_host *host, void **ret)
{
	struct portal *self = calloc(1, sizeof(*self));
	int fd, r;

	if (self == NULL)
		return -ENOMEM;
	self->host = host;
	fd = ol_open(host, "/.flatpak-info", O_PATH);
	self->is_in_flatpak = fd >= 0;
	if (fd >= 0)
		close(fd);
	r = ol_portal_bus_locate(host, self->address, sizeof(self->address));
	if (r < 0) {
		explain_failure(self, r);
		free(self);
		return r;
	}
	begin(self);
	*ret = self;
	return 0;
}

static const struct onlooker_access *const reads[] = {
	&(const struct onlooker_access){
		"$DBUS_SESSION_BUS_ADDRESS",
		"Connects to the session bus to see which screen-cast and "
		"remote-desktop sessions the portal and the compositor hold, "
		"and for whom; nobody's messages are read." },
	&(const struct onlooker_access){
		"org.freedesktop.DBus.Debug.Stats.GetAllMatchRules",
		"Tells, while the compositor holds such a session, whose it "
		"is." },
	&(const struct onlooker_access){
		"/proc/PID/stat",
		"Names the programs that hold such sessions." },
	&(const struct onlooker_access){
		"/proc/PID/root/.flatpak-info",
		"Names the application, where such a program is a sandbox." },
	&(const struct onlooker_access){
		"/.flatpak-info", "Tells whether a sandbox hides others." },
	NULL,
};

const struct ol_probe ol_probe_portal;
const struct ol_probe ol_probe_portal = {
	.name = "portal",
	.reads = reads,
	.start = start,
	.stop = stop,
};
