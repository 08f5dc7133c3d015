/* USB descriptors: whatever is plugged in sends. */
#include <string.h>

#include "probes/usb.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	FUZZ_CHECK(copy != NULL);
	memcpy(copy, data, size); /* ends where it ends */
	FUZZ_CHECK(ol_usb_parse_functions(copy, size) < 1u << 8);
	free(copy);
	return 0;
}
