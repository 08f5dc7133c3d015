/*
 * A program that asks the portal for a screen cast, and has GStreamer take it:
 * first as itself, without a picture; then, at SIGUSR1, as gst-launch-1.0 in the
 * same process, for its connections are the session. Prints "ready" when there
 * is a stream to take.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#define PORTAL      "org.freedesktop.portal.Desktop"
#define OBJECT      "/org/freedesktop/portal/desktop"
#define SCREEN_CAST "org.freedesktop.portal.ScreenCast"

static sd_bus *bus;
static char session[256];

static void check(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "portal_cast: %s: %s\n", what, strerror(-r));
	exit(1);
}

static int on_response(sd_bus_message *message, void *data, sd_bus_error *error)
{
	(void)error;
	*(sd_bus_message **)data = sd_bus_message_ref(message);
	return 0;
}

/* Send a request, and wait for what the user is said to have answered. */
static sd_bus_message *ask(sd_bus_message *request, const char *token)
{
	sd_bus_message *response = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	const char *unique;
	char path[256];
	uint32_t answer = 1;
	int r;

	check(sd_bus_get_unique_name(bus, &unique), "our name");
	snprintf(path, sizeof(path), OBJECT "/request/%s/%s", unique + 1,
	         token);
	*strchr(path, '.') = '_';
	check(sd_bus_match_signal(bus, NULL, PORTAL, path,
	                          "org.freedesktop.portal.Request", "Response",
	                          on_response, &response),
	      "a match");
	r = sd_bus_call(bus, request, 0, &error, NULL);
	check(r, error.message != NULL ? error.message : token);
	while (response == NULL) {
		r = sd_bus_process(bus, NULL);
		if (r == 0)
			r = sd_bus_wait(bus, UINT64_MAX);
		check(r, "waiting");
	}
	check(sd_bus_message_read(response, "u", &answer), "an answer");
	check(answer == 0 ? 0 : -ECANCELED, token);
	return response;
}

static sd_bus_message *new_request(const char *method)
{
	sd_bus_message *request;

	check(sd_bus_message_new_method_call(bus, &request, PORTAL, OBJECT,
	                                     SCREEN_CAST, method),
	      method);
	return request;
}

static void open_session(void)
{
	sd_bus_message *request = new_request("CreateSession");
	const char *unique;

	check(sd_bus_message_append(request, "a{sv}", 2, "handle_token", "s",
	                            "create", "session_handle_token", "s",
	                            "cast"),
	      "arguments");
	(void)ask(request, "create");
	check(sd_bus_get_unique_name(bus, &unique), "our name");
	snprintf(session, sizeof(session), OBJECT "/session/%s/cast",
	         unique + 1);
	*strchr(session, '.') = '_';
	request = new_request("SelectSources");
	check(sd_bus_message_append(request, "oa{sv}", session, 1,
	                            "handle_token", "s", "select"),
	      "arguments");
	(void)ask(request, "select");
}

/* The first of the streams that the portal offers. */
static uint32_t start_stream(void)
{
	sd_bus_message *request = new_request("Start"), *response;
	const char *key;
	uint32_t node = 0;

	check(sd_bus_message_append(request, "osa{sv}", session, "", 1,
	                            "handle_token", "s", "start"),
	      "arguments");
	response = ask(request, "start");
	check(sd_bus_message_enter_container(response, 'a', "{sv}"), "results");
	while (sd_bus_message_enter_container(response, 'e', "sv") > 0) {
		check(sd_bus_message_read(response, "s", &key), "a key");
		if (strcmp(key, "streams") != 0) {
			check(sd_bus_message_skip(response, "v"), "a value");
			check(sd_bus_message_exit_container(response), "it");
			continue;
		}
		check(sd_bus_message_enter_container(response, 'v',
		                                     "a(ua{sv})"),
		      "streams");
		check(sd_bus_message_enter_container(response, 'a', "(ua{sv})"),
		      "streams");
		check(sd_bus_message_enter_container(response, 'r', "ua{sv}"),
		      "a stream");
		check(sd_bus_message_read(response, "u", &node), "a node");
		return node;
	}
	check(-ENOENT, "no streams");
	return 0;
}

static int open_pipewire(void)
{
	sd_bus_message *request = new_request("OpenPipeWireRemote"), *reply;
	int fd;

	check(sd_bus_message_append(request, "oa{sv}", session, 0),
	      "arguments");
	check(sd_bus_call(bus, request, 0, NULL, &reply), "OpenPipeWireRemote");
	check(sd_bus_message_read(reply, "h", &fd), "a descriptor");
	fd = fcntl(fd, F_DUPFD, 3); /* and not closed on exec */
	check(fd, "keeping PipeWire");
	return fd;
}

static void take(uint32_t node, int pipewire)
{
	char fd[32], path[32];

	check(fcntl(sd_bus_get_fd(bus), F_SETFD, 0), "keeping the connection");
	snprintf(fd, sizeof(fd), "fd=%d", pipewire);
	snprintf(path, sizeof(path), "path=%u", node);
	execlp("gst-launch-1.0", "gst-launch-1.0", "pipewiresrc", fd, path, "!",
	       "videoconvert", "!", "fakesink", (char *)NULL);
	perror("gst-launch-1.0");
	exit(1);
}

int main(void)
{
	sigset_t set;
	uint32_t node;
	int pipewire, number;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	check(sd_bus_open_user(&bus), "the session bus");
	open_session();
	node = start_stream();
	pipewire = open_pipewire();
	puts("ready");
	fflush(stdout);
	sigwait(&set, &number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	take(node, pipewire);
}
