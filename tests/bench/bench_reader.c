/*
 * A capturer that tells when it asked: ShmGetImage of the root, so many times,
 * ten a second. Prints the microseconds of CLOCK_MONOTONIC just before the
 * first request and when it had its first picture, and stays.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <time.h>
#include <unistd.h>
#include <xcb/shm.h>
#include <xcb/xcb.h>

static uint64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	const struct timespec pause_time = { 0, 100 * 1000 * 1000 };
	const struct timespec settle_time = { 0, 300 * 1000 * 1000 };
	long pictures = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
	xcb_connection_t *x = xcb_connect(NULL, NULL);
	const xcb_screen_t *screen;
	xcb_shm_seg_t segment;
	uint64_t asked_us;
	int id;

	if (xcb_connection_has_error(x))
		return 1;
	screen = xcb_setup_roots_iterator(xcb_get_setup(x)).data;
	id = shmget(IPC_PRIVATE,
	            (size_t)screen->width_in_pixels * screen->height_in_pixels *
	                    4,
	            IPC_CREAT | 0600);
	segment = xcb_generate_id(x);
	xcb_shm_attach(x, segment, (uint32_t)id, 0);
	/* Attached on both sides, it may be removed and goes with us. */
	free(xcb_get_input_focus_reply(x, xcb_get_input_focus(x), NULL));
	(void)shmctl(id, IPC_RMID, NULL);
	/* A recorder is connected long before it reads its first picture. */
	(void)nanosleep(&settle_time, NULL);
	asked_us = now_us();
	for (long i = 0; i < pictures; i++) {
		xcb_shm_get_image_cookie_t cookie = xcb_shm_get_image(
			x, screen->root, 0, 0, screen->width_in_pixels,
			screen->height_in_pixels, ~0u,
			XCB_IMAGE_FORMAT_Z_PIXMAP, segment, 0);

		free(xcb_shm_get_image_reply(x, cookie, NULL));
		if (i == 0)
			printf("%" PRIu64 " %" PRIu64 "\n", asked_us, now_us());
		(void)fflush(stdout);
		(void)nanosleep(&pause_time, NULL);
	}
	pause();
	return 0;
}
