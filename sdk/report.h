#ifndef OL_REPORT_H
#define OL_REPORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "onlooker/onlooker.h"

struct ol_block;

/*
 * A report and all that it points to, which live and die together. Written
 * while it is built by one thread, then never again.
 */
struct ol_report {
	struct onlooker_report report; /* first: the public face */
	atomic_uint references;
	int64_t wall_offset_us; /* to microseconds since 1970 */
	struct ol_block *blocks;
};

/* A report that says nothing, with one reference and empty lists; or NULL. */
struct ol_report *ol_report_new(void);

/* Zeroed memory that lives as long as the report; NULL when there is none. */
void *ol_report_alloc(struct ol_report *report, size_t size);
/* A copy of the first length bytes of text. */
const char *ol_report_copy(struct ol_report *report, const char *text,
                           size_t length);

/* Whether two reports say the same, their time aside. */
bool ol_report_is_equal(const struct onlooker_report *a,
                        const struct onlooker_report *b);

#endif
