/*
 * GNOME's remote desktop, whole: mutter without a screen, gnome-remote-desktop
 * as its RDP server, xfreerdp as the peer. What the socket, process, pipewire
 * and portal probes see of it is one watcher.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/desktop.h"
#include "tests/support/rdp.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

#define DAEMON "/usr/libexec/gnome-remote-desktop-daemon"

enum {
	LIMIT_MS = 60000, /* RSA keys, TLS and an encoder, each on its turn */
	PORT = 13398,
};

static struct session session;
static struct pipewire pipewire;
static struct bus bus;

/* What `gsettings set` would write, for the settings of a file. */
static void write_settings(void)
{
	char key[RDP_PATH], certificate[RDP_PATH], path[128];
	FILE *file;
	static const char *const folders[] = { ".config", ".config/glib-2.0",
		                               ".config/glib-2.0/settings" };

	rdp_make_certificate(&session, key, certificate);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", session.directory,
		         folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	snprintf(path, sizeof(path), "%s/.config/glib-2.0/settings/keyfile",
	         session.directory);
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file,
	        "[org/gnome/desktop/remote-desktop/rdp]\n"
	        "enable=true\nview-only=false\n"
	        "tls-key='%s'\ntls-cert='%s'\n",
	        key, certificate);
	assert_int_equal(fclose(file), 0);
}

static void start_server(struct child *server)
{
	char port[16];

	write_settings();
	setenv("GSETTINGS_BACKEND", "keyfile", 1);
	setenv("GNOME_REMOTE_DESKTOP_TEST_RDP_USERNAME", "x", 1);
	setenv("GNOME_REMOTE_DESKTOP_TEST_RDP_PASSWORD", "x", 1);
	snprintf(port, sizeof(port), "%d", PORT);
	session_run(server, RUN(DAEMON, "--headless", "--rdp-port", port));
}

static bool begins_with(const char *text, const char *begin)
{
	return strncmp(text, begin, strlen(begin)) == 0;
}

static bool has_evidence(const struct onlooker_watcher *watcher,
                         const char *begin)
{
	for (size_t i = 0; watcher->evidence[i] != NULL; i++) {
		if (begins_with(watcher->evidence[i]->rule, begin))
			return true;
	}
	return false;
}

/*
 * The only watcher there is on our bus and PipeWire, and of this process. What
 * else the machine runs may show by sockets and names.
 */
static const struct onlooker_watcher *
find_watcher(const struct onlooker_report *report, pid_t pid)
{
	const struct onlooker_watcher *found = NULL;

	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];

		if (watcher->pid == pid && found != NULL)
			return NULL;
		if (watcher->pid == pid)
			found = watcher;
		else if (has_evidence(watcher, "pipewire.") ||
		         has_evidence(watcher, "portal."))
			return NULL;
	}
	return found;
}

static bool is_idle(const struct onlooker_report *report, const void *userdata)
{
	const struct child *server = userdata;
	const struct onlooker_watcher *watcher =
		find_watcher(report, server->pid);

	return watcher != NULL && watcher->stage == ONLOOKER_STAGE_ARMED &&
	       watcher->shared < 30 && watcher->controlled < 30 &&
	       has_evidence(watcher, "socket.listening") &&
	       !has_evidence(watcher, "portal.");
}

static bool is_used(const struct onlooker_report *report, const void *userdata)
{
	const struct child *server = userdata;
	const struct onlooker_watcher *watcher =
		find_watcher(report, server->pid);

	return watcher != NULL &&
	       watcher->stage == ONLOOKER_STAGE_CONTROLLING &&
	       begins_with(watcher->peer, "127.0.0.1:") &&
	       has_evidence(watcher, "pipewire.screen-cast") &&
	       has_evidence(watcher, "portal.screen-cast") &&
	       has_evidence(watcher, "portal.remote-control") &&
	       report->shared.state == ONLOOKER_SHARED &&
	       report->controlled.state == ONLOOKER_SHARED;
}

static void test_remote_desktop(void **state)
{
	struct onlooker *onlooker;
	struct child session_manager, server;
	struct rdp_viewer viewer;

	(void)state;
	session_run(&session_manager, RUN("wireplumber"));
	session_start_compositor(&session,
	                         RUN("mutter", "--headless", "--no-x11",
	                             "--wayland-display", "wayland-remote",
	                             "--virtual-monitor", "1024x768"),
	                         "wayland-remote");
	start_server(&server);
	onlooker = watch_open("pipewire,portal,socket,process");
	assert_true(watch_until(onlooker, is_idle, &server, LIMIT_MS));
	rdp_view(&viewer, PORT);
	assert_true(watch_until(onlooker, is_used, &server, LIMIT_MS));
	rdp_hang_up(&viewer);
	assert_true(watch_until(onlooker, is_idle, &server, LIMIT_MS));
	rdp_stop(&viewer);
	child_stop(&server);
	child_stop(&session_manager);
	onlooker_unref(onlooker);
}

static int prepare(void **state)
{
	(void)state;
	desktop_prepare(&session, &pipewire, &bus);
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	desktop_remove(&session, &pipewire, &bus);
	return 0;
}

static int skip_without(const char *program)
{
	fprintf(stderr, "there is no %s\n", program);
	return 77;
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test_setup_teardown(test_remote_desktop, prepare,
		                                clean_up),
	};
	static const char *const programs[] = { "dbus-daemon", "pipewire",
		                                "wireplumber", "mutter" };

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (!program_exists(programs[i]))
			return skip_without(programs[i]);
	}
	for (size_t i = 0; i < RDP_PROGRAMS; i++) {
		if (!program_exists(rdp_programs[i]))
			return skip_without(rdp_programs[i]);
	}
	if (access(DAEMON, X_OK) != 0)
		return skip_without(DAEMON);
	session_become_nobody();
	return cmocka_run_group_tests(test, NULL, NULL);
}
