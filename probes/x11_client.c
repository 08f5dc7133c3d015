/*
 * The clients of the X server by their resource id base, and the processes
 * behind them. It knows nothing of what they do.
 */
#include "x11_client.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"

int ol_x11_clients_init(struct x11_clients *clients, uint32_t id_mask)
{
	/* Of 29 bits that an id may use, these are left for the client. */
	uint32_t bits = ~id_mask & UINT32_C(0x1fffffff);

	if (id_mask == 0 || (id_mask & (id_mask + 1)) != 0)
		return -EBADMSG;
	*clients = (struct x11_clients){
		.id_mask = id_mask,
		.size = bits / (id_mask + 1) + 1,
	};
	clients->table = calloc(clients->size, sizeof(clients->table[0]));
	return clients->table != NULL ? 0 : -ENOMEM;
}

static void free_client(struct x11_client *client)
{
	free(client->reader);
	free(client);
}

void ol_x11_clients_finish(struct x11_clients *clients)
{
	for (unsigned i = 0; i < clients->size; i++) {
		if (clients->table[i] != NULL)
			free_client(clients->table[i]);
	}
	for (int i = 0; i < clients->gone_count; i++)
		free_client(clients->gone[i]);
	free(clients->table);
}

uint32_t ol_x11_clients_base(const struct x11_clients *clients, uint32_t id)
{
	return id & ~clients->id_mask;
}

static struct x11_client **slot(const struct x11_clients *clients,
                                uint32_t base)
{
	uint32_t number = base / (clients->id_mask + 1);

	return number != 0 && number < clients->size ? &clients->table[number]
	                                             : NULL;
}

struct x11_client *ol_x11_clients_find(const struct x11_clients *clients,
                                       uint32_t base)
{
	struct x11_client **place = slot(clients, base);

	return place != NULL ? *place : NULL;
}

struct x11_client *ol_x11_clients_find_serial(const struct x11_clients *clients,
                                              uint64_t serial)
{
	for (int i = 0; i < clients->gone_count; i++) {
		if (clients->gone[i]->serial == serial)
			return clients->gone[i];
	}
	for (unsigned i = 0; i < clients->size; i++) {
		if (clients->table[i] != NULL &&
		    clients->table[i]->serial == serial)
			return clients->table[i];
	}
	return NULL;
}

struct x11_client *ol_x11_clients_add(struct x11_clients *clients,
                                      uint32_t base)
{
	struct x11_client **place = slot(clients, base);

	if (place == NULL || *place != NULL)
		return NULL;
	*place = calloc(1, sizeof(**place));
	if (*place == NULL)
		return NULL;
	(*place)->base = base;
	(*place)->serial = ++clients->serial;
	return *place;
}

static void detach(struct x11_clients *clients, const struct x11_client *client)
{
	struct x11_client **place = slot(clients, client->base);

	if (place != NULL && *place == client)
		*place = NULL;
}

int ol_x11_clients_retire(struct x11_clients *clients,
                          struct x11_client *client)
{
	if (clients->gone_count == X11_GONE_MAX)
		return -ENOSPC;
	detach(clients, client);
	clients->gone[clients->gone_count++] = client;
	return 0;
}

void ol_x11_clients_remove(struct x11_clients *clients,
                           struct x11_client *client)
{
	detach(clients, client);
	for (int i = 0; i < clients->gone_count; i++) {
		if (clients->gone[i] != client)
			continue;
		clients->gone[i] = clients->gone[--clients->gone_count];
		break;
	}
	if (client->reader != NULL)
		clients->reader_count--;
	free_client(client);
}

bool ol_x11_client_is_claimed(const struct x11_client *client)
{
	for (int target = 0; target < X11_TARGETS; target++) {
		if (client->claimed[target] != NULL)
			return true;
	}
	return client->held_claimed != NULL || client->is_canary_claimed;
}

/* Take the reader from a client that has nothing claimed, if there is one. */
static void make_room(struct x11_clients *clients)
{
	for (unsigned i = 0; i < clients->size; i++) {
		struct x11_client *client = clients->table[i];

		if (client == NULL || client->reader == NULL ||
		    ol_x11_client_is_claimed(client))
			continue;
		free(client->reader);
		client->reader = NULL;
		client->shots_told = 0;
		clients->reader_count--;
		return;
	}
}

int ol_x11_clients_need_reader(struct x11_clients *clients,
                               struct x11_client *client)
{
	if (client->reader != NULL)
		return 0;
	if (clients->reader_count >= X11_READERS_MAX)
		make_room(clients);
	if (clients->reader_count >= X11_READERS_MAX)
		return -ENOSPC;
	client->reader = calloc(1, sizeof(*client->reader));
	if (client->reader == NULL)
		return -ENOMEM;
	clients->reader_count++;
	return 0;
}

static int read_stat(struct ol_host *host, int64_t pid,
                     struct ol_proc_stat *ret)
{
	char path[32];
	char text[1024]; /* 52 fields, few of them with more than ten digits */
	ssize_t size;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%" PRId64 "/stat", pid);
	fd = ol_open(host, path, O_RDONLY);
	if (fd < 0)
		return fd;
	size = read(fd, text, sizeof(text));
	(void)close(fd); /* read only */
	return size > 0 ? ol_proc_parse_stat(text, (size_t)size, ret) : -ESRCH;
}

bool ol_x11_client_has_ended(struct ol_host *host,
                             const struct x11_client *client)
{
	struct ol_proc_stat stat;

	return read_stat(host, client->pid, &stat) < 0;
}

void ol_x11_client_subject(struct ol_host *host,
                           const struct x11_client *client, char *name,
                           struct ol_subject *ret)
{
	struct ol_proc_stat stat = { .comm = "a program that has ended" };

	if (client->is_unknown)
		strcpy(stat.comm, "unknown program");
	else if (client->pid == 0)
		strcpy(stat.comm, "X client over the network");
	else
		(void)read_stat(host, client->pid, &stat); /* may have ended */
	(void)snprintf(name, X11_NAME_MAX, "%s", stat.comm);
	*ret = (struct ol_subject){
		.kind = ONLOOKER_WATCHER_PROGRAM,
		.pid = client->pid,
		.start_time = stat.start_time,
		.name = name,
	};
}
