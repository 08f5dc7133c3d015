/*
 * Catalogue files into tools. One table for each kind of object says which keys
 * there are; whatever else is in the file is an error, so that a slip of the pen
 * does not go unseen. JSON is jansson's affair, lines in it are ours.
 */
#include "catalogue_data.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue_line.h"

struct reader {
	struct ol_catalogue *self;
	const char *name;
	const char *text; /* NULL: this file has been found right before */
	size_t size;
	struct ol_place place;
	char *error;
};

struct field {
	const char *name;
	bool is_required;
	int (*read)(struct reader *reader, const json_t *value, void *target);
};

static int wrong(struct reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static int wrong(struct reader *reader, const char *format, ...)
{
	char what[OL_CATALOGUE_ERROR_MAX / 2];
	unsigned long line = 0;
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (reader->text != NULL)
		line = ol_catalogue_line(reader->text, reader->size,
		                         &reader->place);
	snprintf(reader->error, OL_CATALOGUE_ERROR_MAX, "%.100s:%lu: %s",
	         reader->name, line, what);
	return -EBADMSG;
}

static int read_text(struct reader *reader, const json_t *value,
                     const char **ret)
{
	size_t length = json_string_length(value);

	if (!json_is_string(value))
		return wrong(reader, "\"%s\" must be text", reader->place.key);
	if (length == 0 || length > OL_TOOL_TEXT_MAX)
		return wrong(reader, "\"%s\" must have 1 to %d bytes",
		             reader->place.key, OL_TOOL_TEXT_MAX);
	*ret = json_string_value(value);
	return 0;
}

static int read_texts(struct reader *reader, const json_t *value,
                      const char *texts[OL_TOOL_LIST_MAX], size_t *count)
{
	int r = 0;

	if (!json_is_array(value) || json_array_size(value) > OL_TOOL_LIST_MAX)
		return wrong(reader, "\"%s\" must be a list of at most %d",
		             reader->place.key, OL_TOOL_LIST_MAX);
	for (size_t i = 0; r == 0 && i < json_array_size(value); i++)
		r = read_text(reader, json_array_get(value, i), &texts[i]);
	*count = json_array_size(value);
	return r;
}

/* One of a NULL-terminated list; sets its index. */
static int read_word(struct reader *reader, const json_t *value,
                     const char *const words[], int *ret)
{
	const char *text = "";
	char list[100] = "";
	int r = read_text(reader, value, &text);

	if (r < 0)
		return r;
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0) {
			*ret = i;
			return 0;
		}
		if (strlen(list) + strlen(words[i]) + 3 < sizeof(list)) {
			strcat(list, i > 0 ? ", " : "");
			strcat(list, words[i]);
		}
	}
	return wrong(reader, "\"%s\" must be one of: %s", reader->place.key,
	             list);
}

static int read_fields(struct reader *reader, const json_t *object,
                       const struct field *fields, void *target)
{
	const char *key;
	json_t *value;
	int r;

	reader->place.key = NULL;
	if (!json_is_object(object))
		return wrong(reader, "this must be an object");
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		const struct field *field = fields;

		while (field->name != NULL && strcmp(field->name, key) != 0)
			field++;
		reader->place.key = key;
		if (field->name == NULL)
			return wrong(reader, "there is no key \"%.60s\" here",
			             key);
		r = field->read(reader, value, target);
		if (r < 0)
			return r;
	}
	reader->place.key = NULL;
	for (const struct field *field = fields; field->name != NULL; field++) {
		if (field->is_required &&
		    json_object_get(object, field->name) == NULL)
			return wrong(reader, "\"%s\" is missing", field->name);
	}
	return 0;
}

/* ---- a process ---- */

static int read_exe(struct reader *reader, const json_t *value, void *target)
{
	struct ol_tool_process *process = target;
	size_t length;
	int r = read_text(reader, value, &process->path);

	if (r < 0)
		return r;
	process->exe = strrchr(process->path, '/');
	if (process->exe != NULL && process->path[0] != '/')
		return wrong(reader, "\"exe\" must be a file name or an "
		                     "absolute path");
	process->exe = process->exe != NULL ? process->exe + 1 : process->path;
	length = strnlen(process->exe, OL_COMM_SIZE - 1);
	if (length == 0)
		return wrong(reader, "\"exe\" names no file");
	memcpy(process->comm, process->exe, length);
	return 0;
}

static int read_args(struct reader *reader, const json_t *value, void *target)
{
	struct ol_tool_process *process = target;

	return read_texts(reader, value, process->args, &process->arg_count);
}

static int read_stage(struct reader *reader, const json_t *value, void *target)
{
	static const char *const words[] = { "present", "armed", "connected",
		                             "capturing", NULL };
	struct ol_tool_process *process = target;
	int index;
	int r = read_word(reader, value, words, &index);

	if (r == 0)
		process->stage =
			(enum onlooker_stage)(ONLOOKER_STAGE_PRESENT + index);
	return r;
}

static const struct field process_fields[] = {
	{ "exe", false, read_exe },
	{ "args", false, read_args },
	{ "stage", false, read_stage },
	{ 0 },
};

/* ---- a tool ---- */

static int read_name(struct reader *reader, const json_t *value, void *target)
{
	struct ol_tool *tool = target;
	int r = read_text(reader, value, &tool->name);

	if (r == 0 && strlen(tool->name) > OL_TOOL_NAME_MAX)
		return wrong(reader, "\"name\" must have 1 to %d bytes",
		             OL_TOOL_NAME_MAX);
	return r;
}

static int read_role(struct reader *reader, const json_t *value, void *target)
{
	static const char *const words[] = { "server", "recorder", "mirror",
		                             "input",  "gateway",  "viewer",
		                             "benign", NULL };
	int index;
	int r = read_word(reader, value, words, &index);

	if (r == 0)
		((struct ol_tool *)target)->role = (enum ol_tool_role)index;
	return r;
}

static int read_shows(struct reader *reader, const json_t *value, void *target)
{
	static const char *const words[] = { "screen", "session", NULL };
	int index;
	int r = read_word(reader, value, words, &index);

	if (r == 0)
		((struct ol_tool *)target)->shows = (enum ol_tool_shows)index;
	return r;
}

static int read_display(struct reader *reader, const json_t *value,
                        void *target)
{
	static const char *const words[] = { "environment", "option",
		                             "argument", NULL };
	int index;
	int r = read_word(reader, value, words, &index);

	if (r == 0)
		((struct ol_tool *)target)->display =
			(enum ol_tool_display)index;
	return r;
}

static int read_proof(struct reader *reader, const json_t *value, void *target)
{
	static const char *const words[] = { "none", "source", "seen", NULL };
	int index;
	int r = read_word(reader, value, words, &index);

	if (r == 0)
		((struct ol_tool *)target)->proof = (enum ol_tool_proof)index;
	return r;
}

static int read_source(struct reader *reader, const json_t *value, void *target)
{
	return read_text(reader, value, &((struct ol_tool *)target)->source);
}

static int read_reach(struct reader *reader, const json_t *value, void *target)
{
	static const char *const words[] = { "listen", "reverse", "relay",
		                             NULL };
	int index;
	int r = 0;

	if (!json_is_array(value) || json_array_size(value) > OL_TOOL_LIST_MAX)
		return wrong(reader, "\"reach\" must be a list");
	for (size_t i = 0; r == 0 && i < json_array_size(value); i++) {
		r = read_word(reader, json_array_get(value, i), words, &index);
		if (r == 0)
			((struct ol_tool *)target)->reach |= 1u << index;
	}
	return r;
}

static int read_units(struct reader *reader, const json_t *value, void *target)
{
	struct ol_tool *tool = target;

	return read_texts(reader, value, tool->units, &tool->unit_count);
}

static int read_flatpaks(struct reader *reader, const json_t *value,
                         void *target)
{
	struct ol_tool *tool = target;

	return read_texts(reader, value, tool->flatpaks, &tool->flatpak_count);
}

static int read_sockets(struct reader *reader, const json_t *value,
                        void *target)
{
	struct ol_tool *tool = target;

	return read_texts(reader, value, tool->sockets, &tool->socket_count);
}

/* "tcp 5900" or "udp 47998-48000" */
static bool parse_port(const char *text, struct ol_tool_port *port)
{
	unsigned long numbers[2];
	char *end;

	if (strncmp(text, "tcp ", 4) != 0 && strncmp(text, "udp ", 4) != 0)
		return false;
	port->is_udp = text[0] == 'u';
	text += 4;
	for (int i = 0; i < 2; i++) {
		if (*text < '0' || *text > '9')
			return false;
		numbers[i] = strtoul(text, &end, 10);
		if (numbers[i] == 0 || numbers[i] > UINT16_MAX)
			return false;
		if (i == 0 && *end == '-') {
			text = end + 1;
			continue;
		}
		if (i == 0)
			numbers[1] = numbers[0];
		port->first = (uint16_t)numbers[0];
		port->last = (uint16_t)numbers[1];
		return *end == '\0' && port->first <= port->last;
	}
	return false;
}

static int read_ports(struct reader *reader, const json_t *value, void *target)
{
	struct ol_tool *tool = target;
	const char *texts[OL_TOOL_LIST_MAX];
	int r = read_texts(reader, value, texts, &tool->port_count);

	for (size_t i = 0; r == 0 && i < tool->port_count; i++) {
		if (!parse_port(texts[i], &tool->ports[i]))
			r = wrong(reader, "\"ports\" must be like \"tcp 5900\" "
			                  "or \"udp 47998-48000\"");
	}
	return r;
}

static int read_processes(struct reader *reader, const json_t *value,
                          void *target)
{
	struct ol_catalogue *self = reader->self;
	struct ol_tool *tool = target;
	size_t count = json_array_size(value);
	int r = 0;

	if (count == 0 || count > OL_TOOL_LIST_MAX)
		return wrong(reader, "\"processes\" must be a list of 1 to %d",
		             OL_TOOL_LIST_MAX);
	tool->first_process = self->process_count;
	tool->process_count = count;
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct ol_tool_process *process =
			&self->processes[self->process_count++];

		*process = (struct ol_tool_process){
			.stage = ONLOOKER_STAGE_PRESENT
		};
		reader->place.process = (long)i;
		r = read_fields(reader, json_array_get(value, i),
		                process_fields, process);
	}
	if (r == 0) {
		reader->place.process = -1;
		reader->place.key = "processes";
	}
	return r;
}

static const struct field tool_fields[] = {
	{ "name", true, read_name },
	{ "role", true, read_role },
	{ "shows", false, read_shows },
	{ "display", false, read_display },
	{ "reach", false, read_reach },
	{ "processes", true, read_processes },
	{ "units", false, read_units },
	{ "flatpaks", false, read_flatpaks },
	{ "ports", false, read_ports },
	{ "sockets", false, read_sockets },
	{ "proof", true, read_proof },
	{ "source", true, read_source },
	{ 0 },
};

/* ---- a file ---- */

static size_t find_tool(const struct ol_catalogue *self, const char *name)
{
	size_t i = 0;

	while (i < self->tool_count && strcmp(self->tools[i].name, name) != 0)
		i++;
	return i;
}

/* A process is known by its executable, or its tool by where it runs. */
static int check_exes(struct reader *reader, const struct ol_tool *tool)
{
	for (size_t i = 0; i < tool->process_count; i++) {
		reader->place.process = (long)i;
		if (reader->self->processes[tool->first_process + i].exe ==
		            NULL &&
		    tool->unit_count + tool->flatpak_count == 0)
			return wrong(reader, "\"exe\" is missing, and the tool "
			                     "has no \"units\"");
	}
	reader->place.process = -1;
	return 0;
}

static int read_tool(struct reader *reader, const json_t *value,
                     size_t first_of_file)
{
	struct ol_tool tool = { .proof = OL_PROOF_NONE };
	size_t index;
	int r = read_fields(reader, value, tool_fields, &tool);

	if (r == 0)
		r = check_exes(reader, &tool);
	if (r < 0)
		return r;
	index = find_tool(reader->self, tool.name);
	if (index < reader->self->tool_count && index >= first_of_file)
		return wrong(reader, "\"%s\" is described twice", tool.name);
	reader->self->tools[index] = tool;
	if (index == reader->self->tool_count)
		reader->self->tool_count++;
	return 0;
}

static int read_tools(struct reader *reader, const json_t *tools)
{
	size_t first_of_file = reader->self->tool_count;
	int r = 0;

	for (size_t i = 0; r == 0 && i < json_array_size(tools); i++) {
		reader->place =
			(struct ol_place){ .tool = (long)i, .process = -1 };
		r = read_tool(reader, json_array_get(tools, i), first_of_file);
	}
	return r;
}

static int check_root(struct reader *reader, const json_t *root)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)root, key, value)
	{
		reader->place.key = key;
		if (strcmp(key, "catalogue") != 0 &&
		    strcmp(key, "tools") != 0 && strcmp(key, "$schema") != 0)
			return wrong(reader, "there is no key \"%.60s\" here",
			             key);
	}
	reader->place.key = NULL;
	value = json_object_get(root, "catalogue");
	if (!json_is_integer(value) || json_integer_value(value) != 1)
		return wrong(reader, "this must be an object with "
		                     "\"catalogue\": 1");
	if (!json_is_array(json_object_get(root, "tools")))
		return wrong(reader, "\"tools\" must be a list");
	return 0;
}

static int compare_comms(const void *left, const void *right, void *data)
{
	const struct ol_tool_process *processes = data;
	uint16_t a = *(const uint16_t *)left, b = *(const uint16_t *)right;
	int r = strcmp(processes[a].comm, processes[b].comm);

	/* Those of a tool stay in the order of its file. */
	return r != 0 ? r : (int)a - (int)b;
}

/* Tools that were replaced leave their processes behind: those are nobody's. */
static void sort_processes(struct ol_catalogue *self)
{
	size_t count = 0;

	for (size_t i = 0; i < self->tool_count; i++) {
		const struct ol_tool *tool = &self->tools[i];

		for (size_t j = 0; j < tool->process_count; j++)
			self->processes[tool->first_process + j].tool = tool;
	}
	for (size_t i = 0; i < self->process_count; i++) {
		if (self->processes[i].tool != NULL &&
		    self->processes[i].exe != NULL)
			self->by_comm[count++] = (uint16_t)i;
	}
	self->by_comm_count = count;
	qsort_r(self->by_comm, count, sizeof(self->by_comm[0]), compare_comms,
	        self->processes);
}

static size_t count_processes(const json_t *root)
{
	const json_t *tools = json_object_get(root, "tools");
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(tools); i++) {
		size_t n = json_array_size(
			json_object_get(json_array_get(tools, i), "processes"));

		count += n < OL_TOOL_LIST_MAX ? n : OL_TOOL_LIST_MAX;
	}
	return count;
}

/* Room for all that the files of `self` can hold. */
static int make_room(struct reader *reader)
{
	struct ol_catalogue *self = reader->self;
	size_t tools = 0, processes = 0;

	for (size_t i = 0; i < self->root_count; i++) {
		tools += json_array_size(
			json_object_get(self->roots[i], "tools"));
		processes += count_processes(self->roots[i]);
	}
	if (tools > OL_CATALOGUE_TOOLS_MAX ||
	    processes > OL_CATALOGUE_PROCESSES_MAX)
		return wrong(reader,
		             "there are more than %d tools or %d "
		             "processes",
		             OL_CATALOGUE_TOOLS_MAX,
		             OL_CATALOGUE_PROCESSES_MAX);
	/* One more each, for an empty catalogue is not out of memory. */
	self->tools = calloc(tools + 1, sizeof(self->tools[0]));
	self->processes = calloc(processes + 1, sizeof(self->processes[0]));
	self->by_comm = calloc(processes + 1, sizeof(self->by_comm[0]));
	return self->tools != NULL && self->processes != NULL &&
	                       self->by_comm != NULL
	               ? 0
	               : -ENOMEM;
}

/* All files of `old` and this one into `reader->self`, which is empty. */
static int build(struct reader *reader, const struct ol_catalogue *old,
                 json_t *root)
{
	struct ol_catalogue *self = reader->self;
	const char *text = reader->text;
	int r;

	self->roots = calloc(old->root_count + 1, sizeof(self->roots[0]));
	if (self->roots == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < old->root_count; i++)
		self->roots[self->root_count++] = json_incref(old->roots[i]);
	self->roots[self->root_count++] = json_incref(root);
	r = make_room(reader);
	for (size_t i = 0; r == 0 && i < self->root_count; i++) {
		reader->text = self->roots[i] == root ? text : NULL;
		r = read_tools(reader,
		               json_object_get(self->roots[i], "tools"));
	}
	if (r == 0)
		sort_processes(self);
	return r;
}

static int load(struct reader *reader, json_t **ret)
{
	json_error_t error;
	json_t *root;

	if (reader->size > OL_CATALOGUE_MAX)
		return wrong(reader, "the file has more than %d bytes",
		             OL_CATALOGUE_MAX);
	root = json_loadb(reader->text, reader->size, JSON_REJECT_DUPLICATES,
	                  &error);
	if (root == NULL) {
		if (json_error_code(&error) == json_error_out_of_memory)
			return -ENOMEM;
		snprintf(reader->error, OL_CATALOGUE_ERROR_MAX, "%.100s:%d: %s",
		         reader->name, error.line > 0 ? error.line : 1,
		         error.text);
		return -EBADMSG;
	}
	*ret = root;
	return 0;
}

int ol_catalogue_add(struct ol_catalogue *self, const char *name,
                     const char *text, size_t size,
                     char error[OL_CATALOGUE_ERROR_MAX])
{
	struct ol_catalogue *new = ol_catalogue_new();
	struct reader reader = { .self = new,
		                 .name = name,
		                 .text = text,
		                 .size = size,
		                 .place = { .tool = -1, .process = -1 },
		                 .error = error };
	struct ol_catalogue old;
	json_t *root = NULL;
	int r;

	if (new == NULL)
		return -ENOMEM;
	r = load(&reader, &root);
	if (r == 0)
		r = check_root(&reader, root);
	if (r == 0)
		r = build(&reader, self, root);
	json_decref(root);
	if (r == 0) {
		old = *self;
		*self = *new;
		*new = old;
	}
	ol_catalogue_free(new);
	return r;
}
