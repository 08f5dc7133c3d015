/*
 * The wayland probe on real compositors, with other people's programs: sway,
 * wf-recorder, wayvnc, grim, foot, waybar, mpv, Xwayland; weston and xfreerdp.
 * One case a run, named by the argument; 77 if one of its programs is missing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/rdp.h"
#include "tests/support/session.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

enum {
	LIMIT_MS = SESSION_LIMIT_MS,
	VNC_PORT = 15999,
	RDP_PORT = 13399,
};

static struct session session;

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

	snprintf(path, sizeof(path), "%s/record.mkv", session.directory);
	session_run(recorder, RUN("wf-recorder", "-f", path, "-c", "libx264"));
}

static void case_recorder(void)
{
	struct child recorder;
	struct onlooker *onlooker;

	session_start_sway(&session);
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

	session_start_sway(&session);
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

	session_start_sway(&session);
	onlooker = open_watching();
	snprintf(port, sizeof(port), "%d", VNC_PORT);
	session_run(&server, RUN("wayvnc", "127.0.0.1", port));
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

	session_start_sway(&session);
	session_run(&terminal, RUN("foot"));
	session_run(&bar, RUN("waybar"));
	session_run(&film, RUN("mpv", "--fs", "--vo=wlshm", "--no-config",
	                       "--loop=inf",
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

	session_start_sway(&session);
	onlooker = open_watching();
	snprintf(path, sizeof(path), "%s/picture.png", session.directory);
	for (int i = 0; i < 20; i++) {
		const struct onlooker_report *report;

		session_run(&grim, RUN("grim", path));
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

	session_start_sway(&session);
	onlooker = open_watching();
	run_recorder(&recorder);
	expect(onlooker, "wayland.screen-copy", recorder.pid);
	child_stop(&session.compositor);
	child_stop(&recorder);
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .not_rule = "wayland.screen-copy",
	                             .probe = "wayland",
	                             .probe_state = ONLOOKER_PROBE_ABSENT },
		LIMIT_MS));
	session_start_sway(&session);
	run_recorder(&recorder);
	expect(onlooker, "wayland.screen-copy", recorder.pid);
	child_stop(&recorder);
	onlooker_unref(onlooker);
}

static void start_weston(void)
{
	char key[RDP_PATH], certificate[RDP_PATH], port[16];
	char key_option[96], certificate_option[96];

	rdp_make_certificate(&session, key, certificate);
	snprintf(key_option, sizeof(key_option), "--rdp-tls-key=%s", key);
	snprintf(certificate_option, sizeof(certificate_option),
	         "--rdp-tls-cert=%s", certificate);
	snprintf(port, sizeof(port), "--port=%d", RDP_PORT);
	session_start_compositor(&session,
	                         RUN("weston", "--backend=rdp-backend.so", port,
	                             "--address=127.0.0.1", key_option,
	                             certificate_option,
	                             "--socket=wayland-rdp"),
	                         "wayland-rdp");
}

static void case_rdp(void)
{
	struct rdp_viewer viewer;
	struct onlooker *onlooker;

	start_weston();
	onlooker = open_watching();
	rdp_view(&viewer, RDP_PORT);
	expect(onlooker, "wayland.remote-seat", session.compositor.pid);
	rdp_hang_up(&viewer);
	expect_none(onlooker, "wayland.remote-seat");
	onlooker_unref(onlooker);
	rdp_stop(&viewer);
}

static void start_xwayland(struct child *server)
{
	char line[16], display[20];

	assert_int_equal(child_start(server,
	                             RUN("Xwayland", "-rootless", "-shm",
	                                 "-displayfd", "1"),
	                             NULL, CHILD_OUTPUT),
	                 0);
	assert_int_equal(child_read_line(server, line, sizeof(line), LIMIT_MS),
	                 0);
	snprintf(display, sizeof(display), ":%s", line);
	setenv("DISPLAY", display, 1);
}

/* The X server says nothing of the screen, and is told from one that does. */
static bool is_half_blind(const struct onlooker_report *report,
                          const void *userdata)
{
	const struct onlooker_probe *x11 = report_find_probe(report, "x11");

	(void)userdata;
	return x11->state == ONLOOKER_PROBE_DEGRADED &&
	       strstr(x11->reason, "Wayland compositor") != NULL &&
	       report->shared.state == ONLOOKER_UNKNOWN &&
	       report_find_probe(report, "wayland")->state ==
	               ONLOOKER_PROBE_WATCHING;
}

static void case_xwayland(void)
{
	struct child server, recorder;
	struct onlooker *onlooker;

	session_start_sway(&session);
	start_xwayland(&server);
	onlooker = watch_open("x11,wayland");
	assert_true(watch_until(onlooker, is_half_blind, NULL, LIMIT_MS));
	run_recorder(&recorder);
	assert_true(watch_until(onlooker, is_only, &recorder.pid, LIMIT_MS));
	child_stop(&recorder);
	assert_true(watch_until(onlooker, is_half_blind, NULL, LIMIT_MS));
	assert_int_equal(count_watchers(onlooker), 0);
	onlooker_unref(onlooker);
	child_stop(&server);
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
	{ "xwayland", case_xwayland, { "sway", "wf-recorder", "Xwayland" } },
	{ "rdp", case_rdp, { "weston", "xfreerdp", "Xvfb", "openssl" } },
};

static const struct test_case *chosen;

static int prepare(void **state)
{
	(void)state;
	session_prepare(&session);
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	session_remove(&session);
	return 0;
}

static void test_chosen(void **state)
{
	(void)state;
	chosen->run();
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
	session_become_nobody();
	return cmocka_run_group_tests(test, NULL, NULL);
}
