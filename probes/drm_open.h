#ifndef OL_DRM_OPEN_H
#define OL_DRM_OPEN_H

#include <stdbool.h>

#include "probe.h"

/*
 * Who opens and closes card nodes, by inotify(7) on /dev/dri: no process, no
 * user, only that it happened; it takes no rights.
 */
struct drm_open {
	int fd; /* -1: not watching */
	struct ol_source *source;
	long opens, closes; /* of card nodes, by anybody */
	bool is_overrun;    /* some were lost */
};

/* Begin if /dev/dri is there and it is not watched yet. */
void ol_drm_open_watch(struct drm_open *open, struct ol_host *host,
                       void (*ready)(void *probe, uint32_t events),
                       void *probe);
void ol_drm_open_finish(struct drm_open *open);
/* Take what is there, up to a bound. */
void ol_drm_open_read(struct drm_open *open);

#endif
