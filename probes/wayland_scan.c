/*
 * Which programs are connected to our compositor, and what they hold. On the
 * worker: whatever is asked here is asked of the kernel, and may take a while.
 *
 * Our own connection shows by which name the compositor listens. The other ends
 * of the connections at that name are found among the descriptors of processes,
 * but only when there is one that was not there before.
 */
#include "wayland.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc.h"
#include "sysfs.h"

enum {
	/* A program that just ends is not found; one that hides never is. */
	TRIES = 3,
	LINE_MAX_SIZE = 16384, /* paths have at most 4096 bytes */
	SOCKETS_MAX = 64,      /* of a server that copies the screen */
	PORTS_MAX = 8,
};

/* ---- reading /proc ---- */

/* Call each() with every line of a file, without its newline. */
static int read_lines(int directory, const char *path,
                      void (*each)(void *data, const char *line), void *data)
{
	char buffer[LINE_MAX_SIZE];
	int fd = ol_open_at(directory, path, O_RDONLY);
	size_t kept = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = read(fd, buffer + kept, sizeof(buffer) - 1 - kept)) > 0) {
		char *at = buffer, *newline;

		kept += (size_t)n;
		buffer[kept] = '\0';
		while ((newline = memchr(at, '\n',
		                         (size_t)(buffer + kept - at)))) {
			*newline = '\0';
			each(data, at);
			at = newline + 1;
		}
		kept -= (size_t)(at - buffer);
		memmove(buffer, at, kept);
		if (kept == sizeof(buffer) - 1)
			kept = 0; /* no line of ours is as long as that */
	}
	(void)close(fd);
	return 0;
}

/* Call each() with every number that names an entry of a directory. */
static int each_number(int directory, const char *path,
                       void (*each)(void *data, int64_t number), void *data)
{
	int fd = ol_open_at(directory, path, O_RDONLY | O_DIRECTORY);
	struct dirent *entry;
	DIR *list;

	if (fd < 0)
		return fd;
	list = fdopendir(fd);
	if (list == NULL) {
		(void)close(fd);
		return -ENOMEM;
	}
	while ((entry = readdir(list)) != NULL) {
		char *end;
		long number = strtol(entry->d_name, &end, 10);

		if (end != entry->d_name && *end == '\0' && number >= 0)
			each(data, number);
	}
	(void)closedir(list);
	return 0;
}

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
	(void)each_number(search.scan->root, path, search_descriptor, &search);
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
		(void)each_number(scan->root, "proc", search_process, scan);
	scan->n_hidden = 0;
	for (size_t i = 0; i < scan->n_sockets; i++) {
		const struct ol_wl_socket *socket = &scan->sockets[i];

		if (socket->pid == 0 && socket->tries >= TRIES)
			scan->n_hidden++;
	}
}

/* ---- what they hold ---- */

struct mapped {
	struct ol_wl_scan *scan;
	struct ol_wl_client *client;
	bool wants_names;
};

static void see_mapping(void *data, const char *line)
{
	struct mapped *mapped = data;
	const struct ol_wl_scan *scan = mapped->scan;
	struct ol_mapping mapping;
	unsigned can = 0;

	if (ol_text_mapping(line, &mapping) < 0)
		return;
	if (mapped->wants_names && mapping.is_code && mapping.path[0] == '/' &&
	    ol_wl_file_read(mapped->scan, mapped->client->pid, &mapping,
	                    &can) == 0)
		mapped->client->can |= can;
	for (size_t i = 0; mapping.is_shared && i < scan->n_outputs; i++) {
		if (!ol_wl_is_picture(mapping.size, scan->outputs[i].width,
		                      scan->outputs[i].height))
			continue;
		mapped->client->pictures++;
		break;
	}
}

static bool is_portal(const struct ol_wl_scan *scan, int64_t pid)
{
	static const char prefix[] = "xdg-desktop-portal";
	char path[64], link[512];
	const char *name;
	struct stat status;
	int fd, r;

	snprintf(path, sizeof(path), "proc/%" PRId64 "/exe", pid);
	if (ol_sysfs_link(scan->root, path, link, sizeof(link)) < 0)
		return false;
	name = strrchr(link, '/');
	if (name == NULL || strncmp(name + 1, prefix, sizeof(prefix) - 1) != 0)
		return false;
	fd = ol_open_at(scan->root, path, O_PATH);
	if (fd < 0)
		return false;
	r = fstat(fd, &status);
	(void)close(fd);
	/* Anybody can call a file of theirs so; not one of root's. */
	return r == 0 && status.st_uid == 0 &&
	       (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static void look_at_memory(struct ol_wl_scan *scan, struct ol_wl_client *client)
{
	struct mapped mapped = { .scan = scan,
		                 .client = client,
		                 .wants_names = !client->is_scanned };
	char path[64];

	client->pictures = 0;
	if (mapped.wants_names)
		client->can = 0;
	snprintf(path, sizeof(path), "proc/%" PRId64 "/maps", client->pid);
	if (read_lines(scan->root, path, see_mapping, &mapped) < 0)
		return;
	client->is_scanned = true;
	client->is_portal = (client->can & OL_WL_CAN_COPY) != 0 &&
	                    is_portal(scan, client->pid);
}

/* ---- who is connected to them ---- */

struct server {
	struct ol_wl_scan *scan;
	struct ol_wl_client *client;
	uint64_t sockets[SOCKETS_MAX];
	size_t n_sockets;
	uint16_t ports[PORTS_MAX];
	size_t n_ports;
	struct ol_tcp peers[SOCKETS_MAX];
	size_t n_peers;
};

static void see_descriptor(void *data, int64_t number)
{
	struct server *server = data;
	char path[64], link[64];
	uint64_t inode;

	snprintf(path, sizeof(path), "proc/%" PRId64 "/fd/%" PRId64,
	         server->client->pid, number);
	if (server->n_sockets == SOCKETS_MAX ||
	    ol_sysfs_link(server->scan->root, path, link, sizeof(link)) < 0)
		return;
	inode = ol_text_socket(link);
	if (inode != 0)
		server->sockets[server->n_sockets++] = inode;
}

static void see_connection(void *data, const char *line)
{
	struct server *server = data;
	struct ol_tcp tcp;

	if (ol_text_tcp(line, &tcp) < 0)
		return;
	for (size_t i = 0; i < server->n_sockets; i++) {
		if (server->sockets[i] != tcp.inode)
			continue;
		if (tcp.state == TCP_LISTEN && server->n_ports < PORTS_MAX)
			server->ports[server->n_ports++] = tcp.local_port;
		else if (tcp.state == TCP_ESTABLISHED &&
		         server->n_peers < SOCKETS_MAX)
			server->peers[server->n_peers++] = tcp;
		return;
	}
}

static void look_at_connections(struct ol_wl_scan *scan,
                                struct ol_wl_client *client)
{
	static const char *const tables[] = { "tcp", "tcp6" };
	struct server server = { .scan = scan, .client = client };
	char path[64];

	snprintf(path, sizeof(path), "proc/%" PRId64 "/fd", client->pid);
	(void)each_number(scan->root, path, see_descriptor, &server);
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "proc/%" PRId64 "/net/%s",
		         client->pid, tables[i]);
		(void)read_lines(scan->root, path, see_connection, &server);
	}
	client->is_listening = server.n_ports > 0;
	client->peer[0] = '\0';
	for (size_t i = 0; i < server.n_peers; i++) {
		for (size_t j = 0; j < server.n_ports; j++) {
			if (server.peers[i].local_port == server.ports[j])
				memcpy(client->peer, server.peers[i].peer,
				       sizeof(client->peer));
		}
	}
}

void ol_wl_scan(struct ol_wl_scan *scan)
{
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
			look_at_memory(scan, client);
		if (client->pictures > 0 && (client->can & OL_WL_CAN_COPY))
			look_at_connections(scan, client);
	}
}
