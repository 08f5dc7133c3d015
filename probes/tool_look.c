/* One process, as /proc shows it: whether it is a program that we know. */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc.h"

enum {
	STAT_SIZE = 512, /* 22 fields and a name of 15 bytes: under 300 */
	/* What identifies a program stands at the beginning. */
	CMDLINE_SIZE = 4096,
	CGROUP_SIZE = 2048,
	/* The kernel allows far more, shells hand on a few thousand bytes. */
	ENVIRON_SIZE = 65536,
};

static int open_file(struct ol_host *host, int64_t pid, const char *name,
                     int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%lld/%s", (long long)pid, name);
	return ol_open(host, path, flags);
}

/* Its first `size` bytes. Returns how many there are, 0 if it cannot be read. */
static size_t read_some(int fd, char *text, size_t size)
{
	size_t length = 0;

	while (length < size) {
		ssize_t n = read(fd, text + length, size - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	return length;
}

static size_t read_file(struct ol_host *host, int64_t pid, const char *name,
                        char *text, size_t size)
{
	int fd = open_file(host, pid, name, O_RDONLY);
	size_t length;

	if (fd < 0)
		return 0;
	length = read_some(fd, text, size);
	(void)close(fd); /* nothing was written */
	return length;
}

static bool read_stat(struct ol_host *host, int64_t pid, struct ol_run *run)
{
	int fd = open_file(host, pid, "stat", O_RDONLY);
	struct ol_proc_stat parsed;
	struct stat status;
	char text[STAT_SIZE];
	ssize_t length;
	bool is_good;

	if (fd < 0)
		return false;
	/* One read gives all of it. */
	do
		length = read(fd, text, sizeof(text));
	while (length < 0 && errno == EINTR);
	is_good = length > 0 &&
	          ol_proc_parse_stat(text, (size_t)length, &parsed) == 0;
	if (is_good && fstat(fd, &status) == 0)
		run->uid = status.st_uid;
	(void)close(fd); /* nothing was written */
	if (!is_good)
		return false;
	run->pid = pid;
	run->start_time = parsed.start_time;
	snprintf(run->comm, sizeof(run->comm), "%.15s", parsed.comm);
	return true;
}

/* The path of its executable; false if this user may not know. */
static bool read_exe(struct ol_host *host, int64_t pid, char *path, size_t size)
{
	int fd = open_file(host, pid, "exe", O_PATH | O_NOFOLLOW);
	ssize_t length;

	path[0] = '\0';
	if (fd < 0)
		return false;
	length = readlinkat(fd, "", path, size - 1);
	(void)close(fd); /* nothing was written */
	path[length > 0 ? length : 0] = '\0';
	return length > 0;
}

/* The path of its group in the one hierarchy of version 2: "0::/PATH". */
static void read_cgroup(struct ol_host *host, int64_t pid, char *path,
                        size_t size)
{
	char text[CGROUP_SIZE];
	size_t length = read_file(host, pid, "cgroup", text, sizeof(text) - 1);
	char *line;

	path[0] = '\0';
	text[length] = '\0';
	line = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
	if (line == NULL)
		return;
	line += *line == '\n' ? 4 : 3;
	line[strcspn(line, "\n")] = '\0';
	if (strlen(line) < size)
		strcpy(path, line);
}

/* The number by which the kernel names the group of a socket: its inode. */
static uint64_t cgroup_id(struct ol_host *host, const char *cgroup)
{
	static const char *const mounts[] = { "/sys/fs/cgroup",
		                              "/sys/fs/cgroup/unified" };
	char path[CGROUP_SIZE + 32];
	struct stat status;

	/* The root group holds everything that nobody put elsewhere. */
	if (strcmp(cgroup, "/") == 0 || *cgroup == '\0')
		return 0;
	for (size_t i = 0; i < 2; i++) {
		int fd;
		int r;

		snprintf(path, sizeof(path), "%s%s", mounts[i], cgroup);
		fd = ol_open(host, path, O_PATH | O_DIRECTORY);
		if (fd < 0)
			continue;
		r = fstat(fd, &status);
		(void)close(fd); /* nothing was written */
		if (r == 0)
			return status.st_ino;
	}
	return 0;
}

static void read_tie(struct ol_host *host, const struct ol_command *command,
                     struct ol_run *run)
{
	struct ol_screens ours, theirs = { .x11 = "" };
	char *variables;

	variables = run->is_open ? malloc(ENVIRON_SIZE) : NULL;
	if (variables != NULL)
		ol_screens_parse(&theirs, variables,
		                 read_file(host, run->pid, "environ", variables,
		                           ENVIRON_SIZE));
	free(variables);
	ol_screens_apply(&theirs, run->process->tool->display, command->argv,
	                 command->argv_size);
	ol_screens_set(&ours, ol_env(host, "DISPLAY"),
	               ol_env(host, "WAYLAND_DISPLAY"));
	run->tie = ol_screens_reach(&ours, ol_screens_compare(&ours, &theirs),
	                            run->uid, getuid());
}

/*
 * A name of 15 bytes costs anyone one call, but not the path of the executable,
 * which is why that is looked at too, where we may.
 */
static enum ol_look look_closely(struct ol_host *host,
                                 const struct ol_catalogue *catalogue,
                                 struct ol_run *run)
{
	char exe[4096], cgroup[CGROUP_SIZE];
	char argv[CMDLINE_SIZE];
	struct ol_command command = {
		.comm = run->comm, .exe = exe, .argv = argv, .cgroup = cgroup
	};

	run->is_open = read_exe(host, run->pid, exe, sizeof(exe));
	if (!ol_catalogue_is_likely(catalogue, run->comm) &&
	    !(run->is_open && ol_catalogue_has_exe(catalogue, exe)))
		return OL_LOOK_OTHER;
	command.argv_size =
		read_file(host, run->pid, "cmdline", argv, sizeof(argv));
	read_cgroup(host, run->pid, cgroup, sizeof(cgroup));
	run->process = ol_catalogue_match(catalogue, &command);
	if (run->process == NULL)
		return OL_LOOK_OTHER;
	run->cgroup = cgroup_id(host, cgroup);
	read_tie(host, &command, run);
	return OL_LOOK_TOOL;
}

enum ol_look ol_tool_look(struct ol_host *host,
                          const struct ol_catalogue *catalogue, int64_t pid,
                          const struct ol_run *known, struct ol_run *ret)
{
	struct ol_run run = { .pid = pid };
	enum ol_look look;

	if (!read_stat(host, pid, &run))
		return OL_LOOK_GONE;
	if (known != NULL && known->start_time == run.start_time &&
	    strcmp(known->comm, run.comm) == 0) {
		*ret = *known;
		return known->process != NULL ? OL_LOOK_TOOL : OL_LOOK_OTHER;
	}
	look = look_closely(host, catalogue, &run);
	*ret = run;
	return look;
}

/*
 * Of all files of a process stat takes the longest, 78 us with cold caches
 * where comm took 11.
 */
bool ol_tool_is_likely(const struct ol_catalogue *catalogue, int proc,
                       int64_t pid)
{
	char path[32], exe[4096], comm[OL_COMM_SIZE + 1];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "%lld/comm", (long long)pid);
	fd = ol_open_at(proc, path, O_RDONLY);
	if (fd < 0)
		return true;
	/* One read gives all of it. */
	length = read(fd, comm, sizeof(comm) - 1);
	(void)close(fd); /* nothing was written */
	comm[length > 0 ? length : 0] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
	if (ol_catalogue_is_likely(catalogue, comm))
		return true;
	snprintf(path, sizeof(path), "%lld/exe", (long long)pid);
	length = readlinkat(proc, path, exe, sizeof(exe) - 1);
	exe[length > 0 ? length : 0] = '\0';
	return length > 0 && ol_catalogue_has_exe(catalogue, exe);
}
