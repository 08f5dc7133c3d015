/*
 * Which processes there are, and which of them are new. The price of a look does
 * not grow with their number: as long as /proc/loadavg names the same last
 * process, none was started; else only those above the last one known are read.
 */
#include "tool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	/*
	 * Where the kernel puts process N in the listing of /proc: 256 + 2, since
	 * Linux 2.6 (fs/proc/base.c: TGID_OFFSET). Checked before it is used.
	 */
	PROC_BIAS = 258,
	/* A process is forked first and executes its program a moment later. */
	YOUNG_MAX = 128,
	YOUNG_POLLS = 3,
	/*
	 * Looked at again, in turn, at 20 us each: a process that executes a
	 * tool long after it was forked is found in the end, and soon after the
	 * kernel has told that some tool was executed. As many as polls have
	 * passed, at a time: what a poll costs on an idle machine are cold
	 * caches, which eight share.
	 */
	SWEEP = 8,
	SWEEP_HURRIED = 64,
	/* How far below the last process one may still be before its exec. */
	FRESH = 16,
	LIST_SIZE = 32768,
	/*
	 * Of the list, when but SWEEP of it are wanted: the kernel looks up as
	 * many processes as fit, 24 to 32 bytes each.
	 */
	LIST_SOME_SIZE = 256,
	/* Marks cost nothing until a file is executed. */
	MARKS_MAX = 256,
};

struct young {
	struct ol_run run; /* process is NULL: no tool, as far as was seen */
	int age;
};

struct entry {
	struct ol_run run;
	struct ol_tool_table *table;
	struct ol_source *source; /* NULL: its end has to be looked for */
	int pidfd;
};

struct ol_tool_table {
	struct ol_host *host;
	const struct ol_catalogue *catalogue;
	struct ol_tool_watch watch;
	int loadavg_fd;
	int proc_fd;
	int fanotify_fd; /* -1: not allowed, or not known to this kernel */
	struct ol_source *fanotify_source;
	bool can_seek;
	long last_pid;
	long young_from; /* processes above may not have executed yet */
	long sweep_pid;
	int sweep_left;
	int polls; /* since the last sweep */
	struct young young[YOUNG_MAX];
	size_t young_count;
	struct entry *entries[OL_RUNS_MAX];
	size_t count;
	uint64_t serial;
	bool is_hurried; /* some tool was executed; sweep to the end */
	bool is_full;
	bool is_blind;
	bool is_changed;
};

/* ---- the list of processes ---- */

/* As the kernel hands it out: getdents64(2). */
struct dirent_head {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
} __attribute__((packed));

typedef bool (*pid_fn)(struct ol_tool_table *self, long pid);

static long pid_of(const char *name)
{
	long pid = 0;

	for (; *name >= '0' && *name <= '9'; name++) {
		pid = pid * 10 + (*name - '0');
		if (pid > INT32_MAX)
			return 0;
	}
	return *name == '\0' ? pid : 0;
}

/*
 * Calls `each` for every process from `first` on, in order, until it returns
 * false. Learns on the way whether the kernel numbers the list as we think.
 */
static int list(struct ol_tool_table *self, long first, size_t size,
                pid_fn each)
{
	char buffer[LIST_SIZE] __attribute__((aligned(8)));
	bool is_seeking = first > 0 && self->can_seek;
	int64_t promised = 0;
	long n;

	if (lseek(self->proc_fd, is_seeking ? first + PROC_BIAS : 0, SEEK_SET) <
	    0)
		return -errno;
	while ((n = syscall(SYS_getdents64, self->proc_fd, buffer, size)) > 0) {
		for (long at = 0; at < n;) {
			struct dirent_head head;
			long pid;

			memcpy(&head, buffer + at, sizeof(head));
			pid = pid_of(buffer + at + sizeof(head));
			at += head.reclen;
			if (pid == 0)
				continue;
			if (promised > 0 && first == 0)
				self->can_seek = promised == pid + PROC_BIAS;
			promised = head.off;
			if (pid >= first && !each(self, pid))
				return 0;
		}
	}
	return n < 0 ? -errno : 0;
}

/* The last process that was started, or -errno. */
static long read_last_pid(struct ol_tool_table *self)
{
	char text[128];
	ssize_t n = pread(self->loadavg_fd, text, sizeof(text) - 1, 0);
	const char *last;

	if (n <= 0)
		return n < 0 ? -errno : -EIO;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	last = strrchr(text, ' ');
	return last != NULL ? pid_of(last + 1) : -EIO;
}

/* ---- known programs ---- */

static size_t find(const struct ol_tool_table *self, long pid)
{
	size_t i = 0;

	while (i < self->count && self->entries[i]->run.pid != pid)
		i++;
	return i;
}

static void remove_entry(struct ol_tool_table *self, size_t index)
{
	struct entry *entry = self->entries[index];

	self->watch.gone(self->watch.data, &entry->run);
	ol_unwatch(entry->source);
	if (entry->pidfd >= 0)
		(void)close(entry->pidfd);
	self->entries[index] = self->entries[--self->count];
	free(entry);
	self->is_changed = true;
}

static void on_end(void *data, uint32_t events)
{
	struct entry *entry = data;
	struct ol_tool_table *self = entry->table;

	(void)events;
	remove_entry(self, find(self, (long)entry->run.pid));
}

/* Have the kernel tell its end; where it cannot, each poll looks. */
static void watch_end(struct entry *entry)
{
	struct ol_host *host = entry->table->host;

	if (ol_has_root(host))
		return;
	entry->pidfd = (int)syscall(SYS_pidfd_open, (pid_t)entry->run.pid, 0);
	if (entry->pidfd < 0)
		return;
	if (ol_watch_fd(host, entry->pidfd, EPOLLIN, on_end, entry,
	                &entry->source) < 0)
		entry->source = NULL;
}

static void add_entry(struct ol_tool_table *self, const struct ol_run *run)
{
	struct entry *entry;
	struct ol_run again;

	if (self->count == OL_RUNS_MAX) {
		self->is_full = true;
		return;
	}
	entry = malloc(sizeof(*entry));
	if (entry == NULL)
		return; /* the sweep comes by again */
	*entry = (struct entry){ .run = *run, .table = self, .pidfd = -1 };
	entry->run.serial = ++self->serial;
	watch_end(entry);
	self->entries[self->count++] = entry;
	self->is_changed = true;
	/* The descriptor is of whoever has the number now. */
	if (ol_tool_look(self->host, self->catalogue, run->pid, run, &again) ==
	            OL_LOOK_GONE ||
	    again.start_time != run->start_time)
		remove_entry(self, self->count - 1);
}

static void remember_young(struct ol_tool_table *self, const struct ol_run *run)
{
	size_t i = 0;

	while (i < self->young_count && self->young[i].run.pid != run->pid)
		i++;
	if (i == YOUNG_MAX)
		return; /* a burst: the sweep comes by */
	if (i == self->young_count)
		self->young_count++;
	self->young[i] = (struct young){ .run = *run };
}

/*
 * While a process executes a program, its arguments and environment are empty
 * for a moment: what was learnt then of its screen is not what it will be.
 */
static bool is_same_run(const struct ol_run *a, const struct ol_run *b)
{
	return a->start_time == b->start_time && a->process == b->process &&
	       a->tie == b->tie && a->is_open == b->is_open && a->uid == b->uid;
}

/* Look at a process, and bring the table in line with what it is. */
static enum ol_look look(struct ol_tool_table *self, long pid,
                         const struct ol_run *known, struct ol_run *ret)
{
	size_t index = find(self, pid);
	const struct ol_run *run =
		index < self->count ? &self->entries[index]->run : NULL;
	enum ol_look result =
		ol_tool_look(self->host, self->catalogue, pid, known, ret);

	if (run != NULL && (result != OL_LOOK_TOOL || !is_same_run(run, ret))) {
		remove_entry(self, index);
		run = NULL;
	}
	if (run == NULL && result == OL_LOOK_TOOL)
		add_entry(self, ret);
	return result;
}

static bool meet(struct ol_tool_table *self, long pid)
{
	struct ol_run run;

	if (look(self, pid, NULL, &run) != OL_LOOK_GONE &&
	    pid > self->young_from)
		remember_young(self, &run);
	return true;
}

static bool meet_old(struct ol_tool_table *self, long pid)
{
	size_t index = find(self, pid);
	struct ol_run run;

	(void)look(self, pid,
	           index < self->count ? &self->entries[index]->run : NULL,
	           &run);
	return true;
}

/*
 * A tool's child has its parent's name and arguments until it executes another
 * program, perhaps of the same name: those are looked at from scratch.
 */
static void look_at_young(struct ol_tool_table *self)
{
	size_t kept = 0;

	for (size_t i = 0; i < self->young_count; i++) {
		struct young *young = &self->young[i];
		const struct ol_run *known =
			young->run.process == NULL ? &young->run : NULL;
		struct ol_run run;

		if (look(self, (long)young->run.pid, known, &run) ==
		            OL_LOOK_GONE ||
		    ++young->age >= YOUNG_POLLS)
			continue;
		self->young[kept++] =
			(struct young){ .run = run, .age = young->age };
	}
	self->young_count = kept;
}

static bool sweep_one(struct ol_tool_table *self, long pid)
{
	if (find(self, pid) < self->count ||
	    ol_tool_is_likely(self->catalogue, self->proc_fd, pid))
		(void)meet_old(self, pid);
	self->sweep_pid = pid + 1;
	return --self->sweep_left > 0;
}

/* With hidepid, process 1 is not there for us; nor is its mere listing. */
static bool check_blind(const struct ol_tool_table *self)
{
	int fd = ol_open(self->host, "/proc/1/stat", O_RDONLY);

	if (fd >= 0)
		(void)close(fd); /* nothing was written */
	return fd < 0;
}

static void sweep(struct ol_tool_table *self)
{
	if (!self->can_seek || (!self->is_hurried && ++self->polls < SWEEP))
		return;
	self->polls = 0;
	self->sweep_left = self->is_hurried ? SWEEP_HURRIED : SWEEP;
	(void)list(self, self->sweep_pid > 0 ? self->sweep_pid : 1,
	           self->is_hurried ? LIST_SIZE : LIST_SOME_SIZE, sweep_one);
	if (self->sweep_left == 0)
		return;
	self->sweep_pid = 1; /* the end of the list: begin anew */
	self->is_blind = check_blind(self);
	self->is_hurried = false;
}

/* Those whose end nobody tells. */
static void look_for_ends(struct ol_tool_table *self)
{
	for (size_t i = self->count; i-- > 0;) {
		struct entry *entry = self->entries[i];
		struct ol_run run;

		if (entry->source != NULL)
			continue;
		if (ol_tool_look(self->host, self->catalogue, entry->run.pid,
		                 &entry->run, &run) == OL_LOOK_GONE ||
		    run.start_time != entry->run.start_time)
			remove_entry(self, i);
	}
}

int ol_tool_table_poll(struct ol_tool_table *self)
{
	long last = read_last_pid(self);
	bool is_changed;
	int r = 0;

	if (last < 0)
		return (int)last;
	if (self->young_count > 0)
		look_at_young(self);
	if (last != self->last_pid) {
		bool is_later = self->can_seek && self->last_pid >= 0 &&
		                last > self->last_pid;

		self->young_from = is_later ? self->last_pid : last - FRESH;
		r = list(self, is_later ? self->last_pid + 1 : 0, LIST_SIZE,
		         meet);
		/* One that failed is done again. */
		if (r == 0)
			self->last_pid = last;
	}
	sweep(self);
	look_for_ends(self);
	is_changed = self->is_changed;
	self->is_changed = false;
	return r < 0 ? r : is_changed;
}

/* ---- being told ---- */

static void on_executed(void *data, uint32_t events)
{
	struct ol_tool_table *self = data;
	char buffer[4096];

	(void)events;
	/* What matters is that it happened: the process itself is not told. */
	while (read(self->fanotify_fd, buffer, sizeof(buffer)) > 0)
		;
	self->is_hurried = true;
	self->watch.executed(self->watch.data);
}

static void mark(struct ol_tool_table *self, const char *path)
{
	int fd = ol_open(self->host, path, O_PATH);
	char name[32];

	if (fd < 0)
		return;
	/* fanotify takes no O_PATH descriptor, but a path through one. */
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	(void)fanotify_mark(self->fanotify_fd, FAN_MARK_ADD, FAN_OPEN_EXEC,
	                    AT_FDCWD, name);
	(void)close(fd); /* nothing was written */
}

static void mark_tools(struct ol_tool_table *self)
{
	static const char *const folders[] = { "/usr/bin", "/usr/sbin",
		                               "/usr/local/bin" };
	const struct ol_tool_process *process;
	size_t marks = 0;

	for (size_t i = 0;
	     (process = ol_catalogue_process(self->catalogue, i)) != NULL &&
	     marks < MARKS_MAX;
	     i++, marks++) {
		char path[300];

		if (process->path == NULL || process->tool == NULL ||
		    process->tool->role >= OL_TOOL_GATEWAY)
			continue;
		if (process->path[0] == '/') {
			mark(self, process->path);
			continue;
		}
		for (size_t j = 0; j < 3; j++) {
			snprintf(path, sizeof(path), "%s/%s", folders[j],
			         process->path);
			mark(self, path);
		}
	}
}

/* Unprivileged since Linux 5.13; without it a new tool waits for the poll. */
static void watch_executables(struct ol_tool_table *self)
{
	if (ol_has_root(self->host))
		return;
	self->fanotify_fd = (int)syscall(SYS_fanotify_init,
	                                 FAN_CLASS_NOTIF | FAN_CLOEXEC |
	                                         FAN_NONBLOCK | FAN_REPORT_FID,
	                                 O_RDONLY | O_CLOEXEC);
	if (self->fanotify_fd < 0)
		return;
	mark_tools(self);
	if (ol_watch_fd(self->host, self->fanotify_fd, EPOLLIN, on_executed,
	                self, &self->fanotify_source) < 0)
		self->fanotify_source = NULL;
}

/* ---- life ---- */

int ol_tool_table_new(struct ol_host *host, const struct ol_tool_watch *watch,
                      struct ol_tool_table **ret)
{
	struct ol_tool_table *self = calloc(1, sizeof(*self));
	int r;

	if (self == NULL)
		return -ENOMEM;
	self->host = host;
	self->watch = *watch;
	self->loadavg_fd = self->proc_fd = self->fanotify_fd = -1;
	self->last_pid = -1;
	r = ol_get_catalogue(host, &self->catalogue);
	if (r == 0)
		r = self->loadavg_fd = ol_open(host, "/proc/loadavg", O_RDONLY);
	if (r >= 0)
		r = self->proc_fd =
			ol_open(host, "/proc", O_RDONLY | O_DIRECTORY);
	if (r < 0) {
		ol_tool_table_free(self);
		return r;
	}
	self->is_blind = check_blind(self);
	watch_executables(self);
	*ret = self;
	return 0;
}

struct ol_tool_table *ol_tool_table_free(struct ol_tool_table *self)
{
	if (self == NULL)
		return NULL;
	for (size_t i = 0; i < self->count; i++) {
		ol_unwatch(self->entries[i]->source);
		if (self->entries[i]->pidfd >= 0)
			(void)close(self->entries[i]->pidfd);
		free(self->entries[i]);
	}
	ol_unwatch(self->fanotify_source);
	if (self->fanotify_fd >= 0)
		(void)close(self->fanotify_fd);
	if (self->proc_fd >= 0)
		(void)close(self->proc_fd);
	if (self->loadavg_fd >= 0)
		(void)close(self->loadavg_fd);
	free(self);
	return NULL;
}

size_t ol_tool_table_count(const struct ol_tool_table *self)
{
	return self->count;
}

const struct ol_run *ol_tool_table_get(const struct ol_tool_table *self,
                                       size_t index)
{
	return index < self->count ? &self->entries[index]->run : NULL;
}

bool ol_tool_table_is_full(const struct ol_tool_table *self)
{
	return self->is_full;
}

bool ol_tool_table_is_blind(const struct ol_tool_table *self)
{
	return self->is_blind;
}
