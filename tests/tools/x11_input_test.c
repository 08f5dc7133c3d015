/*
 * x11_input_test CASE: input that other people's programs bring to a private X
 * server, and whose it is said to be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/row.h"
#include "tests/support/watch.h"
#include "tests/support/xkind.h"
#include "tests/unit/cmocka_all.h"

enum { PATIENCE_MS = 30000 };

/* All evidence that input comes from elsewhere. */
static const char *const rules[] = {
	"x11.remote-input",  "x11.likely-remote-input", "x11.synthetic-input",
	"x11.unknown-input", "x11.viewer-input",        "x11.session-input",
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

/* Of the whole program. */
static struct xkind server;
static struct child vnc, viewer, other;
static char port[16];

static struct onlooker *open_quiet(void)
{
	struct onlooker *onlooker = watch_open("x11");

	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .is_settled = true },
	                      PATIENCE_MS));
	return onlooker;
}

static bool says_anything(struct onlooker *onlooker)
{
	const struct onlooker_report *report = onlooker_get_report(onlooker);
	bool is_so = false;

	for (int i = 0; i < RULES; i++)
		is_so |= report_find(report, rules[i], 0) != NULL;
	onlooker_report_unref(report);
	return is_so;
}

static void expect(struct onlooker *onlooker, const char *rule, pid_t pid)
{
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = rule, .pid = pid },
	                      PATIENCE_MS));
}

/* What was told in the end, and whether of the right one. */
static void keep_row(struct onlooker *onlooker, const char *name,
                     const char *program, const char *does, const char *rule,
                     const char *named)
{
	const struct onlooker_report *report = onlooker_get_report(onlooker);

	/* By the x11 probe alone nothing is ever clear. */
	row_keep(name, "%s | %s | %s | controlled: %s | %s", program, does,
	         rule,
	         report->controlled.confidence >= 80   ? "shared"
	         : report->controlled.confidence >= 30 ? "suspected"
	                                               : "not suspected",
	         named);
	onlooker_report_unref(report);
}

/* Something that is seen later than what came before it would have been. */
static void let_be_seen(struct onlooker *onlooker)
{
	struct child capture;

	session_run(&capture, RUN(X11_CAPTURE));
	expect(onlooker, "x11.screen-read", capture.pid);
	child_stop(&capture);
}

static void start_x11vnc(void)
{
	char line[64];
	const char *const argv[] = { "x11vnc",     "-display",  server.display,
		                     "-localhost", "-forever",  "-shared",
		                     "-nopw",      "-autoport", port,
		                     "-noipv6",    NULL };

	/* Far from where servers listen by themselves. */
	snprintf(port, sizeof(port), "%d", 20000 + (int)(getpid() % 20000));
	assert_int_equal(
		child_start(&vnc, argv, NULL, CHILD_QUIET | CHILD_OUTPUT), 0);
	do
		assert_int_equal(
			child_read_line(&vnc, line, sizeof(line), PATIENCE_MS),
			0);
	while (sscanf(line, "PORT=%15s", port) != 1);
}

static void start_viewer(const char *where, const char *how)
{
	char line[32];
	const char *const argv[] = { "python3", TOOLS_SOURCE "/rfb.py",
		                     where,     "127.0.0.1",
		                     how,       NULL };

	assert_int_equal(child_start(&viewer, argv, NULL, CHILD_OUTPUT), 0);
	assert_int_equal(
		child_read_line(&viewer, line, sizeof(line), PATIENCE_MS), 0);
}

/* Lives as long as its text takes. */
static void start_xdotool(struct child *child)
{
	session_run(child,
	            RUN("xdotool", "type", "--delay", "200",
	                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

/* All counters are set to zero, and nobody has done anything. */
static void test_reset(void **state)
{
	struct onlooker *onlooker = open_quiet();

	(void)state;
	session_run(&other, RUN("xset", "s", "reset"));
	assert_int_equal(child_wait(&other, PATIENCE_MS), 0);
	/* Twice, for an alarm that has fired before rests for a second. */
	let_be_seen(onlooker);
	let_be_seen(onlooker);
	assert_false(says_anything(onlooker));
	keep_row(onlooker, "c6-reset", "xset", "resets the screen saver",
	         "nothing", "");
	/* It would have been seen. */
	session_run(&other, RUN("xdotool", "key", "shift"));
	assert_int_equal(child_wait(&other, PATIENCE_MS), 0);
	expect(onlooker, "x11.unknown-input", 0);
	onlooker_unref(onlooker);
}

static void test_xdotool(void **state)
{
	struct onlooker *onlooker = open_quiet();

	(void)state;
	start_xdotool(&other);
	expect(onlooker, "x11.synthetic-input", other.pid);
	keep_row(onlooker, "c1-xdotool", "xdotool", "types",
	         "x11.synthetic-input", "yes");
	onlooker_unref(onlooker);
}

/*
 * A viewer who watches does not steer. While another program is able too, none
 * is named; then the one whose viewer types is.
 */
static void test_x11vnc(void **state)
{
	struct onlooker *onlooker = open_quiet();
	const struct onlooker_report *report;

	(void)state;
	start_x11vnc();
	start_viewer(port, "again");
	expect(onlooker, "x11.screen-read", vnc.pid);
	assert_false(says_anything(onlooker));
	start_xdotool(&other);
	expect(onlooker, "x11.likely-remote-input", 0);
	report = onlooker_get_report(onlooker);
	assert_null(report_find(report, "x11.remote-input", 0));
	assert_null(report_find(report, "x11.synthetic-input", 0));
	assert_string_equal(
		report_find(report, "x11.likely-remote-input", 0)->detail,
		"perhaps x11vnc");
	onlooker_report_unref(report);
	keep_row(onlooker, "c2-two", "xdotool", "types while x11vnc is watched",
	         "x11.likely-remote-input", "not named");
	child_stop(&other);
	child_stop(&viewer);
	start_viewer(port, "type");
	expect(onlooker, "x11.remote-input", vnc.pid);
	keep_row(onlooker, "c3-x11vnc", "x11vnc", "its viewer types",
	         "x11.remote-input", "yes");
	onlooker_unref(onlooker);
}

/* It was there before us: it may be the one, and so may others. */
static void test_x11vnc_before(void **state)
{
	struct onlooker *onlooker;

	(void)state;
	start_x11vnc();
	start_viewer(port, "type");
	onlooker = open_quiet();
	expect(onlooker, "x11.likely-remote-input", 0);
	keep_row(onlooker, "c4-before", "x11vnc",
	         "its viewer types, and it was there before us",
	         "x11.likely-remote-input", "not named");
	assert_true(watch_for(
		onlooker, (struct watch_want){ .not_rule = "x11.remote-input" },
		PATIENCE_MS));
	onlooker_unref(onlooker);
}

/* The server's own devices. */
static void test_xtigervnc(void **state)
{
	struct onlooker *onlooker = open_quiet();
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/rfb", server.session.directory);
	start_viewer(path, "again");
	let_be_seen(onlooker);
	assert_false(says_anything(onlooker));
	child_stop(&viewer);
	start_viewer(path, "type");
	expect(onlooker, "x11.session-input", server.child.pid);
	keep_row(onlooker, "c5-xtigervnc", "Xtigervnc", "its viewer types",
	         "x11.session-input", "yes");
	onlooker_unref(onlooker);
}

static const struct {
	const char *name;
	const char *server;
	CMUnitTestFunction run;
	const char *needs[3];
} cases[] = {
	{ "reset", "Xvfb", test_reset, { "xset", "xdotool" } },
	{ "xdotool", "Xvfb", test_xdotool, { "xdotool" } },
	{ "x11vnc", "Xvfb", test_x11vnc, { "x11vnc", "python3", "xdotool" } },
	{ "before", "Xvfb", test_x11vnc_before, { "x11vnc", "python3" } },
	{ "xtigervnc", "Xtigervnc", test_xtigervnc, { "python3" } },
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static int run(int i)
{
	const struct CMUnitTest tests[] = {
		{ cases[i].name, cases[i].run, NULL, NULL, NULL },
	};
	int failed;

	for (int j = 0; j < 3 && cases[i].needs[j] != NULL; j++) {
		if (!program_exists(cases[i].needs[j]))
			return 77;
	}
	if (xkind_start(&server, cases[i].server) == XKIND_MISSING)
		return 77;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	child_stop(&viewer);
	child_stop(&vnc);
	child_stop(&other);
	xkind_stop(&server);
	return failed;
}

int main(int argc, char **argv)
{
	for (int i = 0; i < CASES; i++) {
		if (argc > 1 && strcmp(argv[1], cases[i].name) == 0)
			return run(i);
	}
	return 2;
}
