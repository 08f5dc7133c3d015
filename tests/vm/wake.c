/*
 * That looking wakes nothing: the kernel is asked which of its functions that
 * probe a display, or resume a device that sleeps, the library's threads called.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "vm.h"

#define TRACING "/sys/kernel/tracing/"

/* As the kernel calls them. */
static const char *const functions[] = {
	"drm_mode_getconnector",
	"drm_helper_probe_single_connector_modes",
	"drm_helper_probe_detect",
	"__pm_runtime_resume",
};

static bool append(const char *file, const char *text)
{
	char path[128];
	int fd;
	bool is_written;

	(void)snprintf(path, sizeof(path), TRACING "%s", file);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	is_written = fd >= 0 &&
	             write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		(void)close(fd);
	if (!is_written)
		printf("%s: %s is not taken\n", path, text);
	return is_written;
}

/* Every thread of a process, and those that it makes. */
static bool trace_process(pid_t pid)
{
	char path[64];
	struct dirent *entry;
	bool is_traced = true;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	if (dir == NULL)
		return false;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.')
			is_traced &= append("set_ftrace_pid", entry->d_name);
	}
	(void)closedir(dir);
	return is_traced;
}

static bool trace_start(pid_t pid)
{
	bool is_good = write_file(TRACING "options/function-fork", "1") &&
	               trace_process(pid);

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		is_good &= append("set_ftrace_filter", functions[i]);
	return is_good && write_file(TRACING "current_tracer", "function");
}

/* How often any of them was called; prints the first few. */
static unsigned count_calls(void)
{
	FILE *file = fopen(TRACING "trace", "r");
	char line[512];
	unsigned calls = 0;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (line[0] == '#')
			continue;
		if (calls++ < 5)
			printf("TRACE %s", line);
	}
	if (file != NULL)
		(void)fclose(file);
	return calls;
}

/* As a display server asks for its modes. */
static void probe_as_server(void)
{
	int fd = open(CARD_NODE, O_RDWR | O_CLOEXEC);
	drmModeRes *resources = drmModeGetResources(fd);

	if (resources != NULL)
		drmModeFreeConnector(
			drmModeGetConnector(fd, resources->connectors[0]));
	drmModeFreeResources(resources);
	(void)close(fd);
}

void wake_cases(struct observer *observer, bool (*plug)(const char *edid))
{
	unsigned calls;
	bool is_right = true;

	if (mount("tracefs", TRACING, "tracefs", 0, NULL) < 0 ||
	    !trace_start(observer->pid)) {
		row("the library's calls", "traced", NULL, false, observer, 0);
		return;
	}
	for (int i = 0; i < 20 && is_right; i++) {
		(void)plug(i % 2 == 0 ? "nanokvm" : "dell_real");
		(void)write_file("/sys/class/drm/card0/uevent", "change");
		is_right = observer_wait(observer, "drm.ip-kvm", "NanoKVM",
		                         i % 2 == 0);
	}
	calls = count_calls();
	printf("MEASURED in 20 looks and more the library called functions "
	       "that "
	       "wake %u times\n",
	       calls);
	row("looking at displays", "wakes none", NULL, is_right && calls == 0,
	    observer, 0);
	(void)trace_process(getpid());
	probe_as_server();
	row("a display server that asks for modes", "wakes one", NULL,
	    count_calls() > calls, observer, 0);
	(void)write_file(TRACING "current_tracer", "nop");
}
