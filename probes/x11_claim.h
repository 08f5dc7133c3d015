#ifndef OL_X11_CLAIM_H
#define OL_X11_CLAIM_H

#include "x11_client.h"

/*
 * Claim what a client's reads amount to by now, and withdraw what they no
 * longer do. Its reader has been judged and its process is known.
 */
void ol_x11_claim_update(struct ol_host *host, struct x11_client *client,
                         const struct x11_layout *layout, uint64_t now_ms);
/* Withdraw all that lasts: it has ended. A picture it took stays taken. */
void ol_x11_claim_drop(struct ol_host *host, struct x11_client *client);

#endif
