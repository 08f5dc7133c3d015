/* Where the PipeWire daemon is looked for, and noticing that it has come. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "probes/pipewire.h"
#include "tests/unit/cmocka_all.h"

static void test_locate(void **state)
{
	struct ol_socket place;
	char name[200];

	(void)state;
	assert_int_equal(ol_socket_locate(NULL, NULL, "/run/user/7", &place),
	                 0);
	assert_string_equal(place.path[0], "/run/user/7/pipewire-0");
	assert_string_equal(place.directory[0], "/run/user/7");
	assert_string_equal(place.path[1], "/run/pipewire/pipewire-0");
	assert_int_equal(ol_socket_locate("other", "/a", "/b", &place), 0);
	assert_string_equal(place.path[0], "/a/other");
	/* An absolute name is a place by itself, as for the library. */
	assert_int_equal(ol_socket_locate("/c/d", "/a", "/b", &place), 0);
	assert_string_equal(place.path[0], "/c/d");
	assert_string_equal(place.directory[0], "/c");
	assert_string_equal(place.path[1], "");
	assert_int_equal(ol_socket_locate("", NULL, NULL, &place), 0);
	assert_string_equal(place.path[0], "/run/pipewire/pipewire-0");
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(ol_socket_locate(name, NULL, "/b", &place),
	                 -ENAMETOOLONG);
}

static void test_appears(void **state)
{
	char directory[] = "/tmp/socket-XXXXXX";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct ol_socket place;
	char other[64];
	FILE *file;
	int inotify, fd;

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(ol_socket_locate(NULL, NULL, directory, &place), 0);
	assert_int_equal(ol_socket_connect(&place), -ENOENT);
	inotify = ol_socket_watch(&place);
	assert_true(inotify >= 0);
	assert_false(ol_socket_appeared(&place, inotify));
	snprintf(other, sizeof(other), "%s/other", directory);
	file = fopen(other, "we");
	assert_non_null(file);
	fclose(file);
	assert_false(ol_socket_appeared(&place, inotify));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	strcpy(address.sun_path, place.path[0]);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)),
	                 0);
	assert_true(ol_socket_appeared(&place, inotify));
	assert_int_equal(ol_socket_connect(&place), -ECONNREFUSED);
	close(fd);
	close(inotify);
	unlink(place.path[0]);
	unlink(other);
	rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locate),
		cmocka_unit_test(test_appears),
	};

	return cmocka_run_group_tests_name("pipewire_socket", tests, NULL,
	                                   NULL);
}
