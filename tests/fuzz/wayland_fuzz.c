/* Messages of a compositor, lines of /proc, and answers of the kernel. */
#include <string.h>

#include "probes/unix_diag.h"
#include "probes/wayland.h"
#include "tests/fuzz/fuzz.h"

static void found(void *data, const struct ol_unix *end)
{
	(void)data;
	FUZZ_CHECK(end->name_size <= sizeof(end->name));
}

static void try_messages(const uint8_t *data, size_t size)
{
	struct ol_wire wire = { 0 };
	int r;

	ol_wire_begin(&wire);
	r = ol_wire_take(&wire, data, size);
	FUZZ_CHECK(r < 0 || (size_t)r <= size);
	FUZZ_CHECK(wire.n_out <= sizeof(wire.out));
	FUZZ_CHECK(wire.n_globals <= OL_WL_GLOBALS_MAX);
	for (size_t i = 0; i < wire.n_globals; i++)
		FUZZ_CHECK(memchr(wire.globals[i].text, 0, OL_WL_TEXT) != NULL);
}

static void try_line(const char *line)
{
	struct ol_mapping mapping;
	struct ol_tcp tcp;

	if (ol_text_mapping(line, &mapping) == 0)
		FUZZ_CHECK(mapping.path >= line &&
		           mapping.path <= line + strlen(line));
	if (ol_text_tcp(line, &tcp) == 0)
		FUZZ_CHECK(memchr(tcp.peer, 0, sizeof(tcp.peer)) != NULL);
	(void)ol_text_socket(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	FUZZ_CHECK(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	try_line((const char *)copy);
	/* Ends where it ends. */
	copy = realloc(copy, size > 0 ? size : 1);
	FUZZ_CHECK(copy != NULL);
	try_messages(copy, size);
	(void)ol_diag_parse(copy, size, found, NULL);
	FUZZ_CHECK(ol_text_protocols((const char *)copy, size) < 4);
	free(copy);
	return 0;
}
