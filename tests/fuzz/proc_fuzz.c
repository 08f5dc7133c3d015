/* /proc/PID/stat: its second field is whatever a program calls itself. */
#include <errno.h>
#include <string.h>

#include "proc.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ol_proc_stat stat;
	char *copy = malloc(size > 0 ? size : 1);
	int r;

	FUZZ_CHECK(copy != NULL);
	memcpy(copy, data, size); /* not terminated, and ends where it ends */
	r = ol_proc_parse_stat(copy, size, &stat);
	FUZZ_CHECK(r == 0 || r == -EBADMSG);
	FUZZ_CHECK(r < 0 ||
	           strnlen(stat.comm, sizeof(stat.comm)) < sizeof(stat.comm));
	free(copy);
	return 0;
}
