/* Finding lines in a catalogue: just enough of JSON to follow its nesting. */
#include "catalogue_line.h"

#include <stdbool.h>
#include <string.h>

/* { "tools": [ { "processes": [ { */
enum {
	DEPTH_ROOT = 1,
	DEPTH_TOOLS = 2,
	DEPTH_TOOL = 3,
	DEPTH_PROCESSES = 4,
	DEPTH_PROCESS = 5,
};

struct walk {
	const char *text;
	const char *end;
	unsigned long line;
	int depth;
	long tool;
	long process;
	bool is_processes; /* the list of this tool that we are in, if any */
};

/* Steps onto the last quote of a string; its content, escapes untouched. */
static size_t skip_string(struct walk *walk, const char **ret)
{
	*ret = ++walk->text;
	while (walk->text < walk->end && *walk->text != '"')
		walk->text += *walk->text == '\\' ? 2 : 1;
	if (walk->text > walk->end)
		walk->text = walk->end;
	return (size_t)(walk->text - *ret);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_key(const struct walk *walk)
{
	const char *text = walk->text + 1;

	while (text < walk->end && is_space(*text))
		text++;
	return text < walk->end && *text == ':';
}

static bool is_equal(const char *string, size_t length, const char *key)
{
	return strlen(key) == length && memcmp(key, string, length) == 0;
}

/* Whether a key here is one of the place's object. */
static bool is_inside(const struct walk *walk, const struct ol_place *place)
{
	if (place->tool < 0)
		return walk->depth == DEPTH_ROOT;
	if (walk->tool != place->tool)
		return false;
	if (place->process < 0)
		return walk->depth == DEPTH_TOOL;
	return walk->depth == DEPTH_PROCESS && walk->is_processes &&
	       walk->process == place->process;
}

/* Whether an item that begins here is the place, or the tool around it. */
static bool is_item(const struct walk *walk, const struct ol_place *place)
{
	if (walk->tool != place->tool)
		return false;
	if (walk->depth == DEPTH_TOOLS)
		return true;
	return walk->depth == DEPTH_PROCESSES && walk->is_processes &&
	       walk->process == place->process;
}

static void enter(struct walk *walk)
{
	walk->depth++;
	if (walk->depth == DEPTH_TOOLS)
		walk->tool = 0;
	else if (walk->depth == DEPTH_PROCESSES)
		walk->process = 0;
}

static void count_item(struct walk *walk)
{
	if (walk->depth == DEPTH_TOOLS)
		walk->tool++;
	else if (walk->depth == DEPTH_PROCESSES)
		walk->process++;
}

/* A string; returns whether it is the key that is looked for. */
static bool pass_string(struct walk *walk, const struct ol_place *place)
{
	const char *string;
	size_t length = skip_string(walk, &string);

	if (!is_key(walk))
		return false;
	if (place->key != NULL && is_inside(walk, place) &&
	    is_equal(string, length, place->key))
		return true;
	if (walk->depth == DEPTH_TOOL)
		walk->is_processes = is_equal(string, length, "processes");
	return false;
}

unsigned long ol_catalogue_line(const char *text, size_t size,
                                const struct ol_place *place)
{
	struct walk walk = { .text = text,
		             .end = text + size,
		             .line = 1,
		             .tool = -1,
		             .process = -1 };
	unsigned long found = 1;

	for (; walk.text < walk.end; walk.text++) {
		char c = *walk.text;

		if (c == '\n')
			walk.line++;
		if (is_space(c))
			continue;
		if (c == ',') {
			count_item(&walk);
			continue;
		}
		if (c != ']' && is_item(&walk, place))
			found = walk.line;
		if (c == '{' || c == '[')
			enter(&walk);
		else if (c == '}' || c == ']')
			walk.depth--;
		else if (c == '"' && pass_string(&walk, place))
			return walk.line;
	}
	return found;
}
