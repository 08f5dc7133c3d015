/*
 * Asks KWin for a screen cast of its first output, as its portal does, and keeps
 * it open. Prints "node ID" when there is a stream to take.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wayland-client.h>

#include "zkde-screencast-client.h"

static struct wl_output *output;
static struct zkde_screencast_unstable_v1 *screencast;

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
                      const char *interface, uint32_t version)
{
	(void)data;
	(void)version;
	if (output == NULL && strcmp(interface, wl_output_interface.name) == 0)
		output = wl_registry_bind(registry, name, &wl_output_interface,
		                          1);
	if (strcmp(interface, zkde_screencast_unstable_v1_interface.name) == 0)
		screencast = wl_registry_bind(
			registry, name, &zkde_screencast_unstable_v1_interface,
			1);
}

static void on_global_remove(void *data, struct wl_registry *registry,
                             uint32_t name)
{
	(void)data;
	(void)registry;
	(void)name;
}

static const struct wl_registry_listener registry_listener = {
	on_global, on_global_remove
};

static void on_closed(void *data,
                      struct zkde_screencast_stream_unstable_v1 *stream)
{
	(void)data;
	(void)stream;
	exit(0);
}

static void on_created(void *data,
                       struct zkde_screencast_stream_unstable_v1 *stream,
                       uint32_t node)
{
	(void)data;
	(void)stream;
	printf("node %u\n", node);
	fflush(stdout);
}

static void on_failed(void *data,
                      struct zkde_screencast_stream_unstable_v1 *stream,
                      const char *error)
{
	(void)data;
	(void)stream;
	fprintf(stderr, "kwin_cast: %s\n", error);
	exit(1);
}

static const struct zkde_screencast_stream_unstable_v1_listener
	stream_listener = { on_closed, on_created, on_failed };

int main(void)
{
	struct wl_display *display = wl_display_connect(NULL);
	struct zkde_screencast_stream_unstable_v1 *stream;

	if (display == NULL) {
		perror("kwin_cast: no compositor");
		return 1;
	}
	wl_registry_add_listener(wl_display_get_registry(display),
	                         &registry_listener, NULL);
	wl_display_roundtrip(display);
	if (output == NULL || screencast == NULL) {
		fputs("kwin_cast: no screen casts here\n", stderr);
		return 1;
	}
	stream = zkde_screencast_unstable_v1_stream_output(
		screencast, output,
		ZKDE_SCREENCAST_UNSTABLE_V1_POINTER_EMBEDDED);
	zkde_screencast_stream_unstable_v1_add_listener(stream,
	                                                &stream_listener, NULL);
	while (wl_display_dispatch(display) >= 0)
		continue;
	return 1;
}
