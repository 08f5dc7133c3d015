/* The difference between what is so and what was claimed. */
#include "portal.h"

#include <string.h>

static const struct ol_portal_claim *find(const struct ol_portal_claims *list,
                                          const struct ol_portal_claim *claim)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->items[i].key == claim->key &&
		    strcmp(list->items[i].rule, claim->rule) == 0)
			return &list->items[i];
	}
	return NULL;
}

static void tell(struct ol_host *host, const struct ol_portal_claim *claim)
{
	struct ol_claim said = {
		.rule = claim->rule,
		.key = claim->key,
		.subject = { .kind = claim->kind,
		             .pid = claim->pid,
		             .start_time = claim->start_time,
		             .name = claim->who },
		.detail = claim->detail,
	};
	int r = ol_claim(host, &said);

	if (r < 0)
		ol_log(host, ONLOOKER_LOG_ERROR, "%s is lost: %s", claim->rule,
		       strerrordesc_np(-r));
}

void ol_portal_claims_keep(const struct ol_portal_claims *claims,
                           struct ol_portal_claims *now)
{
	for (size_t i = 0; i < claims->n && now->n < OL_PORTAL_CLAIMS_MAX;
	     i++) {
		if (find(now, &claims->items[i]) == NULL)
			now->items[now->n++] = claims->items[i];
	}
}

void ol_portal_claims_update(struct ol_portal_claims *claims,
                             struct ol_host *host,
                             const struct ol_portal_claims *now)
{
	for (size_t i = 0; i < now->n; i++) {
		const struct ol_portal_claim *before =
			find(claims, &now->items[i]);

		/* All of a claim is zeroed before it is filled. */
		if (before == NULL ||
		    memcmp(before, &now->items[i], sizeof(*before)) != 0)
			tell(host, &now->items[i]);
	}
	for (size_t i = 0; i < claims->n; i++) {
		if (find(now, &claims->items[i]) == NULL)
			ol_withdraw(host, claims->items[i].rule,
			            claims->items[i].key);
	}
	*claims = *now;
}
