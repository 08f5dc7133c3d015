/* EDIDs: whatever a display, or what poses as one, sends. */
#include <errno.h>
#include <string.h>

#include "edid.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ol_edid edid;
	uint8_t *copy = malloc(size > 0 ? size : 1);
	int r;

	FUZZ_CHECK(copy != NULL);
	memcpy(copy, data, size); /* ends where it ends */
	r = ol_edid_parse(copy, size, &edid);
	FUZZ_CHECK(r == 0 || r == -EBADMSG);
	FUZZ_CHECK(r < 0 || strlen(edid.name) <= OL_EDID_TEXT);
	FUZZ_CHECK(r < 0 || strlen(edid.maker) == 3);
	free(copy);
	return 0;
}
