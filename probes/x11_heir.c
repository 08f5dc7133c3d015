/* Who holds the connection of a client whose process has ended. */
#include "x11_heir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xcb/xcb.h>

#include "sysfs.h"
#include "unix_diag.h"
#include "x11_claim.h"
#include "x11_link.h"

enum {
	/* No server takes more clients than X11_CLIENTS_MAX. */
	SOCKETS_MAX = X11_CLIENTS_MAX,
	PATH_SIZE = 64,
};

/* A client's end of a connection to the server. */
struct heir_socket {
	uint64_t inode;
	int64_t holder;    /* that no client accounts for; 0: none is seen */
	bool has_more;     /* holders that none accounts for */
	bool is_accounted; /* a client's process holds it */
};

struct x11_heir {
	char *display; /* the job may outlive its context */
	int root;
	int64_t pid;

	uint64_t own_inode;
	char name[sizeof(((struct ol_unix *)0)->name)]; /* of the server */
	size_t name_size;
	struct heir_socket sockets[SOCKETS_MAX];
	int socket_count;
	struct x11_client_id clients[X11_CLIENTS_MAX];
	bool is_found[X11_CLIENTS_MAX]; /* holding a connection */
	int client_count;
	int64_t process; /* whose descriptors are being looked at */
};

static bool is_orphan(struct ol_host *host, const struct x11_client *client)
{
	return client->pid > 0 && ol_x11_client_is_claimed(client) &&
	       ol_x11_client_has_ended(host, client);
}

bool ol_x11_heir_is_missed(struct x11_watch *watch)
{
	bool is_missed = false;

	for (unsigned i = 0; i < watch->clients.size; i++) {
		struct x11_client *client = watch->clients.table[i];

		if (client == NULL || client->is_sought ||
		    !is_orphan(watch->host, client))
			continue;
		client->is_sought = true;
		is_missed = true;
	}
	return is_missed;
}

void ol_x11_heir_take_over(struct x11_watch *watch, int64_t pid)
{
	for (unsigned i = 0; pid > 0 && i < watch->clients.size; i++) {
		struct x11_client *client = watch->clients.table[i];

		if (client == NULL || !client->is_sought ||
		    !is_orphan(watch->host, client))
			continue;
		/* Claim anew, of the other program. */
		ol_x11_claim_drop(watch->host, client);
		client->pid = pid;
		ol_x11_watch_update(watch, client);
	}
}

int ol_x11_heir_new(struct ol_host *host, const char *display,
                    struct x11_heir **ret)
{
	struct x11_heir *heir = calloc(1, sizeof(*heir));
	int r;

	if (heir == NULL)
		return -ENOMEM;
	heir->display = strdup(display);
	heir->root = ol_open(host, "/", O_PATH | O_DIRECTORY);
	r = heir->display != NULL ? heir->root : -ENOMEM;
	if (r < 0) {
		ol_x11_heir_free(heir);
		return r;
	}
	*ret = heir;
	return 0;
}

void ol_x11_heir_free(struct x11_heir *heir)
{
	if (heir->root >= 0)
		(void)close(heir->root);
	free(heir->display);
	free(heir);
}

int64_t ol_x11_heir_pid(const struct x11_heir *heir)
{
	return heir->pid;
}

/*
 * A server listens at a path and at the abstract name of the same letters, which
 * begins with a zero byte; a path may end with one.
 */
static void trim(const struct ol_unix *end, const char **name, size_t *size)
{
	*name = end->name;
	*size = end->name_size;
	if (*size > 0 && **name == '\0') {
		(*name)++;
		(*size)--;
	}
	while (*size > 0 && (*name)[*size - 1] == '\0')
		(*size)--;
}

static void find_server(void *data, const struct ol_unix *end)
{
	struct x11_heir *heir = data;
	const char *name;

	if (end->peer != heir->own_inode)
		return;
	trim(end, &name, &heir->name_size);
	memcpy(heir->name, name, heir->name_size);
}

static void find_connection(void *data, const struct ol_unix *end)
{
	struct x11_heir *heir = data;
	const char *name;
	size_t size;

	trim(end, &name, &size);
	if (end->peer == 0 || end->peer == heir->own_inode ||
	    size != heir->name_size || memcmp(name, heir->name, size) != 0 ||
	    heir->socket_count == SOCKETS_MAX)
		return;
	heir->sockets[heir->socket_count++].inode = end->peer;
}

static bool account_for(struct x11_heir *heir, int64_t pid)
{
	bool is_client = false;

	for (int i = 0; i < heir->client_count; i++) {
		if (heir->clients[i].pid != pid)
			continue;
		heir->is_found[i] = true;
		is_client = true;
	}
	return is_client;
}

static bool see_descriptor(void *data, const char *name)
{
	struct x11_heir *heir = data;
	char path[PATH_SIZE], link[PATH_SIZE];
	uint64_t inode;

	if (strlen(name) > 12)
		return true;
	(void)snprintf(path, sizeof(path), "proc/%" PRId64 "/fd/%s",
	               heir->process, name);
	if (ol_sysfs_link(heir->root, path, link, sizeof(link)) < 0 ||
	    sscanf(link, "socket:[%" SCNu64 "]", &inode) != 1)
		return true;
	for (int i = 0; i < heir->socket_count; i++) {
		struct heir_socket *socket = &heir->sockets[i];

		if (socket->inode != inode)
			continue;
		if (account_for(heir, heir->process))
			socket->is_accounted = true;
		else if (socket->holder == 0)
			socket->holder = heir->process;
		else if (socket->holder != heir->process)
			socket->has_more = true;
	}
	return true;
}

static bool see_process(void *data, const char *name)
{
	struct x11_heir *heir = data;
	char path[PATH_SIZE];
	char *end;

	heir->process = strtoll(name, &end, 10);
	if (end == name || *end != '\0' || heir->process <= 0)
		return true;
	(void)snprintf(path, sizeof(path), "proc/%" PRId64 "/fd",
	               heir->process);
	(void)ol_sysfs_list(heir->root, path, see_descriptor, heir);
	return true;
}

/* Clients that live and hold nothing that we can see: other users' programs. */
static int count_hidden(const struct x11_heir *heir)
{
	char path[PATH_SIZE];
	int hidden = 0;

	for (int i = 0; i < heir->client_count; i++) {
		int64_t pid = heir->clients[i].pid;

		(void)snprintf(path, sizeof(path), "proc/%" PRId64, pid);
		if (pid > 0 && !heir->is_found[i] &&
		    ol_sysfs_exists(heir->root, path))
			hidden++;
	}
	return hidden;
}

static int64_t judge(const struct x11_heir *heir)
{
	int hidden = count_hidden(heir);
	int64_t pid = 0;

	for (int i = 0; i < heir->socket_count; i++) {
		const struct heir_socket *socket = &heir->sockets[i];

		if (socket->is_accounted)
			continue;
		if (socket->holder == 0 && hidden-- > 0)
			continue;
		if (socket->holder == 0 || socket->has_more ||
		    (pid != 0 && pid != socket->holder))
			return 0;
		pid = socket->holder;
	}
	return pid;
}

void ol_x11_heir_find(struct x11_heir *heir)
{
	xcb_connection_t *connection = xcb_connect(heir->display, NULL);
	struct stat status;

	if (xcb_connection_has_error(connection) == 0 &&
	    fstat(xcb_get_file_descriptor(connection), &status) == 0) {
		heir->own_inode = status.st_ino;
		heir->client_count = ol_x11_ids_ask(connection, heir->clients);
		if (heir->client_count > 0 &&
		    ol_diag_list(find_server, heir) == 0 &&
		    heir->name_size > 0 &&
		    ol_diag_list(find_connection, heir) == 0 &&
		    ol_sysfs_list(heir->root, "proc", see_process, heir) == 0)
			heir->pid = judge(heir);
	}
	xcb_disconnect(connection);
}
