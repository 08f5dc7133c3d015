/*
 * One or many PipeWire video streams with the properties of a shape. Sends and
 * takes real frames; links itself with the daemon's link factory, so that it
 * needs no session manager.
 */
#include "tests/sim/pipewire_stream.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pipewire/pipewire.h>
#include <spa/param/video/format-utils.h>

enum {
	WIDTH = 320,
	HEIGHT = 180,
	STRIDE = WIDTH * 4,
	FRAME_MS = 33, /* thirty frames a second, as real casts */
};

struct cast {
	const struct cast_options *options;
	struct pw_main_loop *loop;
	struct pw_core *core;
	struct spa_hook core_hook;
	struct pw_registry *registry;
	struct spa_hook registry_hook;
	char *port; /* id of the target's output port */
	struct spa_source *timer;
	struct one *streams;
	unsigned ready;
	int status;
};

struct one {
	struct cast *cast;
	struct pw_stream *stream;
	struct pw_proxy *link;
	struct spa_hook link_hook;
	struct spa_hook hook;
};

static void say(const char *what)
{
	puts(what);
	fflush(stdout);
}

static void finish(void *data, int signal_number)
{
	struct cast *cast = data;

	(void)signal_number;
	pw_main_loop_quit(cast->loop);
}

static void pause_consumer(void *data, int signal_number)
{
	struct cast *cast = data;

	(void)pw_stream_set_active(cast->streams[0].stream,
	                           signal_number == SIGUSR2);
}

static void on_core_error(void *data, uint32_t id, int seq, int res,
                          const char *message)
{
	struct cast *cast = data;

	(void)seq;
	fprintf(stderr, "pipewire_cast: %s: %s\n", message, strerror(-res));
	if (id != PW_ID_CORE)
		return;
	cast->status = EXIT_FAILURE;
	pw_main_loop_quit(cast->loop);
}

static const struct pw_core_events core_events = {
	PW_VERSION_CORE_EVENTS,
	.error = on_core_error,
};

/*
 * Given a node alone, the link factory wants a port that nobody uses yet; a
 * second consumer must name the port.
 */
static void on_global(void *data, uint32_t id, uint32_t permissions,
                      const char *type, uint32_t version,
                      const struct spa_dict *properties)
{
	struct cast *cast = data;
	const char *node;

	(void)permissions;
	(void)version;
	if (strcmp(type, PW_TYPE_INTERFACE_Port) != 0 || properties == NULL)
		return;
	node = spa_dict_lookup(properties, PW_KEY_NODE_ID);
	if (node == NULL || strtoul(node, NULL, 10) != cast->options->target)
		return;
	free(cast->port);
	if (asprintf(&cast->port, "%u", id) < 0)
		cast->port = NULL;
}

static const struct pw_registry_events registry_events = {
	PW_VERSION_REGISTRY_EVENTS,
	.global = on_global,
};

static void on_link(void *data, uint32_t id)
{
	(void)data;
	printf("link %u\n", id);
	fflush(stdout);
}

static const struct pw_proxy_events link_events = {
	PW_VERSION_PROXY_EVENTS,
	.bound = on_link,
};

static void link_to_target(struct one *one)
{
	const struct cast_options *options = one->cast->options;
	struct pw_properties *properties = pw_properties_new(NULL, NULL);

	pw_properties_setf(properties, PW_KEY_LINK_OUTPUT_NODE, "%u",
	                   options->target);
	pw_properties_set(properties, PW_KEY_LINK_OUTPUT_PORT, one->cast->port);
	pw_properties_setf(properties, PW_KEY_LINK_INPUT_NODE, "%u",
	                   pw_stream_get_node_id(one->stream));
	one->link = pw_core_create_object(
		one->cast->core, "link-factory", PW_TYPE_INTERFACE_Link,
		PW_VERSION_LINK, &properties->dict, 0);
	pw_properties_free(properties);
	if (one->link != NULL)
		pw_proxy_add_listener(one->link, &one->link_hook, &link_events,
		                      one);
}

static int open_one(struct cast *cast, struct one *one);

/* One after the other: the daemon drops a client that sends too much at once. */
static void report_ready(struct one *one)
{
	struct cast *cast = one->cast;
	uint32_t node = pw_stream_get_node_id(one->stream);

	if (++cast->ready < cast->options->count) {
		(void)open_one(cast, &cast->streams[cast->ready]);
		return;
	}
	printf("node %u\n", node);
	fflush(stdout);
	for (int i = 0; i < cast->options->n_ready; i++)
		(void)!write(cast->options->ready, &node, sizeof(node));
}

static void on_state(void *data, enum pw_stream_state old,
                     enum pw_stream_state state, const char *error)
{
	struct one *one = data;
	bool is_producer = one->cast->options->shape->is_producer;

	if (state == PW_STREAM_STATE_ERROR)
		fprintf(stderr, "pipewire_cast: stream: %s\n", error);
	if (state == PW_STREAM_STATE_PAUSED &&
	    old == PW_STREAM_STATE_CONNECTING) {
		report_ready(one);
		if (!is_producer)
			link_to_target(one);
	} else if (state == PW_STREAM_STATE_PAUSED) {
		say("paused");
	} else if (state == PW_STREAM_STATE_STREAMING) {
		say("streaming");
	}
	if (is_producer && one->cast->options->count == 1) {
		struct timespec now = { 0, 1 };
		struct timespec every = { 0, FRAME_MS * 1000 * 1000 };
		bool runs = state == PW_STREAM_STATE_STREAMING;

		pw_loop_update_timer(pw_main_loop_get_loop(one->cast->loop),
		                     one->cast->timer, runs ? &now : NULL,
		                     runs ? &every : NULL, false);
	}
}

static void on_timer(void *data, uint64_t expirations)
{
	struct cast *cast = data;

	(void)expirations;
	(void)pw_stream_trigger_process(cast->streams[0].stream);
}

static void on_process(void *data)
{
	struct one *one = data;
	struct pw_buffer *buffer = pw_stream_dequeue_buffer(one->stream);
	struct spa_data *plane;

	if (buffer == NULL)
		return;
	plane = &buffer->buffer->datas[0];
	if (one->cast->options->shape->is_producer && plane->data != NULL) {
		memset(plane->data, 0x55, STRIDE * HEIGHT);
		plane->chunk->offset = 0;
		plane->chunk->stride = STRIDE;
		plane->chunk->size = STRIDE * HEIGHT;
	}
	pw_stream_queue_buffer(one->stream, buffer);
}

static void on_param(void *data, uint32_t id, const struct spa_pod *param)
{
	struct one *one = data;
	uint8_t memory[256];
	struct spa_pod_builder builder =
		SPA_POD_BUILDER_INIT(memory, sizeof(memory));
	const struct spa_pod *buffers;

	if (id != SPA_PARAM_Format || param == NULL)
		return;
	buffers = spa_pod_builder_add_object(
		&builder, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers,
		SPA_PARAM_BUFFERS_buffers, SPA_POD_CHOICE_RANGE_Int(4, 2, 8),
		SPA_PARAM_BUFFERS_blocks, SPA_POD_Int(1),
		SPA_PARAM_BUFFERS_size, SPA_POD_Int(STRIDE * HEIGHT),
		SPA_PARAM_BUFFERS_stride, SPA_POD_Int(STRIDE));
	pw_stream_update_params(one->stream, &buffers, 1);
}

static const struct pw_stream_events stream_events = {
	PW_VERSION_STREAM_EVENTS,
	.state_changed = on_state,
	.param_changed = on_param,
	.process = on_process,
};

static void set(struct pw_properties *properties, const char *key,
                const char *value)
{
	if (value != NULL)
		pw_properties_set(properties, key, value);
}

static struct pw_properties *make_properties(const struct cast_options *options)
{
	const struct cast_shape *shape = options->shape;
	struct pw_properties *properties = pw_properties_new(NULL, NULL);

	set(properties, PW_KEY_MEDIA_CLASS, shape->media_class);
	set(properties, PW_KEY_NODE_NAME, shape->node_name);
	set(properties, PW_KEY_MEDIA_NAME,
	    options->media_name ? options->media_name : shape->media_name);
	set(properties, PW_KEY_MEDIA_ROLE, shape->media_role);
	if (shape->v4l2_path != NULL) {
		set(properties, "api.v4l2.path", shape->v4l2_path);
		set(properties, PW_KEY_DEVICE_API, "v4l2");
	}
	if (options->padding > 0) {
		char *padding = malloc(options->padding + 1);

		memset(padding, 'x', options->padding);
		padding[options->padding] = '\0';
		set(properties, "padding", padding);
		free(padding);
	}
	return properties;
}

static int open_one(struct cast *cast, struct one *one)
{
	const struct cast_options *options = cast->options;
	bool is_producer = options->shape->is_producer;
	enum pw_stream_flags flags = PW_STREAM_FLAG_MAP_BUFFERS;
	uint8_t memory[512];
	struct spa_pod_builder builder =
		SPA_POD_BUILDER_INIT(memory, sizeof(memory));
	const struct spa_pod *format = spa_pod_builder_add_object(
		&builder, SPA_TYPE_OBJECT_Format, SPA_PARAM_EnumFormat,
		SPA_FORMAT_mediaType, SPA_POD_Id(SPA_MEDIA_TYPE_video),
		SPA_FORMAT_mediaSubtype, SPA_POD_Id(SPA_MEDIA_SUBTYPE_raw),
		SPA_FORMAT_VIDEO_format, SPA_POD_Id(SPA_VIDEO_FORMAT_BGRx),
		SPA_FORMAT_VIDEO_size,
		SPA_POD_Rectangle(&SPA_RECTANGLE(WIDTH, HEIGHT)),
		SPA_FORMAT_VIDEO_framerate,
		SPA_POD_Fraction(&SPA_FRACTION(0, 1)));

	if (is_producer)
		flags |= PW_STREAM_FLAG_DRIVER;
	else if (options->is_paused)
		flags |= PW_STREAM_FLAG_INACTIVE;
	one->cast = cast;
	one->stream = pw_stream_new(cast->core, options->shape->name,
	                            make_properties(options));
	if (one->stream == NULL)
		return -errno;
	pw_stream_add_listener(one->stream, &one->hook, &stream_events, one);
	return pw_stream_connect(one->stream,
	                         is_producer ? PW_DIRECTION_OUTPUT
	                                     : PW_DIRECTION_INPUT,
	                         PW_ID_ANY, flags, &format, 1);
}

static int connect_core(struct cast *cast, struct pw_context *context)
{
	int remote = cast->options->remote;

	cast->core = remote < 0
	                     ? pw_context_connect(context, NULL, 0)
	                     : pw_context_connect_fd(context, remote, NULL, 0);
	if (cast->core == NULL)
		return -errno;
	pw_core_add_listener(cast->core, &cast->core_hook, &core_events, cast);
	if (cast->options->shape->is_producer)
		return 0;
	cast->registry =
		pw_core_get_registry(cast->core, PW_VERSION_REGISTRY, 0);
	if (cast->registry == NULL)
		return -errno;
	pw_registry_add_listener(cast->registry, &cast->registry_hook,
	                         &registry_events, cast);
	return 0;
}

static int open_streams(struct cast *cast)
{
	cast->streams = calloc(cast->options->count, sizeof(struct one));
	if (cast->streams == NULL)
		return -ENOMEM;
	return open_one(cast, &cast->streams[0]);
}

static void close_streams(struct cast *cast)
{
	for (unsigned i = 0; i < cast->options->count && cast->streams; i++) {
		if (cast->streams[i].stream != NULL)
			pw_stream_destroy(cast->streams[i].stream);
	}
	free(cast->streams);
	free(cast->port);
}

int cast_run(const struct cast_options *options)
{
	struct cast cast = { .options = options };
	struct pw_context *context;
	struct pw_loop *loop;
	int r;

	pw_init(NULL, NULL);
	cast.loop = pw_main_loop_new(NULL);
	loop = pw_main_loop_get_loop(cast.loop);
	pw_loop_add_signal(loop, SIGINT, finish, &cast);
	pw_loop_add_signal(loop, SIGTERM, finish, &cast);
	pw_loop_add_signal(loop, SIGUSR1, pause_consumer, &cast);
	pw_loop_add_signal(loop, SIGUSR2, pause_consumer, &cast);
	cast.timer = pw_loop_add_timer(loop, on_timer, &cast);
	context = pw_context_new(loop, NULL, 0);
	r = connect_core(&cast, context);
	if (r == 0)
		r = open_streams(&cast);
	if (r < 0) {
		fprintf(stderr, "pipewire_cast: %s\n", strerror(-r));
		cast.status = EXIT_FAILURE;
	} else {
		pw_main_loop_run(cast.loop);
	}
	close_streams(&cast);
	if (cast.core != NULL)
		pw_core_disconnect(cast.core);
	pw_context_destroy(context);
	pw_main_loop_destroy(cast.loop);
	pw_deinit();
	return cast.status;
}
