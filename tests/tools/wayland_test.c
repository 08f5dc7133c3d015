/*
 * The wayland probe on real compositors, with other people's programs: sway,
 * wf-recorder, wayvnc, grim, foot, waybar, mpv; weston and xfreerdp. One case a
 * run, named by the argument; 77 if one of its programs is missing.
 *
 * Compositors refuse to run as root, so the test gives that up first.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/process.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

enum {
	LIMIT_MS = 30000, /* programs start slowly on a busy machine */
	VNC_PORT = 15999,
	RDP_PORT = 13399,
	NOBODY = 65534,
};

static char directory[32];
static struct child compositor;

#define RUN(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void run(struct child *child, const char *const arguments[])
{
	assert_int_equal(child_start(child, arguments, NULL, CHILD_QUIET), 0);
}

/* Wait until a file of this name appears in our directory. */
static void wait_for_file(int inotify, const char *name)
{
	struct pollfd poll_fd = { .fd = inotify, .events = POLLIN };
	char path[96], events[4096];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	while (access(path, F_OK) != 0) {
		assert_true(poll(&poll_fd, 1, LIMIT_MS) > 0);
		assert_true(read(inotify, events, sizeof(events)) > 0);
	}
}

static int watch_directory(void)
{
	int inotify = inotify_init1(IN_CLOEXEC);

	assert_true(inotify_add_watch(inotify, directory,
	                              IN_CREATE | IN_CLOSE_WRITE) >= 0);
	return inotify;
}

static void write_sway_conf(void)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/sway.conf", directory);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("xwayland disable\noutput HEADLESS-1 resolution 1280x720\n",
	      file);
	fclose(file);
}

static void start_sway(void)
{
	char path[64];
	int inotify = watch_directory();

	snprintf(path, sizeof(path), "%s/sway.conf", directory);
	write_sway_conf();
	setenv("WLR_BACKENDS", "headless", 1);
	setenv("WLR_RENDERER", "pixman", 1);
	setenv("WLR_LIBINPUT_NO_DEVICES", "1", 1);
	run(&compositor, RUN("sway", "-c", path));
	/* The first name that sway tries. */
	wait_for_file(inotify, "wayland-1");
	close(inotify);
	setenv("WAYLAND_DISPLAY", "wayland-1", 1);
}

static struct onlooker *open_watching(void)
{
	struct onlooker *onlooker = watch_open("wayland");

	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "wayland",
	                             .probe_state = ONLOOKER_PROBE_WATCHING },
		LIMIT_MS));
	return onlooker;
}

static void expect(struct onlooker *onlooker, const char *rule, pid_t pid)
{
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = rule, .pid = pid },
	                      LIMIT_MS));
}

static void expect_none(struct onlooker *onlooker, const char *rule)
{
	assert_true(watch_for(onlooker, (struct watch_want){ .not_rule = rule },
	                      LIMIT_MS));
}

static void run_recorder(struct child *recorder)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/record.mkv", directory);
	run(recorder, RUN("wf-recorder", "-f", path, "-c", "libx264"));
}

static void case_recorder(void)
{
	struct child recorder;
	struct onlooker *onlooker;

	start_sway();
	onlooker = open_watching();
	run_recorder(&recorder);
	assert_true(
		watch_for(onlooker,
	                  (struct watch_want){ .rule = "wayland.screen-copy",
	                                       .pid = recorder.pid,
	                                       .who = "wf-recorder",
	                                       .shared = ONLOOKER_SHARED },
	                  LIMIT_MS));
	expect_none(onlooker, "wayland.screenshot");
	child_stop(&recorder);
	expect_none(onlooker, "wayland.screen-copy");
	onlooker_unref(onlooker);
}

/* What began before us is known when we say that we are watching. */
static void case_before(void)
{
	struct child recorder;
	struct onlooker *onlooker;
	const struct onlooker_report *report;

	start_sway();
	run_recorder(&recorder);
	onlooker = open_watching();
	expect(onlooker, "wayland.screen-copy", recorder.pid);
	onlooker_unref(onlooker);
	onlooker = open_watching();
	report = onlooker_get_report(onlooker);
	assert_non_null(
		report_find(report, "wayland.screen-copy", recorder.pid));
	onlooker_report_unref(report);
	onlooker_unref(onlooker);
	child_stop(&recorder);
}

static int connect_viewer(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_port = htons(VNC_PORT) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
	assert_int_equal(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void case_server(void)
{
	struct child server;
	struct onlooker *onlooker;
	char port[8];
	int viewer;

	start_sway();
	onlooker = open_watching();
	snprintf(port, sizeof(port), "%d", VNC_PORT);
	run(&server, RUN("wayvnc", "127.0.0.1", port));
	expect(onlooker, "wayland.screen-copy-server", server.pid);
	expect_none(onlooker, "wayland.screen-copy");
	viewer = connect_viewer();
	expect(onlooker, "wayland.screen-copy", server.pid);
	expect(onlooker, "wayland.virtual-input", server.pid);
	expect_none(onlooker, "wayland.screen-copy-server");
	close(viewer);
	expect(onlooker, "wayland.screen-copy-server", server.pid);
	expect_none(onlooker, "wayland.virtual-input");
	child_stop(&server);
	expect_none(onlooker, "wayland.screen-copy-server");
	onlooker_unref(onlooker);
}

static bool is_only(const struct onlooker_report *report, const void *userdata)
{
	const pid_t *pid = userdata;

	return report->watchers[0] != NULL && report->watchers[1] == NULL &&
	       report->watchers[0]->pid == *pid &&
	       report_find(report, "wayland.screen-copy", *pid) != NULL;
}

/*
 * A terminal, a bar and a film over the whole screen. That they were looked at is
 * known from a recorder that is found after them.
 */
static void case_harmless(void)
{
	struct child terminal, bar, film, recorder;
	struct onlooker *onlooker;

	start_sway();
	run(&terminal, RUN("foot"));
	run(&bar, RUN("waybar"));
	run(&film, RUN("mpv", "--fs", "--vo=wlshm", "--no-config", "--loop=inf",
	               "av://lavfi:testsrc=size=1280x720:rate=10"));
	onlooker = open_watching();
	run_recorder(&recorder);
	assert_true(watch_until(onlooker, is_only, &recorder.pid, LIMIT_MS));
	child_stop(&recorder);
	/* All three lasted until now. */
	assert_int_equal(kill(terminal.pid, 0), 0);
	assert_int_equal(child_wait(&bar, 0), -ETIMEDOUT);
	assert_int_equal(child_wait(&film, 0), -ETIMEDOUT);
	child_stop(&terminal);
	child_stop(&bar);
	child_stop(&film);
	onlooker_unref(onlooker);
}

/* Seen or missed, one picture is never a recording. */
static void case_screenshot(void)
{
	struct child grim;
	struct onlooker *onlooker;
	char path[64];

	start_sway();
	onlooker = open_watching();
	snprintf(path, sizeof(path), "%s/picture.png", directory);
	for (int i = 0; i < 20; i++) {
		const struct onlooker_report *report;

		run(&grim, RUN("grim", path));
		assert_int_equal(child_wait(&grim, LIMIT_MS), 0);
		assert_true(onlooker_wait(onlooker, 0) >= 0);
		report = onlooker_get_report(onlooker);
		assert_null(report_find(report, "wayland.screen-copy", 0));
		onlooker_report_unref(report);
	}
	onlooker_unref(onlooker);
}

static void case_restart(void)
{
	struct child recorder;
	struct onlooker *onlooker;

	start_sway();
	onlooker = open_watching();
	run_recorder(&recorder);
	expect(onlooker, "wayland.screen-copy", recorder.pid);
	child_stop(&compositor);
	child_stop(&recorder);
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .not_rule = "wayland.screen-copy",
	                             .probe = "wayland",
	                             .probe_state = ONLOOKER_PROBE_ABSENT },
		LIMIT_MS));
	start_sway();
	run_recorder(&recorder);
	expect(onlooker, "wayland.screen-copy", recorder.pid);
	child_stop(&recorder);
	onlooker_unref(onlooker);
}

static void make_certificate(char key[64], char certificate[64])
{
	struct child openssl;

	snprintf(key, 64, "%s/tls.key", directory);
	snprintf(certificate, 64, "%s/tls.crt", directory);
	run(&openssl, RUN("openssl", "req", "-x509", "-newkey", "rsa:2048",
	                  "-nodes", "-keyout", key, "-out", certificate,
	                  "-days", "2", "-subj", "/CN=test"));
	assert_int_equal(child_wait(&openssl, LIMIT_MS), 0);
}

static void start_weston(void)
{
	char key[64], certificate[64], port[16];
	char key_option[96], certificate_option[96];
	int inotify = watch_directory();

	make_certificate(key, certificate);
	snprintf(key_option, sizeof(key_option), "--rdp-tls-key=%s", key);
	snprintf(certificate_option, sizeof(certificate_option),
	         "--rdp-tls-cert=%s", certificate);
	snprintf(port, sizeof(port), "--port=%d", RDP_PORT);
	run(&compositor, RUN("weston", "--backend=rdp-backend.so", port,
	                     "--address=127.0.0.1", key_option,
	                     certificate_option, "--socket=wayland-rdp"));
	wait_for_file(inotify, "wayland-rdp");
	close(inotify);
	setenv("WAYLAND_DISPLAY", "wayland-rdp", 1);
}

static void case_rdp(void)
{
	struct child screen, viewer;
	struct onlooker *onlooker;
	char line[16], display[32], target[32];

	assert_int_equal(child_start(&screen,
	                             RUN("Xvfb", "-displayfd", "1", "-screen",
	                                 "0", "1400x900x24"),
	                             NULL, CHILD_OUTPUT),
	                 0);
	assert_int_equal(child_read_line(&screen, line, sizeof(line), LIMIT_MS),
	                 0);
	start_weston();
	onlooker = open_watching();
	snprintf(display, sizeof(display), "DISPLAY=:%s", line);
	snprintf(target, sizeof(target), "/v:127.0.0.1:%d", RDP_PORT);
	assert_int_equal(child_start(&viewer,
	                             RUN("xfreerdp", target, "/cert:ignore",
	                                 "/u:x", "/p:x"),
	                             RUN(display), CHILD_QUIET),
	                 0);
	expect(onlooker, "wayland.remote-seat", compositor.pid);
	child_stop(&viewer);
	expect_none(onlooker, "wayland.remote-seat");
	onlooker_unref(onlooker);
	child_stop(&screen);
}

static const struct test_case {
	const char *name;
	void (*run)(void);
	const char *programs[5];
} cases[] = {
	{ "recorder", case_recorder, { "sway", "wf-recorder" } },
	{ "before", case_before, { "sway", "wf-recorder" } },
	{ "server", case_server, { "sway", "wayvnc" } },
	{ "harmless",
	  case_harmless,
	  { "sway", "wf-recorder", "foot", "waybar", "mpv" } },
	{ "screenshot", case_screenshot, { "sway", "grim" } },
	{ "restart", case_restart, { "sway", "wf-recorder" } },
	{ "rdp", case_rdp, { "weston", "xfreerdp", "Xvfb", "openssl" } },
};

static const struct test_case *chosen;

static int prepare(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/wayland-XXXXXX");
	assert_non_null(mkdtemp(directory));
	setenv("XDG_RUNTIME_DIR", directory, 1);
	setenv("HOME", directory, 1);
	unsetenv("DISPLAY");
	unsetenv("WAYLAND_DISPLAY");
	unsetenv("SWAYSOCK");
	unsetenv("DBUS_SESSION_BUS_ADDRESS");
	return 0;
}

static int clean_up(void **state)
{
	struct child remove;

	(void)state;
	child_stop(&compositor);
	run(&remove, RUN("rm", "-rf", directory));
	return child_wait(&remove, LIMIT_MS);
}

static void test_chosen(void **state)
{
	(void)state;
	chosen->run();
}

static void become_nobody(void)
{
	if (geteuid() != 0)
		return;
	assert_int_equal(setresgid(NOBODY, NOBODY, NOBODY), 0);
	assert_int_equal(setresuid(NOBODY, NOBODY, NOBODY), 0);
	/* Which takes the right to see ourselves in /proc. */
	assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test_setup_teardown(test_chosen, prepare, clean_up),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (argc > 1 && strcmp(cases[i].name, argv[1]) == 0)
			chosen = &cases[i];
	}
	if (chosen == NULL)
		return 2;
	for (size_t i = 0; i < 5 && chosen->programs[i] != NULL; i++) {
		if (program_exists(chosen->programs[i]))
			continue;
		fprintf(stderr, "there is no %s\n", chosen->programs[i]);
		return 77;
	}
	become_nobody();
	return cmocka_run_group_tests(test, NULL, NULL);
}
