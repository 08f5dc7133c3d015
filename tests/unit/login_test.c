/* What a login says about where its user sits. */
#include <string.h>

#include "probes/login.h"
#include "tests/unit/cmocka_all.h"

static const char *judge(bool is_remote, const char *type, const char *class,
                         const char *seat, const char *service)
{
	return ol_login_judge(&(struct ol_login){ .is_remote = is_remote,
	                                          .type = type,
	                                          .class = class,
	                                          .seat = seat,
	                                          .service = service });
}

static void test_sessions(void **state)
{
	(void)state;
	assert_null(judge(false, "x11", "user", "seat0", "lightdm"));
	assert_null(judge(false, "wayland", "user", "seat0", "gdm-password"));
	assert_null(judge(false, "tty", "user", "", "crond"));
	assert_null(
		judge(true, "x11", "greeter", "", "gdm-launch-environment"));
	assert_string_equal(judge(true, "tty", "user", "", "sshd"),
	                    "login.remote-session");
	/* xrdp 0.9.21: no host, no seat, and not remote says logind. */
	assert_string_equal(judge(false, "x11", "user", "", "xrdp-sesman"),
	                    "login.remote-service");
	assert_string_equal(
		judge(false, "wayland", "user", "", "gdm-autologin"),
		"login.no-seat");
}

static void test_displays(void **state)
{
	(void)state;
	assert_false(ol_login_is_forwarded(":0"));
	assert_false(ol_login_is_forwarded(":10.0"));
	assert_false(ol_login_is_forwarded("unix:10"));
	assert_false(ol_login_is_forwarded("localhost:0.0"));
	assert_false(ol_login_is_forwarded(""));
	assert_false(ol_login_is_forwarded("nonsense"));
	assert_false(ol_login_is_forwarded("/private/tmp/xquartz:0"));
	assert_true(ol_login_is_forwarded("localhost:10.0"));
	assert_true(ol_login_is_forwarded("127.0.0.1:11"));
	assert_true(ol_login_is_forwarded("[::1]:10"));
	assert_true(ol_login_is_forwarded("192.0.2.7:0"));
	assert_true(ol_login_is_forwarded("thin-client.example:0.0"));
}

static void test_ssh_peers(void **state)
{
	char peer[OL_LOGIN_PEER];

	(void)state;
	assert_true(ol_login_ssh_peer("192.0.2.7 51324 192.0.2.1 22", peer));
	assert_string_equal(peer, "192.0.2.7:51324");
	assert_true(ol_login_ssh_peer("2001:db8::1 1 2001:db8::2 22", peer));
	assert_string_equal(peer, "[2001:db8::1]:1");
	assert_false(ol_login_ssh_peer(NULL, peer));
	assert_false(ol_login_ssh_peer("", peer));
	assert_false(ol_login_ssh_peer("UNKNOWN 1 2 3", peer));
	assert_false(ol_login_ssh_peer("192.0.2.7 99999 1.2.3.4 5", peer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_displays),
		cmocka_unit_test(test_ssh_peers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
