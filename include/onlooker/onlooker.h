#ifndef ONLOOKER_ONLOOKER_H
#define ONLOOKER_ONLOOKER_H

#include <stddef.h>
#include <stdint.h>

/**
 * onlooker tells a program whether its screen is being shared: seen, steered
 * or used from somewhere else.
 *
 * A context runs probes, weighs what they claim, and hands out a report: three
 * findings, the watchers behind them with their evidence, and how much of the
 * machine could not be looked at.
 *
 * True of every function unless it says otherwise:
 *  - Functions that can fail return 0 or a negative errno, and then touch no
 *    output parameter.
 *  - Times are microseconds of CLOCK_MONOTONIC. Percentages are 0 to 100.
 *  - A context belongs to one thread at a time. Two contexts share nothing.
 *    A report never changes and may be read from any thread.
 *  - onlooker calls back only from onlooker_dispatch() and onlooker_wait(). It
 *    keeps at most one worker thread, with all signals blocked, for kernel
 *    calls that may block. It installs no signal or Xlib handlers and sends
 *    nothing over a network.
 *  - Enumerations grow: treat a value you do not know like the zero value.
 */

#define ONLOOKER_VERSION_MAJOR 0
#define ONLOOKER_VERSION_MINOR 1
#define ONLOOKER_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

struct onlooker;

enum onlooker_state {
	ONLOOKER_UNKNOWN = 0,   /**< too little could be looked at to say */
	ONLOOKER_CLEAR = 1,     /**< enough was looked at, nothing was found */
	ONLOOKER_SUSPECTED = 2, /**< something was found, not conclusive */
	ONLOOKER_SHARED = 3,    /**< it is happening */
};

/** How far a watcher has come. Only the last three mean that it is at work. */
enum onlooker_stage {
	ONLOOKER_STAGE_NONE = 0,
	ONLOOKER_STAGE_PRESENT = 1,     /**< runs, or is plugged in */
	ONLOOKER_STAGE_ARMED = 2,       /**< listens, or holds an open session */
	ONLOOKER_STAGE_CONNECTED = 3,   /**< a peer or output is attached */
	ONLOOKER_STAGE_CAPTURING = 4,   /**< reads or receives the picture */
	ONLOOKER_STAGE_CONTROLLING = 5, /**< injects input */
};

enum onlooker_watcher_kind {
	ONLOOKER_WATCHER_UNKNOWN = 0,
	ONLOOKER_WATCHER_PROGRAM = 1, /**< a process on this machine */
	ONLOOKER_WATCHER_DISPLAY = 2, /**< mirrored, virtual, capturing */
	ONLOOKER_WATCHER_DEVICE = 3,  /**< hardware, such as an IP-KVM */
	ONLOOKER_WATCHER_SESSION = 4, /**< the login or display server */
};

/** What a probe is able to do at the moment. */
enum onlooker_probe_state {
	ONLOOKER_PROBE_OFF = 0,      /**< not built, or not asked for */
	ONLOOKER_PROBE_STARTING = 1, /**< has not seen everything yet */
	ONLOOKER_PROBE_WATCHING = 2,
	ONLOOKER_PROBE_ABSENT = 3,   /**< nothing to look at: cannot leak here */
	ONLOOKER_PROBE_DEGRADED = 4, /**< sees a part of what it should */
	ONLOOKER_PROBE_DENIED = 5,   /**< something is there; may not look */
	ONLOOKER_PROBE_FAILED = 6,   /**< tried to look and could not */
};

/*
 * The library allocates every struct below. Read them through const pointers,
 * never copy them by value: later versions may add members at the end. Lists
 * end with NULL.
 */

/** One reason. */
struct onlooker_evidence {
	const char *rule;     /**< stable name, such as "x11.screen-read" */
	const char *probe;    /**< the probe that claims it */
	int shared;           /**< percent: how sure this alone makes us that ... */
	int controlled;
	int remote;
	int share;            /**< points of the strongest finding due to it */
	int is_momentary;     /**< a single event, such as a screenshot */
	uint64_t since_us;
	const char *sentence; /**< one plain English sentence */
	const char *attack;   /**< MITRE ATT&CK technique, "" if none fits */
	const char *detail;   /**< what exactly: "whole screen" */
};

/** Someone or something that sees, steers or is about to. */
struct onlooker_watcher {
	uint64_t id;          /**< stays the same from report to report */
	enum onlooker_watcher_kind kind;
	enum onlooker_stage stage;
	int shared;           /**< percent, from this watcher's evidence alone */
	int controlled;
	int remote;
	uint64_t since_us;
	int64_t pid;          /**< 0 if unknown or withheld */
	const char *who;      /**< program, output or device; "" if withheld */
	const char *peer;     /**< "address:port", "" if none or withheld */
	const struct onlooker_evidence *const *evidence; /**< strongest first */
};

/** One thing a probe reads, for the privacy statement. */
struct onlooker_access {
	const char *what; /**< path pattern, socket or protocol request */
	const char *why;  /**< one sentence */
};

struct onlooker_probe {
	const char *name;
	enum onlooker_probe_state state;
	/** why it is not watching and, after a semicolon, what would help */
	const char *reason;
	const struct onlooker_access *const *reads;
	/** the ways out it watches: "programs that read the X11 screen", ... */
	const char *const *ways;
};

/**
 * One of the three answers. The numbers are those of this moment. The state
 * rises with them at once but falls late, so that it does not flap: only after
 * the confidence has stayed ten points below the state's threshold (30 for
 * suspected, 80 for shared) for two seconds.
 */
struct onlooker_finding {
	enum onlooker_state state;
	int confidence; /**< percent: how sure, from what was seen */
	int plausible;  /**< percent: how sure at most, were the blind spots bad */
	int coverage;   /**< percent of its ways out that could be looked at */
};

/** A conclusion at one moment. Immutable. */
struct onlooker_report {
	uint64_t time_us;
	struct onlooker_finding shared;     /**< someone else sees this screen */
	struct onlooker_finding controlled; /**< input comes from elsewhere */
	struct onlooker_finding remote;     /**< the user sits somewhere else */
	int coverage; /**< percent of all ways out that could be looked at */
	const struct onlooker_watcher *const *watchers; /**< strongest first */
	const struct onlooker_probe *const *probes;
};

/** What a claim of one kind is worth. See onlooker_get_rule(). */
struct onlooker_rule {
	const char *name;     /**< "PROBE.WHAT-IS-SEEN", for ever */
	const char *channel;  /**< claims within a channel are not independent */
	enum onlooker_stage stage;
	int shared;           /**< percent: of all moments in which this claim */
	int controlled;       /**< stands alone, the part in which the finding */
	int remote;           /**< is true */
	int lifetime_ms;      /**< momentary: forgotten after this; 0: lasts */
	const char *sentence; /**< one plain English sentence */
	const char *attack;   /**< MITRE ATT&CK technique, "" if none fits */
	const char *reason;   /**< where the percentages come from */
};

/** The rules of this version, one by one. Static; NULL past the last. */
const struct onlooker_rule *onlooker_get_rule(size_t index);

/** The version of the library that runs, such as "0.1.0". Static. */
const char *onlooker_get_version(void);

/** Keep process ids, names and addresses out of reports, logs, recordings. */
#define ONLOOKER_PRIVATE (1u << 0)

/**
 * Draw one pixel of the guarded window over once a second, without a change, so
 * that programs which fetch only what changes show themselves even on a still
 * screen. See onlooker_guard_x11_window().
 */
#define ONLOOKER_CANARY (1u << 1)

/**
 * Ask graphics cards, by KMS, whether two outputs show the same picture. Not
 * done unless asked for, because it can do harm: whoever opens a card while no
 * display server holds it becomes its master, if only for microseconds, and a
 * server that comes for the card just then is refused it. The drm probe keeps
 * away while virtual terminals change, which makes that rare; nothing makes it
 * impossible. For machines on which they never change, such as a kiosk.
 */
#define ONLOOKER_KMS (1u << 2)

/** How to open a context. Zero every member you do not care about. */
struct onlooker_options {
	size_t size;           /**< sizeof(struct onlooker_options), required */
	unsigned flags;        /**< ONLOOKER_PRIVATE and its like, or 0 */
	const char *probes;    /**< comma-separated names; NULL: all built */
	const char *root;      /**< read /proc, /sys, /run below here; NULL: "/" */
	const char *catalogue; /**< extra program and device data; NULL: none */
};

/**
 * Open a context and start its probes without waiting for them: the first
 * report may be unknown until no probe is starting. A probe that cannot start
 * does not make this fail; the report says so. Sharing that began earlier is
 * found like any other.
 *
 * @return 0, -EINVAL (bad options, unknown probe name), -ENOMEM, or the errno
 *         of opening root; of the catalogue, the errno of reading it or
 *         -EBADMSG, see onlooker_check_catalogue()
 */
int onlooker_open(const struct onlooker_options *options,
                  struct onlooker **ret);
/**
 * Check a catalogue before it is used: 0; the errno of reading it; or -EBADMSG
 * and one line that says what is wrong and where, "FILE:LINE: ...", to free().
 */
int onlooker_check_catalogue(const char *path, char **ret);

struct onlooker *onlooker_ref(struct onlooker *onlooker);
struct onlooker *onlooker_unref(struct onlooker *onlooker); /**< returns NULL */

/**
 * Ask about one window of this program, given by its X11 id, instead of the
 * whole screen. What cannot show it, such as a recording of another window or
 * of a region beside it, then counts for next to nothing; whatever else is
 * claimed keeps its weight. The window may be moved, hidden and put into
 * another: it is followed. While it is not shown, it counts as if it could come
 * up anywhere. When it is destroyed, or the server is lost, findings are about
 * the whole screen again.
 *
 * In doubt a read counts: one by a program that was there before the context,
 * whose earlier reads are not known; and one of another window of the same
 * connection to the server, for it may be a part of this one.
 *
 * @param window a window of the server that DISPLAY names, or 0 for none; one
 *        at a time
 * @return 0, -EINVAL if this can be no window, -ENOENT if no probe runs that
 *         knows X11 windows
 */
int onlooker_guard_x11_window(struct onlooker *onlooker, uint32_t window);

/** Readable when onlooker_dispatch() has something to do. Do not close it. */
int onlooker_get_fd(struct onlooker *onlooker);

/** Do what is due, without waiting. The callback runs in here, at most once. */
int onlooker_dispatch(struct onlooker *onlooker);

/**
 * Wait until something is due, then dispatch.
 *
 * @param timeout_ms give up after this many milliseconds; -1: never
 * @return 1 if the report changed, 0 if not, -EINTR if a signal came first,
 *         or another negative errno
 */
int onlooker_wait(struct onlooker *onlooker, int timeout_ms);

/**
 * Called when the report changes, and once for the first report that is not
 * starting. The report lives until the callback returns; take a reference to
 * keep it. May drop the last reference; may not dispatch or wait (-EBUSY).
 */
typedef void (*onlooker_report_fn)(struct onlooker *onlooker,
                                   const struct onlooker_report *report,
                                   void *userdata);
void onlooker_set_callback(struct onlooker *onlooker,
                           onlooker_report_fn callback, void *userdata);

/** The latest report, never NULL. Release with onlooker_report_unref(). */
const struct onlooker_report *onlooker_get_report(struct onlooker *onlooker);
const struct onlooker_report *
onlooker_report_ref(const struct onlooker_report *report);
const struct onlooker_report *
onlooker_report_unref(const struct onlooker_report *report);

/** Plain English: what was concluded, why, what would change it. free() it. */
int onlooker_report_explain(const struct onlooker_report *report, char **ret);
/** The same content as one line of JSON. free() it. */
int onlooker_report_to_json(const struct onlooker_report *report, char **ret);

const char *onlooker_state_name(enum onlooker_state state);
const char *onlooker_stage_name(enum onlooker_stage stage);
const char *onlooker_watcher_kind_name(enum onlooker_watcher_kind kind);
const char *onlooker_probe_state_name(enum onlooker_probe_state state);

/**
 * Open a simulated session: no probe runs and time stands still. Feed it
 * lines and move its clock to bring about any capture session you like.
 */
int onlooker_open_simulated(const struct onlooker_options *options,
                            struct onlooker **ret);
/** Feed one line of a session, as onlooker_set_recorder() hands it out. */
int onlooker_feed(struct onlooker *onlooker, const char *line);
int onlooker_advance(struct onlooker *onlooker, uint64_t usec);

/** Receive every line that repeats this session. */
typedef void (*onlooker_record_fn)(const char *line, void *userdata);
void onlooker_set_recorder(struct onlooker *onlooker,
                           onlooker_record_fn recorder, void *userdata);

enum onlooker_log_level {
	ONLOOKER_LOG_NONE = 0,
	ONLOOKER_LOG_ERROR = 1,
	ONLOOKER_LOG_WARNING = 2,
	ONLOOKER_LOG_INFO = 3,
	ONLOOKER_LOG_DEBUG = 4,
};
typedef void (*onlooker_log_fn)(enum onlooker_log_level level,
                                const char *message, void *userdata);
/** The default is silence. */
void onlooker_set_log(struct onlooker *onlooker, enum onlooker_log_level level,
                      onlooker_log_fn handler, void *userdata);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
