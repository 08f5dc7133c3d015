/*
 * NVML by dlopen(3), so that no machine needs it. The names, numbers and layouts
 * are those of the NVML API Reference (nvml.h), whose first versions these are:
 * the library keeps them.
 */
#include "nvidia.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NVML_SUCCESS = 0,
	NVML_ERROR_NOT_SUPPORTED = 3,
	NVML_ERROR_NO_PERMISSION = 4,
};

/* nvmlFBCSessionInfo_t */
struct capture_info {
	unsigned session_id;
	unsigned pid;
	unsigned vgpu_instance;
	unsigned display_ordinal;
	unsigned session_type;
	unsigned session_flags;
	unsigned max_width;
	unsigned max_height;
	unsigned width;
	unsigned height;
	unsigned average_fps;
	unsigned average_latency;
};

/* nvmlEncoderSessionInfo_t */
struct encoder_info {
	unsigned session_id;
	unsigned pid;
	unsigned vgpu_instance;
	unsigned codec;
	unsigned width;
	unsigned height;
	unsigned average_fps;
	unsigned average_latency;
};

typedef int (*plain_fn)(void);
typedef const char *(*text_fn)(int error);
typedef int (*count_fn)(unsigned *count);
typedef int (*handle_fn)(unsigned index, void **device);
typedef int (*captures_fn)(void *device, unsigned *count,
                           struct capture_info *list);
typedef int (*encoders_fn)(void *device, unsigned *count,
                           struct encoder_info *list);

struct nvidia_library {
	void *handle;
	plain_fn shutdown;
	text_fn error_string;
	count_fn count;
	handle_fn handle_of;
	captures_fn captures;
	encoders_fn encoders;
};

/* POSIX lets a void pointer hold a function; ISO C has no words for it. */
#define LOOK_UP(library, member, name)                                         \
	(*(void **)(&(library)->member) = dlsym((library)->handle, name))

static bool look_up_all(struct nvidia_library *library)
{
	LOOK_UP(library, shutdown, "nvmlShutdown");
	LOOK_UP(library, error_string, "nvmlErrorString");
	LOOK_UP(library, count, "nvmlDeviceGetCount_v2");
	LOOK_UP(library, handle_of, "nvmlDeviceGetHandleByIndex_v2");
	LOOK_UP(library, captures, "nvmlDeviceGetFBCSessions");
	LOOK_UP(library, encoders, "nvmlDeviceGetEncoderSessions");
	return library->shutdown != NULL && library->error_string != NULL &&
	       library->count != NULL && library->handle_of != NULL &&
	       library->captures != NULL && library->encoders != NULL;
}

struct nvidia_library *ol_nvidia_open(char *reason, size_t size)
{
	struct nvidia_library *library = calloc(1, sizeof(*library));
	plain_fn init;
	int r;

	if (library == NULL) {
		(void)snprintf(reason, size, "there was not enough memory");
		return NULL;
	}
	library->handle = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
	if (library->handle == NULL) {
		(void)snprintf(reason, size,
		               "the NVIDIA driver is here but not its library "
		               "libnvidia-ml.so.1, which would list captures");
		free(library);
		return NULL;
	}
	*(void **)(&init) = dlsym(library->handle, "nvmlInit_v2");
	if (init == NULL || !look_up_all(library)) {
		(void)snprintf(reason, size,
		               "libnvidia-ml.so.1 is too old to list captures; "
		               "a driver from 2019 on would");
		goto fail;
	}
	r = init();
	if (r != NVML_SUCCESS) {
		(void)snprintf(reason, size,
		               "the NVIDIA library does not start: %.80s",
		               library->error_string(r));
		goto fail;
	}
	return library;

fail:
	(void)dlclose(library->handle);
	free(library);
	return NULL;
}

void ol_nvidia_close(struct nvidia_library *library)
{
	if (library == NULL)
		return;
	(void)library->shutdown(); /* there is nothing to be done about it */
	(void)dlclose(library->handle);
	free(library);
}

static struct nvidia_session *add(struct nvidia_scan *scan, unsigned card)
{
	struct nvidia_session *session;

	if (scan->count == NVIDIA_SESSIONS_MAX)
		return NULL;
	session = &scan->sessions[scan->count++];
	*session = (struct nvidia_session){ .card = card };
	return session;
}

static int list_captures(const struct nvidia_library *library, void *device,
                         unsigned card, struct nvidia_scan *scan)
{
	struct capture_info list[NVIDIA_SESSIONS_MAX];
	unsigned count = NVIDIA_SESSIONS_MAX;
	int r = library->captures(device, &count, list);

	if (r != NVML_SUCCESS)
		return r;
	for (unsigned i = 0; i < count && i < NVIDIA_SESSIONS_MAX; i++) {
		struct nvidia_session *session = add(scan, card);

		if (session == NULL)
			break;
		session->is_capture = true;
		session->id = list[i].session_id;
		session->pid = list[i].pid;
		session->width = list[i].width;
		session->height = list[i].height;
	}
	return r;
}

static int list_encoders(const struct nvidia_library *library, void *device,
                         unsigned card, struct nvidia_scan *scan)
{
	struct encoder_info list[NVIDIA_SESSIONS_MAX];
	unsigned count = NVIDIA_SESSIONS_MAX;
	int r = library->encoders(device, &count, list);

	if (r != NVML_SUCCESS)
		return r;
	for (unsigned i = 0; i < count && i < NVIDIA_SESSIONS_MAX; i++) {
		struct nvidia_session *session = add(scan, card);

		if (session == NULL)
			break;
		session->id = list[i].session_id;
		session->pid = list[i].pid;
		session->width = list[i].width;
		session->height = list[i].height;
	}
	return r;
}

static void complain(const struct nvidia_library *library,
                     struct nvidia_scan *scan, int error)
{
	scan->state = error == NVML_ERROR_NO_PERMISSION ? ONLOOKER_PROBE_DENIED
	                                                : ONLOOKER_PROBE_FAILED;
	(void)snprintf(scan->reason, sizeof(scan->reason),
	               "the NVIDIA library does not list captures: %.80s",
	               library->error_string(error));
}

void ol_nvidia_list(struct nvidia_library *library, struct nvidia_scan *scan)
{
	unsigned cards = 0;
	int r = library->count(&cards);

	scan->state = ONLOOKER_PROBE_WATCHING;
	scan->count = 0;
	if (r != NVML_SUCCESS) {
		complain(library, scan, r);
		return;
	}
	for (unsigned i = 0; i < cards && i < NVIDIA_CARDS_MAX; i++) {
		void *device;

		r = library->handle_of(i, &device);
		if (r != NVML_SUCCESS) {
			complain(library, scan, r);
			continue;
		}
		r = list_captures(library, device, i, scan);
		/* A card that cannot be captured from captures nothing. */
		if (r == NVML_SUCCESS || r == NVML_ERROR_NOT_SUPPORTED)
			r = list_encoders(library, device, i, scan);
		if (r != NVML_SUCCESS && r != NVML_ERROR_NOT_SUPPORTED)
			complain(library, scan, r);
	}
}
