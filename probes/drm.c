/*
 * The drm probe: outputs that are mirrored, virtual or end in a box that
 * captures, and programs that open a graphics card past the display server. When
 * to look is look.c's business, at what drm_scan.c's, what it means drm_judge.c's.
 */
#include "drm_scan.h"

#include <string.h>
#include <unistd.h>

#include "drm_open.h"
#include "lookout.h"
#include "probe.h"

enum {
	/*
	 * What a display server does with its outputs, writeback among it, makes
	 * no uevent, and neither does a forced status. A look with one output in
	 * use reads some three small files a connector.
	 */
	INTERVAL_US = 2000000,
	/*
	 * After the virtual terminal has changed, the display server of the new
	 * one becomes master, within milliseconds: stay away meanwhile.
	 */
	VT_SETTLES_US = 2000000,
	/*
	 * How long a card is left alone that had no master: whoever wants it may
	 * come at any moment, and there is nothing to see until then.
	 */
	MASTERLESS_US = 30000000,
	/*
	 * Between two looks through all processes, for a machine where cards are
	 * opened all the time: browsers and games do.
	 */
	GRABBER_GAP_US = 200000,
};

/* A process that could grab and that was there when a card was opened. */
struct drm_held {
	struct drm_grabber grabber;
	long balance; /* of opens and closes, before */
};

struct drm {
	struct ol_lookout lookout; /* first */
	struct drm_open open;
	struct ol_source *grabber_timer;
	bool has_server;
	bool is_wayland; /* which tells nobody what its outputs show */
	bool is_kms_allowed;
	char vt[DRM_VT_MAX];
	uint64_t ask_after_us; /* no KMS before that */
	long seen_opens;       /* of open.opens, looked into */
	long own_opens;        /* ours, among open.opens sooner or later */
	uint64_t grabbers_us;  /* when processes were looked through last */
	struct drm_held held[DRM_GRABBERS_MAX];
	size_t held_count;
};

static const struct onlooker_access sysfs_access = {
	.what = "/sys/class/drm/*/{status,enabled,edid,device/driver,"
		"device/power/runtime_status}",
	.why = "Tells which outputs are in use and what is plugged in there.",
};
static const struct onlooker_access node_access = {
	.what = "/dev/dri/card*: KMS resources, connectors, encoders, CRTCs "
		"and "
		"the property Content Protection, while two outputs are in "
		"use, "
		"and only with ONLOOKER_KMS",
	.why = "Tells whether two outputs show the same picture, not what it "
	       "shows.",
};
static const struct onlooker_access directory_access = {
	.what = "/dev/dri: inotify",
	.why = "Tells that somebody opens a graphics card.",
};
static const struct onlooker_access process_access = {
	.what = "/proc/PID/{status,uid_map,stat}",
	.why = "When a card is opened: finds programs of this user that may "
	       "read its picture (CAP_SYS_ADMIN).",
};
static const struct onlooker_access option_access = {
	.what = "/proc/cmdline, /sys/module/drm/parameters/edid_firmware",
	.why = "Tells of a display that is only made up.",
};
static const struct onlooker_access terminal_access = {
	.what = "/sys/class/tty/tty0/active",
	.why = "Cards are left alone while the virtual terminal changes.",
};
static const struct onlooker_access uevent_access = {
	.what = "netlink: kernel uevents",
	.why = "Tells at once that a display was plugged in or out.",
};
static const struct onlooker_access *const reads[] = {
	&sysfs_access,  &node_access,     &directory_access, &process_access,
	&option_access, &terminal_access, &uevent_access,    NULL,
};

static const char *const subsystems[] = { "drm", NULL };

static void on_open(void *probe, uint32_t events);

static bool want_grabbers(struct drm *drm)
{
	return drm->open.is_overrun ||
	       drm->open.opens - drm->own_opens > drm->seen_opens;
}

static void prepare(void *probe, void *job, int root)
{
	struct drm *drm = probe;
	struct drm_scan *scan = job;

	scan->root = root;
	ol_drm_open_watch(&drm->open, drm->lookout.host, on_open, drm);
	/* An X server's outputs are the x11 probe's business, by RandR. */
	scan->is_kms_off = drm->is_wayland && !drm->is_kms_allowed;
	scan->may_ask_kms = drm->has_server && drm->is_kms_allowed &&
	                    ol_now(drm->lookout.host) >= drm->ask_after_us;
	(void)strcpy(scan->last_vt, drm->vt);
	scan->uid = (uint32_t)geteuid();
	scan->own_pid = getpid();
	scan->want_grabbers = want_grabbers(drm);
	if (scan->want_grabbers) {
		drm->seen_opens = drm->open.opens - drm->own_opens;
		drm->open.is_overrun = false;
		drm->grabbers_us = ol_now(drm->lookout.host);
	}
}

static int work(void *job)
{
	struct drm_scan *scan = job;

	ol_drm_scan(scan);
	return scan->error;
}

static void on_grabber_time(void *probe)
{
	struct drm *drm = probe;

	drm->grabber_timer = ol_unwatch(drm->grabber_timer);
	ol_look_now(&drm->lookout.look);
}

static uint64_t key_of(const struct drm_grabber *grabber)
{
	return (uint64_t)grabber->pid << 32 ^ grabber->start_time;
}

/* Every open that was seen has been closed: nobody holds a card any more. */
static void release_grabbers(struct drm *drm)
{
	long balance = drm->open.opens - drm->open.closes;
	size_t kept = 0;

	for (size_t i = 0; i < drm->held_count; i++) {
		if (balance <= drm->held[i].balance)
			ol_withdraw(drm->lookout.host, "drm.kms-grab",
			            key_of(&drm->held[i].grabber));
		else
			drm->held[kept++] = drm->held[i];
	}
	drm->held_count = kept;
}

static void on_open(void *probe, uint32_t events)
{
	struct drm *drm = probe;
	uint64_t at_us = drm->grabbers_us + GRABBER_GAP_US;

	(void)events;
	ol_drm_open_read(&drm->open);
	release_grabbers(drm);
	/* Our own opens are told apart when the look is done. */
	if (drm->lookout.look.is_looking || !want_grabbers(drm))
		return;
	if (drm->grabbers_us == 0 || ol_now(drm->lookout.host) >= at_us)
		ol_look_now(&drm->lookout.look);
	else if (drm->grabber_timer == NULL)
		/* Without memory the next look will do it. */
		(void)ol_watch_time(drm->lookout.host, at_us, 0,
		                    on_grabber_time, drm, &drm->grabber_timer);
}

static bool is_held(const struct drm *drm, const struct drm_grabber *grabber)
{
	for (size_t i = 0; i < drm->held_count; i++) {
		if (key_of(&drm->held[i].grabber) == key_of(grabber))
			return true;
	}
	return false;
}

static void hold_grabber(struct drm *drm, const struct drm_grabber *grabber)
{
	if (is_held(drm, grabber) || drm->held_count == DRM_GRABBERS_MAX)
		return;
	/* One of the opens that count now is taken to be its. */
	drm->held[drm->held_count++] =
		(struct drm_held){ .grabber = *grabber,
		                   .balance = drm->open.opens -
		                              drm->open.closes - 1 };
}

static void claim_grabbers(struct drm *drm)
{
	for (size_t i = 0; i < drm->held_count; i++) {
		const struct drm_grabber *grabber = &drm->held[i].grabber;
		struct ol_claim claim = {
			.rule = "drm.kms-grab",
			.key = key_of(grabber),
			.subject = { .kind = ONLOOKER_WATCHER_PROGRAM,
			             .pid = grabber->pid,
			             .start_time = grabber->start_time,
			             .name = grabber->name },
		};

		(void)ol_claim(drm->lookout.host,
		               &claim); /* too many: degraded */
	}
}

static void claim_outputs(struct drm *drm, const struct drm_found *found,
                          size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct ol_claim claim = {
			.rule = found[i].rule,
			.key = found[i].key,
			.subject = { .kind = found[i].is_device
			                             ? ONLOOKER_WATCHER_DEVICE
			                             : ONLOOKER_WATCHER_DISPLAY,
			             .name = found[i].who },
			.detail = found[i].detail,
		};

		(void)ol_claim(drm->lookout.host,
		               &claim); /* too many: degraded */
	}
}

static void show_state(struct drm *drm, const struct drm_scan *scan)
{
	enum drm_kms worst = DRM_KMS_NOT_NEEDED;

	for (size_t i = 0; i < scan->card_count; i++) {
		if (scan->cards[i].kms > worst)
			worst = scan->cards[i].kms;
	}
	switch (worst) {
	case DRM_KMS_NOT_ASKED:
		ol_set_state(drm->lookout.host, ONLOOKER_PROBE_DEGRADED,
		             "the graphics card is not asked whether two "
		             "outputs show the same picture; ONLOOKER_KMS or "
		             "--kms allows it, see there for the risk");
		break;
	case DRM_KMS_DENIED:
		ol_set_state(
			drm->lookout.host, ONLOOKER_PROBE_DEGRADED,
			"whether two outputs show the same picture is not "
			"seen without access to /dev/dri/card*; a login at "
			"this machine or the group video gives it");
		break;
	case DRM_KMS_FAILED:
		ol_set_state(drm->lookout.host, ONLOOKER_PROBE_DEGRADED,
		             "whether two outputs show the same picture is not "
		             "seen, for the graphics card does not answer");
		break;
	default:
		ol_set_state(drm->lookout.host, ONLOOKER_PROBE_WATCHING, NULL);
		break;
	}
}

/* When it is safe to ask KMS again. */
static void note_masters(struct drm *drm, const struct drm_scan *scan)
{
	uint64_t now_us = ol_now(drm->lookout.host);

	if (strcmp(drm->vt, scan->vt) != 0) {
		if (drm->vt[0] != '\0')
			drm->ask_after_us = now_us + VT_SETTLES_US;
		(void)strcpy(drm->vt, scan->vt);
	}
	for (size_t i = 0; i < scan->card_count; i++) {
		if (scan->cards[i].kms == DRM_KMS_MASTERLESS)
			drm->ask_after_us = now_us + MASTERLESS_US;
	}
}

static void done(void *probe, void *job)
{
	struct drm *drm = probe;
	struct drm_scan *scan = job;
	struct drm_found found[DRM_CLAIMS_MAX];

	drm->own_opens += scan->opens;
	note_masters(drm, scan);
	for (size_t i = 0; i < scan->grabber_count; i++)
		hold_grabber(drm, &scan->grabbers[i]);
	ol_begin_round(drm->lookout.host);
	claim_outputs(drm, found, ol_drm_judge(scan, found));
	claim_grabbers(drm);
	ol_end_round(drm->lookout.host);
	show_state(drm, scan);
	if (drm->open.fd >= 0 && want_grabbers(drm))
		on_open(drm, 0);
}

static void stuck(void *probe)
{
	struct drm *drm = probe;

	ol_set_state(
		drm->lookout.host, ONLOOKER_PROBE_DEGRADED,
		"the graphics driver has not answered for five seconds, as "
		"behind a page flip that is stuck");
}

static void begin(void *probe)
{
	struct drm *drm = probe;

	drm->open.fd = -1;
	drm->is_wayland = ol_env(drm->lookout.host, "WAYLAND_DISPLAY") != NULL;
	drm->has_server =
		drm->is_wayland || ol_env(drm->lookout.host, "DISPLAY") != NULL;
	drm->is_kms_allowed = ol_has_flag(drm->lookout.host, ONLOOKER_KMS);
}

static void end(void *probe)
{
	struct drm *drm = probe;

	drm->grabber_timer = ol_unwatch(drm->grabber_timer);
	ol_drm_open_finish(&drm->open);
}

static const struct ol_lookout_kind kind = {
	.probe_size = sizeof(struct drm),
	.job_size = sizeof(struct drm_scan),
	.look = { OL_LOOKOUT_LOOK, .subsystems = subsystems,
	          .interval_us = INTERVAL_US, .stuck = stuck },
	.begin = begin,
	.prepare = prepare,
	.work = work,
	.absent = "this machine has no graphics card",
	.failed = "/sys/class/drm could not be read",
	.done = done,
	.end = end,
};

static int start(struct ol_host *host, void **ret)
{
	return ol_lookout_start(host, &kind, ret);
}

extern const struct ol_probe ol_probe_drm;
const struct ol_probe ol_probe_drm = {
	.name = "drm",
	.reads = reads,
	.start = start,
	.stop = ol_lookout_stop,
};
