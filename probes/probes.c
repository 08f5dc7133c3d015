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
#ifdef HAVE_PROBE_PORTAL
extern const struct ol_probe ol_probe_portal;
#endif
#ifdef HAVE_PROBE_PROCESS
extern const struct ol_probe ol_probe_process;
#endif
#ifdef HAVE_PROBE_WAYLAND
extern const struct ol_probe ol_probe_wayland;
#endif
#ifdef HAVE_PROBE_SOCKET
extern const struct ol_probe ol_probe_socket;
#endif
#ifdef HAVE_PROBE_LOGIN
extern const struct ol_probe ol_probe_login;
#endif
#ifdef HAVE_PROBE_X11
extern const struct ol_probe ol_probe_x11;
#endif
#ifdef HAVE_PROBE_USB
extern const struct ol_probe ol_probe_usb;
#endif
#ifdef HAVE_PROBE_INPUT
extern const struct ol_probe ol_probe_input;
#endif
#ifdef HAVE_PROBE_DRM
extern const struct ol_probe ol_probe_drm;
#endif
#ifdef HAVE_PROBE_NVIDIA
extern const struct ol_probe ol_probe_nvidia;
#endif

const struct ol_probe *const ol_probes[] = {
#ifdef HAVE_PROBE_PIPEWIRE
	&ol_probe_pipewire,
#endif
#ifdef HAVE_PROBE_PORTAL
	&ol_probe_portal,
#endif
#ifdef HAVE_PROBE_PROCESS
	&ol_probe_process,
#endif
#ifdef HAVE_PROBE_WAYLAND
	&ol_probe_wayland,
#endif
#ifdef HAVE_PROBE_SOCKET
	&ol_probe_socket,
#endif
#ifdef HAVE_PROBE_LOGIN
	&ol_probe_login,
#endif
#ifdef HAVE_PROBE_X11
	&ol_probe_x11,
#endif
#ifdef HAVE_PROBE_USB
	&ol_probe_usb,
#endif
#ifdef HAVE_PROBE_INPUT
	&ol_probe_input,
#endif
#ifdef HAVE_PROBE_DRM
	&ol_probe_drm,
#endif
#ifdef HAVE_PROBE_NVIDIA
	&ol_probe_nvidia,
#endif
	NULL,
};
