/* The ledger keeps what is claimed, within its limits. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sdk/ledger.h"
#include "sdk/rules.h"
#include "tests/unit/cmocka_all.h"

static const struct ol_who alice = { .kind = ONLOOKER_WATCHER_PROGRAM,
	                             .pid = 10,
	                             .start_time = 1,
	                             .name = "alice",
	                             .peer = "" };
static const struct ol_who heir = { .kind = ONLOOKER_WATCHER_PROGRAM,
	                            .pid = 10,
	                            .start_time = 2,
	                            .name = "alice",
	                            .peer = "" };

static const struct onlooker_rule *rule(const char *name)
{
	const struct onlooker_rule *found = ol_rule_find(name);

	assert_non_null(found);
	return found;
}

static void test_claim_and_withdraw(void **state)
{
	const struct onlooker_rule *read = rule("x11.screen-read");
	struct ol_ledger ledger = { 0 };

	(void)state;
	assert_int_equal(ol_ledger_claim(&ledger, read, 0, 7, &alice, "a", 5),
	                 1);
	assert_int_equal(ol_ledger_claim(&ledger, read, 0, 7, &alice, "a", 6),
	                 0);
	assert_int_equal(ledger.count, 1);
	assert_int_equal(ledger.entries[0].since_us, 5);
	assert_int_equal(ol_ledger_claim(&ledger, read, 0, 7, &alice, "b", 7),
	                 1);
	assert_string_equal(ledger.entries[0].detail, "b");
	assert_int_equal(ledger.entries[0].since_us, 5);
	assert_int_equal(ol_ledger_claim(&ledger, read, 1, 7, &alice, "", 7),
	                 1);
	assert_int_equal(ledger.count, 2);
	assert_false(ol_ledger_withdraw(&ledger, read, 0, 8));
	assert_true(ol_ledger_withdraw(&ledger, read, 0, 7));
	assert_false(ol_ledger_withdraw(&ledger, read, 0, 7));
	assert_non_null(ol_ledger_find(&ledger, read, 1, 7));
	assert_true(ol_ledger_withdraw_all(&ledger, 1));
	assert_int_equal(ledger.count, 0);
	ol_ledger_finish(&ledger);
}

static void test_watchers_keep_their_number(void **state)
{
	const struct onlooker_rule *read = rule("x11.screen-read");
	const struct onlooker_rule *cast = rule("pipewire.screen-cast");
	struct ol_ledger ledger = { 0 };
	uint64_t number;

	(void)state;
	ol_ledger_claim(&ledger, read, 0, 1, &alice, "", 0);
	ol_ledger_claim(&ledger, cast, 1, 1, &alice, "", 0);
	number = ledger.entries[0].watcher;
	assert_int_equal(ledger.entries[1].watcher, number);
	ol_ledger_withdraw_all(&ledger, 0);
	ol_ledger_withdraw_all(&ledger, 1);
	ol_ledger_claim(&ledger, cast, 1, 1, &alice, "", 9);
	assert_int_equal(ledger.entries[0].watcher, number);
	/* The pid was given to another process: somebody else. */
	ol_ledger_claim(&ledger, read, 0, 1, &heir, "", 9);
	assert_int_not_equal(ledger.entries[1].watcher, number);
	ol_ledger_finish(&ledger);
}

static void test_momentary_claims_expire(void **state)
{
	const struct onlooker_rule *shot = rule("x11.screenshot");
	const uint64_t lifetime = (uint64_t)shot->lifetime_ms * 1000;
	struct ol_ledger ledger = { 0 };

	(void)state;
	assert_int_equal(ol_ledger_next_expiry(&ledger), OL_NEVER);
	ol_ledger_claim(&ledger, shot, 0, 1, &alice, "", 100);
	assert_int_equal(ol_ledger_next_expiry(&ledger), 100 + lifetime);
	assert_int_equal(ol_ledger_claim(&ledger, shot, 0, 1, &alice, "", 200),
	                 0);
	assert_false(ol_ledger_expire(&ledger, 100 + lifetime));
	assert_false(ol_ledger_expire(&ledger, 199 + lifetime));
	assert_true(ol_ledger_expire(&ledger, 200 + lifetime));
	assert_int_equal(ledger.count, 0);
	ol_ledger_finish(&ledger);
}

static void test_one_probe_cannot_fill_it(void **state)
{
	const struct onlooker_rule *read = rule("x11.screen-read");
	struct ol_ledger ledger = { 0 };

	(void)state;
	for (uint64_t key = 0; key < OL_CLAIMS_MAX; key++)
		assert_int_equal(
			ol_ledger_claim(&ledger, read, 0, key, &alice, "", 0),
			1);
	assert_int_equal(
		ol_ledger_claim(&ledger, read, 0, OL_CLAIMS_MAX, &alice, "", 0),
		-ENOSPC);
	assert_int_equal(ol_ledger_claim(&ledger, read, 0, 3, &alice, "", 0),
	                 0);
	assert_int_equal(ol_ledger_claim(&ledger, read, 1, 0, &alice, "", 0),
	                 1);
	ol_ledger_finish(&ledger);
}

static void test_who_is_who(void **state)
{
	struct ol_who renamed = alice, display = alice, other = alice;

	(void)state;
	renamed.name = "renamed";
	display.kind = ONLOOKER_WATCHER_DISPLAY;
	assert_true(ol_who_equal(&alice, &renamed));
	assert_false(ol_who_equal(&alice, &heir));
	assert_false(ol_who_equal(&alice, &display));
	renamed.pid = other.pid = 0;
	assert_false(ol_who_equal(&other, &renamed));
	renamed.name = "alice";
	renamed.peer = "192.0.2.7:1";
	assert_false(ol_who_equal(&other, &renamed));
	other.peer = "192.0.2.7:1";
	assert_true(ol_who_equal(&other, &renamed));
	other.token = 1;
	assert_false(ol_who_equal(&other, &renamed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claim_and_withdraw),
		cmocka_unit_test(test_watchers_keep_their_number),
		cmocka_unit_test(test_momentary_claims_expire),
		cmocka_unit_test(test_one_probe_cannot_fill_it),
		cmocka_unit_test(test_who_is_who),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
