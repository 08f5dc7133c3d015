/* The catalogue: what is built in, what a file may say, who is who. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probes/catalogue.h"
#include "tests/unit/cmocka_all.h"

static struct ol_catalogue *built_in(void)
{
	struct ol_catalogue *catalogue;

	assert_int_equal(ol_catalogue_load(&catalogue), 0);
	return catalogue;
}

#define TOOL(rest)                                                             \
	"{\"name\":\"a\",\"role\":\"server\",\"proof\":\"none\","              \
	"\"source\":\"a test\"," rest "}"
#define TOOLS(tools) "{\"catalogue\":1,\n\"tools\":[\n" tools "\n]}"
#define PROCESSES    "\"processes\":[{\"exe\":\"aaa\"}]"

static void refuse(const char *text, const char *message)
{
	struct ol_catalogue *catalogue = built_in();
	size_t count = ol_catalogue_tool_count(catalogue);
	char error[OL_CATALOGUE_ERROR_MAX] = "";

	assert_int_equal(
		ol_catalogue_add(catalogue, "file", text, strlen(text), error),
		-EBADMSG);
	assert_string_equal(error, message);
	assert_int_equal(ol_catalogue_tool_count(catalogue), count);
	ol_catalogue_free(catalogue);
}

/* The words are jansson's, and change with its version. */
static void refuse_json(const char *text, const char *place)
{
	struct ol_catalogue *catalogue = ol_catalogue_new();
	char error[OL_CATALOGUE_ERROR_MAX] = "";

	assert_int_equal(
		ol_catalogue_add(catalogue, "file", text, strlen(text), error),
		-EBADMSG);
	assert_memory_equal(error, place, strlen(place));
	ol_catalogue_free(catalogue);
}

static void test_errors_say_where(void **state)
{
	(void)state;
	refuse_json("{\n\n", "file:3: ");
	refuse("[]", "file:1: this must be an object with \"catalogue\": 1");
	refuse("{\"catalogue\":2}",
	       "file:1: this must be an object with \"catalogue\": 1");
	refuse("{\"catalogue\":1,\n\"tool\":[]}",
	       "file:2: there is no key \"tool\" here");
	refuse("{\"catalogue\":1}", "file:1: \"tools\" must be a list");
	refuse(TOOLS("{\"name\":\"b\"},\n7"), "file:3: \"role\" is missing");
	refuse(TOOLS(TOOL(PROCESSES) ",\n7"), "file:4: this must be an object");
	refuse(TOOLS(TOOL(PROCESSES) ",\n{\n\"name\":\"\"}"),
	       "file:5: \"name\" must have 1 to 200 bytes");
	refuse(TOOLS(TOOL(PROCESSES) ",\n" TOOL(PROCESSES)),
	       "file:4: \"a\" is described twice");
	refuse(TOOLS(TOOL("\n\"exes\":3")),
	       "file:4: there is no key \"exes\" here");
	refuse(TOOLS(TOOL("\n\"processes\":3")),
	       "file:4: \"processes\" must be a list of 1 to 16");
	refuse(TOOLS(TOOL("\n\"args\":[],\n\"processes\":3")),
	       "file:4: there is no key \"args\" here");
}

static void test_errors_within_say_where(void **state)
{
	(void)state;
	refuse(TOOLS(TOOL("\"ports\":[\"tcp 1\"],"
	                  "\"processes\":[\n{\"exe\":\"b\"},\n{\"exe\":"
	                  "\"a\",\n\"stage\":\"idle\"}]")),
	       "file:6: \"stage\" must be one of: present, armed, connected, "
	       "capturing");
	refuse(TOOLS(TOOL("\"ports\":[\"tcp 1\",\"tcp 2\"],"
	                  "\"processes\":[\n{\"exe\":\"b\"},\n7]")),
	       "file:5: this must be an object");
	refuse(TOOLS(TOOL("\"processes\":[\n{}]")),
	       "file:4: \"exe\" is missing, and the tool has no \"units\"");
	refuse(TOOLS(TOOL(PROCESSES ",\n\"ports\":[\"tcp 0\"]")),
	       "file:4: \"ports\" must be like \"tcp 5900\" or \"udp "
	       "47998-48000\"");
	refuse(TOOLS(TOOL(PROCESSES ",\n\"ports\":[\"tcp 9-8\"]")),
	       "file:4: \"ports\" must be like \"tcp 5900\" or \"udp "
	       "47998-48000\"");
	refuse(TOOLS(TOOL("\"processes\":[{\"exe\":\"a/b\"}]")),
	       "file:3: \"exe\" must be a file name or an absolute path");
	refuse(TOOLS(TOOL("\"processes\":[{\"exe\":\"/a/\"}]")),
	       "file:3: \"exe\" names no file");
	refuse(TOOLS(TOOL(PROCESSES ",\n\"reach\":[\"magic\"]")),
	       "file:4: \"reach\" must be one of: listen, reverse, relay");
}

static const struct ol_tool_process *match(const struct ol_catalogue *catalogue,
                                           const char *comm, const char *exe,
                                           const char *argv, size_t argv_size,
                                           const char *cgroup)
{
	return ol_catalogue_match(catalogue, &(struct ol_command){
						     .comm = comm,
						     .exe = exe,
						     .argv = argv,
						     .argv_size = argv_size,
						     .cgroup = cgroup,
					     });
}

#define ARGV(text) text, sizeof(text)

static void expect(const struct ol_catalogue *catalogue, const char *tool,
                   const char *comm, const char *exe, const char *argv,
                   size_t argv_size)
{
	const struct ol_tool_process *process =
		match(catalogue, comm, exe, argv, argv_size, "");

	if (tool == NULL) {
		assert_null(process);
		return;
	}
	assert_non_null(process);
	assert_string_equal(process->tool->name, tool);
	assert_true(ol_catalogue_is_likely(catalogue, comm) ||
	            ol_catalogue_has_exe(catalogue, exe));
}

static void test_programs_are_known(void **state)
{
	struct ol_catalogue *c = built_in();

	(void)state;
	expect(c, "x11vnc", "x11vnc", "", "", 0);
	expect(c, "x11vnc", "renamed", "/usr/bin/x11vnc", ARGV("renamed"));
	expect(c, NULL, "bash", "/usr/bin/bash", ARGV("bash"));
	expect(c, NULL, "x11vnc2", "/usr/bin/true", ARGV("x11vnc2"));
	/* Cut by the kernel: one is a server, the other a viewer. */
	expect(c, "FreeRDP shadow", "freerdp-shadow-", "",
	       ARGV("freerdp-shadow-cli\0/port:3390"));
	expect(c, "GNOME Remote Desktop", "gnome-remote-de", "", "", 0);
	expect(c, "TigerVNC viewer", "xtigervncviewer",
	       "/usr/bin/xtigervncviewer", ARGV("xtigervncviewer\0:1"));
	/* Interpreters. */
	expect(c, "websockify", "websockify", "/usr/bin/python3.11",
	       ARGV("/usr/bin/python3\0/usr/bin/websockify\0"
	            "6080"));
	expect(c, "websockify", "python3.11", "/usr/bin/python3.11",
	       ARGV("python3.11\0-u\0/usr/bin/websockify\0"
	            "6080"));
	expect(c, NULL, "python3.11", "/usr/bin/python3.11",
	       ARGV("python3.11\0server.py\0websockify"));
	/* One program, its ends told apart by an argument. */
	expect(c, "xpra", "xpra", "", ARGV("python3\0xpra\0start\0:66"));
	expect(c, "xpra client", "xpra", "", ARGV("python3\0xpra\0attach"));
	expect(c, NULL, "ffmpeg", "/usr/bin/ffmpeg", ARGV("ffmpeg\0-i\0a"));
	expect(c, "ffmpeg x11grab", "ffmpeg", "/usr/bin/ffmpeg",
	       ARGV("ffmpeg\0-f\0x11grab\0-i\0:0"));
	/* What a process says of itself may end without a zero, or nowhere. */
	expect(c, NULL, "xpra", "", "xpra\0start", 10);
	expect(c, NULL, "xpra", "", "xpra", 4);
	ol_catalogue_free(c);
}

static void test_an_argument_tells_the_stage(void **state)
{
	struct ol_catalogue *c = built_in();
	const struct ol_tool_process *process;

	(void)state;
	process = match(c, "rustdesk", "", ARGV("rustdesk\0--service"), "");
	assert_int_equal(process->stage, ONLOOKER_STAGE_PRESENT);
	process = match(c, "rustdesk", "", ARGV("rustdesk\0--cm"), "");
	assert_int_equal(process->stage, ONLOOKER_STAGE_CONNECTED);
	assert_int_equal(process->tool->proof, OL_PROOF_SOURCE);
	ol_catalogue_free(c);
}

static void test_units_tell_interpreters_apart(void **state)
{
	struct ol_catalogue *c = built_in();
	const struct ol_tool_process *process;

	(void)state;
	process = match(c, "java", "", ARGV("java\0-jar\0x"),
	                "/system.slice/connectwisecontrol-1a2b.service");
	assert_string_equal(process->tool->name, "ScreenConnect");
	process =
		match(c, "bwrap", "", ARGV("bwrap\0--args"),
	              "/user.slice/app-flatpak-com.rustdesk.RustDesk-9.scope");
	assert_string_equal(process->tool->name, "RustDesk");
	assert_null(match(c, "java", "", ARGV("java"),
	                  "/system.slice/tomcat.service"));
	/* Other programs of a unit are what they are called. */
	assert_null(match(c, "cat", "", ARGV("cat"),
	                  "/system.slice/connectwisecontrol-1a2b.service"));
	ol_catalogue_free(c);
}

static void test_ports_and_sockets(void **state)
{
	struct ol_catalogue *c = built_in();
	const struct ol_tool *tool = match(c, "xrdp", "", "", 0, "")->tool;

	(void)state;
	assert_true(ol_tool_has_port(tool, 3389, false));
	assert_false(ol_tool_has_port(tool, 3389, true));
	assert_false(ol_tool_has_port(tool, 3350, false));
	assert_true(
		ol_tool_has_socket(tool, "/run/xrdp/sockdir/xrdp_display_10"));
	assert_true(ol_tool_has_socket(
		tool, "/run/xrdp/sockdir/1000/xrdp_display_10"));
	assert_false(ol_tool_has_socket(
		tool, "/run/xrdp/sockdir/xrdp_chansrv_socket_10"));
	ol_catalogue_free(c);
}

/* The built-in data: as many as promised, and no empty words. */
static void test_built_in(void **state)
{
	struct ol_catalogue *c = built_in();
	const struct ol_tool *tool;
	size_t viewers = 0, seen = 0;

	(void)state;
	assert_true(ol_catalogue_tool_count(c) >= 60);
	for (size_t i = 0; (tool = ol_catalogue_tool(c, i)) != NULL; i++) {
		viewers += tool->role == OL_TOOL_VIEWER;
		seen += tool->proof == OL_PROOF_SEEN;
		assert_true(strlen(tool->source) >= 8);
		for (size_t j = 0; j < tool->process_count; j++) {
			const struct ol_tool_process *process =
				ol_catalogue_process(c,
			                             tool->first_process + j);

			assert_ptr_equal(process->tool, tool);
		}
	}
	assert_true(viewers >= 10);
	assert_true(seen >= 10);
	ol_catalogue_free(c);
}

static void test_a_file_adds_and_overrides(void **state)
{
	static const char text[] =
		TOOLS(TOOL(PROCESSES) ",{\"name\":\"x11vnc\",\"role\":"
	                              "\"benign\",\"proof\":\"none\","
	                              "\"source\":\"ours\","
	                              "\"processes\":[{\"exe\":\"x11vnc\"}]}");
	struct ol_catalogue *c = built_in();
	size_t count = ol_catalogue_tool_count(c);
	char error[OL_CATALOGUE_ERROR_MAX];

	(void)state;
	assert_int_equal(ol_catalogue_add(c, "file", text, strlen(text), error),
	                 0);
	assert_int_equal(ol_catalogue_tool_count(c), count + 1);
	assert_int_equal(match(c, "x11vnc", "", "", 0, "")->tool->role,
	                 OL_TOOL_BENIGN);
	expect(c, "a", "aaa", "", "", 0);
	ol_catalogue_free(c);
}

static void test_limits(void **state)
{
	char *text = malloc(OL_CATALOGUE_MAX + 2);
	struct ol_catalogue *c = built_in();
	char error[OL_CATALOGUE_ERROR_MAX];
	size_t length;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', OL_CATALOGUE_MAX + 1);
	assert_int_equal(
		ol_catalogue_add(c, "f", text, OL_CATALOGUE_MAX + 1, error),
		-EBADMSG);
	assert_string_equal(error, "f:1: the file has more than 1048576 bytes");
	length = (size_t)sprintf(text, "{\"catalogue\":1,\"tools\":[");
	for (int i = 0; i < OL_CATALOGUE_TOOLS_MAX; i++)
		length += (size_t)sprintf(
			text + length,
			"%s{\"name\":\"n%d\",\"role\":\"benign\",\"proof\":"
			"\"none\",\"source\":\"x\",\"processes\":[{\"exe\":"
			"\"n%d\"}]}",
			i > 0 ? "," : "", i, i);
	length += (size_t)sprintf(text + length, "]}");
	assert_int_equal(ol_catalogue_add(c, "f", text, length, error),
	                 -EBADMSG);
	assert_string_equal(
		error, "f:1: there are more than 1024 tools or 4096 processes");
	ol_catalogue_free(c);
	free(text);
}

static void test_a_context_takes_a_file(void **state)
{
	char path[] = "/tmp/onlooker-catalogue-XXXXXX";
	struct onlooker_options options = { .size = sizeof(options),
		                            .probes = "",
		                            .catalogue = path };
	static const char text[] = TOOLS(TOOL("\n\"x\":1"));
	struct onlooker *onlooker = NULL;
	char *message = NULL;
	int fd = mkstemp(path);
	char wanted[100];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(onlooker_check_catalogue(path, &message), -EBADMSG);
	snprintf(wanted, sizeof(wanted), "%s:4: there is no key \"x\" here",
	         path);
	assert_string_equal(message, wanted);
	free(message);
	options.probes = NULL;
	assert_int_equal(onlooker_open(&options, &onlooker), -EBADMSG);
	assert_null(onlooker);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, TOOLS(""), strlen(TOOLS("")), 0),
	                 strlen(TOOLS("")));
	assert_int_equal(onlooker_check_catalogue(path, NULL), 0);
	unlink(path);
	assert_int_equal(onlooker_open(&options, &onlooker), -ENOENT);
	options.catalogue = "/dev/zero";
	assert_int_equal(onlooker_open(&options, &onlooker), -EINVAL);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors_say_where),
		cmocka_unit_test(test_errors_within_say_where),
		cmocka_unit_test(test_programs_are_known),
		cmocka_unit_test(test_an_argument_tells_the_stage),
		cmocka_unit_test(test_units_tell_interpreters_apart),
		cmocka_unit_test(test_ports_and_sockets),
		cmocka_unit_test(test_built_in),
		cmocka_unit_test(test_a_file_adds_and_overrides),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_a_context_takes_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
