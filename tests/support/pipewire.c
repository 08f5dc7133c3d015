/* A private PipeWire daemon, and simulated casts on it. */
#include "tests/support/pipewire.h"

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/watch.h"
#include "tests/unit/cmocka_all.h"

/* No session manager, no realtime, no D-Bus, no devices. */
static const char configuration[] =
	"context.properties = {\n"
	"  core.daemon = true  core.name = pipewire-0  support.dbus = false\n"
	"}\n"
	"context.spa-libs = { support.* = support/libspa-support }\n"
	"context.modules = [\n"
	"  { name = libpipewire-module-protocol-native }\n"
	"  { name = libpipewire-module-spa-node-factory }\n"
	"  { name = libpipewire-module-client-node }\n"
	"  { name = libpipewire-module-access }\n"
	"  { name = libpipewire-module-metadata }\n"
	"  { name = libpipewire-module-link-factory }\n"
	"]\n";

int pipewire_prepare(struct pipewire *pipewire)
{
	char path[64];
	FILE *file;

	*pipewire = (struct pipewire){ .daemon.out = -1 };
	strcpy(pipewire->directory, "/tmp/pipewire-XXXXXX");
	if (mkdtemp(pipewire->directory) == NULL)
		return -errno;
	setenv("XDG_RUNTIME_DIR", pipewire->directory, 1);
	unsetenv("PIPEWIRE_RUNTIME_DIR");
	unsetenv("PIPEWIRE_REMOTE");
	snprintf(path, sizeof(path), "%s/daemon.conf", pipewire->directory);
	file = fopen(path, "we");
	if (file == NULL)
		return -errno;
	fputs(configuration, file);
	return fclose(file) == 0 ? 0 : -errno;
}

static int try_connect(const struct pipewire *pipewire)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/pipewire-0",
	         pipewire->directory);
	r = connect(fd, (struct sockaddr *)&address, sizeof(address));
	r = r < 0 ? -errno : 0;
	close(fd);
	return r;
}

static int wait_for_socket(const struct pipewire *pipewire, int inotify)
{
	struct pollfd poll_fd = { .fd = inotify, .events = POLLIN };
	char events[4096];
	int r;

	while ((r = try_connect(pipewire)) == -ENOENT) {
		if (poll(&poll_fd, 1, 10000) <= 0)
			return -ETIMEDOUT;
		(void)!read(inotify, events, sizeof(events));
	}
	/* Between its bind() and its listen(), for which there is no event. */
	for (int i = 0; r == -ECONNREFUSED && i < 1000000; i++) {
		sched_yield();
		r = try_connect(pipewire);
	}
	return r;
}

int pipewire_start(struct pipewire *pipewire)
{
	char path[64];
	const char *arguments[] = { "pipewire", "-c", path, NULL };
	int inotify = inotify_init1(IN_CLOEXEC);
	int r;

	/* A socket that a killed daemon left would be waited for in vain. */
	snprintf(path, sizeof(path), "%s/pipewire-0", pipewire->directory);
	unlink(path);
	inotify_add_watch(inotify, pipewire->directory, IN_CREATE);
	snprintf(path, sizeof(path), "%s/daemon.conf", pipewire->directory);
	r = child_start(&pipewire->daemon, arguments, NULL, CHILD_QUIET);
	if (r == 0)
		r = wait_for_socket(pipewire, inotify);
	close(inotify);
	return r;
}

void pipewire_end(struct pipewire *pipewire, int signal_number)
{
	kill(pipewire->daemon.pid, signal_number);
	(void)child_wait(&pipewire->daemon, 5000);
	pipewire->daemon.pid = 0;
}

static int remove_entry(const char *path, const struct stat *status, int type,
                        struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

void pipewire_remove(struct pipewire *pipewire)
{
	child_stop(&pipewire->daemon);
	/* Session managers and compositors leave things of their own there. */
	(void)nftw(pipewire->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void cast_start(struct cast *cast, const char *const arguments[])
{
	const char *all[16] = { PIPEWIRE_CAST };
	char line[128];
	int pid, i = 0;

	*cast = (struct cast){ 0 };
	while (arguments[i] != NULL && i < 14) {
		all[i + 1] = arguments[i];
		i++;
	}
	assert_int_equal(child_start(&cast->child, all, NULL, CHILD_OUTPUT), 0);
	while (cast->node == 0) {
		assert_int_equal(child_read_line(&cast->child, line,
		                                 sizeof(line),
		                                 PIPEWIRE_LIMIT_MS),
		                 0);
		if (sscanf(line, "consumer %d", &pid) == 1 &&
		    cast->n_consumers < 4)
			cast->consumers[cast->n_consumers++] = pid;
		else
			(void)sscanf(line, "node %u", &cast->node);
	}
}

void cast_stop(struct cast *cast)
{
	child_stop(&cast->child);
}

uint32_t cast_wait(struct cast *cast, const char *begin)
{
	size_t length = strlen(begin);
	char line[128];

	do {
		assert_int_equal(child_read_line(&cast->child, line,
		                                 sizeof(line),
		                                 PIPEWIRE_LIMIT_MS),
		                 0);
	} while (strncmp(line, begin, length) != 0);
	return (uint32_t)strtoul(line + length, NULL, 10);
}

int pipewire_set_up(void **state)
{
	struct pipewire *pipewire = malloc(sizeof(*pipewire));

	*state = pipewire;
	return pipewire == NULL || pipewire_prepare(pipewire) < 0 ||
	       pipewire_start(pipewire) < 0;
}

int pipewire_tear_down(void **state)
{
	pipewire_remove(*state);
	free(*state);
	return 0;
}

void pipewire_expect_state(struct onlooker *onlooker,
                           enum onlooker_probe_state state)
{
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .probe = "pipewire",
	                                           .probe_state = state },
	                      PIPEWIRE_LIMIT_MS));
}

struct onlooker *pipewire_open(void)
{
	struct onlooker *onlooker = watch_open("pipewire");

	pipewire_expect_state(onlooker, ONLOOKER_PROBE_WATCHING);
	return onlooker;
}

void pipewire_expect(struct onlooker *onlooker, const char *rule, pid_t pid)
{
	assert_true(watch_for(onlooker,
	                      (struct watch_want){ .rule = rule, .pid = pid },
	                      PIPEWIRE_LIMIT_MS));
}

void pipewire_expect_none(struct onlooker *onlooker, const char *rule)
{
	assert_true(watch_for(onlooker, (struct watch_want){ .not_rule = rule },
	                      PIPEWIRE_LIMIT_MS));
}
