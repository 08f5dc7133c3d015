/* Texts that anybody on the session bus may send. */
#include <string.h>

#include "probes/portal.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char node[OL_PORTAL_NODE], name[OL_PORTAL_NAME], address[64];
	char *text = malloc(size + 1);
	uint32_t id;
	size_t at = 0;

	FUZZ_CHECK(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (ol_portal_parse_sender(text, name) == 0)
		FUZZ_CHECK(name[0] == ':');
	(void)ol_portal_parse_number(text, &id);
	if (ol_portal_parse_match(text, name) == 0)
		FUZZ_CHECK(name[0] == ':' && strlen(name) < sizeof(name));
	if (ol_portal_parse_address(text, address, sizeof(address)) == 0)
		FUZZ_CHECK(strncmp(address, "unix:", 5) == 0);
	/* Ends where it ends. */
	text = realloc(text, size > 0 ? size : 1);
	FUZZ_CHECK(text != NULL);
	while (ol_portal_next_node(text, size, &at, node)) {
		FUZZ_CHECK(at <= size);
		FUZZ_CHECK(strspn(node, "abcdefghijklmnopqrstuvwxyz"
		                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		                        "0123456789_") == strlen(node));
	}
	(void)ol_portal_parse_app(text, size, node);
	free(text);
	return 0;
}
