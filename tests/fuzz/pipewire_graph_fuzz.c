/*
 * The graph of the PipeWire probe: any objects, properties, states, removals
 * and permissions, in any order, as a hostile client or daemon sends them.
 */
#include <errno.h>
#include <pipewire/pipewire.h>
#include <string.h>

#include "pipewire.h"
#include "sdk/rules.h"
#include "tests/fuzz/fuzz.h"

enum {
	OPERATIONS_MAX = 400, /* judging looks at everything: keep it short */
	IDS = 32,             /* few, so that objects meet */
	ITEMS_MAX = 8,
	OWN_PID = 7,
};

/* The input, eaten from the front; zeroes when it is gone. */
struct input {
	const uint8_t *data;
	size_t size;
};

static uint8_t take(struct input *input)
{
	if (input->size == 0)
		return 0;
	input->size--;
	return *input->data++;
}

static const char *const keys[] = {
	PW_KEY_CLIENT_ID,        PW_KEY_NODE_NAME,
	PW_KEY_MEDIA_CLASS,      PW_KEY_MEDIA_NAME,
	PW_KEY_MEDIA_ROLE,       PW_KEY_DEVICE_ID,
	"api.libcamera.path",    PW_KEY_APP_NAME,
	PW_KEY_APP_PROCESS_ID,   PW_KEY_APP_PROCESS_BINARY,
	PW_KEY_SEC_PID,          PW_KEY_ACCESS,
	PW_KEY_LINK_OUTPUT_NODE, PW_KEY_LINK_INPUT_NODE,
};

static const char *const values[] = {
	"",
	"Video/Source",
	"Stream/Output/Video",
	"Stream/Input/Video",
	"Audio/Sink",
	"Camera",
	"Screen",
	"gnome-shell",
	"xdg-desktop-portal-wlr",
	"xdpw-stream-1",
	"kwin-screencast-HDMI-1",
	"meta-screen-cast-src",
	"portal",
	"4294967295",
	"-1",
	"99999999999999999999",
	"\xff\xfe broken \xe2\x82",
	/* Longer than what is kept, one cut within a character. */
	("xdpw-stream-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
	("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	 "\xe2\x82\xac"),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Properties of the input: known words, small numbers, or its own bytes. */
struct properties {
	struct spa_dict_item items[ITEMS_MAX];
	char texts[ITEMS_MAX][80];
	struct spa_dict dict;
};

static void take_value(struct input *input, char text[80])
{
	uint8_t choice = take(input);
	size_t length = 0;

	if (choice < 2 * COUNT(values)) {
		snprintf(text, 80, "%s", values[choice % COUNT(values)]);
	} else if (choice < 200) {
		snprintf(text, 80, "%u", choice % IDS);
	} else {
		length = take(input) % 80;
		for (size_t i = 0; i < length; i++)
			text[i] = (char)take(input);
		text[length] = '\0';
	}
}

static const struct spa_dict *take_properties(struct input *input,
                                              struct properties *properties)
{
	uint32_t count = take(input) % (ITEMS_MAX + 2);

	if (count > ITEMS_MAX)
		return NULL;
	for (uint32_t i = 0; i < count; i++) {
		take_value(input, properties->texts[i]);
		properties->items[i] = SPA_DICT_ITEM_INIT(
			keys[take(input) % COUNT(keys)], properties->texts[i]);
	}
	properties->dict = SPA_DICT_INIT(properties->items, count);
	return &properties->dict;
}

/* The machine: a few programs by pid, some of them gone. */
static int find_process(void *data, int64_t pid, struct ol_process *ret)
{
	static const char *const names[] = { "gnome-shell", "firefox",
		                             "xdg-desktop-por", "obs" };
	size_t which = (size_t)(pid % 5);

	(void)data;
	FUZZ_CHECK(pid > 0);
	if (which == 4)
		return -ESRCH;
	*ret = (struct ol_process){ .pid = pid,
		                    .start_time = 1,
		                    .is_trusted = pid % 2 };
	snprintf(ret->comm, sizeof(ret->comm), "%s", names[which]);
	snprintf(ret->binary, sizeof(ret->binary), "%s", names[which]);
	return 0;
}

static void check_casts(struct ol_graph *graph)
{
	struct ol_cast casts[OL_GRAPH_CLAIMS_MAX];
	bool is_cut;
	size_t n = ol_graph_judge(graph, casts, OL_GRAPH_CLAIMS_MAX, &is_cut);

	FUZZ_CHECK(n <= OL_GRAPH_CLAIMS_MAX);
	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK(ol_rule_find(casts[i].rule) != NULL);
		FUZZ_CHECK(strnlen(casts[i].name, OL_GRAPH_TEXT) <
		           OL_GRAPH_TEXT);
		FUZZ_CHECK(strnlen(casts[i].detail, sizeof(casts[i].detail)) <
		           sizeof(casts[i].detail));
		for (size_t j = 0; j < i; j++)
			FUZZ_CHECK(casts[i].key != casts[j].key ||
			           strcmp(casts[i].rule, casts[j].rule) != 0);
	}
}

static void bind(void *data, enum ol_object type, uint32_t id)
{
	(void)data;
	(void)type;
	(void)id;
}

static void settle(struct input *input, struct ol_graph *graph)
{
	struct pw_permission permissions[4];
	size_t n = take(input) % 5;

	for (size_t i = 0; i < n; i++) {
		permissions[i] = PW_PERMISSION_INIT(take(input) % IDS,
		                                    take(input) & PW_PERM_ALL);
		if (take(input) % 8 == 0)
			permissions[i].id = PW_ID_ANY;
	}
	ol_graph_settle(graph, graph->doubt - take(input) % 2, permissions, n);
}

static void operate(struct input *input, struct ol_graph *graph)
{
	uint8_t operation = take(input) % 10;
	uint32_t id = take(input) % IDS;
	struct properties properties;

	switch (operation) {
	case 0:
		(void)ol_graph_put_client(graph, id,
		                          take_properties(input, &properties));
		break;
	case 1:
	case 2:
		(void)ol_graph_put_node(graph, id,
		                        take_properties(input, &properties));
		break;
	case 3:
	case 4:
		(void)ol_graph_put_link(graph, id,
		                        take_properties(input, &properties));
		break;
	case 5:
		ol_graph_set_node_state(graph, id, (int8_t)take(input));
		break;
	case 6:
		ol_graph_set_link_state(graph, id, (int8_t)take(input));
		break;
	case 7:
		ol_graph_remove(graph, id);
		break;
	case 8:
		settle(input, graph);
		break;
	default:
		ol_graph_mark(graph);
		(void)ol_graph_bind(graph, bind, NULL);
		check_casts(graph);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct ol_graph graph;

	ol_graph_init(&graph, OWN_PID, find_process, NULL);
	for (int i = 0; i < OPERATIONS_MAX && input.size > 0; i++)
		operate(&input, &graph);
	ol_graph_mark(&graph);
	check_casts(&graph);
	ol_graph_finish(&graph);
	return 0;
}
