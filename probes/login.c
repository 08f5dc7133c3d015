/*
 * Where the user of this session sits, as far as the login tells. sd-login reads
 * /run/systemd itself, and tells when it changes. The environment of the host
 * program says what kind of session it was started in; anyone may set that, so
 * that it only adds to what else is seen.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "login.h"

enum {
	/* logind may start late, and says so to nobody who does not listen. */
	RETRY_US = 10000000,
	RETRY_SLACK_US = 1000000,
};

enum { SESSION_KEY, ENVIRONMENT_KEY, DISPLAY_KEY };

struct login {
	struct ol_host *host;
	sd_login_monitor *monitor;
	struct ol_source *source;
	struct ol_source *timer;
	const char *rule; /* of the session; NULL: nothing is claimed */
};

static void claim(struct login *self, const char *rule, uint64_t key,
                  const char *name, const char *peer, const char *detail)
{
	(void)ol_claim(self->host,
	               &(struct ol_claim){
			       .rule = rule,
			       .key = key,
			       .subject = { .kind = ONLOOKER_WATCHER_SESSION,
	                                    .name = name,
	                                    .peer = peer },
			       .detail = detail,
		       });
}

/* ---- the environment ---- */

static void claim_environment(struct login *self)
{
	const char *ssh = ol_env(self->host, "SSH_CONNECTION");
	const char *display = ol_env(self->host, "DISPLAY");
	char peer[OL_LOGIN_PEER];
	static const struct {
		const char *variable, *detail;
	} kinds[] = {
		{ "XRDP_SESSION", "started by xrdp" },
		{ "X2GO_SESSION", "started by X2Go" },
		{ "CHROME_REMOTE_DESKTOP_SESSION",
		  "started by Chrome Remote Desktop" },
		{ "XPRA_SERVER_SOCKET", "started by xpra" },
	};

	if (display != NULL && ol_login_is_forwarded(display))
		claim(self, "login.display-elsewhere", DISPLAY_KEY,
		      "display of this session",
		      ol_login_ssh_peer(ssh, peer) ? peer : NULL, display);
	if (ol_login_ssh_peer(ssh, peer)) {
		claim(self, "login.environment", ENVIRONMENT_KEY,
		      "login of this session", peer, "started over ssh");
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (ol_env(self->host, kinds[i].variable) == NULL)
			continue;
		claim(self, "login.environment", ENVIRONMENT_KEY,
		      "login of this session", NULL, kinds[i].detail);
		return;
	}
}

/* ---- the session ---- */

/* The session that the host program belongs to; free() it. */
static int find_session(struct login *self, char **ret)
{
	const char *variable = ol_env(self->host, "XDG_SESSION_ID");
	int r = sd_pid_get_session(0, ret);

	if (r >= 0)
		return r;
	if (variable != NULL && sd_session_is_active(variable) >= 0) {
		*ret = strdup(variable);
		return *ret != NULL ? 0 : -ENOMEM;
	}
	/* A service of the user's is in no session, but has one screen. */
	return sd_uid_get_display(getuid(), ret);
}

/* Sets *ret to "" when there is no such property. */
static int get(int (*getter)(const char *session, char **value),
               const char *session, char **ret)
{
	int r = getter(session, ret);

	if (r >= 0)
		return 0;
	if (r == -ENOMEM)
		return r;
	*ret = strdup("");
	return *ret != NULL ? 0 : -ENOMEM;
}

static int claim_session(struct login *self, const char *id)
{
	struct ol_login login = { .is_remote = sd_session_is_remote(id) > 0 };
	char *type = NULL, *class = NULL, *seat = NULL, *service = NULL;
	char *host = NULL;
	char name[64];
	int r;

	r = get(sd_session_get_type, id, &type);
	r = r < 0 ? r : get(sd_session_get_class, id, &class);
	r = r < 0 ? r : get(sd_session_get_seat, id, &seat);
	r = r < 0 ? r : get(sd_session_get_service, id, &service);
	r = r < 0 ? r : get(sd_session_get_remote_host, id, &host);
	if (r == 0) {
		const char *before = self->rule;

		login.type = type;
		login.class = class;
		login.seat = seat;
		login.service = service;
		self->rule = ol_login_judge(&login);
		snprintf(name, sizeof(name), "session %.40s", id);
		if (self->rule != NULL)
			claim(self, self->rule, SESSION_KEY, name,
			      *host != '\0' ? host : NULL, service);
		if (before != NULL && before != self->rule)
			ol_withdraw(self->host, before, SESSION_KEY);
	}
	free(type);
	free(class);
	free(seat);
	free(service);
	free(host);
	return r;
}

/* Said once a look: what is said twice would be two lines of a recording. */
static void say_state(struct login *self, bool has_session)
{
	if (self->monitor == NULL)
		ol_set_state(self->host, ONLOOKER_PROBE_DEGRADED,
		             "logins are not kept in /run/systemd here; with "
		             "systemd-logind or elogind they would be");
	else if (!has_session)
		ol_set_state(self->host, ONLOOKER_PROBE_DEGRADED,
		             "this program belongs to no login session that "
		             "is known; with systemd-logind or elogind it "
		             "would");
	else
		ol_set_state(self->host, ONLOOKER_PROBE_WATCHING, NULL);
}

static void look(struct login *self)
{
	char *session = NULL;
	int r = find_session(self, &session);

	if (r >= 0)
		r = claim_session(self, session);
	free(session);
	if (r < 0 && self->rule != NULL) {
		ol_withdraw(self->host, self->rule, SESSION_KEY);
		self->rule = NULL;
	}
	say_state(self, r >= 0);
}

static void on_change(void *data, uint32_t events)
{
	struct login *self = data;

	(void)events;
	(void)sd_login_monitor_flush(self->monitor); /* it is all read anew */
	look(self);
}

static void on_retry(void *data);

static int begin(struct login *self)
{
	int fd, r;

	r = sd_login_monitor_new(NULL, &self->monitor);
	if (r < 0)
		return r;
	fd = sd_login_monitor_get_fd(self->monitor);
	if (fd >= 0)
		fd = ol_watch_fd(self->host, fd, EPOLLIN, on_change, self,
		                 &self->source);
	if (fd < 0)
		self->monitor = sd_login_monitor_unref(self->monitor);
	return fd < 0 ? fd : 0;
}

static int retry_later(struct login *self)
{
	self->timer = ol_unwatch(self->timer);
	return ol_watch_time(self->host, ol_now(self->host) + RETRY_US,
	                     RETRY_SLACK_US, on_retry, self, &self->timer);
}

static void try(struct login *self)
{
	int r = begin(self);

	look(self);
	if (r < 0 && retry_later(self) < 0)
		ol_set_state(self->host, ONLOOKER_PROBE_FAILED,
		             "there is no memory for a timer");
}

static void on_retry(void *data)
{
	try(data);
}

static void stop(void *data)
{
	struct login *self = data;

	ol_unwatch(self->timer);
	ol_unwatch(self->source);
	sd_login_monitor_unref(self->monitor);
	free(self);
}

static int start(struct ol_host *host, void **ret)
{
	struct login *self;

	if (ol_has_root(host)) {
		ol_set_state(host, ONLOOKER_PROBE_OFF,
		             "the logins of a recorded machine cannot be "
		             "read: sd-login looks below / alone");
		return -EOPNOTSUPP;
	}
	self = calloc(1, sizeof(*self));
	if (self == NULL)
		return -ENOMEM;
	self->host = host;
	claim_environment(self);
	try(self);
	*ret = self;
	return 0;
}

static const struct onlooker_access *const reads[] = {
	&(const struct onlooker_access){
		"/run/systemd/sessions, users, seats",
		"By sd-login: whether this program's session is remote, and "
		"from which machine; its type, class, seat and service." },
	&(const struct onlooker_access){ "/proc/self/cgroup",
	                                 "Which session this program is in." },
	&(const struct onlooker_access){
		"environment: XDG_SESSION_ID, DISPLAY, SSH_CONNECTION, "
		"XRDP_SESSION, X2GO_SESSION, CHROME_REMOTE_DESKTOP_SESSION, "
		"XPRA_SERVER_SOCKET",
		"How this program's session was started." },
	NULL,
};

const struct ol_probe ol_probe_login = {
	.name = "login",
	.reads = reads,
	.start = start,
	.stop = stop,
};
