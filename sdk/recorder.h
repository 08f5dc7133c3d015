#ifndef OL_RECORDER_H
#define OL_RECORDER_H

#include "sdk/host.h"

/* Hand the recorder, if there is one, the line for what has just happened. */
void ol_record_state(const struct ol_host *host);
void ol_record_claim(const struct ol_host *host, const struct ol_entry *entry);
void ol_record_withdraw(const struct ol_host *host,
                        const struct onlooker_rule *rule, uint64_t key);

#endif
