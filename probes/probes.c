/*
 * Every probe that was built, in the order in which reports list them. A probe
 * is added by its file, a row here, and its call of onlooker_probe() in
 * CMakeLists.txt.
 */
#include <stddef.h>

#include "probe.h"

#ifdef HAVE_PROBE_PIPEWIRE
extern const struct ol_probe ol_probe_pipewire;
#endif
#ifdef HAVE_PROBE_X11
extern const struct ol_probe ol_probe_x11;
#endif

const struct ol_probe *const ol_probes[] = {
#ifdef HAVE_PROBE_PIPEWIRE
	&ol_probe_pipewire,
#endif
#ifdef HAVE_PROBE_X11
	&ol_probe_x11,
#endif
	NULL,
};
