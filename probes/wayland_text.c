/* Lines of /proc, and names in files. Pure. */
#include "wayland.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	unsigned can;
} protocols[] = {
	{ "zwlr_screencopy_manager_v1", OL_WL_CAN_COPY },
	{ "ext_image_copy_capture_manager_v1", OL_WL_CAN_COPY },
	{ "zwlr_export_dmabuf_manager_v1", OL_WL_CAN_COPY },
	{ "zwlr_virtual_pointer_manager_v1", OL_WL_CAN_INJECT },
	{ "zwp_virtual_keyboard_manager_v1", OL_WL_CAN_INJECT },
};

enum { PROTOCOLS = sizeof(protocols) / sizeof(protocols[0]) };

int ol_text_mapping(const char *line, struct ol_mapping *ret)
{
	uint64_t begin, end, inode;
	char permissions[5];
	int path = 0;

	if (sscanf(line,
	           "%" SCNx64 "-%" SCNx64 " %4s %*x %*x:%*x %" SCNu64 " %n",
	           &begin, &end, permissions, &inode, &path) != 4 ||
	    path == 0 || end < begin || strlen(permissions) != 4)
		return -EBADMSG;
	*ret = (struct ol_mapping){
		.size = end - begin,
		.inode = inode,
		.is_shared = permissions[1] == 'w' && permissions[3] == 's',
		.is_code = permissions[2] == 'x',
		.path = line + path,
	};
	return 0;
}

/* "0100007F", in words of this machine's order, to bytes of an address. */
static int parse_address(const char *hex, unsigned char bytes[16], size_t *size)
{
	size_t words = strlen(hex) / 8;

	if ((words != 1 && words != 4) || strlen(hex) != words * 8)
		return -EBADMSG;
	for (size_t i = 0; i < words; i++) {
		uint32_t word;

		if (sscanf(hex + 8 * i, "%8" SCNx32, &word) != 1)
			return -EBADMSG;
		memcpy(bytes + 4 * i, &word, sizeof(word));
	}
	*size = words * 4;
	return 0;
}

static void format_peer(const unsigned char bytes[16], size_t size,
                        unsigned port, char ret[OL_WL_TEXT])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	char text[INET6_ADDRSTRLEN] = "";
	bool is_v4 = size == 4 || memcmp(bytes, mapped, sizeof(mapped)) == 0;

	(void)inet_ntop(is_v4 ? AF_INET : AF_INET6,
	                is_v4 && size == 16 ? bytes + 12 : bytes, text,
	                sizeof(text));
	snprintf(ret, OL_WL_TEXT, is_v4 ? "%s:%u" : "[%s]:%u", text, port);
}

int ol_text_tcp(const char *line, struct ol_tcp *ret)
{
	unsigned char bytes[16];
	char remote[33];
	unsigned local_port, remote_port, state;
	uint64_t inode;
	size_t size;

	if (sscanf(line,
	           " %*u: %*32[0-9A-Fa-f]:%4x %32[0-9A-Fa-f]:%4x %2x "
	           "%*x:%*x %*x:%*x %*x %*u %*u %" SCNu64,
	           &local_port, remote, &remote_port, &state, &inode) != 5 ||
	    parse_address(remote, bytes, &size) < 0)
		return -EBADMSG;
	*ret = (struct ol_tcp){ .inode = inode,
		                .state = state,
		                .local_port = (uint16_t)local_port };
	format_peer(bytes, size, remote_port, ret->peer);
	return 0;
}

uint64_t ol_text_socket(const char *link)
{
	uint64_t inode;
	int end = 0;

	if (sscanf(link, "socket:[%" SCNu64 "]%n", &inode, &end) != 1 ||
	    end == 0 || link[end] != '\0')
		return 0;
	return inode;
}

unsigned ol_text_protocols(const char *bytes, size_t size)
{
	/* All end alike: one pass finds the end, then each is compared. */
	static const char suffix[] = "_manager_v1";
	const char *at = bytes, *end = bytes + size;
	unsigned can = 0;

	while ((at = memmem(at, (size_t)(end - at), suffix,
	                    sizeof(suffix) - 1)) != NULL) {
		at += sizeof(suffix) - 1;
		for (size_t i = 0; i < PROTOCOLS; i++) {
			size_t length = strlen(protocols[i].name);

			if ((size_t)(at - bytes) >= length &&
			    memcmp(at - length, protocols[i].name, length) == 0)
				can |= protocols[i].can;
		}
	}
	return can;
}

bool ol_wl_is_picture(uint64_t size, int width, int height)
{
	/* Bytes of a pixel in the formats of wl_shm that capturers choose. */
	static const unsigned depths[] = { 2, 3, 4, 8 };
	enum { PAGE = 4096, STRIDE = 256 };

	if (width <= 0 || height <= 0 || width > 65536 || height > 65536)
		return false;
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		uint64_t row = (uint64_t)width * depths[i];
		uint64_t least = row * (uint64_t)height;
		uint64_t most =
			(row + STRIDE - 1) / STRIDE * STRIDE * (uint64_t)height;

		/* Mappings are whole pages, rows may be padded. */
		if (size >= least && size < most + PAGE)
			return true;
	}
	return false;
}
