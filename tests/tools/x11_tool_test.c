/*
 * Other people's programs on a private X server, as the x11 probe sees them:
 *
 *   x11_tool_test TOOL
 *
 * runs one of the tools below and checks what was found. Tools that are not
 * installed are skipped (77). BENIGN_MS in the environment has a harmless one
 * watched for longer.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/row.h"
#include "tests/support/watch.h"
#include "tests/support/xserver.h"
#include "tests/tools/x11_tool.h"

enum {
	/* A browser takes ten seconds to start here, more under full load. */
	PATIENCE_MS = 60000,
	/* How long a harmless program is watched. */
	BENIGN_MS = 8000,
	/* How long a server without a viewer is watched. */
	IDLE_MS = 4000,
	STEPS_MAX = 4,
};

struct stage {
	struct xserver server;
	struct xserver viewers; /* another screen, for IS_SERVER */
	struct child scene;
	struct child tool;
	struct child peer;
	char directory[64];
	struct onlooker *onlooker;

	/* What the callback has seen. */
	int highest;
	int strongest; /* evidence, of this rule */
	char rule[64];
	const char *named; /* whether the tool was, with its process */
	int shots;
	int64_t shot_ms;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const struct tool *find_tool(const char *name)
{
	for (int i = 0; tools[i].name != NULL; i++) {
		if (strcmp(tools[i].name, name) == 0)
			return &tools[i];
	}
	return NULL;
}

static void put_variable(char **out, const struct stage *stage, char variable)
{
	const char *value = variable == 'D'   ? stage->server.display
	                    : variable == 'V' ? stage->viewers.display
	                    : variable == 'T' ? stage->directory
	                                      : TOOLS_SOURCE;

	*out = stpcpy(*out, value);
}

/* Put the stage's names into the words, and start them. */
static int start_words(const struct stage *stage, struct child *child,
                       const char *const words[])
{
	char text[WORDS_MAX][512];
	const char *argv[WORDS_MAX] = { NULL };

	for (int i = 0; words[i] != NULL; i++) {
		const char *in = words[i];
		char *out = text[i];

		while (*in != '\0') {
			if (*in == '@' && strchr("DVTS", in[1]) != NULL) {
				put_variable(&out, stage, in[1]);
				in += 2;
			} else {
				*out++ = *in++;
			}
		}
		*out = '\0';
		argv[i] = text[i];
	}
	return child_start(child, argv, NULL, CHILD_QUIET);
}

static void print_watchers(const struct onlooker_report *report)
{
	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];

		printf("%s, pid %lld: %s, %s, %d %%\n", watcher->who,
		       (long long)watcher->pid, watcher->evidence[0]->rule,
		       watcher->evidence[0]->detail, watcher->shared);
	}
}

/* The program or one of its processes: they share its group. */
static const char *is_named(const struct stage *stage,
                            const struct onlooker_watcher *watcher)
{
	if (watcher->pid == stage->tool.pid ||
	    (watcher->pid != 0 &&
	     getpgid((pid_t)watcher->pid) == stage->tool.pid))
		return "yes";
	return watcher->pid != 0 && kill((pid_t)watcher->pid, 0) == 0
	               ? "no"
	               : "it has ended";
}

static void keep_strongest(struct stage *stage,
                           const struct onlooker_report *report)
{
	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];
		const struct onlooker_evidence *evidence = watcher->evidence[0];

		if (evidence->shared <= stage->strongest)
			continue;
		stage->strongest = evidence->shared;
		snprintf(stage->rule, sizeof(stage->rule), "%s",
		         evidence->rule);
		stage->named = is_named(stage, watcher);
	}
}

static void keep_row(struct stage *stage, const struct tool *tool,
                     const char *does)
{
	int number = 0;
	char name[64];

	while (&tools[number] != tool)
		number++;
	snprintf(name, sizeof(name), "a%02d-%s%s", number, tool->name,
	         stage->peer.pid > 0 ? "-peer" : "");
	row_keep(name, "%s | %s | %s | shared: %s | %s", tool->name, does,
	         stage->strongest > 0 ? stage->rule : "nothing",
	         stage->highest >= 80   ? "shared"
	         : stage->highest >= 30 ? "suspected"
	                                : "clear",
	         stage->strongest > 0 ? stage->named : "");
	stage->highest = stage->strongest = 0;
}

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	struct stage *stage = userdata;

	(void)onlooker;
	keep_strongest(stage, report);
	if (report->shared.confidence > stage->highest) {
		stage->highest = report->shared.confidence;
		print_watchers(report);
	}
	if (report_find(report, "x11.screenshot", 0) != NULL &&
	    stage->shots++ == 0)
		stage->shot_ms = now_ms();
}

static bool open_stage(struct stage *stage, const struct tool *tool)
{
	const char *const scene[] = { X11_SCENE, NULL };
	char line[32];

	strcpy(stage->directory, "/tmp/onlooker-tools-XXXXXX");
	if (mkdtemp(stage->directory) == NULL)
		return false;
	setenv("HOME", stage->directory, 1);
	if (tool->expectation == IS_SERVER &&
	    xserver_start(&stage->viewers, NULL, NULL) < 0)
		return false;
	if (xserver_start(&stage->server, NULL, NULL) < 0)
		return false;
	if (child_start(&stage->scene, scene, NULL, CHILD_OUTPUT) < 0 ||
	    child_read_line(&stage->scene, line, sizeof(line), PATIENCE_MS) < 0)
		return false;
	stage->onlooker = watch_open("x11,pipewire");
	onlooker_set_callback(stage->onlooker, on_report, stage);
	return watch_for(stage->onlooker,
	                 (struct watch_want){ .shared = ONLOOKER_CLEAR },
	                 PATIENCE_MS);
}

static void close_stage(struct stage *stage)
{
	const char *const argv[] = { "rm", "-rf", stage->directory, NULL };
	struct child child;

	child_stop(&stage->peer);
	child_stop(&stage->tool);
	child_stop(&stage->scene);
	xserver_stop(&stage->server);
	xserver_stop(&stage->viewers);
	onlooker_unref(stage->onlooker);
	if (child_start(&child, argv, NULL, CHILD_QUIET) == 0)
		(void)child_wait(&child, PATIENCE_MS);
}

/* Let the tool run on, nudging it about once a second. */
static void let_run(struct stage *stage, const struct tool *tool, int time_ms)
{
	int64_t end = now_ms() + time_ms, nudge = now_ms() + 1000;
	struct child child;

	while (now_ms() < end) {
		(void)onlooker_wait(stage->onlooker, 100);
		if (tool->nudge[0] == NULL || now_ms() < nudge)
			continue;
		nudge = now_ms() + 1000;
		if (start_words(stage, &child, tool->nudge) == 0)
			(void)child_wait(&child, 5000);
	}
}

static bool is_of_tool(const struct onlooker_report *report,
                       const void *userdata)
{
	const struct stage *stage = userdata;

	if (report->shared.state != ONLOOKER_SHARED)
		return false;
	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];

		if (watcher->shared >= 80 && watcher->pid != 0 &&
		    getpgid((pid_t)watcher->pid) == stage->tool.pid) {
			printf("%s, pid %lld of group %d: %s, %d %%\n",
			       watcher->who, (long long)watcher->pid,
			       stage->tool.pid, watcher->evidence[0]->rule,
			       watcher->shared);
			return true;
		}
	}
	return false;
}

static bool wait_captured(struct stage *stage, const struct tool *tool)
{
	int64_t start = now_ms(), end = start + PATIENCE_MS;
	const struct onlooker_report *report;
	bool is_so = false;

	while (!is_so && now_ms() < end) {
		let_run(stage, tool, tool->nudge[0] != NULL ? 2000 : 100);
		report = onlooker_get_report(stage->onlooker);
		is_so = is_of_tool(report, stage);
		onlooker_report_unref(report);
	}
	printf("shared %lld ms after the program was started\n",
	       (long long)(now_ms() - start));
	return is_so || watch_until(stage->onlooker, is_of_tool, stage, 1);
}

static bool wait_clear(struct stage *stage)
{
	return watch_for(stage->onlooker,
	                 (struct watch_want){ .shared = ONLOOKER_CLEAR },
	                 PATIENCE_MS);
}

static bool check_capture(struct stage *stage, const struct tool *tool)
{
	if (!wait_captured(stage, tool))
		return false;
	keep_row(stage, tool, "captures");
	child_stop(&stage->tool);
	return wait_clear(stage);
}

static bool check_server(struct stage *stage, const struct tool *tool)
{
	/* At its start it takes one picture. */
	if (!watch_for(stage->onlooker,
	               (struct watch_want){ .rule = "x11.screenshot" },
	               PATIENCE_MS))
		return false;
	let_run(stage, tool, IDLE_MS);
	if (stage->highest >= 80) {
		fprintf(stderr, "shared without a viewer\n");
		return false;
	}
	keep_row(stage, tool, "has no viewer");
	if (start_words(stage, &stage->peer, tool->peer) < 0 ||
	    !wait_captured(stage, tool))
		return false;
	keep_row(stage, tool, "has a viewer");
	child_stop(&stage->peer);
	return wait_clear(stage);
}

static bool check_shot(struct stage *stage, const struct tool *tool)
{
	if (!watch_for(stage->onlooker,
	               (struct watch_want){ .rule = "x11.screenshot" },
	               PATIENCE_MS))
		return false;
	/* Whatever else it does, it is over when the claim is. */
	if (!wait_clear(stage))
		return false;
	printf("highest confidence %d\n", stage->highest);
	if (stage->highest >= 80)
		return false;
	keep_row(stage, tool, "takes a picture");
	return true;
}

static bool check_picker(struct stage *stage, const struct tool *tool)
{
	if (!watch_for(stage->onlooker,
	               (struct watch_want){ .rule = "x11.screenshot" },
	               PATIENCE_MS))
		return false;
	let_run(stage, tool, BENIGN_MS);
	if (stage->highest >= 80 ||
	    !watch_for(stage->onlooker,
	               (struct watch_want){ .shared = ONLOOKER_CLEAR,
	                                    .rule = "x11.small-read" },
	               PATIENCE_MS))
		return false;
	keep_row(stage, tool, "takes a picture, then picks");
	return true;
}

static bool check_benign(struct stage *stage, const struct tool *tool)
{
	const char *longer = getenv("BENIGN_MS");

	let_run(stage, tool, longer != NULL ? atoi(longer) : BENIGN_MS);
	printf("highest confidence %d\n", stage->highest);
	if (child_wait(&stage->tool, 0) != -ETIMEDOUT) {
		fprintf(stderr, "%s has ended too early\n", tool->name);
		return false;
	}
	if (stage->highest >= 30)
		return false;
	keep_row(stage, tool, "runs");
	return true;
}

static bool check(struct stage *stage, const struct tool *tool)
{
	switch (tool->expectation) {
	case IS_SHOT:
		return check_shot(stage, tool);
	case IS_PICKER:
		return check_picker(stage, tool);
	case IS_BENIGN:
		return check_benign(stage, tool);
	case IS_SERVER:
		return check_server(stage, tool);
	default:
		return check_capture(stage, tool);
	}
}

static bool is_installed(const struct tool *tool)
{
	return program_exists("Xvfb") &&
	       program_exists(tool->program != NULL ? tool->program
	                                            : tool->argv[0]) &&
	       program_exists(tool->argv[0]) &&
	       (tool->peer[0] == NULL || program_exists(tool->peer[0])) &&
	       (tool->nudge[0] == NULL || program_exists(tool->nudge[0]));
}

int main(int argc, char **argv)
{
	const struct tool *tool = argc == 2 ? find_tool(argv[1]) : NULL;
	struct stage stage = { 0 };
	bool is_good;

	if (tool == NULL) {
		for (int i = 0; tools[i].name != NULL; i++)
			puts(tools[i].name);
		return argc == 1 ? 0 : 2;
	}
	if (!is_installed(tool)) {
		printf("%s is not installed: skipped\n", tool->name);
		return 77;
	}
	is_good = open_stage(&stage, tool) &&
	          start_words(&stage, &stage.tool, tool->argv) == 0 &&
	          check(&stage, tool);
	close_stage(&stage);
	return is_good ? 0 : 1;
}
