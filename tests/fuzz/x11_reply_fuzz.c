/* Replies of variable length from a hostile X server. */
#include <errno.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "x11_device.h"
#include "x11_output.h"
#include "x11_reply.h"

enum { CLIENTS_MAX = 8, DEVICES_MAX = 4 };

static void read_devices(const uint8_t *bytes, size_t size)
{
	struct x11_device devices[DEVICES_MAX];
	uint32_t time;
	struct x11_idle idle;
	int count = ol_x11_devices_read(bytes, size, devices, DEVICES_MAX);
	int n;

	FUZZ_CHECK((count >= 0 && count <= DEVICES_MAX) || count == -EBADMSG);
	count = count > 0 ? count : 0;
	n = ol_x11_devices_read_counters(bytes, size, devices, count, &time);
	FUZZ_CHECK(n == 0 || n == -EBADMSG);
	if (size >= sizeof(idle)) {
		memcpy(&idle, bytes, sizeof(idle));
		(void)ol_x11_devices_judge(devices, n == 0 ? count : 0, &idle);
	}
}

static void read_outputs(const uint8_t *bytes, size_t size)
{
	struct x11_output_found found[X11_OUTPUT_FOUND_MAX];
	struct x11_lit lit[X11_LIT_MAX];
	uint32_t crtcs[X11_LIT_MAX];
	int n = ol_x11_output_read_crtcs(bytes, size, crtcs, X11_LIT_MAX);

	FUZZ_CHECK((n >= 0 && n <= X11_LIT_MAX) || n == -EBADMSG);
	n = ol_x11_output_read_crtc(bytes, size, 1, lit, X11_LIT_MAX);
	FUZZ_CHECK((n >= 0 && n <= X11_LIT_MAX) || n == -EBADMSG);
	for (int i = 0; i < n; i++)
		(void)ol_x11_output_read(bytes, size, &lit[i]);
	n = ol_x11_output_judge(lit, n > 0 ? n : 0, found);
	FUZZ_CHECK(n >= 0 && n <= X11_OUTPUT_FOUND_MAX);
}

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
	read_devices(copy, size);
	read_outputs(copy, size);
	free(copy);
	return 0;
}
