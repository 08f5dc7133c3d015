/* What /proc says of a process. Bytes in, struct out, no I/O. */
#include "proc.h"

#include <errno.h>
#include <string.h>

enum {
	FIELD_AFTER_COMM = 3,
	FIELD_START_TIME = 22,
};

static int parse_number(const char *text, const char *end, uint64_t *ret)
{
	uint64_t value = 0;

	if (text == end || *text < '0' || *text > '9')
		return -EBADMSG;
	for (; text < end && *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'),
		                           &value))
			return -EBADMSG;
	}
	*ret = value;
	return 0;
}

int ol_proc_parse_stat(const char *text, size_t size, struct ol_proc_stat *ret)
{
	const char *end = text + size;
	const char *open = memchr(text, '(', size);
	/* A process chooses its name, parentheses included: the last counts. */
	const char *close = memrchr(text, ')', size);
	uint64_t start_time;
	size_t length;

	if (open == NULL || close < open || end - close < 2)
		return -EBADMSG;
	text = close + 2;
	for (int field = FIELD_AFTER_COMM; field < FIELD_START_TIME; field++) {
		text = memchr(text, ' ', (size_t)(end - text));
		if (text == NULL)
			return -EBADMSG;
		text++;
	}
	if (parse_number(text, end, &start_time) < 0)
		return -EBADMSG;
	length = (size_t)(close - open - 1);
	if (length >= sizeof(ret->comm))
		length = sizeof(ret->comm) - 1;
	memcpy(ret->comm, open + 1, length);
	ret->comm[length] = '\0';
	ret->start_time = start_time;
	return 0;
}
