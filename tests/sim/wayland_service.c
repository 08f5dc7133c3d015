/*
 * A Wayland compositor without a screen, for what real ones do not do on demand.
 *
 *   wayland_service SOCKET seat     one output, a seat "RDP peer"
 *   wayland_service SOCKET silent   reads, never answers
 *   wayland_service SOCKET garbage  answers with bytes that are no messages
 *   wayland_service SOCKET error    answers with an error
 *   wayland_service SOCKET many     announces a thousand outputs
 *
 * Serves one client after the other. Prints "ready" when it listens.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *mode;
static int client;

static uint8_t out[65536];
static size_t n_out;

static void word(uint32_t value)
{
	memcpy(out + n_out, &value, 4);
	n_out += 4;
}

static void text(const char *value)
{
	uint32_t length = (uint32_t)strlen(value) + 1;

	word(length);
	memset(out + n_out, 0, (length + 3) / 4 * 4);
	memcpy(out + n_out, value, length);
	n_out += (length + 3) / 4 * 4;
}

static size_t begin(uint32_t object, uint32_t opcode)
{
	size_t start = n_out;

	word(object);
	word(opcode);
	return start;
}

static void end(size_t start)
{
	uint32_t opcode;

	memcpy(&opcode, out + start + 4, 4);
	opcode |= (uint32_t)(n_out - start) << 16;
	memcpy(out + start + 4, &opcode, 4);
}

static void send_out(void)
{
	if (send(client, out, n_out, MSG_NOSIGNAL) < 0)
		perror("wayland_service: send");
	n_out = 0;
}

static void announce(uint32_t name, const char *interface, uint32_t version)
{
	size_t start = begin(2, 0);

	word(name);
	text(interface);
	word(version);
	end(start);
}

static void announce_all(void)
{
	int outputs = strcmp(mode, "many") == 0 ? 1000 : 1;

	for (int i = 0; i < outputs; i++)
		announce(100 + (uint32_t)i, "wl_output", 3);
	announce(1, "wl_compositor", 4);
	announce(7, "wl_seat", 7);
}

/* A new object of the registry's: say what it is. */
static void describe(const char *interface, uint32_t id)
{
	size_t start;

	if (strcmp(interface, "wl_output") == 0) {
		start = begin(id, 1);
		word(1); /* current */
		word(1280);
		word(720);
		word(60000);
		end(start);
	} else if (strcmp(interface, "wl_seat") == 0) {
		start = begin(id, 1);
		text("RDP peer");
		end(start);
	}
}

static void answer(const uint8_t *request)
{
	uint32_t words[4], length;
	size_t start;

	memcpy(words, request, 16);
	if (words[0] == 1 && (words[1] & 0xffff) == 1) {
		announce_all();
	} else if (words[0] == 1) {
		start = begin(words[2], 0);
		word(0);
		end(start);
	} else if (words[0] == 2) {
		uint32_t id;

		length = (words[3] + 3) / 4 * 4;
		memcpy(&id, request + 16 + length + 4, 4);
		describe((const char *)request + 16, id);
	}
}

static void misbehave(void)
{
	if (strcmp(mode, "garbage") == 0) {
		for (int i = 0; i < 64; i++)
			word(0x03020100u * (uint32_t)i);
	} else if (strcmp(mode, "error") == 0) {
		size_t start = begin(1, 0);

		word(2);
		word(3);
		text("no");
		end(start);
	}
	send_out();
}

static void serve(void)
{
	uint8_t in[65536];
	ssize_t n = recv(client, in, sizeof(in), 0);
	uint32_t size;

	if (n <= 0) {
		close(client);
		client = -1;
		return;
	}
	if (strcmp(mode, "silent") == 0)
		return;
	if (strcmp(mode, "seat") != 0 && strcmp(mode, "many") != 0) {
		misbehave();
		return;
	}
	for (ssize_t at = 0; at + 8 <= n; at += size) {
		memcpy(&size, in + at + 4, 4);
		size >>= 16;
		answer(in + at);
	}
	send_out();
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc < 3)
		return 2;
	mode = argv[2];
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", argv[1]);
	unlink(argv[1]);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(listener, 8) < 0) {
		perror("wayland_service");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		client = accept(listener, NULL, NULL);
		while (client >= 0)
			serve();
	}
}
