#ifndef OL_X11_AREA_H
#define OL_X11_AREA_H

#include <stdbool.h>
#include <stdint.h>

/* Areas of the screen, and how much of a monitor they cover. Pure. */

enum {
	X11_MONITORS_MAX = 16, /* further ones are not judged on their own */
	X11_GRID = 32,         /* cells a side; a row is one 32-bit word */
};

struct x11_rectangle {
	int16_t x, y;
	uint16_t width, height;
};

/* The screen, and the monitors (CRTCs) that show parts of it. */
struct x11_layout {
	uint16_t width, height; /* never 0 */
	struct x11_rectangle monitors[X11_MONITORS_MAX];
	int count; /* of monitors; 0: the screen counts as one */
};

/* Which cells of a grid over the screen something touches. */
struct x11_cells {
	uint32_t rows[X11_GRID];
};

uint64_t ol_x11_area(const struct x11_rectangle *area);
/* The part of a rectangle that lies on the screen; empty if none does. */
struct x11_rectangle ol_x11_area_clip(const struct x11_layout *layout,
                                      const struct x11_rectangle *area);
/* Grow to the bounding box of both. */
void ol_x11_area_widen(struct x11_rectangle *to,
                       const struct x11_rectangle *by);

/* Whether two areas have a pixel in common. */
bool ol_x11_area_meets(const struct x11_rectangle *a,
                       const struct x11_rectangle *b);

/* Mark what an area touches; it has been clipped. */
void ol_x11_cells_mark(struct x11_cells *cells, const struct x11_layout *layout,
                       const struct x11_rectangle *area);
void ol_x11_cells_add(struct x11_cells *to, const struct x11_cells *from);
/*
 * Percent of the cells of the monitor that is covered best, and its area,
 * which is never 0.
 */
int ol_x11_cells_cover(const struct x11_cells *cells,
                       const struct x11_layout *layout, uint64_t *ret_area);

#endif
