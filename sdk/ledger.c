/*
 * All current claims, in no order that means anything. Knows rules only for
 * their channel and lifetime; weighs nothing, reads no clock.
 */
#include "sdk/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/rules.h"
#include "sdk/util.h"

bool ol_who_equal(const struct ol_who *a, const struct ol_who *b)
{
	if (a->kind != b->kind || a->token != b->token || a->pid != b->pid)
		return false;
	if (a->pid != 0)
		return a->start_time == b->start_time;
	return strcmp(a->name, b->name) == 0 && strcmp(a->peer, b->peer) == 0;
}

/* FNV-1a, good enough to know a watcher again that was gone for a moment. */
static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t hash_who(const struct ol_who *who)
{
	uint64_t numbers[4] = { (uint64_t)who->kind, who->token,
		                (uint64_t)who->pid, who->start_time };
	uint64_t hash = hash_bytes(UINT64_C(0xcbf29ce484222325), numbers,
	                           sizeof(numbers));

	if (who->pid != 0)
		return hash;
	hash = hash_bytes(hash, who->name, strlen(who->name) + 1);
	return hash_bytes(hash, who->peer, strlen(who->peer));
}

static uint64_t find_watcher(struct ol_ledger *ledger, const struct ol_who *who)
{
	uint64_t hash;

	for (size_t i = 0; i < ledger->count; i++) {
		if (ol_who_equal(&ledger->entries[i].who, who))
			return ledger->entries[i].watcher;
	}
	hash = hash_who(who);
	for (size_t i = 0; i < OL_DEPARTED_MAX; i++) {
		if (ledger->departed[i].watcher != 0 &&
		    ledger->departed[i].hash == hash)
			return ledger->departed[i].watcher;
	}
	return ++ledger->last_watcher;
}

static bool has_watcher(const struct ol_ledger *ledger, uint64_t watcher)
{
	for (size_t i = 0; i < ledger->count; i++) {
		if (ledger->entries[i].watcher == watcher)
			return true;
	}
	return false;
}

static void remember_departed(struct ol_ledger *ledger, uint64_t watcher,
                              uint64_t hash)
{
	struct ol_departed *slot = &ledger->departed[ledger->next_departed];

	for (size_t i = 0; i < OL_DEPARTED_MAX; i++) {
		if (ledger->departed[i].watcher == watcher)
			return;
	}
	*slot = (struct ol_departed){ .hash = hash, .watcher = watcher };
	ledger->next_departed = (ledger->next_departed + 1) % OL_DEPARTED_MAX;
}

/* Strings of an entry, allocated together so that they succeed together. */
static int copy_texts(struct ol_entry *entry, const struct ol_who *who,
                      const char *detail)
{
	OL_FREE char *name = strndup(who->name, OL_TEXT_MAX);
	OL_FREE char *peer = strndup(who->peer, OL_TEXT_MAX);
	char *copy = strndup(detail, OL_TEXT_MAX);

	if (name == NULL || peer == NULL || copy == NULL) {
		free(copy);
		return -ENOMEM;
	}
	entry->who = *who;
	entry->who.name = name;
	entry->who.peer = peer;
	entry->detail = copy;
	name = NULL;
	peer = NULL;
	return 0;
}

static void free_texts(struct ol_entry *entry)
{
	free((void *)(uintptr_t)entry->who.name);
	free((void *)(uintptr_t)entry->who.peer);
	free(entry->detail);
}

void ol_ledger_finish(struct ol_ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++)
		free_texts(&ledger->entries[i]);
	free(ledger->entries);
	*ledger = (struct ol_ledger){ 0 };
}

static size_t index_of(const struct ol_ledger *ledger,
                       const struct onlooker_rule *rule, unsigned probe,
                       uint64_t key)
{
	size_t i = 0;

	while (i < ledger->count && !(ledger->entries[i].rule == rule &&
	                              ledger->entries[i].probe == probe &&
	                              ledger->entries[i].key == key))
		i++;
	return i;
}

const struct ol_entry *ol_ledger_find(const struct ol_ledger *ledger,
                                      const struct onlooker_rule *rule,
                                      unsigned probe, uint64_t key)
{
	size_t i = index_of(ledger, rule, probe, key);

	return i < ledger->count ? &ledger->entries[i] : NULL;
}

static size_t count_of(const struct ol_ledger *ledger, unsigned probe)
{
	size_t count = 0;

	for (size_t i = 0; i < ledger->count; i++)
		count += ledger->entries[i].probe == probe;
	return count;
}

static int make_room(struct ol_ledger *ledger)
{
	size_t capacity = ledger->capacity > 0 ? ledger->capacity * 2 : 16;
	struct ol_entry *entries;

	if (ledger->count < ledger->capacity)
		return 0;
	entries = realloc(ledger->entries, capacity * sizeof(*entries));
	if (entries == NULL)
		return -ENOMEM;
	ledger->entries = entries;
	ledger->capacity = capacity;
	return 0;
}

static uint64_t expiry_of(const struct onlooker_rule *rule, uint64_t now_us)
{
	if (rule->lifetime_ms <= 0)
		return OL_NEVER;
	return now_us + (uint64_t)rule->lifetime_ms * 1000;
}

static int refresh(struct ol_ledger *ledger, struct ol_entry *entry,
                   const struct ol_who *who, const char *detail,
                   uint64_t now_us)
{
	struct ol_entry updated = *entry;
	uint64_t old_watcher = entry->watcher;
	uint64_t old_hash = hash_who(&entry->who);

	updated.expires_us = expiry_of(entry->rule, now_us);
	if (ol_who_equal(&entry->who, who) &&
	    strcmp(entry->who.name, who->name) == 0 &&
	    strcmp(entry->who.peer, who->peer) == 0 &&
	    strcmp(entry->detail, detail) == 0) {
		*entry = updated;
		return 0;
	}
	if (copy_texts(&updated, who, detail) < 0)
		return -ENOMEM;
	updated.watcher = find_watcher(ledger, who);
	free_texts(entry);
	*entry = updated;
	if (!has_watcher(ledger, old_watcher))
		remember_departed(ledger, old_watcher, old_hash);
	return 1;
}

int ol_ledger_claim(struct ol_ledger *ledger, const struct onlooker_rule *rule,
                    unsigned probe, uint64_t key, const struct ol_who *who,
                    const char *detail, uint64_t now_us)
{
	size_t old = index_of(ledger, rule, probe, key);
	struct ol_entry entry = {
		.rule = rule,
		.channel = ol_channel_find(rule->channel),
		.probe = probe,
		.key = key,
		.since_us = now_us,
		.expires_us = expiry_of(rule, now_us),
	};

	if (old < ledger->count)
		return refresh(ledger, &ledger->entries[old], who, detail,
		               now_us);
	if (count_of(ledger, probe) >= OL_CLAIMS_MAX)
		return -ENOSPC;
	if (make_room(ledger) < 0 || copy_texts(&entry, who, detail) < 0)
		return -ENOMEM;
	entry.watcher = find_watcher(ledger, who);
	ledger->entries[ledger->count++] = entry;
	return 1;
}

static void remove_at(struct ol_ledger *ledger, size_t i)
{
	struct ol_entry gone = ledger->entries[i];

	ledger->entries[i] = ledger->entries[--ledger->count];
	if (!has_watcher(ledger, gone.watcher))
		remember_departed(ledger, gone.watcher, hash_who(&gone.who));
	free_texts(&gone);
}

void ol_ledger_mark(struct ol_ledger *ledger, const struct onlooker_rule *rule,
                    unsigned probe, uint64_t key, unsigned round)
{
	size_t i = index_of(ledger, rule, probe, key);

	if (i < ledger->count)
		ledger->entries[i].round = round;
}

bool ol_ledger_withdraw(struct ol_ledger *ledger,
                        const struct onlooker_rule *rule, unsigned probe,
                        uint64_t key)
{
	size_t i = index_of(ledger, rule, probe, key);

	if (i == ledger->count)
		return false;
	remove_at(ledger, i);
	return true;
}

bool ol_ledger_withdraw_all(struct ol_ledger *ledger, unsigned probe)
{
	size_t before = ledger->count;

	for (size_t i = ledger->count; i-- > 0;) {
		if (ledger->entries[i].probe == probe)
			remove_at(ledger, i);
	}
	return ledger->count != before;
}

bool ol_ledger_expire(struct ol_ledger *ledger, uint64_t now_us)
{
	size_t before = ledger->count;

	for (size_t i = ledger->count; i-- > 0;) {
		if (ledger->entries[i].expires_us <= now_us)
			remove_at(ledger, i);
	}
	return ledger->count != before;
}

uint64_t ol_ledger_next_expiry(const struct ol_ledger *ledger)
{
	uint64_t next = OL_NEVER;

	for (size_t i = 0; i < ledger->count; i++) {
		if (ledger->entries[i].expires_us < next)
			next = ledger->entries[i].expires_us;
	}
	return next;
}
