/* HID report descriptors: whatever is plugged in sends. */
#include <errno.h>
#include <string.h>

#include "hid.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ol_hid hid;
	uint8_t *copy = malloc(size > 0 ? size : 1);
	int r;

	FUZZ_CHECK(copy != NULL);
	memcpy(copy, data, size); /* ends where it ends */
	r = ol_hid_parse(copy, size, &hid);
	FUZZ_CHECK(r == 0 || r == -EBADMSG);
	free(copy);
	return 0;
}
