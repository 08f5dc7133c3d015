/* The difference between what the graph amounts to and what was claimed. */
#include "pipewire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ol_claims_init(struct ol_claims *claims)
{
	claims->n = 0;
	claims->casts = calloc(2 * OL_GRAPH_CLAIMS_MAX, sizeof(*claims->casts));
	return claims->casts != NULL ? 0 : -ENOMEM;
}

void ol_claims_finish(struct ol_claims *claims)
{
	free(claims->casts);
	*claims = (struct ol_claims){ 0 };
}

static const struct ol_cast *find(const struct ol_cast *casts, size_t n,
                                  const struct ol_cast *cast)
{
	for (size_t i = 0; i < n; i++) {
		if (casts[i].key == cast->key &&
		    strcmp(casts[i].rule, cast->rule) == 0)
			return &casts[i];
	}
	return NULL;
}

static void claim(struct ol_host *host, const struct ol_cast *cast)
{
	struct ol_claim claim = {
		.rule = cast->rule,
		.key = cast->key,
		.subject = { .kind = cast->kind,
		             .pid = cast->pid,
		             .start_time = cast->start_time,
		             .name = cast->name },
		.detail = cast->detail,
	};
	int r = ol_claim(host, &claim);

	if (r < 0)
		ol_log(host, ONLOOKER_LOG_ERROR, "%s is lost: %s", cast->rule,
		       strerrordesc_np(-r));
}

bool ol_claims_update(struct ol_claims *claims, struct ol_host *host,
                      struct ol_graph *graph)
{
	struct ol_cast *old = claims->casts;
	struct ol_cast *new = claims->casts + OL_GRAPH_CLAIMS_MAX;
	bool is_cut;
	size_t n = ol_graph_judge(graph, new, OL_GRAPH_CLAIMS_MAX, &is_cut);

	for (size_t i = 0; i < n; i++) {
		const struct ol_cast *before = find(old, claims->n, &new[i]);

		/* All of a cast is zeroed before it is filled. */
		if (before == NULL ||
		    memcmp(before, &new[i], sizeof(*before)) != 0)
			claim(host, &new[i]);
	}
	for (size_t i = 0; i < claims->n; i++) {
		if (find(new, n, &old[i]) == NULL)
			ol_withdraw(host, old[i].rule, old[i].key);
	}
	memcpy(old, new, n * sizeof(*new));
	claims->n = n;
	return is_cut;
}

void ol_claims_withdraw_all(struct ol_claims *claims, struct ol_host *host)
{
	ol_withdraw_all(host);
	claims->n = 0;
}
