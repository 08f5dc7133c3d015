/*
 * Which programs are connected to our compositor, and what they hold. On the
 * worker: whatever is asked here is asked of the kernel, and may take a while.
 *
 * Our own connection shows by which name the compositor listens. The other ends
 * of the connections at that name are found among the descriptors of processes,
 * but only when there is one that was not there before.
 */
#include "wayland.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc.h"
#include "sysfs.h"
#include "unix_diag.h"

enum {
	/* A program that just ends is not found; one that hides never is. */
	TRIES = 3,
};

/* ---- connections ---- */

static void see_socket(struct ol_wl_scan *scan, uint64_t inode)
{
	struct ol_wl_socket *socket = scan->sockets;

	for (size_t i = 0; i < scan->n_sockets; i++, socket++) {
		if (socket->inode != inode)
			continue;
		socket->is_seen = true;
		return;
	}
	if (scan->n_sockets == OL_WL_SOCKETS_MAX) {
		scan->is_cut = true;
		return;
	}
	*socket = (struct ol_wl_socket){ .inode = inode, .is_seen = true };
	scan->n_sockets++;
}

static void find_name(void *data, const struct ol_unix *end)
{
	struct ol_wl_scan *scan = data;

	if (end->peer != scan->own_inode || end->name_size == 0)
		return;
	memcpy(scan->name, end->name, end->name_size);
	scan->name_size = end->name_size;
}

static void find_connection(void *data, const struct ol_unix *end)
{
	struct ol_wl_scan *scan = data;

	if (end->peer == 0 || end->peer == scan->own_inode ||
	    end->name_size != scan->name_size ||
	    memcmp(end->name, scan->name, scan->name_size) != 0)
		return;
	see_socket(scan, end->peer);
}

static int list_connections(struct ol_wl_scan *scan)
{
	int r = 0;

	if (scan->name_size == 0)
		r = ol_diag_list(find_name, scan);
	/* A compositor in another network namespace is not in our list. */
	if (r == 0 && scan->name_size == 0)
		return -ENOENT;
	for (size_t i = 0; i < scan->n_sockets; i++)
		scan->sockets[i].is_seen = false;
	if (r == 0)
		r = ol_diag_list(find_connection, scan);
	if (r < 0)
		return r;
	for (size_t i = scan->n_sockets; i-- > 0;) {
		if (!scan->sockets[i].is_seen)
			scan->sockets[i] = scan->sockets[--scan->n_sockets];
	}
	return 0;
}

/* ---- who holds them ---- */

struct search {
	struct ol_wl_scan *scan;
	int64_t pid;
};

static int read_stat(int root, int64_t pid, struct ol_proc_stat *ret)
{
	char path[64], text[1024];
	ssize_t size;

	snprintf(path, sizeof(path), "proc/%" PRId64 "/stat", pid);
	size = ol_sysfs_read(root, path, text, sizeof(text));
	if (size <= 0)
		return -ESRCH;
	return ol_proc_parse_stat(text, (size_t)size, ret);
}

void ol_wl_client_identify(int root, int64_t pid, struct ol_wl_client *client)
{
	struct ol_proc_stat stat;

	if (read_stat(root, pid, &stat) < 0)
		return;
	client->pid = pid;
	client->start_time = stat.start_time;
	memset(client->comm, 0, sizeof(client->comm));
	memcpy(client->comm, stat.comm,
	       strnlen(stat.comm, sizeof(client->comm) - 1));
}

static struct ol_wl_client *find_client(struct ol_wl_scan *scan, int64_t pid)
{
	for (size_t i = 0; i < scan->n_clients; i++) {
		if (scan->clients[i].pid == pid)
			return &scan->clients[i];
	}
	return NULL;
}

/* A new connection of a process: a plug-in of its may have made it. */
static void see_client(struct ol_wl_scan *scan, int64_t pid)
{
	struct ol_wl_client *client = find_client(scan, pid);

	if (client != NULL) {
		client->is_scanned = false;
		return;
	}
	if (scan->n_clients == OL_WL_CLIENTS_MAX) {
		scan->is_cut = true;
		return;
	}
	client = &scan->clients[scan->n_clients];
	*client = (struct ol_wl_client){ 0 };
	ol_wl_client_identify(scan->root, pid, client);
	if (client->pid != 0)
		scan->n_clients++;
}

static void search_descriptor(void *data, int64_t number)
{
	struct search *search = data;
	struct ol_wl_scan *scan = search->scan;
	char path[64], link[64];
	uint64_t inode;

	snprintf(path, sizeof(path), "proc/%" PRId64 "/fd/%" PRId64,
	         search->pid, number);
	if (ol_sysfs_link(scan->root, path, link, sizeof(link)) < 0)
		return;
	inode = ol_text_socket(link);
	for (size_t i = 0; inode != 0 && i < scan->n_sockets; i++) {
		struct ol_wl_socket *socket = &scan->sockets[i];

		if (socket->inode != inode || socket->pid != 0)
			continue;
		socket->pid = search->pid;
		see_client(scan, search->pid);
	}
}

static void search_process(void *data, int64_t pid)
{
	struct search search = { .scan = data, .pid = pid };
	char path[64];

	snprintf(path, sizeof(path), "proc/%" PRId64 "/fd", pid);
	(void)ol_wl_each_number(search.scan->root, path, search_descriptor,
	                        &search);
}

static bool is_client_alive(const struct ol_wl_scan *scan,
                            const struct ol_wl_client *client)
{
	struct ol_proc_stat stat;

	return read_stat(scan->root, client->pid, &stat) == 0 &&
	       stat.start_time == client->start_time;
}

static bool has_socket(const struct ol_wl_scan *scan, int64_t pid)
{
	for (size_t i = 0; i < scan->n_sockets; i++) {
		if (scan->sockets[i].pid == pid)
			return true;
	}
	return false;
}

static void forget_clients(struct ol_wl_scan *scan)
{
	for (size_t i = scan->n_clients; i-- > 0;) {
		int64_t pid = scan->clients[i].pid;

		if (has_socket(scan, pid) &&
		    is_client_alive(scan, &scan->clients[i]))
			continue;
		/* Somebody else may hold its connection now. */
		for (size_t j = 0; j < scan->n_sockets; j++) {
			if (scan->sockets[j].pid == pid)
				scan->sockets[j].pid = 0;
		}
		scan->clients[i] = scan->clients[--scan->n_clients];
	}
}

static void find_holders(struct ol_wl_scan *scan)
{
	bool is_wanted = false;

	for (size_t i = 0; i < scan->n_sockets; i++) {
		struct ol_wl_socket *socket = &scan->sockets[i];

		if (socket->pid == 0 && socket->tries++ < TRIES)
			is_wanted = true;
	}
	if (is_wanted)
		(void)ol_wl_each_number(scan->root, "proc", search_process,
		                        scan);
	scan->n_hidden = 0;
	for (size_t i = 0; i < scan->n_sockets; i++) {
		const struct ol_wl_socket *socket = &scan->sockets[i];

		if (socket->pid == 0 && socket->tries >= TRIES)
			scan->n_hidden++;
	}
}

void ol_wl_scan(void *job)
{
	struct ol_wl_scan *scan = job;

	scan->is_cut = false;
	scan->error = list_connections(scan);
	if (scan->error < 0)
		return;
	forget_clients(scan);
	find_holders(scan);
	for (size_t i = 0; i < scan->n_clients; i++) {
		struct ol_wl_client *client = &scan->clients[i];

		if (client->pid == scan->compositor ||
		    client->pid == scan->own_pid)
			continue;
		if (!client->is_scanned || (client->can & OL_WL_CAN_COPY))
			ol_wl_client_look(scan, client);
	}
}

void ol_wl_scan_reset(struct ol_wl_scan *scan, int link, int64_t compositor)
{
	struct stat status;

	scan->n_sockets = scan->n_clients = scan->name_size = 0;
	scan->compositor = compositor;
	scan->own_pid = getpid();
	scan->own_inode = 0;
	if (fstat(link, &status) == 0)
		scan->own_inode = status.st_ino;
}

void ol_wl_scan_set_outputs(struct ol_wl_scan *scan, const struct ol_wire *wire)
{
	scan->n_outputs = 0;
	for (size_t i = 0; i < wire->n_globals; i++) {
		const struct ol_wl_global *global = &wire->globals[i];

		if (global->kind != OL_WL_OUTPUT)
			continue;
		scan->outputs[scan->n_outputs].width = global->width;
		scan->outputs[scan->n_outputs++].height = global->height;
	}
}

void ol_wl_scan_free(void *job)
{
	struct ol_wl_scan *scan = job;

	if (scan == NULL)
		return;
	if (scan->root >= 0)
		(void)close(scan->root);
	free(scan);
}
