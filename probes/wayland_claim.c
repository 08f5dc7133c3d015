/* The difference between what is so and what was claimed. */
#include "wayland.h"

#include <string.h>

static const char screenshot[] = "wayland.screenshot";
static const char screen_copy[] = "wayland.screen-copy";

static const struct ol_wl_claim *find(const struct ol_wl_claims *claims,
                                      const char *rule, uint64_t key)
{
	for (size_t i = 0; i < claims->n; i++) {
		if (claims->items[i].key == key &&
		    strcmp(claims->items[i].rule, rule) == 0)
			return &claims->items[i];
	}
	return NULL;
}

static void tell(struct ol_host *host, const struct ol_wl_claim *claim)
{
	struct ol_claim said = {
		.rule = claim->rule,
		.key = claim->key,
		.subject = { .kind = ONLOOKER_WATCHER_PROGRAM,
		             .pid = claim->pid,
		             .start_time = claim->start_time,
		             .name = claim->who,
		             .peer = claim->peer },
		.detail = claim->detail,
	};
	int r = ol_claim(host, &said);

	if (r < 0)
		ol_log(host, ONLOOKER_LOG_ERROR, "%s is lost: %s", claim->rule,
		       strerrordesc_np(-r));
}

static bool has_ended(const struct ol_wl_claim *claim,
                      const struct ol_wl_claims *now)
{
	if (find(now, claim->rule, claim->key) != NULL)
		return false;
	/* What was taken stays taken, unless it was the first of many. */
	return strcmp(claim->rule, screenshot) != 0 ||
	       find(now, screen_copy, claim->key) != NULL;
}

void ol_wl_claims_update(struct ol_wl_claims *claims, struct ol_host *host,
                         const struct ol_wl_claims *now)
{
	for (size_t i = 0; i < now->n; i++) {
		const struct ol_wl_claim *claim = &now->items[i];
		const struct ol_wl_claim *before =
			find(claims, claim->rule, claim->key);

		if (before == NULL ||
		    memcmp(before, claim, sizeof(*before)) != 0)
			tell(host, claim);
	}
	for (size_t i = 0; i < claims->n; i++) {
		if (has_ended(&claims->items[i], now))
			ol_withdraw(host, claims->items[i].rule,
			            claims->items[i].key);
	}
	*claims = *now;
}
