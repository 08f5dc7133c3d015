/* Reads small files and directories, each within bounds. Judges nothing. */
#include "sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

ssize_t ol_sysfs_read(int directory, const char *path, void *bytes, size_t size)
{
	int fd = ol_open_at(directory, path, O_RDONLY);
	size_t done = 0;
	ssize_t r = 0;

	if (fd < 0)
		return fd;
	while (done < size) {
		r = read(fd, (char *)bytes + done, size - done);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			break;
		done += (size_t)r;
	}
	if (r < 0)
		r = -errno;
	(void)close(fd); /* nothing was written */
	return r < 0 ? r : (ssize_t)done;
}

int ol_sysfs_text(int directory, const char *path, char *text, size_t size)
{
	ssize_t length = ol_sysfs_read(directory, path, text, size - 1);
	char *end;

	text[length > 0 ? length : 0] = '\0';
	if (length < 0)
		return (int)length;
	end = text + strcspn(text, "\n");
	while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
	return 0;
}

int ol_sysfs_number(int directory, const char *path, int base, uint32_t *ret)
{
	char text[32], *end;
	unsigned long value;
	int r = ol_sysfs_text(directory, path, text, sizeof(text));

	if (r < 0)
		return r;
	errno = 0;
	value = strtoul(text, &end, base);
	if (errno != 0 || end == text || value > UINT32_MAX)
		return -EBADMSG;
	*ret = (uint32_t)value;
	return 0;
}

int ol_sysfs_link(int directory, const char *path, char *text, size_t size)
{
	int fd = ol_open_at(directory, path, O_PATH | O_NOFOLLOW);
	ssize_t length;

	text[0] = '\0';
	if (fd < 0)
		return fd;
	/* readlinkat(2): an empty path means the link that is open. */
	length = readlinkat(fd, "", text, size - 1);
	if (length < 0)
		length = -errno;
	(void)close(fd);
	text[length > 0 ? length : 0] = '\0';
	return length < 0 ? (int)length : 0;
}

bool ol_sysfs_exists(int directory, const char *path)
{
	int fd = ol_open_at(directory, path, O_PATH);

	if (fd < 0)
		return false;
	(void)close(fd);
	return true;
}

int ol_sysfs_list(int directory, const char *path,
                  bool (*visit)(void *userdata, const char *name),
                  void *userdata)
{
	int fd = ol_open_at(directory, path, O_RDONLY | O_DIRECTORY);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (dir == NULL) {
		(void)close(fd);
		return -ENOMEM;
	}
	for (int i = 0; i < OL_SYSFS_ENTRIES_MAX; i++) {
		entry = readdir(dir);
		if (entry == NULL)
			break;
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (!visit(userdata, entry->d_name))
			break;
	}
	(void)closedir(dir);
	return 0;
}

bool ol_sysfs_join(char path[OL_SYSFS_PATH_MAX], const char *a, const char *b)
{
	int length = snprintf(path, OL_SYSFS_PATH_MAX, "%s/%s", a, b);

	return length >= 0 && length < OL_SYSFS_PATH_MAX;
}

bool ol_sysfs_is_virtual_machine(int root)
{
	/* What systemd-detect-virt(1) goes by, as far as a user may read it. */
	static const char *const makers[] = {
		"QEMU",
		"KVM",
		"Amazon EC2",
		"VMware",
		"innotek",
		"Xen",
		"Bochs",
		"Parallels",
		"BHYVE",
		"Hyper-V",
		"Google Compute",
		"OpenStack",
		"VirtualBox",
		"KubeVirt",
		"Apple Virtualization",
	};
	static const char *const files[] = {
		"sys/class/dmi/id/product_name",
		"sys/class/dmi/id/sys_vendor",
		"sys/class/dmi/id/board_vendor",
		"sys/class/dmi/id/bios_vendor",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char text[128];

		if (ol_sysfs_text(root, files[i], text, sizeof(text)) < 0)
			continue;
		for (size_t j = 0; j < sizeof(makers) / sizeof(makers[0]);
		     j++) {
			if (strncmp(text, makers[j], strlen(makers[j])) == 0)
				return true;
		}
		/* Hyper-V: Microsoft's machine is one, its Surface is not. */
		if (i == 0 && strcmp(text, "Virtual Machine") == 0)
			return true;
	}
	return ol_sysfs_exists(root, "sys/hypervisor/type") ||
	       ol_sysfs_exists(root, "proc/device-tree/hypervisor");
}
