/*
 * Programs that take the screen through xdg-desktop-portal, as users' programs
 * do: GStreamer, Chromium and OBS, on mutter without a screen, whose casts a backend
 * of ours grants without asking. Requester and consumer are one watcher. One case
 * a run, named by the argument; 77 if one of its programs is missing.
 */
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/desktop.h"
#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

#define PORTAL     "/usr/libexec/xdg-desktop-portal"
#define OBS_PLUGIN "/usr/lib/*/obs-plugins/linux-pipewire.so"

enum {
	LIMIT_MS = 60000, /* Chromium takes its time on a loaded machine */
	PAGE_MS = 1000,   /* what a page that has been clicked on takes */
};

static struct session session;
static struct pipewire pipewire;
static struct bus bus;
static struct child session_manager, backend, portal;

static void make_folder(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", session.directory, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", session.directory, name);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void write_portal_file(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/portals", session.directory);
	setenv("XDG_DESKTOP_PORTAL_DIR", path, 1);
	setenv("XDG_CURRENT_DESKTOP", "test", 1);
	make_folder("portals");
	write_file("portals/test.portal",
	           "[portal]\n"
	           "DBusName=org.freedesktop.impl.portal.desktop.gnome\n"
	           "Interfaces=org.freedesktop.impl.portal.ScreenCast;\n"
	           "UseIn=test;\n");
}

static void start_desktop(void)
{
	struct child waiter;

	session_run(&session_manager, RUN("wireplumber"));
	session_start_compositor(&session,
	                         RUN("mutter", "--headless", "--no-x11",
	                             "--wayland-display", "wayland-portal",
	                             "--virtual-monitor", "1024x768"),
	                         "wayland-portal");
	bus_run(&waiter,
	        RUN(BUS_CLIENT, "wait", "org.gnome.Mutter.ScreenCast"));
	child_stop(&waiter);
	bus_run(&backend, RUN(PORTAL_BACKEND));
	write_portal_file();
	session_run(&portal, RUN(PORTAL));
	bus_run(&waiter,
	        RUN(BUS_CLIENT, "wait", "org.freedesktop.portal.Desktop"));
	child_stop(&waiter);
}

static void stop_desktop(void)
{
	child_stop(&portal);
	child_stop(&backend);
	child_stop(&session.compositor);
	child_stop(&session_manager);
}

static bool has_stream(const struct onlooker_report *report,
                       const void *userdata)
{
	const struct child *program = userdata;

	return report_find(report, "portal.screen-cast", program->pid) !=
	               NULL &&
	       report_find(report, "portal.session", program->pid) != NULL &&
	       report_find(report, "pipewire.screen-cast", 0) == NULL &&
	       report->shared.state == ONLOOKER_SUSPECTED;
}

/* Whoever asked also receives, and nobody else is named. */
static bool takes_picture(const struct onlooker_report *report,
                          const void *userdata)
{
	const struct child *program = userdata;

	return report->watchers[0] != NULL && report->watchers[1] == NULL &&
	       report_find(report, "portal.screen-cast", program->pid) !=
	               NULL &&
	       report_find(report, "portal.session", program->pid) != NULL &&
	       report_find(report, "pipewire.screen-cast", program->pid) !=
	               NULL &&
	       report->shared.state == ONLOOKER_SHARED;
}

static bool has_no_watcher(const struct onlooker_report *report,
                           const void *userdata)
{
	(void)userdata;
	return report->watchers[0] == NULL;
}

static void case_gstreamer(struct onlooker *onlooker)
{
	struct child program;

	bus_run(&program, RUN(PORTAL_CAST));
	assert_true(watch_until(onlooker, has_stream, &program, LIMIT_MS));
	assert_int_equal(kill(program.pid, SIGUSR1), 0);
	assert_true(watch_until(onlooker, takes_picture, &program, LIMIT_MS));
	child_stop(&program);
	assert_true(watch_until(onlooker, has_no_watcher, NULL, LIMIT_MS));
}

static void start_screen(struct child *screen, char *display, size_t size)
{
	char line[16];

	assert_int_equal(child_start(screen,
	                             RUN("Xvfb", "-displayfd", "1", "-screen",
	                                 "0", "1280x720x24"),
	                             NULL, CHILD_OUTPUT),
	                 0);
	assert_int_equal(child_read_line(screen, line, sizeof(line), LIMIT_MS),
	                 0);
	snprintf(display, size, "DISPLAY=:%s", line);
}

static void start_chromium(struct child *program, const char *display)
{
	static char profile[64];

	snprintf(profile, sizeof(profile), "--user-data-dir=%s/chromium",
	         session.directory);
	/*
	 * Its window is on an X server, where we can click; to share a screen
	 * it asks the portal, since its session is said to be one of Wayland.
	 */
	assert_int_equal(
		child_start(
			program,
			RUN("chromium", "--no-sandbox", "--disable-gpu",
	                    "--disable-quic", "--no-first-run",
	                    "--disable-background-networking",
	                    "--disable-component-update", "--disable-sync",
	                    "--ozone-platform=x11", profile,
	                    "--window-size=1000,700", "--window-position=0,0",
	                    "--auto-select-desktop-capture-source="
	                    "Entire screen",
	                    "file://" TOOLS_SOURCE
	                    "/share_screen.html#monitor"),
			RUN(display, "XDG_SESSION_TYPE=wayland"), CHILD_QUIET),
		0);
}

/* The page takes one click, once it is there. */
static bool click_until_shared(struct onlooker *onlooker, const char *display,
                               const struct child *program)
{
	for (int i = 0; i < LIMIT_MS / PAGE_MS; i++) {
		struct child click;

		assert_int_equal(child_start(&click,
		                             RUN("xdotool", "mousemove", "400",
		                                 "400", "click", "1"),
		                             RUN(display), CHILD_QUIET),
		                 0);
		(void)child_wait(&click, LIMIT_MS);
		if (watch_until(onlooker, takes_picture, program, PAGE_MS))
			return true;
	}
	return false;
}

static void case_chromium(struct onlooker *onlooker)
{
	struct child screen, program;
	char display[32];

	start_screen(&screen, display, sizeof(display));
	start_chromium(&program, display);
	assert_true(click_until_shared(onlooker, display, &program));
	child_stop(&program);
	assert_true(watch_until(onlooker, has_no_watcher, NULL, LIMIT_MS));
	child_stop(&screen);
}

/* A scene whose one source is the screen; OBS asks for it when it starts. */
static void write_scene(void)
{
	make_folder(".config");
	make_folder(".config/obs-studio");
	make_folder(".config/obs-studio/basic");
	make_folder(".config/obs-studio/basic/profiles");
	make_folder(".config/obs-studio/basic/profiles/Test");
	make_folder(".config/obs-studio/basic/scenes");
	write_file(".config/obs-studio/global.ini",
	           "[General]\nFirstRun=true\n"
	           "[Basic]\nProfile=Test\nProfileDir=Test\n"
	           "SceneCollection=Test\nSceneCollectionFile=Test\n");
	write_file(".config/obs-studio/basic/scenes/Test.json",
	           "{\"name\":\"Test\",\"current_scene\":\"Scene\","
	           "\"current_program_scene\":\"Scene\","
	           "\"scene_order\":[{\"name\":\"Scene\"}],\"sources\":["
	           "{\"id\":\"scene\",\"name\":\"Scene\",\"settings\":"
	           "{\"id_counter\":1,\"items\":[{\"id\":1,"
	           "\"name\":\"Screen\",\"visible\":true}]}},"
	           "{\"id\":\"pipewire-desktop-capture-source\","
	           "\"name\":\"Screen\",\"settings\":{}}]}");
}

static void case_obs(struct onlooker *onlooker)
{
	struct child program;

	write_scene();
	assert_int_equal(child_start(&program,
	                             RUN("obs", "--multi", "--disable-updater",
	                                 "--disable-missing-files-check"),
	                             RUN("QT_QPA_PLATFORM=wayland",
	                                 "XDG_SESSION_TYPE=wayland"),
	                             CHILD_QUIET),
	                 0);
	assert_true(watch_until(onlooker, takes_picture, &program, LIMIT_MS));
	child_stop(&program);
	assert_true(watch_until(onlooker, has_no_watcher, NULL, LIMIT_MS));
}

static const struct test_case {
	const char *name;
	void (*run)(struct onlooker *onlooker);
	const char *programs[8];
} cases[] = {
	{ "gstreamer",
	  case_gstreamer,
	  { "dbus-daemon", "pipewire", "wireplumber", "mutter",
	    "gst-launch-1.0" } },
	{ "chromium",
	  case_chromium,
	  { "dbus-daemon", "pipewire", "wireplumber", "mutter", "chromium",
	    "Xvfb", "xdotool" } },
	{ "obs",
	  case_obs,
	  { "dbus-daemon", "pipewire", "wireplumber", "mutter", "obs" } },
};

static const struct test_case *chosen;

/* Debian has it in a package of its own; multiarch names the folder. */
static bool has_obs_plugin(void)
{
	glob_t found;
	int r = glob(OBS_PLUGIN, 0, NULL, &found);

	if (r == 0)
		globfree(&found);
	return r == 0;
}

static void test_chosen(void **state)
{
	struct onlooker *onlooker;

	(void)state;
	start_desktop();
	onlooker = watch_open("pipewire,portal");
	chosen->run(onlooker);
	onlooker_unref(onlooker);
	stop_desktop();
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
	if (access(PORTAL, X_OK) != 0) {
		fprintf(stderr, "there is no %s\n", PORTAL);
		return 77;
	}
	for (size_t i = 0; i < 8 && chosen->programs[i] != NULL; i++) {
		if (program_exists(chosen->programs[i]))
			continue;
		fprintf(stderr, "there is no %s\n", chosen->programs[i]);
		return 77;
	}
	if (chosen->run == case_obs && !has_obs_plugin()) {
		fprintf(stderr, "there is no " OBS_PLUGIN "\n");
		return 77;
	}
	session_become_nobody();
	return cmocka_run_group_tests_name(chosen->name, test, NULL, NULL);
}
