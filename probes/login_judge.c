/* What a login says about where its user sits. No I/O. */
#include "login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_graphical(const struct ol_login *login)
{
	return strcmp(login->type, "x11") == 0 ||
	       strcmp(login->type, "wayland") == 0 ||
	       strcmp(login->type, "mir") == 0;
}

/*
 * PAM services that let nobody in but from elsewhere. xrdp tells PAM no host, so
 * that logind takes its sessions for local ones. The first and the last are the
 * files that Debian's packages bring, the second stands in that program's own
 * unit. Others are known as graphical sessions without a seat.
 */
static bool is_remote_service(const char *service)
{
	static const char *const names[] = {
		"xrdp-sesman",
		"chrome-remote-desktop",
		"tigervnc",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(service, names[i]) == 0)
			return true;
	}
	return false;
}

const char *ol_login_judge(const struct ol_login *login)
{
	if (strcmp(login->class, "user") != 0)
		return NULL; /* a greeter, a manager, a lock screen */
	if (login->is_remote)
		return "login.remote-session";
	if (is_remote_service(login->service))
		return "login.remote-service";
	if (is_graphical(login) && login->seat[0] == '\0')
		return "login.no-seat";
	return NULL;
}

bool ol_login_is_forwarded(const char *display)
{
	static const char *const local[] = { "localhost", "127.0.0.1", "[::1]",
		                             "::1", "ip6-localhost" };
	const char *colon = strrchr(display, ':');
	size_t length;

	if (colon == NULL || colon == display ||
	    strncmp(display, "unix:", 5) == 0)
		return false;
	/* A socket of its own, as XQuartz and some containers have. */
	if (display[0] == '/')
		return false;
	length = (size_t)(colon - display);
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
		if (strlen(local[i]) == length &&
		    strncmp(display, local[i], length) == 0)
			return strtoul(colon + 1, NULL, 10) >= 10;
	}
	return true;
}

bool ol_login_ssh_peer(const char *connection, char peer[OL_LOGIN_PEER])
{
	char address[48];
	unsigned port;

	if (connection == NULL ||
	    sscanf(connection, "%47[0-9a-fA-F.:] %5u ", address, &port) != 2 ||
	    port > 65535)
		return false;
	snprintf(peer, OL_LOGIN_PEER,
	         strchr(address, ':') != NULL ? "[%s]:%u" : "%s:%u", address,
	         port);
	return true;
}
