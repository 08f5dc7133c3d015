/*
 * The program that runs in the virtual machine: brings about one setup after the
 * other and checks what the library, run as an ordinary user, makes of it.
 * Usage: guest desk|guest|spice
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm.h"

unsigned failures;

bool write_bytes(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written = fd >= 0 ? write(fd, bytes, size) : -1;

	if (written != (ssize_t)size)
		printf("%s: %s\n", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return written == (ssize_t)size;
}

bool write_file(const char *path, const char *text)
{
	return text[0] == '\0' || write_bytes(path, text, strlen(text));
}

void row(const char *setup, const char *told, const char *who, bool is_right,
         const struct observer *observer, uint64_t since_us)
{
	double ms = 0;

	if (since_us != 0 && observer->at_us > since_us)
		ms = (double)(observer->at_us - since_us) / 1000;
	printf("ROW %-4s | %-44s | %-22s | %-20s | %7.1f\n",
	       is_right ? "ok" : "FAIL", setup, told, who != NULL ? who : "",
	       ms);
	if (!is_right) {
		printf("the last report: %s\n", observer->line);
		failures++;
	}
	(void)fflush(stdout);
}

/* What udev would do. */
static void open_card(void)
{
	if (chown("/dev/dri/card0", 0, OBSERVER_GID) < 0 ||
	    chmod("/dev/dri/card0", 0660) < 0)
		perror("/dev/dri/card0");
}

int main(int argc, char **argv)
{
	static struct observer observer;
	const char *mode = argc > 1 ? argv[1] : "";

	open_card();
	observer_start(&observer, 0);
	if (strcmp(mode, "desk") != 0) {
		/* Its pointer is a tablet, and its display a window. */
		row(strcmp(mode, "spice") == 0
		            ? "a virtual machine, USB tablet, qxl"
		            : "a virtual machine, USB tablet, bochs",
		    "drm.guest-output", "Virtual-1",
		    observer_wait(&observer, "drm.guest-output", "", true) &&
		            observer_wait(&observer, "usb.", "", false),
		    &observer, 0);
	} else {
		gadget_cases(&observer);
		uinput_cases(&observer);
		kms_cases(&observer);
	}
	observer_stop(&observer);
	printf("FAILURES %u\n", failures);
	return failures > 0;
}
