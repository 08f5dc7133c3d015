/* Replies of variable length from a hostile X server. */
#include <errno.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "x11_reply.h"

enum { CLIENTS_MAX = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct x11_client_id clients[CLIENTS_MAX];
	struct x11_layout layout = { 0 };
	uint32_t name;
	uint8_t *copy = malloc(size > 0 ? size : 1);
	int r;

	FUZZ_CHECK(copy != NULL);
	memcpy(copy, data, size);
	r = ol_x11_reply_client_ids(copy, size, clients, CLIENTS_MAX);
	FUZZ_CHECK(r >= 0 || r == -EBADMSG);
	r = ol_x11_reply_monitors(copy, size, &layout, &name);
	FUZZ_CHECK(r == 0 || r == -EBADMSG);
	free(copy);
	return 0;
}
