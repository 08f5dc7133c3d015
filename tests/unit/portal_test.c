/* The portal probe's pure parts: texts from the bus, and what they amount to. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "portal.h"
#include "tests/unit/cmocka_all.h"

static void expect_nodes(const char *xml, const char *expected)
{
	char all[1024] = "", node[OL_PORTAL_NODE];
	size_t at = 0;

	while (ol_portal_next_node(xml, strlen(xml), &at, node)) {
		strcat(all, node);
		strcat(all, " ");
	}
	assert_string_equal(all, expected);
}

static void test_nodes(void **state)
{
	(void)state;
	expect_nodes(
		"<node>\n  <node name=\"1_27\"/>\n <node name='u2'/></node>",
		"1_27 u2 ");
	expect_nodes("<node name=\"/a/b\"><node name=\"u1\"/></node>", "u1 ");
	expect_nodes("<node><interface name=\"x\"/><node other=\"\" "
	             "name=\"u1\"></node></node>",
	             "u1 ");
	expect_nodes("", "");
	expect_nodes("<node", "");
	expect_nodes("<node name=\"u1", "");
	expect_nodes("<node name=\"u1'/>", "");
	expect_nodes("<node name=\"\"/>", "");
	expect_nodes("<node xname=\"u1\"/>", "");
	expect_nodes("<nodename=\"u1\"/>", "");
	expect_nodes("<node name=\"../../x\"/><node name=\"u1\"/>", "u1 ");
	expect_nodes("<node name=\"0123456789012345678901234567890123456789"
	             "0123456789012345678901234\"/>",
	             "");
}

static void test_senders(void **state)
{
	static const char *const bad[] = { "",      "_",   "1_",  "_1",
		                           "1_2_3", "a_1", "1.2", "1__2" };
	char name[OL_PORTAL_NAME];

	(void)state;
	assert_int_equal(ol_portal_parse_sender("1_27", name), 0);
	assert_string_equal(name, ":1.27");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ol_portal_parse_sender(bad[i], name), -EINVAL);
	assert_int_equal(
		ol_portal_parse_sender("1_23456789012345678901234567890", name),
		-EINVAL);
}

static void test_numbers(void **state)
{
	static const char *const bad[] = { "",   "u",           "1",  "u1x",
		                           "v1", "u4294967296", "u-1" };
	uint32_t id = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ol_portal_parse_number(bad[i], &id), -EINVAL);
	assert_int_equal(id, 7);
	assert_int_equal(ol_portal_parse_number("u4294967295", &id), 0);
	assert_int_equal(id, UINT32_MAX);
}

static void test_matches(void **state)
{
	char name[OL_PORTAL_NAME];

	(void)state;
	assert_int_equal(
		ol_portal_parse_match("type='signal',member='NameOwnerChanged',"
	                              "arg0=':1.3'",
	                              name),
		0);
	assert_string_equal(name, ":1.3");
	assert_int_equal(ol_portal_parse_match("member='NameOwnerChanged',"
	                                       "arg0='org.gnome.Shell'",
	                                       name),
	                 -EINVAL);
	assert_int_equal(ol_portal_parse_match("member='NameOwnerChanged',"
	                                       "arg0=':1.3",
	                                       name),
	                 -EINVAL);
	assert_int_equal(ol_portal_parse_match("arg0=':1.3'", name), -EINVAL);
	assert_int_equal(ol_portal_parse_match("", name), -EINVAL);
}

static void test_addresses(void **state)
{
	char address[32];

	(void)state;
	assert_int_equal(ol_portal_parse_address("unix:path=/run/bus,guid=1",
	                                         address, sizeof(address)),
	                 0);
	assert_string_equal(address, "unix:path=/run/bus,guid=1");
	assert_int_equal(ol_portal_parse_address("tcp:host=x;unix:abstract=y",
	                                         address, sizeof(address)),
	                 0);
	assert_string_equal(address, "unix:abstract=y");
	/* It would run a program in the host program's place. */
	assert_int_equal(ol_portal_parse_address("unixexec:path=/bin/sh",
	                                         address, sizeof(address)),
	                 -ENOENT);
	assert_int_equal(ol_portal_parse_address("", address, sizeof(address)),
	                 -ENOENT);
	assert_int_equal(ol_portal_parse_address("unix:path=/0123456789"
	                                         "0123456789012345",
	                                         address, sizeof(address)),
	                 -ENOENT);
}

static void expect_app(const char *text, const char *expected)
{
	char app[OL_PORTAL_NODE] = "";
	int r = ol_portal_parse_app(text, strlen(text), app);

	assert_int_equal(r, expected != NULL ? 0 : -EINVAL);
	if (expected != NULL)
		assert_string_equal(app, expected);
}

static void test_applications(void **state)
{
	(void)state;
	expect_app("[Application]\nname=org.chromium.Chromium\n",
	           "org.chromium.Chromium");
	expect_app("[Other]\nname=no\n[Application]\nruntime=x\nname=a.b",
	           "a.b");
	expect_app("[Application]\n[Instance]\nname=no\n", NULL);
	expect_app("[Application]\nname=", NULL);
	expect_app("[Application]\nname=two words\n", NULL);
	expect_app("", NULL);
}

/* ---- what it amounts to ---- */

static const struct ol_portal_peer peers[] = {
	{ .name = ":1.1", .pid = 11, .start_time = 1, .program = "chromium" },
	{ .name = ":1.2", .pid = 12, .start_time = 2, .program = "obs" },
	{ .name = ":1.3", .pid = 13, .start_time = 3, .program = "evil" },
	{ .name = ":1.9", .is_gone = true },
};

enum { PEERS = sizeof(peers) / sizeof(peers[0]) };

static struct ol_portal_view view;
static struct ol_portal_claims claims;

static void judge(void)
{
	ol_portal_judge(&view, peers, PEERS, &claims);
}

static int prepare(void **state)
{
	(void)state;
	memset(&view, 0, sizeof(view));
	strcpy(view.owners[OL_PORTAL_BACKEND_GNOME], ":1.7");
	strcpy(view.owners[OL_PORTAL_GNOME_REMOTE], ":1.2");
	return 0;
}

static void test_a_bare_session(void **state)
{
	(void)state;
	ol_portal_add_session(&view, ":1.1", "t", false);
	ol_portal_add_session(&view, ":1.4", "t", true);
	ol_portal_add_session(&view, ":1.4", "t", false);
	judge();
	assert_int_equal(claims.n, 2);
	assert_string_equal(claims.items[0].rule, "portal.session");
	assert_int_equal(claims.items[0].pid, 11);
	assert_string_equal(claims.items[0].who, "chromium");
	assert_string_equal(claims.items[1].rule, "portal.screen-cast-session");
	assert_string_equal(claims.items[1].who, "bus client :1.4");
}

/* The backend asks mutter, but the requester of the portal session is meant. */
static void test_through_the_backend(void **state)
{
	(void)state;
	ol_portal_add_session(&view, ":1.1", "t", false);
	ol_portal_add_object(&view, &view.controls, 1);
	ol_portal_add_creator(&view, ":1.3"); /* of a notification, perhaps */
	ol_portal_add_creator(&view, ":1.7");
	judge();
	assert_string_equal(claims.items[0].rule, "portal.remote-control");
	assert_int_equal(claims.items[0].pid, 11);
}

static void test_past_the_portal(void **state)
{
	(void)state;
	ol_portal_add_object(&view, &view.controls, 1);
	ol_portal_add_creator(&view, ":1.9"); /* has left */
	ol_portal_add_creator(&view, ":1.3");
	judge();
	assert_int_equal(claims.n, 1);
	assert_int_equal(claims.items[0].pid, 13);
}

static void test_several_suspects(void **state)
{
	(void)state;
	ol_portal_add_object(&view, &view.streams, 1);
	ol_portal_add_object(&view, &view.casts, 1);
	ol_portal_add_session(&view, ":1.1", "t", false);
	ol_portal_add_creator(&view, ":1.7");
	ol_portal_add_creator(&view, ":1.2");
	judge();
	assert_int_equal(claims.n, 2);
	assert_string_equal(claims.items[0].rule, "portal.screen-cast");
	assert_int_equal(claims.items[0].pid, 0);
	assert_string_equal(claims.items[0].who, "chromium or obs");
	ol_portal_add_session(&view, ":1.3", "t", false);
	judge();
	assert_string_equal(claims.items[0].who, "one of 3 programs");
}

static void test_nobody_to_suspect(void **state)
{
	(void)state;
	ol_portal_add_object(&view, &view.casts, 1);
	judge();
	assert_string_equal(claims.items[0].rule, "portal.screen-cast-session");
	assert_int_equal(claims.items[0].kind, ONLOOKER_WATCHER_UNKNOWN);
	assert_string_equal(claims.items[0].who, "");
	/* Where mutter cannot be asked, the requesters are all there is. */
	ol_portal_add_session(&view, ":1.1", "t", false);
	judge();
	assert_int_equal(claims.items[0].pid, 11);
}

static void test_everything_is_bounded(void **state)
{
	char token[OL_PORTAL_NODE], name[OL_PORTAL_NAME];

	(void)state;
	for (unsigned i = 0; i < OL_PORTAL_CREATORS_MAX + 5; i++) {
		snprintf(name, sizeof(name), ":1.%u", 1000 + i);
		ol_portal_add_creator(&view, name);
	}
	/* mutter forgets nobody: that is no reason to see less. */
	assert_false(view.is_cut);
	assert_string_equal(view.creators[OL_PORTAL_CREATORS_MAX - 1], name);
	for (unsigned i = 0; i <= OL_PORTAL_SESSIONS_MAX; i++) {
		assert_false(view.is_cut);
		snprintf(token, sizeof(token), "t%u", i);
		ol_portal_add_session(&view, ":1.1", token, false);
	}
	assert_true(view.is_cut);
	view.is_cut = false;
	for (unsigned i = 0; i <= OL_PORTAL_SESSIONS_MAX; i++) {
		assert_false(view.is_cut);
		ol_portal_add_object(&view, &view.controls, i);
	}
	assert_true(view.is_cut);
	for (unsigned i = 0; i < OL_PORTAL_SESSIONS_MAX; i++) {
		ol_portal_add_object(&view, &view.casts, i);
		ol_portal_add_object(&view, &view.streams, i);
	}
	judge();
	assert_int_equal(claims.n, 3 * OL_PORTAL_SESSIONS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_applications),
		cmocka_unit_test_setup(test_a_bare_session, prepare),
		cmocka_unit_test_setup(test_through_the_backend, prepare),
		cmocka_unit_test_setup(test_past_the_portal, prepare),
		cmocka_unit_test_setup(test_several_suspects, prepare),
		cmocka_unit_test_setup(test_nobody_to_suspect, prepare),
		cmocka_unit_test_setup(test_everything_is_bounded, prepare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
