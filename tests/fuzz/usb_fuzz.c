/* USB descriptors: whatever is plugged in sends. And /proc/interrupts. */
#include <string.h>

#include "probes/usb.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	FUZZ_CHECK(copy != NULL);
	memcpy(copy, data, size); /* ends where it ends */
	FUZZ_CHECK(ol_usb_parse_functions(copy, size) < 1u << 9);
	(void)ol_usb_parse_interrupts((const char *)copy, size);
	free(copy);
	return 0;
}
