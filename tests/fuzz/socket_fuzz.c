/* Netlink messages about sockets, and the kernel's table of counters. */
#include <libmnl/libmnl.h>
#include <string.h>

#include "socket.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *message = calloc(1, size + sizeof(*message) + 1);
	char *text = (char *)(message + 1);
	char formatted[OL_ADDRESS_TEXT];
	struct ol_unix unix;
	struct ol_tcp tcp;

	FUZZ_CHECK(message != NULL);
	memcpy(text, data, size);
	message->nlmsg_len = (uint32_t)(sizeof(*message) + size);
	if (ol_tcp_parse(message, &tcp) == 0) {
		ol_address_format(&tcp.peer, formatted);
		FUZZ_CHECK(strchr(formatted, ':') != NULL);
		FUZZ_CHECK(ol_address_is_equal(&tcp.peer, &tcp.peer));
	}
	if (ol_unix_parse(message, &unix) == 0)
		FUZZ_CHECK(memchr(unix.path, '\0', sizeof(unix.path)) != NULL);
	FUZZ_CHECK(ol_snmp_parse(text, "PassiveOpens") >= -1);
	free(message);
	return 0;
}
