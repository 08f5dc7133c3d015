/*
 * A RECORD reply as a hostile X server, or a client with hostile requests, has
 * it written. The first seven bytes are the opcodes, the rest is the reply.
 */
#include <errno.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "x11_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct x11_opcodes opcodes;
	struct x11_stream stream;
	struct x11_event event;
	uint8_t *copy;
	size_t events = 0;
	int r;

	if (size < sizeof(opcodes))
		return 0;
	memcpy(&opcodes, data, sizeof(opcodes));
	data += sizeof(opcodes);
	size -= sizeof(opcodes);
	/* Aligned as malloc() does, as XCB hands it out; ends where it ends. */
	copy = malloc(size > 0 ? size : 1);
	FUZZ_CHECK(copy != NULL);
	memcpy(copy, data, size);
	r = ol_x11_stream_init(&stream, copy, size, &opcodes);
	FUZZ_CHECK(r == 0 || r == -EBADMSG);
	while (r == 0 && (r = ol_x11_stream_next(&stream, &event)) == 1) {
		FUZZ_CHECK(event.kind <= X11_END);
		/* No event is made of fewer than four bytes: this ends. */
		FUZZ_CHECK(++events <= size / 4 + 1);
		r = 0;
	}
	FUZZ_CHECK(r == 0 || r == -EBADMSG);
	free(copy);
	return 0;
}
