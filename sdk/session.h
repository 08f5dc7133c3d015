#ifndef OL_SESSION_H
#define OL_SESSION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "sdk/ledger.h"

/*
 * A session: what probes said over time, one JSON object a line. The same
 * format is recorded, replayed, fed and kept as a test.
 *
 *   {"session":1,"time":"2026-01-31T12:00:00.000Z"}
 *   {"at":0,"probe":"x11","state":"watching","reason":""}
 *   {"at":1500000,"claim":"x11.screen-read","key":7,"detail":"whole screen",
 *    "subject":{"kind":"program","pid":4321,"start":99,"name":"x11vnc",
 *               "peer":"192.0.2.7:51324"}}
 *   {"at":9000000,"withdraw":"x11.screen-read","key":7}
 *   {"at":9000000,"expect":{...}}
 *   {"at":9000000,"truth":{"shared":true,"controlled":false,"remote":false}}
 *
 * "at" is in microseconds since the session began and never goes back; without
 * it a line happens now. "key" and all of "subject" but "kind" may be left out.
 * A recording made in private mode has "id" in the subject instead of the rest.
 * "expect" and "truth" are notes to whoever tests with the session: what the
 * report must say, and what was so whatever it says. They change nothing.
 * Empty lines and lines that begin with # say nothing. What is not described
 * here is an error, so that a slip of the pen does not go unseen.
 */
enum ol_line_kind {
	OL_LINE_NOTHING,
	OL_LINE_HEADER,
	OL_LINE_PROBE,
	OL_LINE_CLAIM,
	OL_LINE_WITHDRAW,
};

struct ol_line {
	enum ol_line_kind kind;
	bool has_at;
	uint64_t at_us;
	int64_t wall_us;                 /* header: since 1970, 0 if not told */
	const char *probe;               /* probe, claim, withdraw: owner */
	enum onlooker_probe_state state; /* probe */
	const char *reason;              /* probe */
	const struct onlooker_rule *rule; /* claim, withdraw */
	uint64_t key;
	struct ol_who who;  /* claim */
	const char *detail; /* claim */
	json_t *root;       /* owns all strings but probe */
	char owner[32];     /* what probe points to */
};

enum {
	OL_LINE_MAX = 65536,    /* bytes; the longest we write are under 2000 */
	OL_LINE_ERROR_MAX = 200 /* bytes of an error message */
};

/*
 * Understand a line. Returns 0; -EBADMSG with a message that says what was
 * wrong and where; or -ENOMEM. On success release with ol_line_finish().
 */
int ol_line_parse(const char *text, struct ol_line *ret,
                  char error[OL_LINE_ERROR_MAX]);
void ol_line_finish(struct ol_line *line);

/*
 * Write a line of any kind but OL_LINE_NOTHING. The caller frees it. In private
 * mode `watcher` stands for the subject; otherwise it is 0. Returns NULL when
 * there is no memory.
 */
char *ol_line_format(const struct ol_line *line, uint64_t watcher);

/* A value on one line, which the caller frees; NULL when there is no memory. */
char *ol_json_format(const json_t *value);

/* "2026-01-31T12:00:00.000Z" of microseconds since 1970. */
void ol_time_format(int64_t wall_us, char text[32]);

#endif
