/*
 * What a client of the compositor holds: the names in its files, buffers of the
 * size of an output, and connections of its own. On the worker.
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

#include "sysfs.h"

enum {
	LINE_MAX_SIZE = 16384, /* paths have at most 4096 bytes */
	SOCKETS_MAX = 64,      /* of a server that copies the screen */
	PORTS_MAX = 8,
};

int ol_wl_each_number(int directory, const char *path,
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
	(void)ol_wl_each_number(scan->root, path, see_descriptor, &server);
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

void ol_wl_client_look(struct ol_wl_scan *scan, struct ol_wl_client *client)
{
	look_at_memory(scan, client);
	if (client->pictures > 0 && (client->can & OL_WL_CAN_COPY))
		look_at_connections(scan, client);
}
