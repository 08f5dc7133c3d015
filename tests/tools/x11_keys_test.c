/*
 * That no key reaches us: between the x11 probe and its server stands a proxy
 * that keeps every byte, while xdotool presses keys. Then all of it is taken
 * apart: what we asked for, and what came.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <X11/Xlib.h>

#include "tests/support/watch.h"
#include "tests/support/xkind.h"
#include "tests/unit/cmocka_all.h"

enum {
	PATIENCE_MS = 30000,
	PAIRS_MAX = 4, /* the probe has two connections */
	BYTES_MAX = 1 << 22,
	PACKET = 32,

	/* Requests. */
	QUERY_POINTER = 38,
	GET_MOTION_EVENTS = 39,
	GRAB_FIRST = 26, /* GrabPointer to UngrabKey, AllowEvents */
	GRAB_LAST = 35,
	QUERY_KEYMAP = 44,
	GET_KEYBOARD_MAPPING = 101,
	LIST_INPUT_DEVICES = 2,
	ENABLE_CONTEXT = 5,
	FAKE_INPUT = 2,
	/* Events. */
	MAPPING_NOTIFY = 34, /* goes to all clients, and tells of no key */
	ALARM_NOTIFY = 1,
	/* Categories of RECORD. */
	FROM_SERVER = 0,
	FROM_CLIENT = 1,
};

struct stream {
	uint8_t *bytes;
	size_t size;
};

struct pair {
	int client, server;
	struct stream asked, came;
	uint16_t recording; /* sequence number; 0: this is not the one */
};

struct proxy {
	int listener;
	char path[108];   /* of our socket */
	char server[108]; /* of the server's */
	struct pair pairs[PAIRS_MAX];
	int count;
	atomic_bool is_over;
	pthread_t thread;
};

/* What was found, so that the absence of keys means something. */
struct tally {
	int alarms;
	int tests; /* requests of XTEST, recorded */
};

static struct extension {
	int major, event, error;
} xtest, record, sync_extension, randr, xinput, xkb;

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		abort();
	return fd;
}

/* Returns false at the end. */
static bool pass(int from, int to, struct stream *kept)
{
	uint8_t bytes[16384];
	ssize_t n = read(from, bytes, sizeof(bytes));

	if (n <= 0)
		return false;
	if (kept->size + (size_t)n > BYTES_MAX)
		abort();
	memcpy(kept->bytes + kept->size, bytes, (size_t)n);
	kept->size += (size_t)n;
	for (ssize_t at = 0, m; at < n; at += m) {
		m = write(to, bytes + at, (size_t)(n - at));
		if (m <= 0)
			return false;
	}
	return true;
}

static void take_connection(struct proxy *proxy)
{
	struct pair *pair = &proxy->pairs[proxy->count];

	if (proxy->count++ == PAIRS_MAX)
		abort();
	pair->client = accept(proxy->listener, NULL, NULL);
	pair->server = connect_to(proxy->server);
	pair->asked.bytes = malloc(BYTES_MAX);
	pair->came.bytes = malloc(BYTES_MAX);
	if (pair->client < 0 || pair->asked.bytes == NULL ||
	    pair->came.bytes == NULL)
		abort();
}

static void *run_proxy(void *userdata)
{
	struct proxy *proxy = userdata;

	while (!proxy->is_over) {
		struct pollfd fds[1 + 2 * PAIRS_MAX] = {
			{ .fd = proxy->listener, .events = POLLIN },
		};
		int count = proxy->count;

		for (int i = 0; i < count; i++) {
			fds[1 + 2 * i] =
				(struct pollfd){ proxy->pairs[i].client, POLLIN,
				                 0 };
			fds[2 + 2 * i] =
				(struct pollfd){ proxy->pairs[i].server, POLLIN,
				                 0 };
		}
		/* The end of the test is no descriptor: look for it. */
		if (poll(fds, (nfds_t)(1 + 2 * count), 100) < 0)
			abort();
		if (fds[0].revents != 0)
			take_connection(proxy);
		for (int i = 0; i < count; i++) {
			struct pair *pair = &proxy->pairs[i];
			bool is_on = true;

			if (fds[1 + 2 * i].revents != 0)
				is_on = pass(pair->client, pair->server,
				             &pair->asked);
			if (is_on && fds[2 + 2 * i].revents != 0)
				is_on = pass(pair->server, pair->client,
				             &pair->came);
			if (is_on)
				continue;
			close(pair->client);
			close(pair->server);
			pair->client = pair->server = -1;
		}
	}
	return NULL;
}

static void start_proxy(struct proxy *proxy, const struct xkind *server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char display[16];

	/* A display of its own, far from those that servers choose. */
	snprintf(display, sizeof(display), ":%d", 10000 + (int)getpid());
	snprintf(proxy->path, sizeof(proxy->path), "/tmp/.X11-unix/X%s",
	         display + 1);
	snprintf(proxy->server, sizeof(proxy->server), "/tmp/.X11-unix/X%s",
	         server->display + 1);
	(void)unlink(proxy->path); /* of one that was killed */
	strcpy(address.sun_path, proxy->path);
	proxy->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(proxy->listener,
	                      (const struct sockaddr *)&address,
	                      sizeof(address)),
	                 0);
	assert_int_equal(listen(proxy->listener, 4), 0);
	assert_int_equal(pthread_create(&proxy->thread, NULL, run_proxy, proxy),
	                 0);
	setenv("DISPLAY", display, 1);
}

static void stop_proxy(struct proxy *proxy)
{
	proxy->is_over = true;
	assert_int_equal(pthread_join(proxy->thread, NULL), 0);
	close(proxy->listener);
	(void)unlink(proxy->path);
}

static uint16_t get16(const uint8_t *bytes)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static uint32_t get32(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static size_t pad(size_t size)
{
	return (size + 3) / 4 * 4;
}

/* Bytes of the request at this place; 0: cut off. */
static size_t request_size(const uint8_t *request, size_t left)
{
	size_t size;

	if (left < 8)
		return left < 4 || get16(request + 2) != 1 ? 0 : 4;
	size = get16(request + 2) != 0 ? get16(request + 2)
	                               : get32(request + 4);
	return size > 0 && size * 4 <= left ? size * 4 : 0;
}

static void check_request(const uint8_t *request)
{
	int major = request[0];

	assert_int_not_equal(major, QUERY_KEYMAP);
	assert_int_not_equal(major, QUERY_POINTER);
	assert_int_not_equal(major, GET_MOTION_EVENTS);
	assert_int_not_equal(major, GET_KEYBOARD_MAPPING);
	assert_false(major >= GRAB_FIRST && major <= GRAB_LAST);
	assert_int_not_equal(major, xkb.major);
	assert_int_not_equal(major, xtest.major);
	/* No select, no query of a device's state. */
	if (major == xinput.major)
		assert_int_equal(request[1], LIST_INPUT_DEVICES);
}

static void check_asked(struct pair *pair)
{
	const uint8_t *bytes = pair->asked.bytes;
	size_t size = pair->asked.size, at, length;
	uint16_t sequence = 0;

	assert_true(size >= 12);
	at = 12 + pad(get16(bytes + 6)) + pad(get16(bytes + 8));
	while (at < size &&
	       (length = request_size(bytes + at, size - at)) > 0) {
		sequence++;
		check_request(bytes + at);
		if (bytes[at] == record.major &&
		    bytes[at + 1] == ENABLE_CONTEXT)
			pair->recording = sequence;
		at += length;
	}
}

static void check_record(const uint8_t *reply, size_t size, struct tally *tally)
{
	size_t length;

	assert_int_not_equal(reply[1], FROM_SERVER);
	if (reply[1] != FROM_CLIENT)
		return;
	for (size_t at = PACKET; at < size; at += length) {
		length = request_size(reply + at, size - at);
		assert_true(length > 0);
		if (reply[at] != xtest.major)
			continue;
		assert_int_not_equal(reply[at + 1], FAKE_INPUT);
		tally->tests++;
	}
}

static void check_event(const uint8_t *event, struct tally *tally)
{
	int type = event[0] & 0x7f;

	if (type == sync_extension.event + ALARM_NOTIFY)
		tally->alarms++;
	else
		assert_true(type == MAPPING_NOTIFY || type == randr.event ||
		            type == randr.event + 1);
}

static void check_came(const struct pair *pair, struct tally *tally)
{
	const uint8_t *bytes = pair->came.bytes;
	size_t size = pair->came.size, at;

	assert_true(size >= 8 && bytes[0] == 1);
	at = 8 + (size_t)get16(bytes + 6) * 4;
	while (at + PACKET <= size) {
		const uint8_t *packet = bytes + at;
		size_t length = PACKET;

		if (packet[0] == 1)
			length += (size_t)get32(packet + 4) * 4;
		if (at + length > size)
			break;
		if (packet[0] == 1 && pair->recording != 0 &&
		    get16(packet + 2) == pair->recording)
			check_record(packet, length, tally);
		else if (packet[0] > 1)
			check_event(packet, tally);
		at += length;
	}
}

static void find(Display *display, const char *name, struct extension *ret)
{
	assert_true(XQueryExtension(display, name, &ret->major, &ret->event,
	                            &ret->error));
}

static void test_no_key_reaches_us(void **state)
{
	static struct proxy proxy;
	struct xkind server;
	struct onlooker *onlooker;
	struct tally tally = { 0 };
	struct child typing;
	Display *display;

	(void)state;
	assert_int_equal(xkind_start(&server, "Xvfb"), XKIND_RUNS);
	display = XOpenDisplay(NULL);
	assert_non_null(display);
	find(display, "XTEST", &xtest);
	find(display, "RECORD", &record);
	find(display, "SYNC", &sync_extension);
	find(display, "RANDR", &randr);
	find(display, "XInputExtension", &xinput);
	find(display, "XKEYBOARD", &xkb);
	start_proxy(&proxy, &server);
	onlooker = watch_open("x11");
	assert_true(watch_for(
		onlooker,
		(struct watch_want){ .probe = "x11",
	                             .probe_state = ONLOOKER_PROBE_WATCHING },
		PATIENCE_MS));
	setenv("DISPLAY", server.display, 1);
	session_run(&typing, RUN("xdotool", "type", "--delay", "100",
	                         "the quick brown fox jumps"));
	assert_true(
		watch_for(onlooker,
	                  (struct watch_want){ .rule = "x11.synthetic-input",
	                                       .pid = typing.pid },
	                  PATIENCE_MS));
	assert_int_equal(child_wait(&typing, PATIENCE_MS), 0);
	onlooker_unref(onlooker);
	stop_proxy(&proxy);
	assert_int_equal(proxy.count, 2);
	for (int i = 0; i < proxy.count; i++) {
		check_asked(&proxy.pairs[i]);
		check_came(&proxy.pairs[i], &tally);
		free(proxy.pairs[i].asked.bytes);
		free(proxy.pairs[i].came.bytes);
	}
	assert_true(tally.alarms > 0);
	assert_true(tally.tests > 0);
	XCloseDisplay(display);
	xkind_stop(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_key_reaches_us),
	};

	if (!program_exists("Xvfb") || !program_exists("xdotool"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
