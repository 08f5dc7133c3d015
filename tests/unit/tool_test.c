/*
 * Known programs among processes: whose screen they are about, and what becomes
 * of them in a /proc of our own making.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes/tool.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

static void test_display_numbers(void **state)
{
	(void)state;
	assert_int_equal(ol_display_number(":0"), 0);
	assert_int_equal(ol_display_number("localhost:10.0"), 10);
	assert_int_equal(ol_display_number("[::1]:11"), 11);
	assert_int_equal(ol_display_number(""), -1);
	assert_int_equal(ol_display_number(":"), -1);
	assert_int_equal(ol_display_number(":x"), -1);
	assert_int_equal(ol_display_number(":1x"), -1);
	assert_int_equal(ol_display_number(":99999999999999999999"), -1);
}

static enum ol_tie tie(const char *display, const char *wayland,
                       const char *variables, size_t environ_size,
                       enum ol_tool_display where, const char *argv,
                       size_t argv_size)
{
	struct ol_screens ours, theirs;

	ol_screens_set(&ours, display, wayland);
	ol_screens_parse(&theirs, variables, environ_size);
	ol_screens_apply(&theirs, where, argv, argv_size);
	return ol_screens_compare(&ours, &theirs);
}

#define BYTES(text) text, sizeof(text)

static void test_the_environment_ties(void **state)
{
	(void)state;
	assert_int_equal(tie(":0", NULL, BYTES("A=b\0DISPLAY=:0"),
	                     OL_DISPLAY_ENVIRONMENT, "", 0),
	                 OL_TIE_OURS);
	assert_int_equal(tie("unix:0.1", NULL, BYTES("DISPLAY=:0.0"),
	                     OL_DISPLAY_ENVIRONMENT, "", 0),
	                 OL_TIE_OURS);
	assert_int_equal(tie(":0", NULL, BYTES("DISPLAY=:1"),
	                     OL_DISPLAY_ENVIRONMENT, "", 0),
	                 OL_TIE_OTHER);
	assert_int_equal(tie("localhost:10.0", NULL, BYTES("DISPLAY=:10"),
	                     OL_DISPLAY_ENVIRONMENT, "", 0),
	                 OL_TIE_OTHER);
	assert_int_equal(tie(NULL, "/run/user/1/wayland-1",
	                     BYTES("DISPLAY=:1\0WAYLAND_DISPLAY=wayland-1"),
	                     OL_DISPLAY_ENVIRONMENT, "", 0),
	                 OL_TIE_OURS);
	assert_int_equal(tie(":1", "wayland-1",
	                     BYTES("WAYLAND_DISPLAY=wayland-0"),
	                     OL_DISPLAY_ENVIRONMENT, "", 0),
	                 OL_TIE_OTHER);
	assert_int_equal(tie(NULL, "wayland-1", BYTES("DISPLAY=:0"),
	                     OL_DISPLAY_ENVIRONMENT, "", 0),
	                 OL_TIE_UNKNOWN);
	/* Cut: what does not end is not read. */
	assert_int_equal(tie(":0", NULL, "DISPLAY=:0", 10,
	                     OL_DISPLAY_ENVIRONMENT, "", 0),
	                 OL_TIE_UNKNOWN);
}

static enum ol_tie reach(const char *display, const char *wayland,
                         enum ol_tie tie, uint32_t uid)
{
	struct ol_screens ours;

	ol_screens_set(&ours, display, wayland);
	return ol_screens_reach(&ours, tie, uid, 1000);
}

static void test_other_users_reach(void **state)
{
	(void)state;
	/* Into a Wayland session come its user and root. */
	assert_int_equal(reach(NULL, "wayland-0", OL_TIE_UNKNOWN, 1001),
	                 OL_TIE_OTHER);
	assert_int_equal(reach(NULL, "wayland-0", OL_TIE_UNKNOWN, 1000),
	                 OL_TIE_UNKNOWN);
	assert_int_equal(reach(NULL, "wayland-0", OL_TIE_UNKNOWN, 0),
	                 OL_TIE_UNKNOWN);
	/* To an X server, Xwayland too, whomever it lets in. */
	assert_int_equal(reach(":0", "wayland-0", OL_TIE_UNKNOWN, 1001),
	                 OL_TIE_UNKNOWN);
	/* Which screen ours is, is not known. */
	assert_int_equal(reach(NULL, NULL, OL_TIE_UNKNOWN, 1001),
	                 OL_TIE_UNKNOWN);
	/* What its environment says is known better. */
	assert_int_equal(reach(NULL, "wayland-0", OL_TIE_OURS, 1001),
	                 OL_TIE_OURS);
}

static void test_arguments_tie(void **state)
{
	(void)state;
	assert_int_equal(tie(":0", NULL, BYTES("DISPLAY=:0"), OL_DISPLAY_OPTION,
	                     BYTES("x11vnc\0-display\0:60")),
	                 OL_TIE_OTHER);
	assert_int_equal(tie(":60", NULL, BYTES("DISPLAY=:0"),
	                     OL_DISPLAY_OPTION,
	                     BYTES("x11vnc\0-display\0:60.0")),
	                 OL_TIE_OURS);
	assert_int_equal(tie(":0", NULL, BYTES("DISPLAY=:0"), OL_DISPLAY_OPTION,
	                     BYTES("x11vnc\0-once")),
	                 OL_TIE_OURS);
	assert_int_equal(tie(":62", NULL, BYTES("DISPLAY=:0"),
	                     OL_DISPLAY_ARGUMENT,
	                     BYTES("Xtigervnc\0-x\0:62\0:63")),
	                 OL_TIE_OURS);
	assert_int_equal(tie(":0", NULL, BYTES("DISPLAY=:0"),
	                     OL_DISPLAY_ARGUMENT, BYTES("Xvnc\0-inetd")),
	                 OL_TIE_UNKNOWN);
}

/* ---- a /proc of our own ---- */

struct machine {
	char root[64];
	struct onlooker *onlooker;
};

static void write_file(const char *root, const char *path, const char *text,
                       size_t size)
{
	char full[400];
	int fd;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
	close(fd);
}

static void set_last_pid(struct machine *machine, int pid)
{
	char text[64];

	snprintf(text, sizeof(text), "0.00 0.01 0.05 1/100 %d\n", pid);
	write_file(machine->root, "proc/loadavg", text, strlen(text));
}

static void add_process(struct machine *machine, int pid, int start_time,
                        const char *comm, const char *argv, size_t argv_size)
{
	char path[300], text[300];

	snprintf(path, sizeof(path), "%s/proc/%d", machine->root, pid);
	mkdir(path, 0700);
	snprintf(text, sizeof(text),
	         "%d (%s) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %d 0 0\n",
	         pid, comm, start_time);
	snprintf(path, sizeof(path), "proc/%d/stat", pid);
	write_file(machine->root, path, text, strlen(text));
	snprintf(path, sizeof(path), "proc/%d/cmdline", pid);
	write_file(machine->root, path, argv, argv_size);
	snprintf(path, sizeof(path), "%s/proc/%d/exe", machine->root, pid);
	unlink(path);
	assert_int_equal(symlink("/usr/bin/something", path), 0);
	snprintf(path, sizeof(path), "proc/%d/environ", pid);
	write_file(machine->root, path, BYTES("DISPLAY=:7"));
}

static void remove_process(struct machine *machine, int pid)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r '%s/proc/%d'", machine->root,
	         pid);
	assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
	struct machine *machine = calloc(1, sizeof(*machine));
	char path[100];

	strcpy(machine->root, "/tmp/onlooker-tool-XXXXXX");
	assert_non_null(mkdtemp(machine->root));
	snprintf(path, sizeof(path), "%s/proc", machine->root);
	assert_int_equal(mkdir(path, 0700), 0);
	set_last_pid(machine, 100);
	add_process(machine, 1, 1, "init", BYTES("init"));
	setenv("DISPLAY", ":7", 1);
	unsetenv("WAYLAND_DISPLAY");
	*state = machine;
	return 0;
}

static int tear_down(void **state)
{
	struct machine *machine = *state;
	char command[128];

	onlooker_unref(machine->onlooker);
	snprintf(command, sizeof(command), "rm -rf '%s'", machine->root);
	assert_int_equal(system(command), 0);
	free(machine);
	return 0;
}

static void begin(struct machine *machine)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .probes = "process",
		                            .root = machine->root };

	assert_int_equal(onlooker_open(&options, &machine->onlooker), 0);
	assert_true(watch_for(machine->onlooker,
	                      (struct watch_want){ .is_settled = true }, 5000));
}

static void expect(struct machine *machine, const char *rule, int pid,
                   const char *who)
{
	assert_true(watch_for(
		machine->onlooker,
		(struct watch_want){ .rule = rule, .pid = pid, .who = who },
		5000));
}

static void expect_none(struct machine *machine, const char *rule)
{
	assert_true(watch_for(machine->onlooker,
	                      (struct watch_want){ .not_rule = rule }, 5000));
}

static void test_what_runs_already(void **state)
{
	struct machine *machine = *state;

	add_process(machine, 50, 5, "x11vnc", BYTES("x11vnc"));
	add_process(machine, 51, 5, "xfreerdp", BYTES("xfreerdp"));
	add_process(machine, 52, 5, "rustdesk", BYTES("rustdesk\0--cm"));
	add_process(machine, 53, 5, "ffmpeg", BYTES("ffmpeg\0-f\0x11grab"));
	add_process(machine, 54, 5, "barrierc", BYTES("barrierc"));
	begin(machine);
	expect(machine, "process.server", 50, "x11vnc");
	expect(machine, "process.session-helper", 52, "rustdesk");
	expect(machine, "process.recording", 53, "ffmpeg");
	expect(machine, "process.input-taker", 54, "barrierc");
	assert_false(watch_for(machine->onlooker,
	                       (struct watch_want){ .pid = 51 }, 0));
}

static void test_start_and_end(void **state)
{
	struct machine *machine = *state;

	begin(machine);
	expect_none(machine, "process.server");
	add_process(machine, 101, 9, "x11vnc", BYTES("x11vnc"));
	set_last_pid(machine, 101);
	expect(machine, "process.server", 101, "x11vnc");
	remove_process(machine, 101);
	expect_none(machine, "process.server");
}

/* The number of a program that ended is another's now. */
static void test_a_reused_pid(void **state)
{
	struct machine *machine = *state;

	add_process(machine, 50, 5, "x11vnc", BYTES("x11vnc"));
	begin(machine);
	expect(machine, "process.server", 50, "x11vnc");
	add_process(machine, 50, 6, "krfb", BYTES("krfb"));
	set_last_pid(machine, 50);
	expect(machine, "process.server", 50, "krfb");
	assert_false(watch_for(machine->onlooker,
	                       (struct watch_want){ .who = "x11vnc" }, 0));
}

/* A child is its parent until it executes a program. */
static void test_a_late_exec(void **state)
{
	struct machine *machine = *state;

	begin(machine);
	add_process(machine, 101, 9, "rustdesk", BYTES("rustdesk\0--server"));
	set_last_pid(machine, 101);
	expect(machine, "process.server-ready", 101, "rustdesk");
	add_process(machine, 101, 9, "rustdesk", BYTES("rustdesk\0--cm"));
	expect(machine, "process.session-helper", 101, "rustdesk");
	expect_none(machine, "process.server-ready");
}

static void test_another_screen_is_only_there(void **state)
{
	struct machine *machine = *state;

	setenv("DISPLAY", ":8", 1);
	add_process(machine, 52, 5, "rustdesk", BYTES("rustdesk\0--cm"));
	begin(machine);
	expect(machine, "process.server", 52, "rustdesk");
	expect_none(machine, "process.session-helper");
}

static void test_hidden_processes_are_said(void **state)
{
	struct machine *machine = *state;

	remove_process(machine, 1);
	begin(machine);
	assert_true(watch_for(
		machine->onlooker,
		(struct watch_want){ .probe = "process",
	                             .probe_state = ONLOOKER_PROBE_DEGRADED },
		5000));
}

/* Pipes, folders and nonsense in the place of files. */
static void test_a_hostile_proc(void **state)
{
	struct machine *machine = *state;
	char path[128];

	add_process(machine, 50, 5, "x11vnc", BYTES("x11vnc"));
	write_file(machine->root, "proc/50/stat", BYTES("50 (x11vnc"));
	add_process(machine, 51, 5, "krfb", "", 0);
	snprintf(path, sizeof(path), "%s/proc/51/environ", machine->root);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/proc/99999999999999999999",
	         machine->root);
	assert_int_equal(mkdir(path, 0700), 0);
	begin(machine);
	expect(machine, "process.server", 51, "krfb");
	expect_none(machine, "process.session-helper");
	assert_int_equal(count_watchers(machine->onlooker), 1);
}

#define ON_MACHINE(test)                                                       \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_display_numbers),
		cmocka_unit_test(test_the_environment_ties),
		cmocka_unit_test(test_other_users_reach),
		cmocka_unit_test(test_arguments_tie),
		ON_MACHINE(test_what_runs_already),
		ON_MACHINE(test_start_and_end),
		ON_MACHINE(test_a_reused_pid),
		ON_MACHINE(test_a_late_exec),
		ON_MACHINE(test_another_screen_is_only_there),
		ON_MACHINE(test_hidden_processes_are_said),
		ON_MACHINE(test_a_hostile_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
