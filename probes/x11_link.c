/*
 * The handshake with the X server, on the worker thread. Plain XCB: Xlib would
 * end the host program when the server dies, and libXtst aborts it now and
 * then.
 */
#include "x11_link.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xcb/randr.h>
#include <xcb/res.h>

enum {
	COPY_AREA = 62,
	COPY_PLANE = 63,
	GET_IMAGE = 73,
	KILL_CLIENT = 113,
	RANGES_MAX = 16,
	ATOM_NAME_MAX = 16,
};

int ol_x11_link_new(const char *display, struct x11_link **ret)
{
	struct x11_link *link = calloc(1, sizeof(*link));

	if (link == NULL)
		return -ENOMEM;
	link->display = strdup(display);
	if (link->display == NULL) {
		free(link);
		return -ENOMEM;
	}
	*ret = link;
	return 0;
}

void ol_x11_link_free(struct x11_link *link)
{
	if (link == NULL)
		return;
	if (link->data != NULL)
		xcb_disconnect(link->data);
	if (link->control != NULL)
		xcb_disconnect(link->control);
	free(link->display);
	free(link);
}

static void fail(struct x11_link *link, enum onlooker_probe_state state,
                 const char *reason)
{
	link->state = state;
	link->reason = reason;
}

static xcb_connection_t *open_connection(struct x11_link *link, int *ret_screen)
{
	xcb_connection_t *connection = xcb_connect(link->display, ret_screen);

	/* Never NULL; a failed one is freed like any other. */
	if (xcb_connection_has_error(connection) == 0)
		return connection;
	xcb_disconnect(connection);
	fail(link, ONLOOKER_PROBE_FAILED,
	     "the X server cannot be reached or refuses us; check DISPLAY and "
	     "XAUTHORITY");
	return NULL;
}

static uint8_t ask_opcode(xcb_connection_t *connection, const char *name)
{
	xcb_query_extension_reply_t *reply = xcb_query_extension_reply(
		connection,
		xcb_query_extension(connection, (uint16_t)strlen(name), name),
		NULL);
	uint8_t major =
		reply != NULL && reply->present ? reply->major_opcode : 0;

	free(reply);
	return major;
}

static void ask_opcodes(struct x11_link *link)
{
	link->opcodes.shm = ask_opcode(link->control, "MIT-SHM");
	link->opcodes.render = ask_opcode(link->control, "RENDER");
	link->opcodes.composite = ask_opcode(link->control, "Composite");
	link->opcodes.xfixes = ask_opcode(link->control, "XFIXES");
	link->opcodes.damage = ask_opcode(link->control, "DAMAGE");
	link->opcodes.record = ask_opcode(link->control, "RECORD");
	link->opcodes.xtest = ask_opcode(link->control, "XTEST");
}

bool ol_x11_link_has(xcb_connection_t *connection, xcb_extension_t *extension)
{
	const xcb_query_extension_reply_t *data =
		xcb_get_extension_data(connection, extension);

	return data != NULL && data->present;
}

static bool has_record(struct x11_link *link)
{
	/* Asked here so that none of XCB's functions has to wait for it later. */
	(void)xcb_get_maximum_request_length(link->control);
	(void)xcb_get_maximum_request_length(link->data);
	if (ol_x11_link_has(link->control, &xcb_record_id) &&
	    ol_x11_link_has(link->data, &xcb_record_id))
		return true;
	if (link->opcodes.render == 0)
		fail(link, ONLOOKER_PROBE_DENIED,
		     "the X server treats us as an untrusted client and hides "
		     "its extensions; connect with a trusted cookie");
	else
		fail(link, ONLOOKER_PROBE_DENIED,
		     "the X server has no RECORD extension; start it without "
		     "-extension RECORD");
	return false;
}

static int copy_ranges(xcb_record_range_t *ranges)
{
	ranges[0] = (xcb_record_range_t){
		.core_requests = { COPY_AREA, COPY_PLANE },
	};
	return 1;
}

static int add_minors(xcb_record_range_t *range, uint8_t major, uint16_t first,
                      uint16_t last)
{
	if (major == 0)
		return 0;
	*range = (xcb_record_range_t){
		.ext_requests = { .major = { major, major },
		                  .minor = { first, last } },
	};
	return 1;
}

/* What x11_stream.c understands, but for copies. */
static int read_ranges(const struct x11_opcodes *opcodes,
                       xcb_record_range_t *ranges)
{
	int n = 0;

	ranges[n++] = (xcb_record_range_t){
		.core_requests = { GET_IMAGE, GET_IMAGE },
		.client_started = 1,
		.client_died = 1,
	};
	n += add_minors(&ranges[n], opcodes->shm, 4, 4);
	n += add_minors(&ranges[n], opcodes->render, 4, 4);
	n += add_minors(&ranges[n], opcodes->composite, 6, 6);
	n += add_minors(&ranges[n], opcodes->xfixes, 4, 4);
	n += add_minors(&ranges[n], opcodes->xfixes, 25, 25);
	n += add_minors(&ranges[n], opcodes->damage, 1, 2);
	/* What would put us out of action. */
	n += add_minors(&ranges[n], opcodes->record, 2, 7);
	ranges[n++] = (xcb_record_range_t){
		.core_requests = { KILL_CLIENT, KILL_CLIENT },
	};
	/* Never 2, FakeInput: it has the keys. */
	n += add_minors(&ranges[n], opcodes->xtest, 0, 1);
	n += add_minors(&ranges[n], opcodes->xtest, 3, 3);
	return n;
}

/* What draws with pictures, which every toolkit does without end. */
static int picture_ranges(const struct x11_opcodes *opcodes,
                          xcb_record_range_t *ranges)
{
	int n = 0;

	n += add_minors(&ranges[n], opcodes->render, 7, 8);
	n += add_minors(&ranges[n], opcodes->render, 10, 13);
	n += add_minors(&ranges[n], opcodes->render, 23, 25);
	return n;
}

/* Record all of these clients, in the stead of what was recorded of them. */
static void register_clients(struct x11_link *link, uint32_t clients,
                             bool has_copies, bool has_pictures)
{
	xcb_record_range_t ranges[RANGES_MAX];
	int n = read_ranges(&link->opcodes, ranges);

	if (has_copies)
		n += copy_ranges(&ranges[n]);
	if (has_pictures)
		n += picture_ranges(&link->opcodes, &ranges[n]);
	(void)xcb_record_register_clients(link->control, link->context, 0, 1,
	                                  (uint32_t)n, &clients, ranges);
}

static bool is_gone(struct x11_link *link, const xcb_generic_error_t *error)
{
	const xcb_query_extension_reply_t *record =
		xcb_get_extension_data(link->data, &xcb_record_id);

	return error != NULL &&
	       error->error_code ==
	               record->first_error + XCB_RECORD_BAD_CONTEXT;
}

/*
 * Whoever changed the context before we could see it has done so in vain: what
 * is recorded is laid down when it is enabled.
 */
static int begin_recording(struct x11_link *link)
{
	const xcb_record_client_spec_t all = XCB_RECORD_CS_ALL_CLIENTS;
	xcb_record_range_t ranges[RANGES_MAX];
	xcb_record_enable_context_cookie_t cookie;
	xcb_record_enable_context_reply_t *reply;
	xcb_generic_error_t *error;
	int n = read_ranges(&link->opcodes, ranges);

	link->context = xcb_generate_id(link->control);
	error = xcb_request_check(link->control,
	                          xcb_record_create_context_checked(
					  link->control, link->context, 0, 1,
					  (uint32_t)n, &all, ranges));
	if (error != NULL) {
		free(error);
		return -EACCES;
	}
	cookie = xcb_record_enable_context(link->data, link->context);
	/* The first of its replies says that recording has begun. */
	reply = xcb_record_enable_context_reply(link->data, cookie, &error);
	if (reply == NULL) {
		link->was_ended = is_gone(link, error);
		free(error);
		return -EACCES;
	}
	free(reply);
	link->stream = cookie.sequence;
	register_clients(link, all, true, false);
	return 0;
}

int ol_x11_ids_ask(xcb_connection_t *connection,
                   struct x11_client_id ret[X11_CLIENTS_MAX])
{
	const xcb_res_client_id_spec_t all = {
		.client = 0,
		.mask = XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID,
	};
	xcb_res_query_version_reply_t *version;
	xcb_res_query_client_ids_reply_t *reply;
	bool has_ids;
	int n;

	if (!ol_x11_link_has(connection, &xcb_res_id))
		return -ENOTSUP;
	version = xcb_res_query_version_reply(
		connection, xcb_res_query_version(connection, 1, 2), NULL);
	has_ids = version != NULL &&
	          (version->server_major > 1 ||
	           (version->server_major == 1 && version->server_minor >= 2));
	free(version);
	if (!has_ids)
		return -ENOTSUP;
	reply = xcb_res_query_client_ids_reply(
		connection, xcb_res_query_client_ids(connection, 1, &all),
		NULL);
	if (reply == NULL)
		return 0;
	n = ol_x11_reply_client_ids(reply, 32 + (size_t)reply->length * 4, ret,
	                            X11_CLIENTS_MAX);
	free(reply);
	if (n < 0)
		return 0;
	return n < X11_CLIENTS_MAX ? n : X11_CLIENTS_MAX;
}

static void list_clients(struct x11_link *link)
{
	int n = ol_x11_ids_ask(link->control, link->clients);

	link->has_ids = n >= 0;
	link->client_count = n >= 0 ? n : 0;
}

static void find_compositor(struct x11_link *link, int screen)
{
	char name[ATOM_NAME_MAX + 8];
	xcb_intern_atom_reply_t *atom;
	xcb_get_selection_owner_reply_t *owner;
	int length = snprintf(name, sizeof(name), "_NET_WM_CM_S%d", screen);

	atom = xcb_intern_atom_reply(
		link->control,
		xcb_intern_atom(link->control, 0, (uint16_t)length, name),
		NULL);
	if (atom == NULL)
		return;
	link->compositor = atom->atom;
	free(atom);
	owner = xcb_get_selection_owner_reply(
		link->control,
		xcb_get_selection_owner(link->control, link->compositor), NULL);
	if (owner != NULL)
		link->compositor_window = owner->owner;
	free(owner);
}

static bool is_named_xwayland(xcb_connection_t *connection, xcb_atom_t atom)
{
	static const char prefix[] = "XWAYLAND";
	xcb_get_atom_name_reply_t *reply;
	bool is_so;

	if (atom == XCB_ATOM_NONE)
		return false;
	reply = xcb_get_atom_name_reply(
		connection, xcb_get_atom_name(connection, atom), NULL);
	is_so = reply != NULL &&
	        xcb_get_atom_name_name_length(reply) >=
	                (int)sizeof(prefix) - 1 &&
	        memcmp(xcb_get_atom_name_name(reply), prefix,
	               sizeof(prefix) - 1) == 0;
	free(reply);
	return is_so;
}

/* Returns whether the monitors are those of Xwayland. */
static bool find_monitors(struct x11_link *link)
{
	xcb_randr_query_version_reply_t *version;
	xcb_randr_get_monitors_reply_t *reply;
	xcb_atom_t name = XCB_ATOM_NONE;
	bool is_new;

	if (!ol_x11_link_has(link->control, &xcb_randr_id))
		return false;
	version = xcb_randr_query_version_reply(
		link->control, xcb_randr_query_version(link->control, 1, 5),
		NULL);
	is_new = version != NULL &&
	         (version->major_version > 1 || version->minor_version >= 5);
	free(version);
	if (!is_new)
		return false;
	link->randr_event = xcb_get_extension_data(link->control, &xcb_randr_id)
	                            ->first_event;
	(void)xcb_randr_select_input(
		link->control, link->screens[0],
		XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE |
			XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE |
			XCB_RANDR_NOTIFY_MASK_OUTPUT_CHANGE);
	reply = xcb_randr_get_monitors_reply(
		link->control,
		xcb_randr_get_monitors(link->control, link->screens[0], 1),
		NULL);
	if (reply == NULL ||
	    ol_x11_reply_monitors(reply, 32 + (size_t)reply->length * 4,
	                          &link->layout, &name) < 0)
		name = XCB_ATOM_NONE;
	free(reply);
	return is_named_xwayland(link->control, name);
}

/* Ours comes first, then the other screens of the server. */
static int find_screens(struct x11_link *link, int ours)
{
	const xcb_setup_t *setup = xcb_get_setup(link->control);
	xcb_screen_iterator_t i = xcb_setup_roots_iterator(setup);

	link->id_mask = setup->resource_id_mask;
	link->screen_count = 1;
	for (int n = 0; i.rem > 0; xcb_screen_next(&i), n++) {
		if (n == ours) {
			link->screens[0] = i.data->root;
			link->layout.width = i.data->width_in_pixels;
			link->layout.height = i.data->height_in_pixels;
		} else if (link->screen_count < X11_SCREENS_MAX) {
			link->screens[link->screen_count++] = i.data->root;
		}
	}
	return link->layout.width > 0 && link->layout.height > 0 ? 0 : -EBADMSG;
}

/* What there is beside the clients, and what of it cannot be seen. */
static void look_around(struct x11_link *link, bool is_xwayland)
{
	const char *blind;

	ol_x11_outputs_open(&link->outputs, link->control, link->screens[0]);
	ol_x11_inputs_open(&link->inputs, link->control);
	ol_x11_server_ask(&link->server, link->control, link->screens[0],
	                  &link->outputs, link->inputs.devices,
	                  link->inputs.count);
	blind = ol_x11_server_blind(&link->server);
	if (is_xwayland)
		fail(link, ONLOOKER_PROBE_DEGRADED,
		     "a Wayland compositor draws this screen and only reads of "
		     "X programs' windows are seen here");
	else if (blind != NULL)
		fail(link, ONLOOKER_PROBE_DEGRADED, blind);
	else if (!link->has_ids)
		fail(link, ONLOOKER_PROBE_DEGRADED,
		     "this X server does not tell which programs its clients "
		     "are, this one among them; it would with X-Resource 1.2");
	else if (!ol_x11_inputs_is_watching(&link->inputs))
		fail(link, ONLOOKER_PROBE_DEGRADED,
		     "this X server does not tell when programs inject input");
	else
		fail(link, ONLOOKER_PROBE_WATCHING, "");
}

void ol_x11_link_open(struct x11_link *link)
{
	int screen = 0;
	bool is_xwayland;

	link->control = open_connection(link, &screen);
	if (link->control == NULL)
		return;
	link->data = open_connection(link, NULL);
	if (link->data == NULL)
		return;
	fail(link, ONLOOKER_PROBE_FAILED,
	     "the X server went away or answers in no way we understand");
	ask_opcodes(link);
	if (!has_record(link) || find_screens(link, screen) < 0)
		return;
	if (begin_recording(link) < 0) {
		if (link->was_ended)
			fail(link, ONLOOKER_PROBE_FAILED,
			     "a program has ended our recording");
		else if (xcb_connection_has_error(link->data) == 0)
			fail(link, ONLOOKER_PROBE_DENIED,
			     "the X server does not let us use RECORD");
		return;
	}
	list_clients(link);
	find_compositor(link, screen);
	is_xwayland = find_monitors(link) ||
	              ask_opcode(link->control, "XWAYLAND") != 0;
	look_around(link, is_xwayland);
	if (xcb_connection_has_error(link->control) != 0)
		fail(link, ONLOOKER_PROBE_FAILED,
		     "the X server went away while it was asked");
}

bool ol_x11_link_is_ours(const struct x11_link *link, uint32_t id)
{
	const xcb_setup_t *control = xcb_get_setup(link->control);
	const xcb_setup_t *data = xcb_get_setup(link->data);
	uint32_t base = id & ~link->id_mask;

	return base == control->resource_id_base ||
	       base == data->resource_id_base;
}

void ol_x11_link_record_all(struct x11_link *link)
{
	register_clients(link, XCB_RECORD_CS_ALL_CLIENTS, true, false);
}

void ol_x11_link_record(struct x11_link *link, uint32_t client, bool has_copies,
                        bool has_pictures)
{
	register_clients(link, client, has_copies, has_pictures);
}

void ol_x11_link_flush(struct x11_link *link)
{
	const struct timespec now = { 0 };
	sigset_t pipe_only, before, pending;

	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigemptyset(&pending);
	(void)sigpending(&pending);
	(void)pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
	(void)xcb_flush(link->control); /* an error shows when we next read */
	/* One that was pending before is not ours to take. */
	if (!sigismember(&pending, SIGPIPE))
		(void)sigtimedwait(&pipe_only, NULL, &now);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}
