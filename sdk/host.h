#ifndef OL_HOST_H
#define OL_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "sdk/context.h"

struct ol_host_job;

enum {
	OL_REASON_MAX = 400, /* bytes kept of why a probe is not watching */
};

/*
 * A probe in a context: what stands between it and the rest. In a simulation
 * there is no probe behind it, only lines of a session.
 */
struct ol_host {
	struct onlooker *context;
	unsigned number; /* the ledger's name for it */
	char *name;
	const struct ol_probe *probe; /* NULL: simulated, or not built */
	void *instance;
	bool is_started;
	enum onlooker_probe_state state;
	char *reason;         /* never NULL */
	uint64_t start_by_us; /* valid while starting */
	bool is_over_limit;   /* it claims more than the ledger keeps */
	unsigned round;       /* counts its rounds of looking at everything */
	struct ol_host_job *job;
};

/* Add a host. Returns 0, -ENOSPC or -ENOMEM. */
int ol_host_new(struct onlooker *context, const char *name,
                const struct ol_probe *probe, struct ol_host **ret);
/* Stop its probe, drop its claims and free it. */
void ol_host_free(struct ol_host *host);
/* The host of this name, or NULL. */
struct ol_host *ol_host_find(struct onlooker *context, const char *name);

/* Start the probe; a failure becomes its state. */
void ol_host_start(struct ol_host *host);

/*
 * The waist: what both probes and sessions go through. Clean and, in private
 * mode, strip what is claimed; keep it, record it. See ol_claim() for errors.
 */
int ol_host_claim(struct ol_host *host, const struct onlooker_rule *rule,
                  uint64_t key, const struct ol_who *who, const char *detail);
void ol_host_withdraw(struct ol_host *host, const struct onlooker_rule *rule,
                      uint64_t key);
/* Returns 0 or -ENOMEM; the state is set in any case. */
int ol_host_set_state(struct ol_host *host, enum onlooker_probe_state state,
                      const char *reason);

/* Fill in how a report shows this host; strings are borrowed. */
void ol_host_view(const struct ol_host *host, struct onlooker_probe *view);

/* Copy what probes may know of the environment. */
int ol_environment_new(struct ol_environment **ret);
void ol_environment_free(struct ol_environment *environment);
/*
 * The whole of a regular file, wherever it lies, or its first `max` bytes. The
 * caller frees it. Returns 0; -EINVAL if it is no regular file; -errno.
 */
int ol_file_read(const char *path, size_t max, char **ret, size_t *ret_size);
/* Returns a descriptor of the directory, or -errno. */
int ol_root_open(const char *path);

#endif
