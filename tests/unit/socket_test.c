/* The kernel's answers about sockets, and what they mean. No socket is opened. */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/unix_diag.h>
#include <stdlib.h>
#include <string.h>

#include "probes/socket.h"
#include "tests/unit/cmocka_all.h"

struct message {
	char bytes[1024] __attribute__((aligned(8)));
	struct nlmsghdr *head;
};

static void make_tcp(struct message *message, int family, const char *local,
                     uint16_t port, const char *peer, uint16_t peer_port)
{
	struct inet_diag_msg *diag;

	memset(message->bytes, 0, sizeof(message->bytes));
	message->head = mnl_nlmsg_put_header(message->bytes);
	diag = mnl_nlmsg_put_extra_header(message->head, sizeof(*diag));
	diag->idiag_family = (uint8_t)family;
	diag->idiag_state = 1;
	diag->idiag_uid = 1000;
	diag->idiag_inode = 77;
	diag->id.idiag_sport = htons(port);
	diag->id.idiag_dport = htons(peer_port);
	diag->id.idiag_cookie[0] = 5;
	diag->id.idiag_cookie[1] = 1;
	assert_int_equal(inet_pton(family, local, diag->id.idiag_src), 1);
	assert_int_equal(inet_pton(family, peer, diag->id.idiag_dst), 1);
}

static void expect_addresses(const struct message *message, const char *local,
                             const char *peer)
{
	struct ol_tcp tcp;
	char text[OL_ADDRESS_TEXT];

	assert_int_equal(ol_tcp_parse(message->head, &tcp), 0);
	ol_address_format(&tcp.local, text);
	assert_string_equal(text, local);
	ol_address_format(&tcp.peer, text);
	assert_string_equal(text, peer);
}

static void test_addresses(void **state)
{
	struct message message;

	(void)state;
	make_tcp(&message, AF_INET, "192.0.2.1", 5900, "198.51.100.7", 51324);
	expect_addresses(&message, "192.0.2.1:5900", "198.51.100.7:51324");
	make_tcp(&message, AF_INET6, "2001:db8::1", 5900, "2001:db8::2", 1);
	expect_addresses(&message, "[2001:db8::1]:5900", "[2001:db8::2]:1");
	/* Accepted by a listener on [::]. */
	make_tcp(&message, AF_INET6, "::ffff:192.0.2.1", 3389,
	         "::ffff:198.51.100.7", 2);
	expect_addresses(&message, "192.0.2.1:3389", "198.51.100.7:2");
}

static void test_attributes(void **state)
{
	struct message message;
	struct ol_tcp tcp;
	char info[256] = { 0 };
	uint64_t sent = 123456789;

	(void)state;
	make_tcp(&message, AF_INET, "192.0.2.1", 1, "192.0.2.2", 2);
	mnl_attr_put_u64(message.head, INET_DIAG_CGROUP_ID, 4242);
	memcpy(info + 120, &sent, sizeof(sent)); /* tcpi_bytes_acked */
	mnl_attr_put(message.head, INET_DIAG_INFO, sizeof(info), info);
	assert_int_equal(ol_tcp_parse(message.head, &tcp), 0);
	assert_int_equal(tcp.cgroup, 4242);
	assert_true(tcp.has_sent);
	assert_int_equal(tcp.sent, sent);
	assert_int_equal(tcp.cookie, (UINT64_C(1) << 32) + 5);
	assert_int_equal(tcp.uid, 1000);
	assert_int_equal(tcp.inode, 77);
}

static void test_what_is_cut(void **state)
{
	struct message message;
	struct ol_tcp tcp;
	struct ol_unix unix;
	const char info[100] = { 0 };

	(void)state;
	/* A kernel of another age has a shorter tcp_info. */
	make_tcp(&message, AF_INET, "192.0.2.1", 1, "192.0.2.2", 2);
	mnl_attr_put(message.head, INET_DIAG_INFO, sizeof(info), info);
	assert_int_equal(ol_tcp_parse(message.head, &tcp), 0);
	assert_false(tcp.has_sent);
	make_tcp(&message, AF_INET, "192.0.2.1", 1, "192.0.2.2", 2);
	((struct inet_diag_msg *)mnl_nlmsg_get_payload(message.head))
		->idiag_family = AF_UNIX;
	assert_int_equal(ol_tcp_parse(message.head, &tcp), -EBADMSG);
	message.head->nlmsg_len = 20;
	assert_int_equal(ol_tcp_parse(message.head, &tcp), -EBADMSG);
	assert_int_equal(ol_unix_parse(message.head, &unix), -EBADMSG);
}

static void test_unix_names(void **state)
{
	struct message message;
	struct unix_diag_msg *diag;
	struct ol_unix unix;
	char name[200];

	(void)state;
	memset(message.bytes, 0, sizeof(message.bytes));
	message.head = mnl_nlmsg_put_header(message.bytes);
	diag = mnl_nlmsg_put_extra_header(message.head, sizeof(*diag));
	diag->udiag_state = 1;
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	mnl_attr_put(message.head, UNIX_DIAG_NAME, sizeof(name), name);
	assert_int_equal(ol_unix_parse(message.head, &unix), 0);
	assert_true(unix.is_connected);
	assert_int_equal(strlen(unix.path), sizeof(unix.path) - 1);
	/* Abstract: anybody may take any of those names. */
	message.head->nlmsg_len = NLMSG_LENGTH(sizeof(*diag));
	mnl_attr_put(message.head, UNIX_DIAG_NAME, 5, "\0/tmp");
	assert_int_equal(ol_unix_parse(message.head, &unix), 0);
	assert_string_equal(unix.path, "");
}

static void test_loopback(void **state)
{
	struct ol_address v4 = { .bytes = { 127, 0, 0, 53 } };
	struct ol_address v6 = { .bytes = { [15] = 1 }, .is_v6 = true };
	struct ol_address other = { .bytes = { 192, 0, 2, 1 } };

	(void)state;
	assert_true(ol_address_is_loopback(&v4));
	assert_true(ol_address_is_loopback(&v6));
	assert_false(ol_address_is_loopback(&other));
	other.is_v6 = true;
	assert_false(ol_address_is_loopback(&other));
}

static void test_counters(void **state)
{
	static const char text[] = "Ip: A\nIp: 1\nTcp: Min ActiveOpens "
				   "PassiveOpens\nTcp: -1 71 402\nUdp: X\n";

	(void)state;
	assert_int_equal(ol_snmp_parse(text, "PassiveOpens"), 402);
	assert_int_equal(ol_snmp_parse(text, "ActiveOpens"), 71);
	assert_int_equal(ol_snmp_parse(text, "Opens"), -1);
	assert_int_equal(ol_snmp_parse(text, "Min"), -1);
	assert_int_equal(ol_snmp_parse("Tcp: PassiveOpens", "PassiveOpens"),
	                 -1);
	assert_int_equal(ol_snmp_parse("Tcp: PassiveOpens\nTcp:", "A"), -1);
	assert_int_equal(ol_snmp_parse("", "A"), -1);
}

static void judge(enum ol_tool_role role, enum ol_tool_shows shows,
                  enum ol_tool_proof proof, enum ol_tie tie, const char *rule)
{
	struct ol_tool tool = { .role = role, .shows = shows, .proof = proof };
	const char *got = ol_judge_connection(&tool, tie, OL_WAY_IN);

	if (rule == NULL)
		assert_null(got);
	else
		assert_string_equal(got, rule);
}

static void test_whose_screen_decides(void **state)
{
	(void)state;
	judge(OL_TOOL_SERVER, OL_SHOWS_SCREEN, OL_PROOF_SEEN, OL_TIE_OURS,
	      "socket.peer");
	judge(OL_TOOL_SERVER, OL_SHOWS_SCREEN, OL_PROOF_SEEN, OL_TIE_UNKNOWN,
	      "socket.likely-peer");
	judge(OL_TOOL_SERVER, OL_SHOWS_SCREEN, OL_PROOF_SEEN, OL_TIE_OTHER,
	      "socket.elsewhere");
	judge(OL_TOOL_SERVER, OL_SHOWS_SCREEN, OL_PROOF_NONE, OL_TIE_OURS,
	      "socket.unchecked-peer");
	judge(OL_TOOL_SERVER, OL_SHOWS_SESSION, OL_PROOF_SEEN, OL_TIE_OURS,
	      "socket.session-peer");
	/* Another user's session is not known to be ours. */
	judge(OL_TOOL_SERVER, OL_SHOWS_SESSION, OL_PROOF_SEEN, OL_TIE_UNKNOWN,
	      "socket.elsewhere");
	judge(OL_TOOL_VIEWER, OL_SHOWS_SCREEN, OL_PROOF_SEEN, OL_TIE_OURS,
	      NULL);
	judge(OL_TOOL_BENIGN, OL_SHOWS_SCREEN, OL_PROOF_SEEN, OL_TIE_OURS,
	      NULL);
	judge(OL_TOOL_GATEWAY, OL_SHOWS_SCREEN, OL_PROOF_SEEN, OL_TIE_OURS,
	      NULL);
	judge(OL_TOOL_RECORDER, OL_SHOWS_SCREEN, OL_PROOF_SEEN, OL_TIE_OURS,
	      NULL);
}

static void test_outward(void **state)
{
	struct ol_tool tool = { .role = OL_TOOL_SERVER,
		                .proof = OL_PROOF_SEEN };

	(void)state;
	assert_null(ol_judge_connection(&tool, OL_TIE_OURS, OL_WAY_OUT));
	tool.reach = OL_REACH_REVERSE;
	assert_string_equal(ol_judge_connection(&tool, OL_TIE_OURS, OL_WAY_OUT),
	                    "socket.peer");
	tool.role = OL_TOOL_INPUT;
	assert_string_equal(ol_judge_connection(&tool, OL_TIE_OURS, OL_WAY_OUT),
	                    "socket.input-peer");
	assert_null(ol_judge_connection(&tool, OL_TIE_OURS, OL_WAY_IN));
}

static void test_unix_sockets_name_a_display(void **state)
{
	struct ol_screens ours;

	(void)state;
	ol_screens_set(&ours, ":10.0", NULL);
	assert_int_equal(
		ol_judge_socket("/run/xrdp/sockdir/xrdp_display_10", &ours),
		OL_TIE_OURS);
	assert_int_equal(
		ol_judge_socket("/run/xrdp/sockdir/xrdp_display_1", &ours),
		OL_TIE_OTHER);
	assert_int_equal(ol_judge_socket("/run/user/1/xpra/my-host-10", &ours),
	                 OL_TIE_OURS);
	/* A display of another machine has the same number. */
	ol_screens_set(&ours, "localhost:10.0", "wayland-1a2b3c4d");
	assert_int_equal(
		ol_judge_socket("/run/xrdp/sockdir/xrdp_display_10", &ours),
		OL_TIE_OTHER);
	assert_int_equal(
		ol_judge_socket("/tmp/waypipe-server-1a2b3c4d.sock", &ours),
		OL_TIE_OURS);
	assert_int_equal(ol_judge_socket("/tmp/", &ours), OL_TIE_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_what_is_cut),
		cmocka_unit_test(test_unix_names),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_whose_screen_decides),
		cmocka_unit_test(test_outward),
		cmocka_unit_test(test_unix_sockets_name_a_display),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
