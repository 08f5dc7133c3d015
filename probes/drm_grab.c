/*
 * Who could take pictures straight from the card, past the display server: that
 * takes CAP_SYS_ADMIN, and no process of an ordinary user has it but those whose
 * file was given it. Runs on the worker, and only when somebody opened a card.
 */
#include "drm_scan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc.h"
#include "sysfs.h"

enum { CAP_SYS_ADMIN_BIT = 21 }; /* capabilities(7) */

/* The text behind "\nKEY:" and blanks, or NULL. */
static const char *find_field(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (; text != NULL && *text != '\0'; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (strncmp(text, key, length) == 0)
			return text + length + strspn(text + length, " \t");
	}
	return NULL;
}

int ol_drm_parse_status(const char *text, size_t size, uint32_t uid)
{
	char copy[4096];
	const char *uids, *caps;

	if (size >= sizeof(copy))
		size = sizeof(copy) - 1;
	memcpy(copy, text, size);
	copy[size] = '\0';
	/* A process chooses its name, but not a newline in it: see proc(5). */
	uids = find_field(copy, "Uid:");
	caps = find_field(copy, "CapEff:");
	if (uids == NULL || caps == NULL)
		return -EBADMSG;
	return strtoul(uids, NULL, 10) == uid &&
	       (strtoull(caps, NULL, 16) >> CAP_SYS_ADMIN_BIT & 1);
}

/*
 * In a user namespace of its own a process may hold any capability, over nothing
 * outside; browsers' sandboxes do.
 */
static bool is_in_our_namespace(int root, const char *pid)
{
	char path[OL_SYSFS_PATH_MAX], theirs[256], ours[256];
	ssize_t their_size, our_size;

	(void)snprintf(path, sizeof(path), "proc/%s/uid_map", pid);
	their_size = ol_sysfs_read(root, path, theirs, sizeof(theirs));
	our_size = ol_sysfs_read(root, "proc/self/uid_map", ours, sizeof(ours));
	return their_size > 0 && their_size == our_size &&
	       memcmp(theirs, ours, (size_t)our_size) == 0;
}

static bool visit(void *userdata, const char *pid)
{
	struct drm_scan *scan = userdata;
	struct drm_grabber *grabber = &scan->grabbers[scan->grabber_count];
	char path[OL_SYSFS_PATH_MAX], text[4096];
	struct ol_proc_stat stat;
	ssize_t size;

	if (pid[0] < '1' || pid[0] > '9' || strlen(pid) > 10 ||
	    strtoll(pid, NULL, 10) == scan->own_pid)
		return true;
	(void)snprintf(path, sizeof(path), "proc/%s/status", pid);
	size = ol_sysfs_read(scan->root, path, text, sizeof(text));
	if (size <= 0 ||
	    ol_drm_parse_status(text, (size_t)size, scan->uid) <= 0)
		return true;
	if (!is_in_our_namespace(scan->root, pid))
		return true;
	(void)snprintf(path, sizeof(path), "proc/%s/stat", pid);
	size = ol_sysfs_read(scan->root, path, text, sizeof(text));
	if (size <= 0 || ol_proc_parse_stat(text, (size_t)size, &stat) < 0)
		return true;
	*grabber = (struct drm_grabber){ .pid = strtoll(pid, NULL, 10),
		                         .start_time = stat.start_time };
	(void)snprintf(grabber->name, sizeof(grabber->name), "%s", stat.comm);
	scan->grabber_count++;
	return scan->grabber_count < DRM_GRABBERS_MAX;
}

void ol_drm_find_grabbers(struct drm_scan *scan)
{
	/* Root's processes all could, and then the claim would say nothing. */
	if (scan->want_grabbers && scan->uid != 0)
		(void)ol_sysfs_list(scan->root, "proc", visit, scan);
}
