/* One line of text to the handler of one context; silent without one. */
#include "sdk/log.h"

#include <stdio.h>

enum { MESSAGE_SIZE = 512 };

void ol_log_write_va(const struct ol_log *log, enum onlooker_log_level level,
                     const char *source, const char *format, va_list args)
{
	char message[MESSAGE_SIZE];
	int length = 0;

	if (log->handler == NULL || level > log->level)
		return;
	if (source != NULL)
		length = snprintf(message, sizeof(message), "%s: ", source);
	if (length < 0 || (size_t)length >= sizeof(message))
		length = 0;
	if (vsnprintf(message + length, sizeof(message) - (size_t)length,
	              format, args) < 0)
		return;
	log->handler(level, message, log->userdata);
}

void ol_log_write(const struct ol_log *log, enum onlooker_log_level level,
                  const char *source, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	ol_log_write_va(log, level, source, format, args);
	va_end(args);
}
