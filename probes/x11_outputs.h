#ifndef OL_X11_OUTPUTS_H
#define OL_X11_OUTPUTS_H

#include <xcb/xcb.h>

#include "probe.h"
#include "x11_output.h"

struct x11_answer;
struct x11_asks;
struct x11_link;

/*
 * The outputs of our screen, followed through RandR's events. Of the two ways
 * to list them only the one is used that does not have the monitors probed.
 */
struct x11_outputs {
	bool is_there; /* RandR 1.3 or later */
	struct x11_lit lit[X11_LIT_MAX];
	int count; /* of lit */

	/* A look that is going on; its outcome replaces what is above. */
	struct x11_lit next[X11_LIT_MAX];
	int next_count;
	uint32_t crtcs[X11_LIT_MAX];
	unsigned outstanding; /* answers */
	bool is_stale;        /* something changed since it began */

	struct x11_output_found claimed[X11_OUTPUT_FOUND_MAX];
	int claimed_count;
};

/* The first look; blocks, and belongs on the worker. */
void ol_x11_outputs_open(struct x11_outputs *outputs,
                         xcb_connection_t *connection, xcb_window_t root);
/* Look again, now or when the present look is over. Flush later. */
void ol_x11_outputs_refresh(struct x11_outputs *outputs, struct x11_asks *asks,
                            struct x11_link *link, uint64_t now_us);
/*
 * Take an answer to X11_ASK_CRTCS, _CRTC or _OUTPUT. Returns whether a look is
 * over, which is time to claim.
 */
bool ol_x11_outputs_answer(struct x11_outputs *outputs, struct x11_asks *asks,
                           struct x11_link *link,
                           const struct x11_answer *answer, uint64_t now_us);
/* Claim what there is to tell, and withdraw what no longer is so. */
void ol_x11_outputs_claim(struct ol_host *host, struct x11_outputs *outputs);

#endif
