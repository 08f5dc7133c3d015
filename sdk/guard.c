/* The window that findings are about, handed on to the probes that know one. */
#include <errno.h>

#include "sdk/host.h"

/* An X11 id has 29 bits (X Window System Protocol, section 3). */
#define ID_MAX UINT32_C(0x1fffffff)

int onlooker_guard_x11_window(struct onlooker *onlooker, uint32_t window)
{
	int r = -ENOENT;

	if (onlooker == NULL || window > ID_MAX)
		return -EINVAL;
	for (unsigned i = 0; i < onlooker->host_count; i++) {
		const struct ol_host *host = onlooker->hosts[i];

		if (!host->is_started || host->probe->guard == NULL)
			continue;
		host->probe->guard(host->instance, window,
		                   onlooker->flags & ONLOOKER_CANARY);
		r = 0;
	}
	return r;
}
