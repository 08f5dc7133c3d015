/* A user's session without a screen. */
#include "tests/support/session.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/unit/cmocka_all.h"

enum { NOBODY = 65534 };

void session_become_nobody(void)
{
	if (geteuid() != 0)
		return;
	assert_int_equal(setresgid(NOBODY, NOBODY, NOBODY), 0);
	assert_int_equal(setresuid(NOBODY, NOBODY, NOBODY), 0);
	/* Which takes the right to see ourselves in /proc. */
	assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0);
}

void session_prepare(struct session *session)
{
	static const char *const outer[] = { "DISPLAY", "WAYLAND_DISPLAY",
		                             "SWAYSOCK",
		                             "DBUS_SESSION_BUS_ADDRESS",
		                             "XDG_CURRENT_DESKTOP" };

	*session = (struct session){ .compositor.out = -1 };
	strcpy(session->directory, "/tmp/session-XXXXXX");
	assert_non_null(mkdtemp(session->directory));
	setenv("XDG_RUNTIME_DIR", session->directory, 1);
	setenv("HOME", session->directory, 1);
	for (size_t i = 0; i < sizeof(outer) / sizeof(outer[0]); i++)
		unsetenv(outer[i]);
}

void session_run(struct child *child, const char *const arguments[])
{
	assert_int_equal(child_start(child, arguments, NULL, CHILD_QUIET), 0);
}

void session_remove(struct session *session)
{
	struct child child;

	child_stop(&session->compositor);
	session_run(&child, RUN("rm", "-rf", session->directory));
	(void)child_wait(&child, SESSION_LIMIT_MS);
}

void session_start_compositor(struct session *session,
                              const char *const arguments[], const char *socket)
{
	int inotify = inotify_init1(IN_CLOEXEC);
	struct pollfd poll_fd = { .fd = inotify, .events = POLLIN };
	char path[96], events[4096];

	snprintf(path, sizeof(path), "%s/%s", session->directory, socket);
	unlink(path); /* of one that was killed */
	assert_true(inotify_add_watch(inotify, session->directory, IN_CREATE) >=
	            0);
	session_run(&session->compositor, arguments);
	while (access(path, F_OK) != 0) {
		assert_true(poll(&poll_fd, 1, SESSION_LIMIT_MS) > 0);
		assert_true(read(inotify, events, sizeof(events)) > 0);
	}
	close(inotify);
	setenv("WAYLAND_DISPLAY", socket, 1);
}

void session_start_sway(struct session *session)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/sway.conf", session->directory);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("xwayland disable\noutput HEADLESS-1 resolution 1280x720\n",
	      file);
	fclose(file);
	setenv("WLR_BACKENDS", "headless", 1);
	setenv("WLR_RENDERER", "pixman", 1);
	setenv("WLR_LIBINPUT_NO_DEVICES", "1", 1);
	/* The first name that sway tries. */
	session_start_compositor(session, RUN("sway", "-c", path), "wayland-1");
}

void session_start_weston(struct session *session)
{
	session_start_compositor(session,
	                         RUN("weston", "--backend=headless-backend.so",
	                             "--no-config", "--width=1280",
	                             "--height=720", "--socket=wayland-test"),
	                         "wayland-test");
}
