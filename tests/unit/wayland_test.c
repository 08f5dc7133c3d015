/* The wayland probe's pure parts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <linux/netlink.h>
#include <linux/unix_diag.h>

#include "tests/unit/cmocka_all.h"
#include "unix_diag.h"
#include "wayland.h"

/* ---- messages of a compositor ---- */

static struct ol_wire wire;
static uint8_t in[8192];
static size_t n_in;

static void word(uint32_t value)
{
	memcpy(in + n_in, &value, 4);
	n_in += 4;
}

static void text(const char *value)
{
	uint32_t length = (uint32_t)strlen(value) + 1;

	word(length);
	memset(in + n_in, 0, (length + 3) / 4 * 4);
	memcpy(in + n_in, value, length);
	n_in += (length + 3) / 4 * 4;
}

static size_t begin(uint32_t object, uint32_t opcode)
{
	size_t start = n_in;

	word(object);
	word(opcode);
	return start;
}

static void end(size_t start)
{
	uint32_t opcode;

	memcpy(&opcode, in + start + 4, 4);
	opcode |= (uint32_t)(n_in - start) << 16;
	memcpy(in + start + 4, &opcode, 4);
}

static void global(uint32_t name, const char *interface, uint32_t version)
{
	size_t start = begin(2, 0);

	word(name);
	text(interface);
	word(version);
	end(start);
}

static void done(uint32_t id)
{
	size_t start = begin(id, 0);

	word(0);
	end(start);
}

static int take(void)
{
	int r = ol_wire_take(&wire, in, n_in);

	n_in = 0;
	return r;
}

static int prepare(void **state)
{
	(void)state;
	memset(&wire, 0, sizeof(wire));
	n_in = 0;
	ol_wire_begin(&wire);
	return 0;
}

static uint32_t word_at(size_t at)
{
	uint32_t value;

	memcpy(&value, wire.out + at, 4);
	return value;
}

static void test_what_is_asked(void **state)
{
	(void)state;
	assert_int_equal(wire.n_out, 24);
	assert_int_equal(word_at(0), 1);
	assert_int_equal(word_at(4), 12u << 16 | 1); /* get_registry */
	assert_int_equal(word_at(8), 2);
	assert_int_equal(word_at(16), 12u << 16 | 0); /* sync */
	assert_int_equal(word_at(20), 3);
}

static void test_what_is_offered(void **state)
{
	size_t start, all;

	(void)state;
	wire.n_out = 0;
	global(5, "wl_output", 4);
	global(6, "wl_seat", 7);
	global(8, "zwlr_screencopy_manager_v1", 3);
	global(9, "wl_shm", 1);
	done(3);
	all = n_in;
	assert_int_equal(take(), all);
	assert_int_equal(wire.n_globals, 3);
	assert_true(ol_wire_can_copy(&wire));
	assert_false(wire.is_complete);
	/* Bound in order, then the second sync. */
	assert_int_equal(wire.globals[0].id, 4);
	assert_int_equal(wire.globals[1].id, 5);
	assert_int_equal(wire.sync_id, 6);
	start = begin(4, 1);
	word(0); /* not the current mode */
	word(1);
	word(1);
	word(60000);
	end(start);
	start = begin(4, 1);
	word(3);
	word(1920);
	word(1080);
	word(60000);
	end(start);
	start = begin(5, 1);
	text("seat0");
	end(start);
	done(6);
	assert_true(take() > 0);
	assert_true(wire.is_complete);
	assert_int_equal(wire.globals[0].width, 1920);
	assert_int_equal(wire.globals[0].height, 1080);
	assert_string_equal(wire.globals[1].text, "seat0");
	start = begin(2, 1);
	word(8);
	end(start);
	assert_int_equal(take(), 12);
	assert_false(ol_wire_can_copy(&wire));
}

static void test_messages_in_pieces(void **state)
{
	size_t all;

	(void)state;
	global(8, "zwlr_screencopy_manager_v1", 3);
	all = n_in;
	for (size_t i = 0; i < all; i++)
		assert_int_equal(ol_wire_take(&wire, in, i), 0);
	assert_int_equal(wire.n_globals, 0);
	assert_int_equal(take(), all);
	assert_int_equal(wire.n_globals, 1);
}

static void test_messages_that_are_none(void **state)
{
	size_t start;

	(void)state;
	begin(2, 4u << 16); /* shorter than its header */
	assert_int_equal(take(), -EPROTO);
	begin(2, 5000u << 16); /* longer than any */
	assert_int_equal(take(), -EPROTO);
	start = begin(2, 0); /* a global without an interface */
	word(5);
	end(start);
	assert_int_equal(take(), -EPROTO);
	start = begin(2, 0); /* a text that is longer than the message */
	word(5);
	word(4000);
	word(0);
	end(start);
	assert_int_equal(take(), -EPROTO);
	start = begin(2, 0); /* a text that does not end */
	word(5);
	word(4);
	word(0x41414141);
	word(1);
	end(start);
	assert_int_equal(take(), -EPROTO);
	start = begin(1, 0); /* the compositor's complaint */
	word(1);
	word(0);
	text("no");
	end(start);
	assert_int_equal(take(), -EPROTO);
}

static void test_too_many_outputs(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < OL_WL_GLOBALS_MAX + 1; i++)
		global(i, "wl_output", 1);
	assert_true(take() > 0);
	assert_int_equal(wire.n_globals, OL_WL_GLOBALS_MAX);
	assert_true(wire.is_cut);
}

static void expect_place(const char *display, const char *directory,
                         const char *expected)
{
	struct sockaddr_un address;

	assert_int_equal(ol_wl_link_locate(display, directory, &address), 0);
	assert_string_equal(address.sun_path, expected);
}

static void test_where_it_listens(void **state)
{
	struct sockaddr_un address;
	char name[120];

	(void)state;
	expect_place("wayland-0", "/run/user/1", "/run/user/1/wayland-0");
	expect_place("/a/b", NULL, "/a/b");
	assert_int_equal(ol_wl_link_locate(NULL, "/run", &address), -ENOENT);
	assert_int_equal(ol_wl_link_locate("", "/run", &address), -ENOENT);
	assert_int_equal(ol_wl_link_locate("wayland-0", NULL, &address),
	                 -ENOENT);
	assert_int_equal(ol_wl_link_locate("wayland-0", "run", &address),
	                 -ENOENT);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(ol_wl_link_locate(name, "/run", &address),
	                 -ENAMETOOLONG);
}

/* ---- lines of /proc ---- */

static void test_mappings(void **state)
{
	static const char *const bad[] = {
		"",
		"7f00-",
		"7f00-8f00 rw",
		"8f00-7f00 rw-s 0 00:01 5 /x",
		"x-y rw-s 00000000 00:01 5 /x",
	};
	struct ol_mapping mapping;

	(void)state;
	assert_int_equal(
		ol_text_mapping("7f166b5f6000-7f166b97a000 rw-s 00000000 "
	                        "00:01 25604                      "
	                        "/memfd:wayvnc-shm (deleted)",
	                        &mapping),
		0);
	assert_int_equal(mapping.size, 3686400);
	assert_int_equal(mapping.inode, 25604);
	assert_true(mapping.is_shared);
	assert_false(mapping.is_code);
	assert_string_equal(mapping.path, "/memfd:wayvnc-shm (deleted)");
	assert_int_equal(ol_text_mapping("1000-2000 r-xp 00000000 fe:00 77 "
	                                 "/usr/lib/a b.so",
	                                 &mapping),
	                 0);
	assert_true(mapping.is_code);
	assert_false(mapping.is_shared);
	assert_string_equal(mapping.path, "/usr/lib/a b.so");
	assert_int_equal(
		ol_text_mapping("1000-2000 rw-p 00000000 00:00 0 ", &mapping),
		0);
	assert_string_equal(mapping.path, "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ol_text_mapping(bad[i], &mapping), -EBADMSG);
}

static void test_connections(void **state)
{
	struct ol_tcp tcp;

	(void)state;
	assert_int_equal(
		ol_text_tcp("   1: 0100007F:176F 0200007F:C350 01 "
	                    "00000000:00000000 00:00000000 00000000 65534 "
	                    "       0 660496 1 0000000000000000 20 4 30 10 -1",
	                    &tcp),
		0);
	assert_int_equal(tcp.inode, 660496);
	assert_int_equal(tcp.state, 1);
	assert_int_equal(tcp.local_port, 5999);
	assert_string_equal(tcp.peer, "127.0.0.2:50000");
	assert_int_equal(
		ol_text_tcp("  0: 00000000000000000000000001000000:176F "
	                    "00000000000000000000000001000000:0016 01 "
	                    "00000000:00000000 00:00000000 00000000 0 0 7 1",
	                    &tcp),
		0);
	assert_string_equal(tcp.peer, "[::1]:22");
	assert_int_equal(
		ol_text_tcp("  0: 0000000000000000FFFF00000100007F:176F "
	                    "0000000000000000FFFF00000100007F:0016 01 "
	                    "00000000:00000000 00:00000000 00000000 0 0 7 1",
	                    &tcp),
		0);
	assert_string_equal(tcp.peer, "127.0.0.1:22");
	assert_int_equal(
		ol_text_tcp("  sl  local_address rem_address   st", &tcp),
		-EBADMSG);
	assert_int_equal(ol_text_tcp("", &tcp), -EBADMSG);
	assert_int_equal(
		ol_text_tcp("   1: 0100007F:176F 02007F:C350 01 "
	                    "00000000:00000000 00:00000000 00000000 1 0 6 1",
	                    &tcp),
		-EBADMSG);
}

static void test_descriptors(void **state)
{
	(void)state;
	assert_int_equal(ol_text_socket("socket:[658945]"), 658945);
	assert_int_equal(ol_text_socket("socket:[1]x"), 0);
	assert_int_equal(ol_text_socket("socket:[1"), 0);
	assert_int_equal(ol_text_socket("pipe:[1]"), 0);
	assert_int_equal(ol_text_socket(""), 0);
}

static void test_protocol_names(void **state)
{
	static const char copy[] = "..zwlr_screencopy_manager_v1";
	static const char both[] = "ext_image_copy_capture_manager_v1\0"
				   "zwp_virtual_keyboard_manager_v1";

	(void)state;
	assert_int_equal(ol_text_protocols(copy, sizeof(copy)), OL_WL_CAN_COPY);
	/* The last byte is still missing. */
	assert_int_equal(ol_text_protocols(copy, sizeof(copy) - 2), 0);
	assert_int_equal(ol_text_protocols(both, sizeof(both)),
	                 OL_WL_CAN_COPY | OL_WL_CAN_INJECT);
	assert_int_equal(ol_text_protocols("_manager_v1", 11), 0);
	assert_int_equal(ol_text_protocols("wlr_screencopy_manager_v1", 25), 0);
	assert_int_equal(ol_text_protocols("", 0), 0);
}

static void test_pictures(void **state)
{
	(void)state;
	assert_true(ol_wl_is_picture(3686400, 1280, 720));
	assert_true(ol_wl_is_picture(1280 * 720 * 2 + 4095, 1280, 720));
	/* Rows of 1366 pixels are padded to whole cache lines. */
	assert_true(ol_wl_is_picture(5632 * 768, 1366, 768));
	assert_false(ol_wl_is_picture(3686400 - 1, 1280, 720));
	assert_false(ol_wl_is_picture(2 * 3686400 + 4096, 1280, 720));
	assert_false(ol_wl_is_picture(0, 0, 0));
	assert_false(ol_wl_is_picture(4096, -1, 1));
	assert_false(ol_wl_is_picture(UINT64_MAX, 1 << 30, 1 << 30));
}

/* ---- answers of the kernel ---- */

static struct ol_unix ends[4];
static size_t n_ends;

static void found(void *data, const struct ol_unix *one)
{
	(void)data;
	assert_true(n_ends < 4);
	ends[n_ends++] = *one;
}

static size_t put_end(uint8_t *bytes, uint32_t inode, uint32_t peer,
                      const char *name)
{
	struct nlmsghdr *header = (struct nlmsghdr *)(void *)bytes;
	struct unix_diag_msg *message = NLMSG_DATA(header);
	struct nlattr *attribute = (struct nlattr *)(void *)(message + 1);

	memset(bytes, 0, 128);
	message->udiag_ino = inode;
	attribute->nla_type = UNIX_DIAG_PEER;
	attribute->nla_len = 8;
	memcpy(attribute + 1, &peer, 4);
	attribute = (struct nlattr *)(void *)((uint8_t *)attribute + 8);
	attribute->nla_type = UNIX_DIAG_NAME;
	attribute->nla_len = (uint16_t)(4 + strlen(name));
	memcpy(attribute + 1, name, strlen(name));
	header->nlmsg_len = (uint32_t)((uint8_t *)attribute +
	                               NLMSG_ALIGN(attribute->nla_len) - bytes);
	return header->nlmsg_len;
}

static void test_ends_of_sockets(void **state)
{
	_Alignas(struct nlmsghdr) uint8_t bytes[512];
	struct nlmsghdr *last;
	size_t n;

	(void)state;
	n_ends = 0;
	n = put_end(bytes, 10, 11, "/run/wayland-0");
	n += put_end(bytes + n, 12, 13, "x");
	last = (struct nlmsghdr *)(void *)(bytes + n);
	assert_int_equal(ol_diag_parse(bytes, n, found, NULL), 0);
	assert_int_equal(n_ends, 2);
	assert_int_equal(ends[0].inode, 10);
	assert_int_equal(ends[0].peer, 11);
	assert_int_equal(ends[0].name_size, 14);
	assert_memory_equal(ends[0].name, "/run/wayland-0", 14);
	memset(last, 0, 64);
	last->nlmsg_len = NLMSG_LENGTH(4);
	last->nlmsg_type = NLMSG_DONE;
	assert_int_equal(ol_diag_parse(bytes, n + last->nlmsg_len, found, NULL),
	                 1);
	last->nlmsg_len = NLMSG_LENGTH(sizeof(struct nlmsgerr));
	last->nlmsg_type = NLMSG_ERROR;
	((struct nlmsgerr *)NLMSG_DATA(last))->error = -ENOENT;
	n_ends = 0;
	assert_int_equal(ol_diag_parse(bytes, n + last->nlmsg_len, found, NULL),
	                 -ENOENT);
	n_ends = 0;
	assert_int_equal(ol_diag_parse(bytes, n - 4, found, NULL), -EBADMSG);
	((struct nlmsghdr *)(void *)bytes)->nlmsg_len = 20;
	n_ends = 0;
	assert_int_equal(ol_diag_parse(bytes, n, found, NULL), -EBADMSG);
}

/* ---- what it means ---- */

static const struct ol_wl_client compositor = { .pid = 5, .comm = "weston" };
static struct ol_wl_claims claims;

static bool judge(struct ol_wl_client *client)
{
	return ol_wl_judge(&wire, client, 1, &compositor, &claims);
}

static void expect_rule(size_t i, const char *rule)
{
	assert_true(claims.n > i);
	assert_string_equal(claims.items[i].rule, rule);
}

static void test_a_client(void **state)
{
	struct ol_wl_client client = { .pid = 9, .comm = "x", .pictures = 2 };

	(void)state;
	assert_false(judge(&client)); /* a film player */
	assert_int_equal(claims.n, 0);
	client.can = OL_WL_CAN_COPY;
	client.pictures = 0;
	assert_false(judge(&client));
	expect_rule(0, "wayland.screen-copy-client");
	client.pictures = 2;
	assert_true(judge(&client));
	expect_rule(0, "wayland.screenshot");
	assert_false(judge(&client));
	expect_rule(0, "wayland.screen-copy");
	client.pictures = 0;
	assert_false(judge(&client));
	client.pictures = 1;
	assert_true(judge(&client));
	expect_rule(0, "wayland.screenshot");
	client.is_portal = true;
	assert_false(judge(&client));
	assert_int_equal(claims.n, 0);
}

static void test_a_server(void **state)
{
	struct ol_wl_client client = { .pid = 9,
		                       .comm = "wayvnc",
		                       .pictures = 2,
		                       .is_listening = true,
		                       .can = OL_WL_CAN_COPY |
		                              OL_WL_CAN_INJECT };

	(void)state;
	assert_false(judge(&client));
	assert_false(judge(&client));
	expect_rule(0, "wayland.screen-copy-server");
	assert_int_equal(claims.n, 1);
	strcpy(client.peer, "192.0.2.7:50000");
	assert_false(judge(&client));
	expect_rule(0, "wayland.screen-copy");
	expect_rule(1, "wayland.virtual-input");
	assert_string_equal(claims.items[0].peer, "192.0.2.7:50000");
	client.can = OL_WL_CAN_COPY;
	assert_false(judge(&client));
	assert_int_equal(claims.n, 1);
}

static void test_seats(void **state)
{
	(void)state;
	wire.n_globals = 2;
	wire.globals[0] = (struct ol_wl_global){ .kind = OL_WL_SEAT,
		                                 .name = 3,
		                                 .text = "seat0" };
	wire.globals[1] = (struct ol_wl_global){ .kind = OL_WL_SEAT,
		                                 .name = 4,
		                                 .text = "RDP office" };
	assert_false(ol_wl_judge(&wire, NULL, 0, &compositor, &claims));
	assert_int_equal(claims.n, 1);
	expect_rule(0, "wayland.remote-seat");
	assert_int_equal(claims.items[0].pid, 5);
	assert_string_equal(claims.items[0].detail, "RDP office");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_is_asked, prepare),
		cmocka_unit_test_setup(test_what_is_offered, prepare),
		cmocka_unit_test_setup(test_messages_in_pieces, prepare),
		cmocka_unit_test_setup(test_messages_that_are_none, prepare),
		cmocka_unit_test_setup(test_too_many_outputs, prepare),
		cmocka_unit_test(test_where_it_listens),
		cmocka_unit_test(test_mappings),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_protocol_names),
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_ends_of_sockets),
		cmocka_unit_test_setup(test_a_client, prepare),
		cmocka_unit_test_setup(test_a_server, prepare),
		cmocka_unit_test_setup(test_seats, prepare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
