#ifndef OL_LOG_H
#define OL_LOG_H

#include <stdarg.h>

#include "onlooker/onlooker.h"

/* Where the messages of one context go. Zeroed: nowhere. */
struct ol_log {
	enum onlooker_log_level level;
	onlooker_log_fn handler;
	void *userdata;
};

/*
 * Hand "source: message" to the handler, cut at 511 bytes. Source may be NULL.
 * Messages never name a process, a program or a peer: private mode promises it.
 */
void ol_log_write(const struct ol_log *log, enum onlooker_log_level level,
                  const char *source, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void ol_log_write_va(const struct ol_log *log, enum onlooker_log_level level,
                     const char *source, const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

#endif
