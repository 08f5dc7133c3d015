/*
 * run: a command at each change of a finding's state. One at a time; what
 * happens meanwhile is kept as the latest report, and run when its turn comes.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "change.h"
#include "environment.h"
#include "loop.h"

struct runner {
	struct loop loop;
	char **command;
	pid_t child;                          /* 0: none runs */
	const struct onlooker_report *latest; /* NULL: nothing known yet */
	int has_run;
	enum onlooker_state states[FINDINGS]; /* as the last run was told */
	int error;
};

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	struct runner *runner = userdata;

	(void)onlooker;
	if (runner->latest == NULL && !report_is_known(report))
		return;
	(void)onlooker_report_unref(runner->latest);
	runner->latest = onlooker_report_ref(report);
}

static int has_news(const struct runner *runner)
{
	if (runner->latest == NULL)
		return 0;
	for (int i = 0; i < FINDINGS; i++) {
		if (report_finding(runner->latest, i)->state !=
		    runner->states[i])
			return 1;
	}
	return !runner->has_run;
}

/* The command gets the signals as this program got them: unblocked. */
static int spawn(struct runner *runner, char **environment)
{
	posix_spawnattr_t attributes;
	sigset_t none;
	int r;

	r = posix_spawnattr_init(&attributes);
	if (r != 0)
		return -r;
	(void)sigemptyset(&none);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	r = posix_spawnp(&runner->child, runner->command[0], NULL, &attributes,
	                 runner->command, environment);
	(void)posix_spawnattr_destroy(&attributes);
	if (r != 0)
		runner->child = 0;
	return -r;
}

static int start(struct runner *runner)
{
	char **environment;
	int r;

	r = environment_new(runner->latest, &environment);
	if (r < 0)
		return r;
	r = spawn(runner, environment);
	environment_free(environment);
	if (r < 0)
		return r;
	runner->has_run = 1;
	for (int i = 0; i < FINDINGS; i++) {
		runner->states[i] = report_finding(runner->latest, i)->state;
	}
	return 0;
}

static void reap(struct runner *runner)
{
	const char *name = runner->command[0];
	int status;

	if (runner->child == 0 ||
	    waitpid(runner->child, &status, WNOHANG) != runner->child)
		return;
	runner->child = 0;
	if (WIFSIGNALED(status))
		complain("%s: ended by signal %d", name, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		complain("%s: exit status %d", name, WEXITSTATUS(status));
}

/*
 * Until interrupted and no command runs any more, or interrupted twice. The
 * first interrupt starts no other command: the user wants an end.
 */
static int run(struct runner *runner)
{
	int r;

	while (runner->loop.interrupts == 0 ||
	       (runner->child != 0 && runner->loop.interrupts == 1)) {
		if (runner->child == 0 && runner->loop.interrupts == 0 &&
		    has_news(runner)) {
			r = start(runner);
			if (r < 0)
				return give_up(r, runner->command[0]);
		}
		r = loop_turn(&runner->loop, -1);
		if (r < 0)
			return give_up(r, "cannot look");
		reap(runner);
	}
	return STATUS_SUCCESS;
}

int command_run(const struct arguments *arguments)
{
	struct runner runner = { .command = arguments->operands };
	int status;

	status = loop_init(&runner.loop, arguments);
	if (status != STATUS_SUCCESS)
		return status;
	onlooker_set_callback(runner.loop.onlooker, on_report, &runner);
	status = run(&runner);
	(void)onlooker_report_unref(runner.latest);
	loop_finish(&runner.loop);
	return status;
}
