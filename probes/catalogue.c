/*
 * Looking programs up. Which files there are and what they say is
 * catalogue_parse.c's affair; what it means that a program runs, the probes'.
 */
#include "catalogue_data.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

struct ol_catalogue *ol_catalogue_new(void)
{
	return calloc(1, sizeof(struct ol_catalogue));
}

struct ol_catalogue *ol_catalogue_free(struct ol_catalogue *self)
{
	if (self == NULL)
		return NULL;
	for (size_t i = 0; i < self->root_count; i++)
		json_decref(self->roots[i]);
	free(self->roots);
	free(self->tools);
	free(self->processes);
	free(self->by_comm);
	free(self);
	return NULL;
}

int ol_catalogue_load(struct ol_catalogue **ret)
{
	struct ol_catalogue *self = ol_catalogue_new();
	char error[OL_CATALOGUE_ERROR_MAX];
	int r = self != NULL ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && ol_catalogue_files[i].name != NULL; i++)
		r = ol_catalogue_add(self, ol_catalogue_files[i].name,
		                     ol_catalogue_files[i].text,
		                     ol_catalogue_files[i].size, error);
	if (r < 0) {
		ol_catalogue_free(self);
		return r;
	}
	*ret = self;
	return 0;
}

size_t ol_catalogue_tool_count(const struct ol_catalogue *self)
{
	return self->tool_count;
}

const struct ol_tool *ol_catalogue_tool(const struct ol_catalogue *self,
                                        size_t index)
{
	return index < self->tool_count ? &self->tools[index] : NULL;
}

const struct ol_tool_process *
ol_catalogue_process(const struct ol_catalogue *self, size_t index)
{
	return index < self->process_count ? &self->processes[index] : NULL;
}

/*
 * Programs that run other people's programs, and so bear a name that says
 * nothing. bwrap is what stays outside of a Flatpak.
 */
static bool is_interpreter(const char *comm)
{
	static const char *const names[] = {
		"python", "perl", "java",   "node",     "bash", "sh",
		"dash",   "ruby", "dotnet", "electron", "mono", "bwrap",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t length = strlen(names[i]);

		/* "python3.11" */
		if (strncmp(comm, names[i], length) == 0 &&
		    strspn(comm + length, ".0123456789") ==
		            strlen(comm + length))
			return true;
	}
	return false;
}

/* The first of the processes with this comm, sorted by it; or the end. */
static size_t first_with_comm(const struct ol_catalogue *self, const char *comm)
{
	size_t low = 0, high = self->by_comm_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(self->processes[self->by_comm[middle]].comm, comm) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct ol_tool_process *with_comm(const struct ol_catalogue *self,
                                               size_t index, const char *comm)
{
	const struct ol_tool_process *process;

	if (index >= self->by_comm_count)
		return NULL;
	process = &self->processes[self->by_comm[index]];
	return strcmp(process->comm, comm) == 0 ? process : NULL;
}

static void cut(char comm[OL_COMM_SIZE], const char *name)
{
	size_t length = strnlen(name, OL_COMM_SIZE - 1);

	memcpy(comm, name, length);
	comm[length] = '\0';
}

bool ol_catalogue_is_likely(const struct ol_catalogue *self, const char *comm)
{
	return with_comm(self, first_with_comm(self, comm), comm) != NULL ||
	       is_interpreter(comm);
}

bool ol_catalogue_has_exe(const struct ol_catalogue *self, const char *exe)
{
	const struct ol_tool_process *process;
	char comm[OL_COMM_SIZE];

	exe = last_part(exe);
	cut(comm, exe);
	for (size_t i = first_with_comm(self, comm);
	     (process = with_comm(self, i, comm)) != NULL; i++) {
		if (strcmp(process->exe, exe) == 0)
			return true;
	}
	return false;
}

/* The next argument after this one, or the first after NULL; NULL at the end. */
static const char *next_arg(const struct ol_command *command, const char *arg)
{
	const char *end = command->argv + command->argv_size;

	if (arg == NULL)
		arg = command->argv;
	else
		arg += strnlen(arg, (size_t)(end - arg)) + 1;
	/* The last one need not end with a zero: it was cut, or chosen so. */
	return arg < end && memchr(arg, '\0', (size_t)(end - arg)) != NULL
	               ? arg
	               : NULL;
}

static bool has_arg(const struct ol_command *command, const char *wanted)
{
	const char *arg = next_arg(command, NULL);

	while (arg != NULL && (arg = next_arg(command, arg)) != NULL) {
		if (strcmp(arg, wanted) == 0)
			return true;
	}
	return false;
}

static bool has_args(const struct ol_command *command,
                     const struct ol_tool_process *process)
{
	for (size_t i = 0; i < process->arg_count; i++) {
		if (!has_arg(command, process->args[i]))
			return false;
	}
	return true;
}

/* What an interpreter was told to run: its first argument that is no option. */
static const char *script_of(const struct ol_command *command)
{
	const char *arg = next_arg(command, NULL);

	if (arg == NULL || !is_interpreter(last_part(arg)))
		return NULL;
	do {
		arg = next_arg(command, arg);
	} while (arg != NULL && arg[0] == '-');
	return arg != NULL ? last_part(arg) : NULL;
}

/* The better of two matches: the one that more arguments speak for. */
static const struct ol_tool_process *better(const struct ol_tool_process *a,
                                            const struct ol_tool_process *b)
{
	return a == NULL || b->arg_count > a->arg_count ? b : a;
}

/*
 * Look for a process by one of its names. A name of full length has to be the
 * whole name; comm is cut by the kernel and matches what is cut alike.
 */
static const struct ol_tool_process *find(const struct ol_catalogue *self,
                                          const struct ol_command *command,
                                          const char *name, bool is_cut,
                                          const struct ol_tool_process *best)
{
	const struct ol_tool_process *process;
	char comm[OL_COMM_SIZE];

	cut(comm, name);
	for (size_t i = first_with_comm(self, comm);
	     (process = with_comm(self, i, comm)) != NULL; i++) {
		if (!is_cut && strcmp(process->exe, name) != 0)
			continue;
		if (has_args(command, process))
			best = better(best, process);
	}
	return best;
}

/* Whether a unit, a directory of the path, fits. */
static bool is_in_unit(const char *cgroup, const char *pattern)
{
	while (*cgroup != '\0') {
		size_t length = strcspn(cgroup, "/");
		char part[256];

		if (length > 0 && length < sizeof(part)) {
			memcpy(part, cgroup, length);
			part[length] = '\0';
			if (fnmatch(pattern, part, 0) == 0)
				return true;
		}
		cgroup += length + (cgroup[length] == '/');
	}
	return false;
}

/* "app-flatpak-com.rustdesk.RustDesk-1234.scope", as flatpak names it. */
static bool is_in_flatpak(const char *cgroup, const char *id)
{
	char pattern[OL_TOOL_TEXT_MAX + sizeof("app-flatpak--*.scope")] =
		"app-flatpak-";

	strcat(pattern, id);
	strcat(pattern, "-*.scope");
	return is_in_unit(cgroup, pattern);
}

static const struct ol_tool_process *
find_by_cgroup(const struct ol_catalogue *self, const char *cgroup)
{
	for (size_t i = 0; *cgroup != '\0' && i < self->tool_count; i++) {
		const struct ol_tool *tool = &self->tools[i];

		for (size_t j = 0; j < tool->unit_count; j++) {
			if (is_in_unit(cgroup, tool->units[j]))
				return &self->processes[tool->first_process];
		}
		for (size_t j = 0; j < tool->flatpak_count; j++) {
			if (is_in_flatpak(cgroup, tool->flatpaks[j]))
				return &self->processes[tool->first_process];
		}
	}
	return NULL;
}

const struct ol_tool_process *
ol_catalogue_match(const struct ol_catalogue *self,
                   const struct ol_command *command)
{
	const struct ol_tool_process *best = NULL;
	const char *name = next_arg(command, NULL);
	const char *script = script_of(command);

	if (*command->exe != '\0')
		best = find(self, command, last_part(command->exe), false,
		            best);
	if (script != NULL)
		best = find(self, command, script, false, best);
	/*
	 * A comm of full length may stand for longer names; then what it calls
	 * itself in full decides, if that begins alike.
	 */
	if (strlen(command->comm) == OL_COMM_SIZE - 1 && name != NULL &&
	    strncmp(last_part(name), command->comm, OL_COMM_SIZE - 1) == 0)
		best = find(self, command, last_part(name), false, best);
	else if (script == NULL ||
	         strncmp(script, command->comm, OL_COMM_SIZE - 1) != 0)
		best = find(self, command, command->comm, true, best);
	if (best == NULL && is_interpreter(command->comm))
		best = find_by_cgroup(self, command->cgroup);
	return best;
}

bool ol_tool_has_port(const struct ol_tool *tool, uint16_t port, bool is_udp)
{
	for (size_t i = 0; i < tool->port_count; i++) {
		if (tool->ports[i].is_udp == is_udp &&
		    port >= tool->ports[i].first && port <= tool->ports[i].last)
			return true;
	}
	return false;
}

bool ol_tool_has_socket(const struct ol_tool *tool, const char *path)
{
	for (size_t i = 0; i < tool->socket_count; i++) {
		if (fnmatch(tool->sockets[i], path, FNM_PATHNAME) == 0)
			return true;
	}
	return false;
}
