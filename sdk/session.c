/*
 * Lines of a session, text to struct and back. Pure: whoever feeds them decides
 * what they do.
 */
#include "sdk/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sdk/rules.h"

static int bad(char error[OL_LINE_ERROR_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int bad(char error[OL_LINE_ERROR_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error, OL_LINE_ERROR_MAX, format, args);
	va_end(args);
	return -EBADMSG;
}

void ol_time_format(int64_t wall_us, char text[32])
{
	time_t seconds = wall_us / 1000000;
	struct tm parts;
	size_t length;

	if (gmtime_r(&seconds, &parts) == NULL)
		parts = (struct tm){ .tm_year = 70, .tm_mday = 1 };
	length = strftime(text, 24, "%Y-%m-%dT%H:%M:%S", &parts);
	(void)snprintf(text + length, 32 - length, ".%03dZ",
	               (int)(wall_us / 1000 % 1000));
}

/* Microseconds since 1970, or -1 if the text is no such time. */
static int64_t time_parse(const char *text)
{
	struct tm parts = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
	int milliseconds = 0, length = 0;

	if (rest == NULL)
		return -1;
	if (sscanf(rest, ".%3dZ%n", &milliseconds, &length) < 1 &&
	    strcmp(rest, "Z") != 0)
		return -1;
	if (milliseconds < 0 || (length > 0 && rest[length] != '\0'))
		return -1;
	return (int64_t)timegm(&parts) * 1000000 + milliseconds * 1000;
}

/* Names of members that a line of some kind may have. */
static int check_members(json_t *object, const char *const *allowed,
                         char error[OL_LINE_ERROR_MAX])
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		size_t i = 0;

		(void)value;
		while (allowed[i] != NULL && strcmp(allowed[i], name) != 0)
			i++;
		if (allowed[i] == NULL)
			return bad(error, "\"%.40s\" does not belong here",
			           name);
	}
	return 0;
}

/* A text member, "" if it is left out. */
static int get_text(json_t *object, const char *name, const char **ret,
                    char error[OL_LINE_ERROR_MAX])
{
	json_t *value = json_object_get(object, name);

	if (value != NULL && !json_is_string(value))
		return bad(error, "\"%s\" is not a text", name);
	*ret = value != NULL ? json_string_value(value) : "";
	return 0;
}

/* A number member, 0 if it is left out. Above 2^63 it is written "0x...". */
static int get_number(json_t *object, const char *name, uint64_t *ret,
                      char error[OL_LINE_ERROR_MAX])
{
	json_t *value = json_object_get(object, name);
	unsigned long long number;
	int length = 0;

	if (value == NULL) {
		*ret = 0;
		return 0;
	}
	if (json_is_integer(value)) {
		if (json_integer_value(value) < 0)
			return bad(error, "\"%s\" is negative", name);
		*ret = (uint64_t)json_integer_value(value);
		return 0;
	}
	if (!json_is_string(value) || json_string_length(value) > 18 ||
	    sscanf(json_string_value(value), "0x%16llx%n", &number, &length) <
	            1 ||
	    json_string_value(value)[length] != '\0')
		return bad(error,
		           "\"%s\" is neither a whole number nor \"0x...\"",
		           name);
	*ret = number;
	return 0;
}

static int parse_header(struct ol_line *line, char error[OL_LINE_ERROR_MAX])
{
	static const char *const members[] = { "session", "time", NULL };
	json_t *version = json_object_get(line->root, "session");
	const char *time = "";
	int r;

	r = check_members(line->root, members, error);
	if (r < 0)
		return r;
	if (!json_is_integer(version) || json_integer_value(version) != 1)
		return bad(error,
		           "\"session\" is not 1, the only version there is");
	r = get_text(line->root, "time", &time, error);
	if (r < 0)
		return r;
	line->wall_us = *time != '\0' ? time_parse(time) : 0;
	if (line->wall_us < 0)
		return bad(error,
		           "\"time\" is not like 2026-01-31T12:00:00.000Z");
	line->kind = OL_LINE_HEADER;
	return 0;
}

/* The probe that a line is about: letters, digits and hyphens. */
static int set_owner(struct ol_line *line, const char *name, size_t length,
                     char error[OL_LINE_ERROR_MAX])
{
	if (length == 0 || length >= sizeof(line->owner) ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") < length)
		return bad(error, "\"%.40s\" is no name of a probe", name);
	memcpy(line->owner, name, length);
	line->owner[length] = '\0';
	line->probe = line->owner;
	return 0;
}

static int parse_state(const char *name, enum onlooker_probe_state *ret)
{
	for (int i = ONLOOKER_PROBE_OFF; i <= ONLOOKER_PROBE_FAILED; i++) {
		if (strcmp(onlooker_probe_state_name(
				   (enum onlooker_probe_state)i),
		           name) == 0) {
			*ret = (enum onlooker_probe_state)i;
			return 0;
		}
	}
	return -EBADMSG;
}

static int parse_probe(struct ol_line *line, char error[OL_LINE_ERROR_MAX])
{
	static const char *const members[] = { "at", "probe", "state", "reason",
		                               NULL };
	const char *name = "", *state = "";
	int r;

	r = check_members(line->root, members, error);
	if (r < 0)
		return r;
	r = get_text(line->root, "probe", &name, error);
	if (r < 0)
		return r;
	r = set_owner(line, name, strlen(name), error);
	if (r < 0)
		return r;
	r = get_text(line->root, "state", &state, error);
	if (r < 0)
		return r;
	if (parse_state(state, &line->state) < 0)
		return bad(error, "\"%.40s\" is no state of a probe", state);
	r = get_text(line->root, "reason", &line->reason, error);
	if (r < 0)
		return r;
	line->kind = OL_LINE_PROBE;
	return 0;
}

static int parse_rule(struct ol_line *line, const char *member,
                      char error[OL_LINE_ERROR_MAX])
{
	const char *name = "";
	int r = get_text(line->root, member, &name, error);

	if (r < 0)
		return r;
	line->rule = ol_rule_find(name);
	if (line->rule == NULL)
		return bad(error, "there is no rule \"%.60s\"", name);
	r = set_owner(line, name, strcspn(name, "."), error);
	if (r < 0)
		return r;
	return get_number(line->root, "key", &line->key, error);
}

static int parse_kind(const char *name, enum onlooker_watcher_kind *ret)
{
	for (int i = ONLOOKER_WATCHER_UNKNOWN; i <= ONLOOKER_WATCHER_SESSION;
	     i++) {
		if (strcmp(onlooker_watcher_kind_name(
				   (enum onlooker_watcher_kind)i),
		           name) == 0) {
			*ret = (enum onlooker_watcher_kind)i;
			return 0;
		}
	}
	return -EBADMSG;
}

static int parse_subject(struct ol_line *line, char error[OL_LINE_ERROR_MAX])
{
	static const char *const members[] = { "kind", "pid", "start", "name",
		                               "peer", "id",  NULL };
	json_t *subject = json_object_get(line->root, "subject");
	const char *kind = "";
	uint64_t pid;
	int r;

	if (!json_is_object(subject))
		return bad(error, "\"subject\" is missing or not an object");
	r = check_members(subject, members, error);
	if (r < 0)
		return r;
	r = get_text(subject, "kind", &kind, error);
	if (r < 0)
		return r;
	if (parse_kind(kind, &line->who.kind) < 0)
		return bad(error, "\"%.40s\" is no kind of subject", kind);
	r = get_number(subject, "pid", &pid, error);
	if (r < 0)
		return r;
	if (pid > INT32_MAX)
		return bad(error, "\"pid\" is too large");
	line->who.pid = (int64_t)pid;
	r = get_number(subject, "start", &line->who.start_time, error);
	if (r < 0)
		return r;
	r = get_number(subject, "id", &line->who.token, error);
	if (r < 0)
		return r;
	r = get_text(subject, "name", &line->who.name, error);
	if (r < 0)
		return r;
	return get_text(subject, "peer", &line->who.peer, error);
}

static int parse_claim(struct ol_line *line, char error[OL_LINE_ERROR_MAX])
{
	static const char *const members[] = { "at",      "claim",  "key",
		                               "subject", "detail", NULL };
	int r;

	r = check_members(line->root, members, error);
	if (r < 0)
		return r;
	r = parse_rule(line, "claim", error);
	if (r < 0)
		return r;
	r = parse_subject(line, error);
	if (r < 0)
		return r;
	r = get_text(line->root, "detail", &line->detail, error);
	if (r < 0)
		return r;
	line->kind = OL_LINE_CLAIM;
	return 0;
}

static int parse_withdraw(struct ol_line *line, char error[OL_LINE_ERROR_MAX])
{
	static const char *const members[] = { "at", "withdraw", "key", NULL };
	int r;

	r = check_members(line->root, members, error);
	if (r < 0)
		return r;
	r = parse_rule(line, "withdraw", error);
	if (r < 0)
		return r;
	line->kind = OL_LINE_WITHDRAW;
	return 0;
}

static int parse_note(struct ol_line *line, char error[OL_LINE_ERROR_MAX])
{
	static const char *const members[] = { "at", "expect", "truth", NULL };

	line->kind = OL_LINE_NOTHING;
	return check_members(line->root, members, error);
}

static const struct {
	const char *member; /* the one that tells the kind of a line */
	int (*parse)(struct ol_line *line, char error[OL_LINE_ERROR_MAX]);
} kinds[] = {
	{ "session", parse_header }, { "probe", parse_probe },
	{ "claim", parse_claim },    { "withdraw", parse_withdraw },
	{ "expect", parse_note },    { "truth", parse_note },
};

static int parse_object(struct ol_line *line, char error[OL_LINE_ERROR_MAX])
{
	int r;

	line->has_at = json_object_get(line->root, "at") != NULL;
	r = get_number(line->root, "at", &line->at_us, error);
	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (json_object_get(line->root, kinds[i].member) != NULL)
			return kinds[i].parse(line, error);
	}
	return bad(error, "none of session, probe, claim, withdraw, expect and "
	                  "truth is there");
}

int ol_line_parse(const char *text, struct ol_line *ret,
                  char error[OL_LINE_ERROR_MAX])
{
	struct ol_line line = { .who = { .name = "", .peer = "" } };
	json_error_t where;
	int r;

	text += strspn(text, " \t\r\n");
	if (*text == '\0' || *text == '#') {
		*ret = line;
		return 0;
	}
	if (strnlen(text, OL_LINE_MAX + 1) > OL_LINE_MAX)
		return bad(error, "longer than %d bytes", OL_LINE_MAX);
	line.root = json_loads(text, JSON_REJECT_DUPLICATES, &where);
	if (line.root == NULL) {
		/* Without memory to begin with it does not even say so. */
		if (json_error_code(&where) == json_error_out_of_memory ||
		    where.text[0] == '\0')
			return -ENOMEM;
		return bad(error, "column %d: %s", where.column, where.text);
	}
	r = json_is_object(line.root) ? parse_object(&line, error)
	                              : bad(error, "not a JSON object");
	if (r < 0) {
		json_decref(line.root);
		return r;
	}
	*ret = line;
	if (line.probe != NULL)
		ret->probe = ret->owner;
	return 0;
}

void ol_line_finish(struct ol_line *line)
{
	json_decref(line->root);
	line->root = NULL;
}

/*
 * Not json_dumps(): where the memory for a member's name is refused it goes on
 * without the name (jansson 2.14).
 */
char *ol_json_format(const json_t *value)
{
	size_t size = json_dumpb(value, NULL, 0, JSON_COMPACT);
	char *text = size > 0 ? malloc(size + 1) : NULL;

	if (text == NULL)
		return NULL;
	if (json_dumpb(value, text, size, JSON_COMPACT) != size) {
		free(text);
		return NULL;
	}
	text[size] = '\0';
	return text;
}

static json_t *format_number(uint64_t number)
{
	return number <= INT64_MAX
	               ? json_integer((json_int_t)number)
	               : json_sprintf("0x%llx", (unsigned long long)number);
}

static json_t *format_subject(const struct ol_who *who, uint64_t watcher)
{
	const char *kind = onlooker_watcher_kind_name(who->kind);

	if (watcher != 0)
		return json_pack("{s:s, s:I}", "kind", kind, "id",
		                 (json_int_t)watcher);
	return json_pack("{s:s, s:I, s:o, s:s, s:s}", "kind", kind, "pid",
	                 (json_int_t)who->pid, "start",
	                 format_number(who->start_time), "name", who->name,
	                 "peer", who->peer);
}

static json_t *format_object(const struct ol_line *line, uint64_t watcher)
{
	json_int_t at = (json_int_t)line->at_us;
	char time[32];

	switch (line->kind) {
	case OL_LINE_HEADER:
		ol_time_format(line->wall_us, time);
		return json_pack("{s:i, s:s}", "session", 1, "time", time);
	case OL_LINE_PROBE:
		return json_pack("{s:I, s:s, s:s, s:s}", "at", at, "probe",
		                 line->probe, "state",
		                 onlooker_probe_state_name(line->state),
		                 "reason", line->reason);
	case OL_LINE_CLAIM:
		return json_pack("{s:I, s:s, s:o, s:o, s:s}", "at", at, "claim",
		                 line->rule->name, "key",
		                 format_number(line->key), "subject",
		                 format_subject(&line->who, watcher), "detail",
		                 line->detail);
	case OL_LINE_WITHDRAW:
		return json_pack("{s:I, s:s, s:o}", "at", at, "withdraw",
		                 line->rule->name, "key",
		                 format_number(line->key));
	default:
		return NULL;
	}
}

char *ol_line_format(const struct ol_line *line, uint64_t watcher)
{
	json_t *object = format_object(line, watcher);
	char *text;

	if (object == NULL)
		return NULL;
	text = ol_json_format(object);
	json_decref(object);
	return text;
}
