/*
 * The x11 probe: who reads the picture of this X screen, seen in the stream of
 * requests that the server records for us. This file connects, waits, and comes
 * back; it does not know what a request looks like.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "probe.h"
#include "x11_heir.h"
#include "x11_inject.h"
#include "x11_tamper.h"
#include "x11_watch.h"

enum {
	/*
	 * A session's server that is started again is there within seconds; at
	 * eight, looking costs one connect() to a missing socket.
	 */
	RETRY_MIN_MS = 250,
	RETRY_MAX_MS = 8000,
	/* A recording that lasted so long was a success. */
	LASTING_MS = 10000,
	/*
	 * So often we come back at once to a server on which somebody ended our
	 * recording; who goes on doing so has us wait like a missing server.
	 */
	RENEWALS_MAX = 8,
	/* No server that works needs that long for an answer. */
	ANSWER_MS = 5000,
	/*
	 * How often we make sure that a quiet server is there; with the slack
	 * the kernel can do it together with something else.
	 */
	HEARTBEAT_MS = 30000,
	HEARTBEAT_SLACK_MS = 5000,
	/*
	 * While something is claimed: servers keep records, a client's end
	 * among them, until they have something to send to anyone.
	 */
	PULSE_MS = 1000,
	/* A file is read for each capturer; who looks at a name can wait. */
	SEEK_MS = 500,
	/* Judging late by this much withdraws a claim late by it. */
	JUDGE_SLACK_MS = 50,
};

struct x11 {
	struct ol_host *host;
	const char *display;     /* the host's */
	struct x11_watch *watch; /* NULL: not connected */
	struct ol_source *control;
	struct ol_source *data;
	struct ol_source *timer;
	struct ol_source *retry;
	uint64_t heartbeat_us; /* the latest */
	uint64_t since_us;     /* of the recording */
	uint64_t retry_ms;
	uint32_t window; /* that findings are about; 0: the screen */
	bool has_canary;
	struct x11_tamper tamper; /* of the recording before */
	int renewals;             /* at once, since one was lasting */
	bool is_seeking;          /* who holds a connection */
	uint64_t sought_us;       /* when it was last looked for */
};

static const struct onlooker_access server_access = {
	.what = "X server: RECORD of GetImage, CopyArea, CopyPlane, MIT-SHM "
		"GetImage, RENDER CreatePicture and of some clients what is "
		"drawn with pictures, Composite NameWindowPixmap, "
		"XFIXES GetCursorImage, DAMAGE Create and Destroy, RECORD, "
		"KillClient",
	.why = "Tells which programs read the picture of the screen, not what "
	       "it shows, and who interferes with that.",
};
static const struct onlooker_access client_access = {
	.what = "X server: X-Resource QueryClientIds, GetWindowAttributes of "
		"what a client reads of its own",
	.why = "Tells which process such a program is, and whether it reads a "
	       "window, which shows what lies over it.",
};
static const struct onlooker_access layout_access = {
	.what = "X server: QueryExtension, InternAtom and GetSelectionOwner of "
		"_NET_WM_CM_Sn, RandR GetMonitors and the first one's name",
	.why = "Tells how large the screen is and who composites it.",
};
static const struct onlooker_access window_access = {
	.what = "X server: place of the window that the program asked to "
		"guard, and of those it lies in",
	.why = "Tells whether what others read can show that window.",
};
static const struct onlooker_access server_kind_access = {
	.what = "X server: RandR GetScreenResourcesCurrent, GetCrtcInfo and "
		"GetOutputInfo, XInput ListInputDevices, whether the root "
		"has NX_AGENT_VERSION or XPRA_SERVER, the pid behind the "
		"socket",
	.why = "Tells remote displays from screens, and finds cloned outputs.",
};
static const struct onlooker_access input_access = {
	.what = "X server: SYNC counters DEVICEIDLETIME, and RECORD of XTEST "
		"GetVersion, CompareCursor and GrabControl",
	.why = "Tells that input is injected and which programs can, not what "
	       "is typed.",
};
static const struct onlooker_access process_access = {
	.what = "/proc/PID/stat",
	.why = "Names a process that reads the screen and tells it from a "
	       "later "
	       "one with its number.",
};
static const struct onlooker_access heir_access = {
	.what = "sock_diag(7), /proc/PID/fd",
	.why = "Finds, once, the program that reads the screen over a "
	       "connection whose maker has ended.",
};
static const struct onlooker_access cookie_access = {
	.what = "the file XAUTHORITY names, or ~/.Xauthority",
	.why = "The X server asks for the cookie in it.",
};

static const struct onlooker_access *const reads[] = {
	&server_access, &client_access, &layout_access,  &server_kind_access,
	&window_access, &input_access,  &process_access, &heir_access,
	&cookie_access, NULL,
};

static void connect_later(struct x11 *x11);
static int begin_connecting(struct x11 *x11);
static void arm(struct x11 *x11, bool has_more);

static void disconnect(struct x11 *x11)
{
	x11->control = ol_unwatch(x11->control);
	x11->data = ol_unwatch(x11->data);
	x11->timer = ol_unwatch(x11->timer);
	ol_x11_watch_free(x11->watch);
	x11->watch = NULL;
}

static void lose(struct x11 *x11, const char *reason)
{
	bool was_lasting = ol_now(x11->host) - x11->since_us >=
	                   (uint64_t)LASTING_MS * 1000;

	x11->tamper = x11->watch->tamper;
	/* Another server would know the number as another's window. */
	if (!x11->tamper.is_end &&
	    xcb_connection_has_error(x11->watch->link->control) != 0)
		x11->window = 0;
	disconnect(x11);
	ol_set_state(x11->host, ONLOOKER_PROBE_FAILED, reason);
	if (was_lasting) {
		x11->retry_ms = RETRY_MIN_MS;
		x11->renewals = 0;
	}
	if (!x11->tamper.is_end) {
		ol_withdraw_all(x11->host);
		connect_later(x11);
		return;
	}
	/* What is momentary stays: who ended the recording. */
	ol_begin_round(x11->host);
	ol_end_round(x11->host);
	if (x11->renewals++ >= RENEWALS_MAX || begin_connecting(x11) < 0)
		connect_later(x11);
}

static void show_state(struct x11 *x11)
{
	const struct x11_link *link = x11->watch->link;

	if (x11->watch->noisy_count > 0)
		ol_set_state(
			x11->host, ONLOOKER_PROBE_DEGRADED,
			"a program copies pictures so fast that its copies "
			"are looked at only now and then");
	else
		ol_set_state(x11->host, link->state, link->reason);
}

static void find_heir(void *job)
{
	ol_x11_heir_find(job);
}

static void drop_heir(void *job)
{
	ol_x11_heir_free(job);
}

static void on_heir(void *probe, void *job)
{
	struct x11 *x11 = probe;

	x11->is_seeking = false;
	if (x11->watch != NULL)
		ol_x11_heir_take_over(x11->watch, ol_x11_heir_pid(job));
	ol_x11_heir_free(job);
}

/* Who goes on reading for a process that has ended. */
static void seek_heir(struct x11 *x11)
{
	uint64_t now_us = ol_now(x11->host);
	struct x11_heir *heir;

	if (x11->is_seeking ||
	    now_us - x11->sought_us < (uint64_t)SEEK_MS * 1000)
		return;
	x11->sought_us = now_us;
	if (!ol_x11_heir_is_missed(x11->watch) ||
	    ol_x11_heir_new(x11->host, x11->display, &heir) < 0)
		return;
	if (ol_run_blocking(x11->host, find_heir, on_heir, drop_heir, x11,
	                    heir) < 0)
		ol_x11_heir_free(heir);
	else
		x11->is_seeking = true;
}

static void dispatch(struct x11 *x11)
{
	int r = ol_x11_watch_read(x11->watch);

	if (r < 0) {
		lose(x11, x11->watch->tamper.is_end
		                  ? "a program has ended our recording"
		                  : "the X server has gone or has ended the "
		                    "recording");
		return;
	}
	/* At its end it is readable for ever. */
	if (x11->watch->is_cut)
		x11->control = ol_unwatch(x11->control);
	ol_x11_guard_tick(x11->watch);
	ol_x11_inject_tick(x11->watch);
	ol_x11_watch_judge(x11->watch);
	seek_heir(x11);
	show_state(x11);
	arm(x11, r > 0);
}

static void on_server(void *probe, uint32_t events)
{
	(void)events;
	dispatch(probe);
}

static uint64_t heartbeat_at(const struct x11 *x11)
{
	uint64_t ms =
		ol_x11_watch_is_busy(x11->watch) ? PULSE_MS : HEARTBEAT_MS;

	return x11->heartbeat_us + ms * 1000;
}

/* Ask for something, so that a server that is stuck is noticed. */
static void beat(struct x11 *x11, uint64_t now_us)
{
	struct x11_watch *watch = x11->watch;

	if (now_us < heartbeat_at(x11))
		return;
	x11->heartbeat_us = now_us;
	/* If too much is outstanding already, that will do. */
	(void)ol_x11_ask_compositor(&watch->asks, watch->link, now_us);
	ol_x11_link_flush(watch->link);
}

static void on_time(void *probe)
{
	struct x11 *x11 = probe;
	uint64_t now_us = ol_now(x11->host);
	uint64_t since_us = ol_x11_asks_since(&x11->watch->asks);

	if (since_us != 0 && now_us - since_us >= (uint64_t)ANSWER_MS * 1000) {
		/* Its answer may be here, unread, when the host was late. */
		if (ol_x11_watch_read(x11->watch) < 0 ||
		    ol_x11_asks_since(&x11->watch->asks) == since_us) {
			lose(x11, "the X server has not answered for five "
			          "seconds");
			return;
		}
	}
	beat(x11, now_us);
	dispatch(x11);
}

static void at_earliest(uint64_t *at_us, uint64_t *slack_us, uint64_t other_us,
                        uint64_t other_slack_ms)
{
	if (other_us >= *at_us)
		return;
	*at_us = other_us;
	*slack_us = other_slack_ms * 1000;
}

static void arm(struct x11 *x11, bool has_more)
{
	uint64_t at_us = UINT64_MAX, slack_us = 0;
	uint64_t judge_us = ol_x11_watch_deadline(x11->watch);
	uint64_t since_us = ol_x11_asks_since(&x11->watch->asks);
	uint64_t tick_us = ol_x11_guard_deadline(x11->watch);
	uint64_t input_us = ol_x11_inject_deadline(x11->watch);

	at_earliest(&at_us, &slack_us, heartbeat_at(x11),
	            ol_x11_watch_is_busy(x11->watch) ? JUDGE_SLACK_MS
	                                             : HEARTBEAT_SLACK_MS);
	if (judge_us != 0)
		at_earliest(&at_us, &slack_us, judge_us, JUDGE_SLACK_MS);
	if (since_us != 0)
		at_earliest(&at_us, &slack_us,
		            since_us + (uint64_t)ANSWER_MS * 1000,
		            JUDGE_SLACK_MS);
	if (tick_us != 0)
		at_earliest(&at_us, &slack_us, tick_us, JUDGE_SLACK_MS);
	if (input_us != 0)
		at_earliest(&at_us, &slack_us, input_us, JUDGE_SLACK_MS);
	if (has_more)
		at_earliest(&at_us, &slack_us, ol_now(x11->host), 0);
	x11->timer = ol_unwatch(x11->timer);
	if (ol_watch_time(x11->host, at_us, slack_us, on_time, x11,
	                  &x11->timer) < 0)
		lose(x11, "there was not enough memory to go on");
}

static int watch_link(struct x11 *x11)
{
	struct x11_link *link = x11->watch->link;
	int r = ol_watch_fd(x11->host, xcb_get_file_descriptor(link->control),
	                    EPOLLIN, on_server, x11, &x11->control);

	if (r < 0)
		return r;
	return ol_watch_fd(x11->host, xcb_get_file_descriptor(link->data),
	                   EPOLLIN, on_server, x11, &x11->data);
}

static void open_link(void *job)
{
	ol_x11_link_open(job);
}

static void drop_link(void *job)
{
	ol_x11_link_free(job);
}

static void on_link(void *probe, void *job)
{
	struct x11 *x11 = probe;
	struct x11_link *link = job;

	if (link->state != ONLOOKER_PROBE_WATCHING &&
	    link->state != ONLOOKER_PROBE_DEGRADED) {
		ol_set_state(x11->host, link->state, link->reason);
		if (link->was_ended)
			ol_x11_tamper_tell_unseen(x11->host);
		ol_x11_link_free(link);
		connect_later(x11);
		return;
	}
	x11->since_us = ol_now(x11->host);
	x11->heartbeat_us = x11->since_us;
	if (ol_x11_watch_new(x11->host, link, &x11->watch) < 0 ||
	    watch_link(x11) < 0) {
		lose(x11, "there was not enough memory to go on");
		return;
	}
	if (x11->window != 0)
		ol_x11_guard_set(x11->watch, x11->window, x11->has_canary);
	ol_x11_tamper_resume(x11->watch, &x11->tamper);
	x11->tamper = (struct x11_tamper){ 0 };
	/* Both may hold what came before we watched their descriptors. */
	dispatch(x11);
}

static int begin_connecting(struct x11 *x11)
{
	struct x11_link *link;
	int r = ol_x11_link_new(x11->display, &link);

	if (r < 0)
		return r;
	r = ol_run_blocking(x11->host, open_link, on_link, drop_link, x11,
	                    link);
	if (r < 0)
		ol_x11_link_free(link);
	return r;
}

static void on_retry(void *probe)
{
	struct x11 *x11 = probe;

	x11->retry = ol_unwatch(x11->retry);
	if (begin_connecting(x11) < 0)
		connect_later(x11);
}

static void connect_later(struct x11 *x11)
{
	uint64_t at_us = ol_now(x11->host) + x11->retry_ms * 1000;

	/* A quarter of it, so that many programs do not come at once. */
	if (ol_watch_time(x11->host, at_us, x11->retry_ms * 1000 / 4, on_retry,
	                  x11, &x11->retry) < 0)
		ol_set_state(x11->host, ONLOOKER_PROBE_FAILED,
		             "there was not enough memory to try again");
	x11->retry_ms *= 2;
	if (x11->retry_ms > RETRY_MAX_MS)
		x11->retry_ms = RETRY_MAX_MS;
}

static void guard(void *probe, uint32_t window, bool has_canary)
{
	struct x11 *x11 = probe;

	x11->window = window;
	x11->has_canary = has_canary;
	if (x11->watch == NULL)
		return;
	ol_x11_guard_set(x11->watch, window, has_canary);
	ol_x11_link_flush(x11->watch->link);
	arm(x11, true);
}

static int start(struct ol_host *host, void **ret)
{
	const char *display = ol_env(host, "DISPLAY");
	struct x11 *x11;
	int r;

	if (display == NULL || display[0] == '\0') {
		ol_set_state(host, ONLOOKER_PROBE_ABSENT,
		             "this session has no X display");
		return -ENOENT;
	}
	x11 = calloc(1, sizeof(*x11));
	if (x11 == NULL)
		return -ENOMEM;
	x11->host = host;
	x11->display = display;
	x11->retry_ms = RETRY_MIN_MS;
	r = begin_connecting(x11);
	if (r < 0) {
		free(x11);
		return r;
	}
	*ret = x11;
	return 0;
}

static void stop(void *probe)
{
	struct x11 *x11 = probe;

	x11->retry = ol_unwatch(x11->retry);
	disconnect(x11);
	free(x11);
}

extern const struct ol_probe ol_probe_x11;
const struct ol_probe ol_probe_x11 = {
	.name = "x11",
	.reads = reads,
	.start = start,
	.stop = stop,
	.guard = guard,
};
