/* A report as environment variables. */
#include "environment.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"

extern char **environ;

enum {
	/* More than table.c lists. */
	VARIABLES_MAX = 16,
	/*
	 * The kernel refuses to run a program with a string of more than
	 * 128 KiB (execve(2), MAX_ARG_STRLEN). Whoever can blow a report up
	 * must not keep the command from running.
	 */
	JSON_MAX = 65536,
};

static const char prefix[] = "ONLOOKER_";

struct builder {
	char **environment;
	size_t count;
	int error;
};

static void add(struct builder *builder, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct builder *builder, const char *format, ...)
{
	char *text;
	va_list list;
	int r;

	va_start(list, format);
	r = vasprintf(&text, format, list);
	va_end(list);
	if (r < 0)
		builder->error = -ENOMEM;
	else
		builder->environment[builder->count++] = text;
}

static void add_finding(struct builder *builder, const char *name,
                        const struct onlooker_finding *finding)
{
	add(builder, "ONLOOKER_%s=%s", name,
	    onlooker_state_name(finding->state));
	add(builder, "ONLOOKER_%s_CONFIDENCE=%d", name, finding->confidence);
}

static void add_watcher(struct builder *builder,
                        const struct onlooker_watcher *watcher)
{
	add(builder, "ONLOOKER_WHO=%s", watcher != NULL ? watcher->who : "");
	add(builder, "ONLOOKER_PID=%lld",
	    watcher != NULL ? (long long)watcher->pid : 0);
	add(builder, "ONLOOKER_PEER=%s", watcher != NULL ? watcher->peer : "");
	add(builder, "ONLOOKER_STAGE=%s",
	    onlooker_stage_name(watcher != NULL ? watcher->stage
	                                        : ONLOOKER_STAGE_NONE));
}

static void add_json(struct builder *builder,
                     const struct onlooker_report *report)
{
	char *json;
	int r;

	r = onlooker_report_to_json(report, &json);
	if (r < 0) {
		builder->error = r;
		return;
	}
	if (strlen(json) <= JSON_MAX)
		add(builder, "ONLOOKER_JSON=%s", json);
	free(json);
}

int environment_new(const struct onlooker_report *report, char ***ret)
{
	struct builder builder = { 0 };
	size_t inherited = 0;

	while (environ[inherited] != NULL)
		inherited++;
	builder.environment = calloc(inherited + VARIABLES_MAX + 1,
	                             sizeof(*builder.environment));
	if (builder.environment == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < inherited; i++) {
		if (strncmp(environ[i], prefix, strlen(prefix)) != 0)
			add(&builder, "%s", environ[i]);
	}
	add(&builder, "ONLOOKER_STATE=%s",
	    onlooker_state_name(report_strongest(report)));
	add_finding(&builder, "SHARED", &report->shared);
	add_finding(&builder, "CONTROLLED", &report->controlled);
	add_finding(&builder, "REMOTE", &report->remote);
	add(&builder, "ONLOOKER_COVERAGE=%d", report->coverage);
	add_watcher(&builder, report->watchers[0]);
	add_json(&builder, report);
	if (builder.error < 0) {
		environment_free(builder.environment);
		return builder.error;
	}
	*ret = builder.environment;
	return 0;
}

void environment_free(char **environment)
{
	for (size_t i = 0; environment[i] != NULL; i++)
		free(environment[i]);
	free(environment);
}
