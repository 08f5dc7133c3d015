/* From classes of reads to claims. What they are worth stands in the rules. */
#include "x11_claim.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	DETAIL_MAX = 64,
	/* Claims of one client are told apart by these, beside the targets. */
	KEY_SHOT = X11_TARGETS,
	KEY_HOLDING,
	KEY_CANARY,
	KEYS,
	/*
	 * Three of the last four canaries: a single one may be lost while the
	 * machine is busy, and be hit by chance.
	 */
	ANSWERS_MASK = 0xf,
	ANSWERS_MIN = 3,
	/* Percent. Above it nobody would call the area a region. */
	NEARLY_ALL = 90,
};

static const char screenshot[] = "x11.screenshot";
static const char holding[] = "x11.window-held";
static const char own_window[] = "x11.own-window-read";
static const char canary[] = "x11.canary-read";
/* What cannot show the window that is guarded, or this screen. */
static const char elsewhere[] = "x11.elsewhere";

/* The rule for each class of reads of each target; NULL: nothing to tell. */
static const char *const rules[X11_TARGETS][X11_WHOLE + 1] = {
	[X11_SCREEN] = { [X11_SMALL] = "x11.small-read",
	                 [X11_PREVIEW] = "x11.preview",
	                 [X11_PART] = "x11.region-read",
	                 [X11_WHOLE] = "x11.screen-read" },
	[X11_WINDOW] = { [X11_PREVIEW] = "x11.preview",
	                 [X11_PART] = "x11.window-read",
	                 [X11_WHOLE] = "x11.window-read" },
	[X11_OWN_WINDOW] = { [X11_PREVIEW] = "x11.preview",
	                     [X11_PART] = own_window,
	                     [X11_WHOLE] = own_window },
	[X11_UNCLEAR] = { [X11_PART] = "x11.pixmap-read",
	                  [X11_WHOLE] = "x11.screen-pixmap-read" },
	[X11_THROUGH] = { [X11_PREVIEW] = "x11.through-window",
	                  [X11_PART] = "x11.through-window",
	                  [X11_WHOLE] = "x11.through-screen" },
	[X11_OTHER_SCREEN] = { [X11_PREVIEW] = elsewhere,
	                       [X11_PART] = elsewhere,
	                       [X11_WHOLE] = elsewhere },
};

static uint64_t key_of(const struct x11_client *client, int number)
{
	return client->serial * KEYS + (uint64_t)number;
}

static const char *screen_detail(const struct x11_reader *reader,
                                 const struct x11_layout *layout, char *text)
{
	const struct x11_sight *sight = &reader->sights[X11_SCREEN];
	const struct x11_rectangle *area = &sight->area;
	uint64_t part = ol_x11_area(area) * 100;
	uint64_t whole = (uint64_t)layout->width * layout->height;

	if (part >= whole * NEARLY_ALL)
		return "whole screen";
	for (int i = 0; i < layout->count; i++) {
		uint64_t monitor = ol_x11_area(&layout->monitors[i]);

		if (layout->count > 1 && part >= monitor * NEARLY_ALL &&
		    part <= monitor * (200 - NEARLY_ALL))
			return "whole monitor";
	}
	/* It has the rest already and fetches changes. */
	if (sight->class == X11_WHOLE && part < whole * 50)
		return "whole screen";
	if (sight->class == X11_SMALL)
		return "small pieces";
	(void)snprintf(text, DETAIL_MAX, "%ux%u region", area->width,
	               area->height);
	return text;
}

static const char *detail_of(const struct x11_reader *reader,
                             const struct x11_layout *layout,
                             enum x11_target target, char *text)
{
	switch (target) {
	case X11_SCREEN:
		return screen_detail(reader, layout, text);
	case X11_WINDOW:
		return "window of another program";
	case X11_OWN_WINDOW:
		return "window of this program";
	case X11_OTHER_SCREEN:
		return "another screen";
	case X11_THROUGH:
		return "window of its own";
	default:
		return "picture of its own";
	}
}

static void claim(struct ol_host *host, const struct x11_client *client,
                  const char *rule, int number, const char *detail)
{
	char name[X11_NAME_MAX];
	struct ol_claim claim = {
		.rule = rule,
		.key = key_of(client, number),
		.detail = detail,
	};

	ol_x11_client_subject(host, client, name, &claim.subject);
	/* A full ledger shows itself as a degraded probe. */
	(void)ol_claim(host, &claim);
}

static const char *rule_of(const struct x11_client *client,
                           enum x11_target target)
{
	enum x11_class class = client->reader->sights[target].class;
	enum x11_place place = client->places[target];

	if (place == X11_PLACE_ELSEWHERE && class >= X11_PREVIEW)
		return elsewhere;
	if (place == X11_PLACE_GUARDED && class == X11_PART)
		return own_window;
	return rules[target][class];
}

static void update_target(struct ol_host *host, struct x11_client *client,
                          const struct x11_layout *layout,
                          enum x11_target target)
{
	const char *rule = rule_of(client, target);
	char text[DETAIL_MAX];

	if (rule == client->claimed[target])
		return;
	if (client->claimed[target] != NULL)
		ol_withdraw(host, client->claimed[target],
		            key_of(client, target));
	if (rule != NULL)
		claim(host, client, rule, target,
		      detail_of(client->reader, layout, target, text));
	client->claimed[target] = rule;
}

static bool is_at_it(const struct x11_reader *reader)
{
	for (int target = 0; target < X11_TARGETS; target++) {
		if (reader->sights[target].class >= X11_PREVIEW)
			return true;
	}
	return false;
}

static void update_shots(struct ol_host *host, struct x11_client *client,
                         const struct x11_layout *layout)
{
	const struct x11_reader *reader = client->reader;
	enum x11_target target = reader->shot_target;
	char text[DETAIL_MAX];

	if (is_at_it(reader)) {
		/* What seemed to be one picture was the first of many. */
		if (client->is_shot_claimed)
			ol_withdraw(host, screenshot, key_of(client, KEY_SHOT));
		client->is_shot_claimed = false;
	} else if (reader->shots != client->shots_told &&
	           target != X11_UNCLEAR && target != X11_OTHER_SCREEN &&
	           target != X11_THROUGH &&
	           client->places[target] != X11_PLACE_ELSEWHERE) {
		claim(host, client, screenshot, KEY_SHOT,
		      detail_of(reader, layout, target, text));
		client->is_shot_claimed = true;
	}
	client->shots_told = reader->shots;
}

static void update_held(struct ol_host *host, struct x11_client *client,
                        uint64_t now_ms)
{
	const char *rule = NULL;

	if (ol_x11_reader_is_holding(client->reader, now_ms))
		rule = client->held_place == X11_PLACE_ELSEWHERE ? elsewhere
		                                                 : holding;
	if (rule == client->held_claimed)
		return;
	if (client->held_claimed != NULL)
		ol_withdraw(host, client->held_claimed,
		            key_of(client, KEY_HOLDING));
	if (rule != NULL)
		claim(host, client, rule, KEY_HOLDING,
		      "window of another program");
	client->held_claimed = rule;
}

static void update_canary(struct ol_host *host, struct x11_client *client)
{
	unsigned answers = client->answers & ANSWERS_MASK;

	if (!client->is_canary_claimed &&
	    __builtin_popcount(answers) >= ANSWERS_MIN) {
		claim(host, client, canary, KEY_CANARY,
		      "window of this program");
		client->is_canary_claimed = true;
	} else if (client->is_canary_claimed && answers == 0) {
		ol_withdraw(host, canary, key_of(client, KEY_CANARY));
		client->is_canary_claimed = false;
	}
}

void ol_x11_claim_update(struct ol_host *host, struct x11_client *client,
                         const struct x11_layout *layout, uint64_t now_ms)
{
	if (client->reader == NULL)
		return;
	for (int target = 0; target < X11_TARGETS; target++)
		update_target(host, client, layout, (enum x11_target)target);
	update_shots(host, client, layout);
	update_held(host, client, now_ms);
	update_canary(host, client);
}

void ol_x11_claim_drop(struct ol_host *host, struct x11_client *client)
{
	for (int target = 0; target < X11_TARGETS; target++) {
		if (client->claimed[target] == NULL)
			continue;
		ol_withdraw(host, client->claimed[target],
		            key_of(client, target));
		client->claimed[target] = NULL;
	}
	if (client->held_claimed != NULL)
		ol_withdraw(host, client->held_claimed,
		            key_of(client, KEY_HOLDING));
	client->held_claimed = NULL;
	if (client->is_canary_claimed)
		ol_withdraw(host, canary, key_of(client, KEY_CANARY));
	client->is_canary_claimed = false;
}
