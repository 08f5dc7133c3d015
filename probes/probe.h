#ifndef OL_PROBE_H
#define OL_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "onlooker/onlooker.h"

/*
 * The narrow waist. A probe sees this header, the pure helpers beside it, its
 * own system libraries, and nothing else of onlooker. Whatever it does to the
 * outside world goes through its host, so that a test can stand in for it.
 */

struct ol_host;
struct ol_source;

/* One kind of watching. Instances are const and live for ever. */
struct ol_probe {
	const char *name; /* lower case, stable, appears in reports */
	const struct onlooker_access *const *reads;

	/*
	 * Begin watching. Must not wait for a reply. Claim what is already going
	 * on, then ol_set_state(WATCHING): before returning if all is known at
	 * once, later if it takes a round trip. Until then the probe is STARTING;
	 * after five seconds of that the host calls it FAILED, and believes it
	 * again when it next sets its state.
	 *
	 * Returns 0 and sets *ret; or -ENOENT when there is nothing to watch,
	 * -EACCES or -EPERM when watching is forbidden, another negative errno
	 * when it failed. On failure nothing is left behind.
	 */
	int (*start)(struct ol_host *host, void **ret);

	/* Undo start. The host has already dropped this probe's claims. */
	void (*stop)(void *probe);

	/*
	 * Judge what concerns this window of the host program from now on; 0:
	 * the whole screen again. The canary is ONLOOKER_CANARY. NULL for a
	 * probe that knows no windows.
	 */
	void (*guard)(void *probe, uint32_t window, bool has_canary);
};

/* Who or what a claim is about. Claims with an equal subject form a watcher. */
struct ol_subject {
	enum onlooker_watcher_kind kind;
	int64_t pid;         /* programs: pid and start time together */
	uint64_t start_time; /* clock ticks since boot, as in /proc/PID/stat */
	const char *name;    /* program, output or device; copied */
	const char *peer;    /* "address:port"; copied; NULL: none */
};

struct ol_claim {
	const char *rule; /* a row of sdk/rules.c, one that bears this probe's name */
	uint64_t key;     /* tells claims of one rule apart */
	struct ol_subject subject;
	const char *detail; /* what exactly, a few stable words; copied; may be NULL */
};

/*
 * Make a claim, or refresh it if (rule, key) is already claimed: a momentary
 * claim then lives on, any other takes over the subject and detail.
 *
 * A claim about the host program itself is dropped here, so that an app is
 * never its own watcher. Strings are cut at 128 bytes and cleaned of control
 * characters. Returns 0; -EINVAL for a rule that is not this probe's; -ENOSPC
 * when the probe already holds 1024 claims (the host then shows it as
 * degraded); -ENOMEM.
 */
int ol_claim(struct ol_host *host, const struct ol_claim *claim);
/* Take a claim back. Unknown claims are ignored. */
void ol_withdraw(struct ol_host *host, const char *rule, uint64_t key);
/* Take all claims of this probe back: its source is lost. */
void ol_withdraw_all(struct ol_host *host);
/*
 * For a probe that looks at everything again: what was not claimed, or claimed
 * again, between begin and end is withdrawn at the end. Momentary claims are
 * left alone: they go by themselves.
 */
void ol_begin_round(struct ol_host *host);
void ol_end_round(struct ol_host *host);
/*
 * Say that the probe cannot look, or can look again. The reason is copied: one
 * plain clause without a full stop and, after a semicolon, what would help, if
 * anything does; NULL or "" with WATCHING.
 */
void ol_set_state(struct ol_host *host, enum onlooker_probe_state state,
                  const char *reason);

/*
 * Call back when fd is ready (EPOLL* bits, level triggered), or once when
 * CLOCK_MONOTONIC reaches at_us. The callback may unwatch any source, its own
 * too. A source lives until ol_unwatch(), which takes NULL and returns NULL; a
 * timer that has run must still be unwatched.
 */
int ol_watch_fd(struct ol_host *host, int fd, uint32_t events,
                void (*ready)(void *probe, uint32_t events), void *probe,
                struct ol_source **ret);
int ol_watch_time(struct ol_host *host, uint64_t at_us, uint64_t slack_us,
                  void (*due)(void *probe), void *probe,
                  struct ol_source **ret);
struct ol_source *ol_unwatch(struct ol_source *source);

/*
 * Run work() on the host's worker thread, then done() from the loop. For calls
 * that may block (KMS ioctls, sysfs edid, the handshake with an X server). One
 * job a probe at a time (-EBUSY); work() touches nothing but job. A job
 * outlives its probe: drop(job) runs instead of done() if the probe has
 * stopped, perhaps on the worker.
 */
int ol_run_blocking(struct ol_host *host, void (*work)(void *job),
                    void (*done)(void *probe, void *job),
                    void (*drop)(void *job), void *probe, void *job);

/*
 * A variable of the environment as it was when the context was opened, or
 * NULL. Only those listed in sdk/host.c are kept.
 */
const char *ol_env(struct ol_host *host, const char *name);

/*
 * Whether paths lead into a recorded machine, below the context's root. What is
 * asked of this kernel, or read by a library, is then not about it.
 */
bool ol_has_root(struct ol_host *host);

/* Whether the context was opened with this flag of onlooker_options. */
bool ol_has_flag(struct ol_host *host, unsigned flag);

/*
 * The known programs, see catalogue.h, with those that the user added. Lives as
 * long as the host. Returns 0 or -ENOMEM.
 */
struct ol_catalogue;
int ol_get_catalogue(struct ol_host *host, const struct ol_catalogue **ret);

/* Open an absolute path below the context's root. Read only and CLOEXEC. */
int ol_open(struct ol_host *host, const char *path, int flags);
/* The same below a directory that ol_open() gave. For the worker too. */
int ol_open_at(int directory, const char *path, int flags);
uint64_t ol_now(struct ol_host *host);
void ol_log(struct ol_host *host, enum onlooker_log_level level,
            const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ---- what the host needs of the catalogue ---- */

enum {
	OL_CATALOGUE_MAX = 1 << 20, /* bytes of a file; ours have 32,000 */
	OL_CATALOGUE_ERROR_MAX = 300,
};

/* The catalogue that is built in. 0 or -ENOMEM. */
int ol_catalogue_load(struct ol_catalogue **ret);
struct ol_catalogue *ol_catalogue_free(struct ol_catalogue *catalogue);
/*
 * Add the tools of a file; one that has the name of a known tool replaces it.
 * Returns 0; -EBADMSG with a message "NAME:LINE: what is wrong"; -ENOMEM. On
 * failure the catalogue has not changed. Pointers into it are void after
 * success.
 */
int ol_catalogue_add(struct ol_catalogue *catalogue, const char *name,
                     const char *text, size_t size,
                     char error[OL_CATALOGUE_ERROR_MAX]);

/* Every probe that was built, NULL at the end. */
extern const struct ol_probe *const ol_probes[];

#endif
