/*
 * The login probe where nothing keeps logins: what it says of itself, it says
 * once. Its host, and sd-login as far as it matters, are doubles.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-login.h>

#include "probes/probe.h"
#include "tests/unit/cmocka_all.h"

extern const struct ol_probe ol_probe_login;

static int states;
static char reason_said[256];
static void (*due_next)(void *probe);
static char timer;

bool ol_has_root(struct ol_host *host)
{
	(void)host;
	return false;
}

const char *ol_env(struct ol_host *host, const char *name)
{
	(void)host;
	(void)name;
	return NULL;
}

uint64_t ol_now(struct ol_host *host)
{
	(void)host;
	return 0;
}

int ol_claim(struct ol_host *host, const struct ol_claim *claim)
{
	(void)host;
	(void)claim;
	return 0;
}

void ol_withdraw(struct ol_host *host, const char *rule, uint64_t key)
{
	(void)host;
	(void)rule;
	(void)key;
}

void ol_set_state(struct ol_host *host, enum onlooker_probe_state state,
                  const char *reason)
{
	(void)host;
	assert_int_equal(state, ONLOOKER_PROBE_DEGRADED);
	assert_true(strlen(reason) < sizeof(reason_said));
	strcpy(reason_said, reason);
	states++;
}

int ol_watch_fd(struct ol_host *host, int fd, uint32_t events,
                void (*ready)(void *probe, uint32_t events), void *probe,
                struct ol_source **ret)
{
	(void)host;
	(void)fd;
	(void)events;
	(void)ready;
	(void)probe;
	(void)ret;
	return -ENOSYS;
}

int ol_watch_time(struct ol_host *host, uint64_t at_us, uint64_t slack_us,
                  void (*due)(void *probe), void *probe, struct ol_source **ret)
{
	(void)host;
	(void)at_us;
	(void)slack_us;
	(void)probe;
	due_next = due;
	*ret = (struct ol_source *)(void *)&timer;
	return 0;
}

struct ol_source *ol_unwatch(struct ol_source *source)
{
	(void)source;
	return NULL;
}

int sd_login_monitor_new(const char *category, sd_login_monitor **ret)
{
	(void)category;
	(void)ret;
	return -ENOENT;
}

int sd_pid_get_session(pid_t pid, char **ret)
{
	(void)pid;
	(void)ret;
	return -ENODATA;
}

int sd_uid_get_display(uid_t uid, char **ret)
{
	(void)uid;
	(void)ret;
	return -ENODATA;
}

static void test_one_reason(void **state)
{
	void *probe;
	char first[sizeof(reason_said)];

	(void)state;
	assert_int_equal(ol_probe_login.start(NULL, &probe), 0);
	assert_int_equal(states, 1);
	strcpy(first, reason_said);
	for (int i = 2; i < 5; i++) {
		assert_non_null(due_next);
		due_next(probe);
		assert_int_equal(states, i);
		assert_string_equal(reason_said, first);
	}
	ol_probe_login.stop(probe);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
