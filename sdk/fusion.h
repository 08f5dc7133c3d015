#ifndef OL_FUSION_H
#define OL_FUSION_H

#include "sdk/ledger.h"
#include "sdk/report.h"
#include "sdk/rules.h"
#include "sdk/signal.h"

/* What fusion concludes from. Everything is borrowed. */
struct ol_view {
	const struct ol_entry *entries;
	size_t count;
	const struct onlooker_probe *probes; /* strings and reads borrowed */
	size_t probe_count;
	uint64_t now_us;
	int64_t wall_offset_us;
};

/*
 * Conclude. Pure but for the signals, which it moves on, and the memory of the
 * report. Returns 0 and a report with one reference, or -ENOMEM, and then has
 * touched nothing.
 */
int ol_fuse(const struct ol_view *view, struct ol_signal signals[OL_QUESTIONS],
            struct ol_report **ret);

#endif
