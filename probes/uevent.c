/* Kernel uevents as a trigger. Does not know what is looked at. */
#include "uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	KERNEL_GROUP = 1,
	/* UEVENT_BUFFER_SIZE of the kernel is 2048, its header comes first. */
	MESSAGE_MAX = 4096,
	/* Messages taken at once; the descriptor stays ready for the rest. */
	BURST_MAX = 64,
};

int ol_uevent_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK,
		                       .nl_groups = KERNEL_GROUP };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	                NETLINK_KOBJECT_UEVENT);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int error = -errno;

		(void)close(fd);
		return error;
	}
	return fd;
}

bool ol_uevent_is_of(const char *message, size_t size,
                     const char *const subsystems[])
{
	static const char key[] = "SUBSYSTEM=";
	const size_t key_length = sizeof(key) - 1;

	/* Strings, each ended by a zero byte. */
	while (size > 0) {
		size_t length = strnlen(message, size);

		if (length > key_length &&
		    memcmp(message, key, key_length) == 0) {
			const char *value = message + key_length;
			size_t left = length - key_length;

			for (size_t i = 0; subsystems[i] != NULL; i++) {
				if (strlen(subsystems[i]) == left &&
				    memcmp(value, subsystems[i], left) == 0)
					return true;
			}
		}
		if (length == size)
			break;
		message += length + 1;
		size -= length + 1;
	}
	return false;
}

int ol_uevent_read(int fd, const char *const subsystems[])
{
	int is_news = 0;

	for (int i = 0; i < BURST_MAX; i++) {
		char message[MESSAGE_MAX];
		ssize_t size = recv(fd, message, sizeof(message), 0);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0 && errno == EAGAIN)
			break;
		if (size < 0 && errno == ENOBUFS) {
			is_news = 1; /* some were lost: anything may be new */
			continue;
		}
		if (size < 0)
			return -errno;
		if (ol_uevent_is_of(message, (size_t)size, subsystems))
			is_news = 1;
	}
	return is_news;
}
