#ifndef OL_X11_OUTPUT_H
#define OL_X11_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "x11_area.h"

/*
 * The outputs that show something, and what is to be said of them: clones, and
 * outputs with no screen behind them. Pure: RandR replies in, claims out.
 *
 * Layouts: X Resize, Rotate and Reflect Extension 1.3, GetScreenResourcesCurrent,
 * GetCrtcInfo and GetOutputInfo. Each function returns a count, or -EBADMSG.
 */

enum {
	/* No card has as many CRTCs; further ones are not looked at. */
	X11_LIT_MAX = 16,
	X11_OUTPUT_NAME_MAX = 32,
	X11_OUTPUT_FOUND_MAX = 2 * X11_LIT_MAX,
};

/* An output that a CRTC drives. */
struct x11_lit {
	uint32_t crtc;
	uint32_t output;
	struct x11_rectangle area; /* of the screen */
	bool is_named;             /* the rest is known */
	bool is_unplugged;         /* the server sees no monitor there */
	char name[X11_OUTPUT_NAME_MAX];
};

struct x11_output_found {
	const char *rule;
	char who[X11_OUTPUT_NAME_MAX + 4];
	char detail[2 * X11_OUTPUT_NAME_MAX];
};

/* The ids of CRTCs; returns how many are in ret. */
int ol_x11_output_read_crtcs(const void *bytes, size_t size, uint32_t *ret,
                             int max);
/* The outputs of one CRTC, none if it is off; returns how many are in ret. */
int ol_x11_output_read_crtc(const void *bytes, size_t size, uint32_t crtc,
                            struct x11_lit *ret, int max);
/* Name and state of one output. Returns 0. */
int ol_x11_output_read(const void *bytes, size_t size, struct x11_lit *lit);

/*
 * What there is to tell of them. Where all are virtual, the server itself is,
 * and there is nothing to tell of the outputs but clones.
 */
int ol_x11_output_judge(const struct x11_lit *lit, int count,
                        struct x11_output_found found[X11_OUTPUT_FOUND_MAX]);

#endif
