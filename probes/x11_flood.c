/* What is recorded of clients that flood the recording, and when. */
#include "x11_flood.h"

enum {
	/*
	 * Copies of no interest that a client may make in a second. A desktop
	 * makes 8, and each costs us and the server some microseconds.
	 */
	COPIES_MAX = 5000,
	SECOND_MS = 1000,
	/*
	 * A moment is long enough for one picture of a capture at ten a second
	 * in three, when the flood is x11perf's 200,000 a second: it ends
	 * earlier then, for so many records are what we may cost the server.
	 */
	SAMPLE_MS = 150,
	SAMPLE_COPIES = 6000,
	/* Between them; on the average they cost a fiftieth of the server. */
	PAUSE_LEAST_MS = 900,
	PAUSE_SPREAD_MS = 900,
	/* Of the last eight moments; a single hit is a screenshot. */
	HITS_MIN = 3,
	/* Percent of the screen, in one moment. A magnifier reads 2. */
	PART = 5,
	WHOLE = 50,
};

/* xorshift64, after Marsaglia: to be spread, and unlike the last time. */
static uint64_t pause_ms(struct x11_watch *watch)
{
	if (watch->random == 0)
		watch->random = ol_now(watch->host) | 1;
	watch->random ^= watch->random << 13;
	watch->random ^= watch->random >> 7;
	watch->random ^= watch->random << 17;
	return PAUSE_LEAST_MS + (watch->random >> 32) % PAUSE_SPREAD_MS;
}

void ol_x11_flood_record(struct x11_watch *watch, struct x11_client *client)
{
	bool is_all = !client->is_noisy || client->is_sampled;

	ol_x11_link_record(watch->link, client->base, is_all,
	                   is_all && client->are_pictures_recorded);
}

void ol_x11_flood_forget(struct x11_watch *watch, struct x11_client *client)
{
	watch->noisy_count -= client->is_noisy;
	client->is_noisy = client->is_sampled = false;
	client->copies = 0;
	for (int i = 0; client->reader != NULL && i < X11_TARGETS; i++) {
		client->reader->sights[i].hits = 0;
		client->reader->sights[i].sampled = X11_NOTHING;
	}
}

static void judge_sample(struct x11_sight *sight, uint64_t whole)
{
	uint64_t part = sight->sample_pixels * 100 / whole;

	sight->hits = (uint8_t)(sight->hits << 1 | (part >= PART));
	if (__builtin_popcount(sight->hits) < HITS_MIN)
		sight->sampled = X11_NOTHING;
	else if (part >= WHOLE)
		sight->sampled = X11_WHOLE;
	else if (sight->sampled == X11_NOTHING)
		sight->sampled = X11_PART;
}

static void begin(struct x11_watch *watch, struct x11_client *client,
                  uint64_t now_ms)
{
	for (int i = 0; client->reader != NULL && i < X11_TARGETS; i++)
		client->reader->sights[i].sample_pixels = 0;
	client->copies = 0;
	client->is_sampled = true;
	client->turn_ms = now_ms + SAMPLE_MS;
	ol_x11_flood_record(watch, client);
}

static void end(struct x11_watch *watch, struct x11_client *client,
                uint64_t now_ms)
{
	const struct x11_layout *layout = &watch->link->layout;
	uint64_t whole = (uint64_t)layout->width * layout->height;

	client->is_sampled = false;
	/* Half of the rate, lest it go to and fro. */
	if (client->copies * 2 * SECOND_MS < COPIES_MAX * SAMPLE_MS) {
		ol_x11_flood_forget(watch, client);
		ol_x11_flood_record(watch, client);
		return;
	}
	for (int i = 0; client->reader != NULL && i < X11_TARGETS; i++)
		judge_sample(&client->reader->sights[i], whole);
	client->turn_ms = now_ms + pause_ms(watch);
	ol_x11_flood_record(watch, client);
}

void ol_x11_flood_count(struct x11_watch *watch, struct x11_client *client)
{
	uint64_t now_ms = watch->server_ms;

	if (client->is_noisy) {
		/* Those on their way when we had enough do not count. */
		if (client->is_sampled && ++client->copies >= SAMPLE_COPIES)
			end(watch, client, now_ms);
		return;
	}
	if (now_ms - client->copies_ms >= SECOND_MS) {
		client->copies_ms = now_ms;
		client->copies = 0;
	}
	if (++client->copies <= COPIES_MAX)
		return;
	client->is_noisy = true;
	watch->noisy_count++;
	client->turn_ms = now_ms + pause_ms(watch);
	ol_x11_flood_record(watch, client);
}

void ol_x11_flood_tick(struct x11_watch *watch, uint64_t now_ms)
{
	for (unsigned i = 0; watch->noisy_count > 0 && i < watch->clients.size;
	     i++) {
		struct x11_client *client = watch->clients.table[i];

		if (client == NULL || !client->is_noisy ||
		    now_ms < client->turn_ms)
			continue;
		if (client->is_sampled)
			end(watch, client, now_ms);
		else
			begin(watch, client, now_ms);
	}
}

uint64_t ol_x11_flood_deadline(const struct x11_watch *watch)
{
	uint64_t earliest = 0;

	for (unsigned i = 0; watch->noisy_count > 0 && i < watch->clients.size;
	     i++) {
		const struct x11_client *client = watch->clients.table[i];

		if (client != NULL && client->is_noisy &&
		    (earliest == 0 || client->turn_ms < earliest))
			earliest = client->turn_ms;
	}
	return earliest;
}
