/* The waist: what a probe may say, and what becomes of it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdk/host.h"
#include "tests/unit/cmocka_all.h"

/* A probe that does what the test tells it. It is called x11 for its rules. */
static int start_result;
static int is_running;

static int start(struct ol_host *host, void **ret)
{
	if (start_result < 0)
		return start_result;
	is_running = 1;
	*ret = host;
	return 0;
}

static void stop(void *probe)
{
	(void)probe;
	is_running = 0;
}

static const struct ol_probe fake = { .name = "x11",
	                              .start = start,
	                              .stop = stop };

static struct ol_host *open_host(int result)
{
	struct onlooker *onlooker;
	struct ol_host *host;

	start_result = result;
	assert_int_equal(ol_context_new(NULL, &onlooker), 0);
	assert_int_equal(ol_environment_new(&onlooker->environment), 0);
	onlooker->root_fd = ol_root_open("/");
	assert_int_equal(ol_host_new(onlooker, "x11", &fake, &host), 0);
	ol_host_start(host);
	assert_int_equal(ol_context_update(onlooker), 0);
	return host;
}

static const struct onlooker_report *report_of(struct ol_host *host)
{
	assert_int_equal(ol_context_update(host->context), 0);
	return &host->context->report->report;
}

static struct ol_claim claim_of(int64_t pid)
{
	return (struct ol_claim){
		.rule = "x11.screen-read",
		.subject = { .kind = ONLOOKER_WATCHER_PROGRAM,
		             .pid = pid,
		             .start_time = 1,
		             .name = "grab\x1b" },
	};
}

static void test_claims_are_checked(void **state)
{
	struct ol_host *host = open_host(0);
	struct ol_claim claim = claim_of(1);

	(void)state;
	assert_int_equal(ol_claim(host, &claim), 0);
	assert_string_equal(report_of(host)->watchers[0]->who, "grab?");
	claim.rule = "pipewire.screen-cast";
	assert_int_equal(ol_claim(host, &claim), -EINVAL);
	claim.rule = "x11.nonsense";
	assert_int_equal(ol_claim(host, &claim), -EINVAL);
	ol_withdraw(host, "x11.nonsense", 0);
	ol_withdraw(host, "x11.screen-read", 0);
	assert_null(report_of(host)->watchers[0]);
	onlooker_unref(host->context);
	assert_false(is_running);
}

static void test_the_app_is_not_its_own_watcher(void **state)
{
	struct ol_host *host = open_host(0);
	struct ol_claim claim = claim_of(getpid());

	(void)state;
	assert_int_equal(ol_claim(host, &claim), 0);
	assert_null(report_of(host)->watchers[0]);
	host->context->has_root = true; /* another machine's pids */
	assert_int_equal(ol_claim(host, &claim), 0);
	assert_non_null(report_of(host)->watchers[0]);
	onlooker_unref(host->context);
}

static void test_too_many_claims_degrade(void **state)
{
	struct ol_host *host = open_host(0);
	struct ol_claim claim = claim_of(1);

	(void)state;
	ol_set_state(host, ONLOOKER_PROBE_WATCHING, NULL);
	for (int i = 0; i < OL_CLAIMS_MAX; i++) {
		claim.key = (uint64_t)i;
		assert_int_equal(ol_claim(host, &claim), 0);
	}
	assert_int_equal(report_of(host)->probes[0]->state,
	                 ONLOOKER_PROBE_WATCHING);
	claim.key++;
	assert_int_equal(ol_claim(host, &claim), -ENOSPC);
	assert_int_equal(report_of(host)->probes[0]->state,
	                 ONLOOKER_PROBE_DEGRADED);
	ol_withdraw_all(host);
	assert_int_equal(report_of(host)->probes[0]->state,
	                 ONLOOKER_PROBE_WATCHING);
	onlooker_unref(host->context);
}

static void test_a_round_withdraws_the_rest(void **state)
{
	struct ol_host *host = open_host(0);
	struct ol_claim kept = claim_of(1), gone = claim_of(2);
	struct ol_claim shot = claim_of(3);

	(void)state;
	gone.key = 1;
	shot.rule = "x11.screenshot";
	ol_begin_round(host);
	assert_int_equal(ol_claim(host, &kept), 0);
	assert_int_equal(ol_claim(host, &gone), 0);
	assert_int_equal(ol_claim(host, &shot), 0);
	ol_end_round(host);
	assert_int_equal(host->context->ledger.count, 3);
	ol_begin_round(host);
	assert_int_equal(ol_claim(host, &kept), 0);
	assert_int_equal(host->context->ledger.count, 3);
	ol_end_round(host);
	/* What is momentary goes by itself. */
	assert_int_equal(host->context->ledger.count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_not_equal(host->context->ledger.entries[i].who.pid,
		                     2);
	onlooker_unref(host->context);
}

static void test_failures_become_states(void **state)
{
	static const struct {
		int error;
		enum onlooker_probe_state state;
	} cases[] = {
		{ 0, ONLOOKER_PROBE_STARTING },
		{ -ENOENT, ONLOOKER_PROBE_ABSENT },
		{ -EACCES, ONLOOKER_PROBE_DENIED },
		{ -EPERM, ONLOOKER_PROBE_DENIED },
		{ -ENOMEM, ONLOOKER_PROBE_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ol_host *host = open_host(cases[i].error);
		const struct onlooker_probe *probe = report_of(host)->probes[0];

		assert_int_equal(probe->state, cases[i].state);
		assert_int_equal(strlen(probe->reason) > 0, i > 0);
		onlooker_unref(host->context);
	}
}

static void test_a_start_has_a_limit(void **state)
{
	struct ol_host *host = open_host(0);

	(void)state;
	assert_int_equal(report_of(host)->probes[0]->state,
	                 ONLOOKER_PROBE_STARTING);
	host->start_by_us = 1; /* long past */
	assert_int_equal(report_of(host)->probes[0]->state,
	                 ONLOOKER_PROBE_FAILED);
	ol_set_state(host, ONLOOKER_PROBE_WATCHING, NULL);
	assert_int_equal(report_of(host)->probes[0]->state,
	                 ONLOOKER_PROBE_WATCHING);
	onlooker_unref(host->context);
}

static void test_files_below_the_root(void **state)
{
	struct ol_host *host = open_host(0);
	char name[] = "/tmp/onlooker-root-XXXXXX";
	char text[8] = "";
	int fd;

	(void)state;
	assert_non_null(mkdtemp(name));
	close(host->context->root_fd);
	host->context->root_fd = ol_root_open(name);
	fd = openat(host->context->root_fd, "file", O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "inside", 6), 6);
	close(fd);
	assert_int_equal(mkfifoat(host->context->root_fd, "pipe", 0600), 0);
	fd = ol_open(host, "/file", 0);
	assert_int_equal(read(fd, text, sizeof(text)), 6);
	assert_string_equal(text, "inside");
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	fd = ol_open(host, "/pipe", 0); /* would block for ever */
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(ol_open(host, "/proc/self/stat", 0), -ENOENT);
	(void)unlinkat(host->context->root_fd, "file", 0);
	(void)unlinkat(host->context->root_fd, "pipe", 0);
	(void)rmdir(name);
	onlooker_unref(host->context);
}

/* A job that waits until the test lets it go. */
struct job {
	int gate;
	int reached;
	int is_done;
	int is_dropped;
};

static void work(void *data)
{
	struct job *job = data;
	uint64_t count = 1;

	(void)!write(job->reached, &count, sizeof(count));
	(void)!read(job->gate, &count, sizeof(count));
}

static void done(void *probe, void *data)
{
	(void)probe;
	((struct job *)data)->is_done = 1;
}

static void drop(void *data)
{
	struct job *job = data;
	uint64_t one = 1;

	job->is_dropped = 1;
	(void)!write(job->reached, &one, sizeof(one));
}

static void wait_readable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint64_t count;

	assert_int_equal(poll(&poll_fd, 1, 10000), 1);
	(void)!read(fd, &count, sizeof(count));
}

static void test_blocking_jobs(void **state)
{
	struct ol_host *host = open_host(0);
	struct job job = { .gate = eventfd(0, 0), .reached = eventfd(0, 0) };
	const uint64_t one = 1;

	(void)state;
	assert_int_equal(ol_run_blocking(host, work, done, drop, host, &job),
	                 0);
	assert_int_equal(ol_run_blocking(host, work, done, drop, host, &job),
	                 -EBUSY);
	wait_readable(job.reached);
	assert_int_equal(onlooker_dispatch(host->context), 0);
	assert_false(job.is_done);
	assert_int_equal(write(job.gate, &one, sizeof(one)), sizeof(one));
	while (!job.is_done)
		assert_true(onlooker_wait(host->context, 10000) >= 0);
	assert_false(job.is_dropped);

	/* One that hangs while the context goes: nobody waits for it. */
	assert_int_equal(ol_run_blocking(host, work, done, drop, host, &job),
	                 0);
	wait_readable(job.reached);
	job.is_done = 0;
	onlooker_unref(host->context);
	assert_false(job.is_dropped);
	assert_int_equal(write(job.gate, &one, sizeof(one)), sizeof(one));
	wait_readable(job.reached);
	assert_true(job.is_dropped);
	assert_false(job.is_done);
	close(job.gate);
	close(job.reached);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claims_are_checked),
		cmocka_unit_test(test_the_app_is_not_its_own_watcher),
		cmocka_unit_test(test_too_many_claims_degrade),
		cmocka_unit_test(test_a_round_withdraws_the_rest),
		cmocka_unit_test(test_failures_become_states),
		cmocka_unit_test(test_a_start_has_a_limit),
		cmocka_unit_test(test_files_below_the_root),
		cmocka_unit_test(test_blocking_jobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
