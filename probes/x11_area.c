/* Rectangles and the grid that remembers which parts of a screen were read. */
#include "x11_area.h"

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

uint64_t ol_x11_area(const struct x11_rectangle *area)
{
	return (uint64_t)area->width * area->height;
}

struct x11_rectangle ol_x11_area_clip(const struct x11_layout *layout,
                                      const struct x11_rectangle *area)
{
	int left = clamp(area->x, 0, layout->width);
	int top = clamp(area->y, 0, layout->height);
	int right = clamp(area->x + area->width, left, layout->width);
	int bottom = clamp(area->y + area->height, top, layout->height);

	return (struct x11_rectangle){
		(int16_t)left,
		(int16_t)top,
		(uint16_t)(right - left),
		(uint16_t)(bottom - top),
	};
}

void ol_x11_area_widen(struct x11_rectangle *to, const struct x11_rectangle *by)
{
	int right = to->x + to->width, bottom = to->y + to->height;

	if (by->x + by->width > right)
		right = by->x + by->width;
	if (by->y + by->height > bottom)
		bottom = by->y + by->height;
	if (by->x < to->x)
		to->x = by->x;
	if (by->y < to->y)
		to->y = by->y;
	to->width = (uint16_t)(right - to->x);
	to->height = (uint16_t)(bottom - to->y);
}

bool ol_x11_area_meets(const struct x11_rectangle *a,
                       const struct x11_rectangle *b)
{
	return a->x < b->x + b->width && b->x < a->x + a->width &&
	       a->y < b->y + b->height && b->y < a->y + a->height &&
	       ol_x11_area(a) > 0 && ol_x11_area(b) > 0;
}

/* Columns from first to last, both included. */
static uint32_t columns(int first, int last)
{
	return (UINT32_MAX >> (X11_GRID - 1 - (last - first))) << first;
}

void ol_x11_cells_mark(struct x11_cells *cells, const struct x11_layout *layout,
                       const struct x11_rectangle *area)
{
	int left, right, top, bottom;

	if (area->width == 0 || area->height == 0)
		return;
	left = area->x * X11_GRID / layout->width;
	right = (area->x + area->width - 1) * X11_GRID / layout->width;
	top = area->y * X11_GRID / layout->height;
	bottom = (area->y + area->height - 1) * X11_GRID / layout->height;
	for (int y = top; y <= bottom; y++)
		cells->rows[y] |= columns(left, right);
}

void ol_x11_cells_add(struct x11_cells *to, const struct x11_cells *from)
{
	for (int y = 0; y < X11_GRID; y++)
		to->rows[y] |= from->rows[y];
}

/* Bits of the cells whose middle lies in [start, start + length) of size. */
static uint32_t cells_within(int start, int length, int size)
{
	uint32_t bits = 0;

	for (int i = 0; i < X11_GRID; i++) {
		int middle = (2 * i + 1) * size / (2 * X11_GRID);

		if (middle >= start && middle < start + length)
			bits |= UINT32_C(1) << i;
	}
	return bits;
}

static int cover(const struct x11_cells *cells, const struct x11_layout *layout,
                 const struct x11_rectangle *monitor)
{
	uint32_t rows =
		cells_within(monitor->y, monitor->height, layout->height);
	uint32_t mask = cells_within(monitor->x, monitor->width, layout->width);
	int all = __builtin_popcount(rows) * __builtin_popcount(mask);
	int marked = 0;

	for (int y = 0; y < X11_GRID; y++) {
		if (rows >> y & 1)
			marked += __builtin_popcount(cells->rows[y] & mask);
	}
	return all > 0 ? marked * 100 / all : 0;
}

int ol_x11_cells_cover(const struct x11_cells *cells,
                       const struct x11_layout *layout, uint64_t *ret_area)
{
	struct x11_rectangle whole = { 0, 0, layout->width, layout->height };
	const struct x11_rectangle *monitors =
		layout->count > 0 ? layout->monitors : &whole;
	int best = -1;

	for (int i = 0; i < (layout->count > 0 ? layout->count : 1); i++) {
		uint64_t area = ol_x11_area(&monitors[i]);
		int part = cover(cells, layout, &monitors[i]);

		if (part <= best)
			continue;
		best = part;
		*ret_area = area > 0 ? area : 1;
	}
	return best;
}
