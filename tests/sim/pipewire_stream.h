#ifndef SIM_PIPEWIRE_STREAM_H
#define SIM_PIPEWIRE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What a program of a kind looks like on PipeWire: the properties that the
 * real one was seen to set. NULL: it sets none.
 */
struct cast_shape {
	const char *name; /* as on the command line */
	const char *comm; /* what it calls its process */
	bool is_producer;
	const char *media_class;
	const char *node_name;
	const char *media_name;
	const char *media_role;
	const char *v4l2_path; /* cameras: api.v4l2.path */
};

extern const struct cast_shape cast_shapes[]; /* NULL name at the end */
const struct cast_shape *cast_shape_find(const char *name);

struct cast_options {
	const struct cast_shape *shape;
	const char *media_name; /* in place of the shape's; NULL: the shape's */
	uint32_t target;        /* consumers: id of the node to link to */
	bool is_paused;         /* consumers: link, but do not start */
	unsigned count;         /* producers: this many nodes */
	unsigned padding;       /* bytes of a property that nobody needs */
	int remote;             /* a connected socket to use, or -1 */
	int ready;              /* write the node's id here when known ... */
	int n_ready;            /* ... this many times; 0: not at all */
};

/*
 * Be that program until SIGINT or SIGTERM comes or the daemon goes. SIGUSR1
 * pauses a consumer, SIGUSR2 starts it again. Prints "node ID" when the node
 * exists, "link ID" when a consumer is linked, and "paused" or "streaming" on each change. Returns the exit status.
 */
int cast_run(const struct cast_options *options);

#endif
