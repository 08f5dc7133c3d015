/*
 * Weighs reads of one client. It knows rectangles and times, not who reads
 * and not what it is worth.
 */
#include "x11_reader.h"

#include <string.h>

enum {
	/*
	 * Of the tools watched, the slowest that is not a preview reads three
	 * times a second, the chooser of Chromium once in 1000 ms (1200 ms for
	 * windows). A gap longer than this, between the two, ends a run.
	 */
	GAP_MS = 600,
	/*
	 * How long a run must last to be continuous. Programs that take one
	 * picture are through with all their reads in a fraction of it.
	 */
	RUN_MS = 750,
	RUN_COUNT = 3,
	PANE_MS = 1000,

	/*
	 * Without a read for this long a capture is over: three of the slowest
	 * rate seen, one read a second by krfb on a nearly still screen.
	 */
	HOLD_MS = 3000,
	/* Twelve seconds without a picture and the next one is another story. */
	LULL_MS = 12000,
	SLOW_HOLD_MS = LULL_MS + HOLD_MS,

	/* Percent. Half of a monitor is a picture of it. */
	WHOLE = 50,
	/*
	 * Percent of a monitor swept a second. x11vnc on a still screen: 15.5.
	 * Below it, reads that happen to be spread are pointer-following ones:
	 * a colour picker's 49x49 at 21 a second are 2.4.
	 */
	WHOLE_SWEPT = 8,
	/*
	 * A magnifier of 1.7 % of 1080p at 7.5 reads a second sweeps 13; kmag
	 * on a smaller screen reads 4.2 % at a time and sweeps 31. A recorder
	 * of an area of 8.3 % at 10 sweeps 83. So 25 is enough for pieces of 5
	 * percent and more, and twice what kmag sweeps for any.
	 */
	PART_SWEPT = 25,
	PART_PIECE = 5,
	PART_SWEPT_FAST = 60,
	/*
	 * Icons that panels read (128x128 at most) are under 1 % of a screen;
	 * windows that people share are more than 5.
	 */
	WINDOW_PICTURE = 5,

	/*
	 * Single reads that add up to a picture within a minute are one; what
	 * magnifiers and colour pickers read comes faster, in runs. A desktop
	 * that reads 64x64 every two seconds has 6 percent of 1080p by then.
	 */
	MOSAIC_MS = 60000,

	/* Two reads of one picture, as of tools that try two ways, or tiles. */
	PICTURE_GAP_MS = 300,
	PREVIEW_GAP_MS = 2500,
	PREVIEW_STEADY = 2,
	/*
	 * A chooser is closed within a minute; who goes on taking pictures of
	 * the whole screen after that, at whatever rate, is capturing it.
	 */
	SLOW_MS = 60000,
	SLOW_PICTURES = 6,

	/*
	 * A pixmap of a window is told after a second: by then we know whether
	 * its holder is the compositor, whose business it is.
	 */
	HELD_MS = 1000,
};

static uint64_t at_least(uint64_t value, uint64_t least)
{
	return value > least ? value : least;
}

static void begin_run(struct x11_sight *sight, uint64_t now_ms)
{
	sight->run_ms = now_ms;
	sight->run_count = 0;
	memset(sight->pane_pixels, 0, sizeof(sight->pane_pixels));
	memset(sight->pane_cells, 0, sizeof(sight->pane_cells));
	memset(sight->pane_count, 0, sizeof(sight->pane_count));
	memset(sight->pane_largest, 0, sizeof(sight->pane_largest));
	sight->pane_ms[0] = sight->pane_ms[1] = now_ms;
}

static void add_to_run(struct x11_sight *sight, const struct x11_layout *layout,
                       const struct x11_rectangle *area, uint64_t now_ms)
{
	if (sight->last_ms == 0 || now_ms - sight->last_ms > GAP_MS)
		begin_run(sight, now_ms);
	if (now_ms - sight->pane_ms[0] >= PANE_MS) {
		sight->pane_ms[1] = sight->pane_ms[0];
		sight->pane_pixels[1] = sight->pane_pixels[0];
		sight->pane_cells[1] = sight->pane_cells[0];
		sight->pane_ms[0] = now_ms;
		sight->pane_pixels[0] = 0;
		sight->pane_count[1] = sight->pane_count[0];
		sight->pane_count[0] = 0;
		sight->pane_largest[1] = sight->pane_largest[0];
		sight->pane_largest[0] = 0;
		memset(&sight->pane_cells[0], 0, sizeof(sight->pane_cells[0]));
	}
	if (sight->run_count++ == 0)
		sight->area = *area;
	else
		ol_x11_area_widen(&sight->area, area);
	sight->pane_pixels[0] += ol_x11_area(area);
	sight->pane_count[0]++;
	if (ol_x11_area(area) > sight->pane_largest[0])
		sight->pane_largest[0] = ol_x11_area(area);
	ol_x11_cells_mark(&sight->pane_cells[0], layout, area);
}

static void add_picture(struct x11_reader *reader, enum x11_target target,
                        uint64_t now_ms)
{
	struct x11_sight *sight = &reader->sights[target];
	uint64_t gap_ms = now_ms - sight->picture_ms;

	if (target == X11_SCREEN)
		reader->has_seen = true;
	sight->picture_ms = now_ms;
	if (sight->pictures == 0)
		sight->first_picture_ms = now_ms;
	else if (gap_ms < PICTURE_GAP_MS)
		return;
	else if (gap_ms <= PREVIEW_GAP_MS)
		sight->steady++;
	else
		sight->steady = 0;
	sight->pictures++;
	reader->shots++;
	reader->shot_target = target;
}

static int enough_of(enum x11_target target)
{
	return target == X11_SCREEN || target == X11_UNCLEAR ||
	                       target == X11_THROUGH
	               ? WHOLE
	               : WINDOW_PICTURE;
}

static void add_to_mosaic(struct x11_reader *reader,
                          const struct x11_layout *layout,
                          enum x11_target target,
                          const struct x11_rectangle *area, uint64_t now_ms)
{
	struct x11_sight *sight = &reader->sights[target];
	uint64_t whole;

	if (sight->mosaic_ms == 0 || now_ms - sight->mosaic_ms > MOSAIC_MS) {
		sight->mosaic_ms = now_ms;
		sight->mosaic_pixels = 0;
		memset(&sight->mosaic_cells, 0, sizeof(sight->mosaic_cells));
	}
	sight->mosaic_pixels += ol_x11_area(area);
	ol_x11_cells_mark(&sight->mosaic_cells, layout, area);
	if (ol_x11_cells_cover(&sight->mosaic_cells, layout, &whole) < WHOLE ||
	    sight->mosaic_pixels * 100 < whole * WHOLE)
		return;
	sight->mosaic_ms = 0;
	add_picture(reader, target, now_ms);
}

static void add_to_pass(struct x11_reader *reader,
                        const struct x11_layout *layout, enum x11_target target,
                        const struct x11_rectangle *area, uint64_t now_ms)
{
	struct x11_sight *sight = &reader->sights[target];
	int enough = enough_of(target);
	uint64_t whole;

	/* A second time over the same ground is another picture. */
	if (sight->last_ms == 0 || now_ms - sight->last_ms > GAP_MS ||
	    now_ms - sight->pass_ms > 2 * PANE_MS ||
	    (sight->pass_area != 0 &&
	     sight->pass_pixels * 100 >= sight->pass_area * 90)) {
		sight->pass_ms = now_ms;
		sight->pass_pixels = 0;
		sight->pass_area = 0;
		memset(&sight->pass_cells, 0, sizeof(sight->pass_cells));
	}
	sight->pass_pixels += ol_x11_area(area);
	ol_x11_cells_mark(&sight->pass_cells, layout, area);
	if (sight->pass_area != 0 ||
	    ol_x11_cells_cover(&sight->pass_cells, layout, &whole) < enough ||
	    sight->pass_pixels * 100 < whole * (unsigned)enough)
		return;
	sight->pass_area = whole;
	add_picture(reader, target, now_ms);
}

static void forget_sight(struct x11_sight *sight)
{
	memset(sight, 0, sizeof(*sight));
}

/* Above that it is a picture, not a piece of one, times 100. */
static uint64_t piece_max(const struct x11_layout *layout)
{
	return (uint64_t)layout->width * layout->height * WHOLE;
}

/*
 * Rates are those of one window, the largest: a chooser that shows four windows
 * once a second is no capture at four a second.
 */
static bool is_tracked(struct x11_sight *sight, const struct x11_event *read,
                       const struct x11_rectangle *area, uint64_t now_ms)
{
	if (sight->last_ms != 0 && sight->drawable != read->drawable) {
		if (now_ms - sight->last_ms <= HOLD_MS &&
		    ol_x11_area(area) <= 2 * ol_x11_area(&sight->area))
			return false;
		forget_sight(sight);
	}
	sight->drawable = read->drawable;
	return true;
}

void ol_x11_reader_read(struct x11_reader *reader,
                        const struct x11_layout *layout, enum x11_target target,
                        const struct x11_event *read, uint64_t now_ms)
{
	struct x11_sight *sight = &reader->sights[target];
	struct x11_rectangle area = ol_x11_area_clip(
		layout, &(struct x11_rectangle){ read->x, read->y, read->width,
	                                         read->height });

	if (ol_x11_area(&area) == 0)
		return;
	if (target != X11_SCREEN && !is_tracked(sight, read, &area, now_ms))
		return;
	if (sight->last_ms != 0 && now_ms - sight->last_ms > LULL_MS)
		forget_sight(sight);
	/* The first of a run is one read of it too, and no harm. */
	if ((target == X11_SCREEN || target == X11_THROUGH) &&
	    sight->last_ms != 0 && now_ms - sight->last_ms > GAP_MS &&
	    ol_x11_area(&area) * 100 < piece_max(layout))
		add_to_mosaic(reader, layout, target, &area, now_ms);
	sight->sample_pixels += ol_x11_area(&area);
	add_to_run(sight, layout, &area, now_ms);
	add_to_pass(reader, layout, target, &area, now_ms);
	sight->last_ms = now_ms;
}

void ol_x11_reader_read_pointer(struct x11_reader *reader, uint64_t now_ms)
{
	if (reader->pointer_ms == 0 || now_ms - reader->pointer_ms > GAP_MS)
		reader->pointer_run_ms = now_ms;
	reader->pointer_ms = now_ms;
}

static bool follows_pointer(const struct x11_reader *reader, uint64_t now_ms)
{
	return reader->pointer_ms - reader->pointer_run_ms >= RUN_MS &&
	       now_ms - reader->pointer_ms <= GAP_MS;
}

/* Percent of an area swept a second, the largest single read aside. */
static uint64_t swept_again(const struct x11_sight *sight, uint64_t whole,
                            uint64_t span_ms)
{
	uint64_t largest =
		at_least(sight->pane_largest[0], sight->pane_largest[1]);

	return (sight->pane_pixels[0] + sight->pane_pixels[1] - largest) * 100 *
	       1000 / (whole * span_ms);
}

static enum x11_class run_class(const struct x11_reader *reader,
                                const struct x11_sight *sight,
                                const struct x11_layout *layout,
                                uint64_t now_ms)
{
	struct x11_cells cells = sight->pane_cells[0];
	uint64_t span_ms, whole, swept, pieces;
	int part;

	if (sight->run_count < RUN_COUNT ||
	    sight->last_ms - sight->run_ms < RUN_MS)
		return X11_NOTHING;
	ol_x11_cells_add(&cells, &sight->pane_cells[1]);
	part = ol_x11_cells_cover(&cells, layout, &whole);
	span_ms = at_least(sight->last_ms - sight->pane_ms[1], RUN_MS);
	/* One picture and trifles after it are no capture yet. */
	swept = swept_again(sight, whole, span_ms);
	if (part >= WHOLE && swept >= WHOLE_SWEPT)
		return X11_WHOLE;
	pieces = sight->pane_count[0] + sight->pane_count[1];
	if (swept >= PART_SWEPT_FAST ||
	    (swept >= PART_SWEPT &&
	     (sight->pane_pixels[0] + sight->pane_pixels[1]) * 100 >=
	             whole * PART_PIECE * pieces))
		return X11_PART;
	/*
	 * It has the whole picture and fetches what changes in it, which the
	 * server tells it, or is the pointer. A colour picker begins with one
	 * picture too and goes on with small squares, but asks for neither.
	 */
	if (sight->pictures > 0 &&
	    (reader->damage != 0 || follows_pointer(reader, now_ms)))
		return X11_WHOLE;
	/*
	 * A recorder of a small region asks for the pointer to draw it, and so
	 * does one that began before we looked and fetches changes. Magnifiers
	 * and colour pickers that were watched do not.
	 */
	if (follows_pointer(reader, now_ms))
		return X11_PART;
	return X11_SMALL;
}

static uint64_t hold_ms(const struct x11_sight *sight)
{
	return sight->is_slow ? SLOW_HOLD_MS : HOLD_MS;
}

static void judge_sight(struct x11_reader *reader, struct x11_sight *sight,
                        const struct x11_layout *layout, uint64_t now_ms)
{
	enum x11_class class = run_class(reader, sight, layout, now_ms);

	if (sight->pictures >= SLOW_PICTURES &&
	    sight->picture_ms - sight->first_picture_ms >= SLOW_MS) {
		sight->is_slow = true;
		class = X11_WHOLE;
	} else if (class < X11_PREVIEW && sight->steady >= PREVIEW_STEADY) {
		class = X11_PREVIEW;
	}
	/* While it goes on reading, the most that it did is what it does. */
	if (class > sight->class)
		sight->class = class;
	if (now_ms - sight->last_ms > hold_ms(sight)) {
		sight->class = X11_NOTHING;
		sight->is_slow = false;
		sight->steady = 0;
	}
	if (sight->sampled > sight->class)
		sight->class = sight->sampled;
}

void ol_x11_reader_judge(struct x11_reader *reader,
                         const struct x11_layout *layout, uint64_t now_ms)
{
	struct x11_sight *screen = &reader->sights[X11_SCREEN];

	for (int i = 0; i < X11_TARGETS; i++) {
		if (reader->sights[i].last_ms != 0)
			judge_sight(reader, &reader->sights[i], layout, now_ms);
	}
	if (screen->class == X11_WHOLE)
		reader->has_seen = true;
	/* On a still screen there is nothing to fetch, yet it would be. */
	if (reader->damage != 0 && reader->has_seen)
		screen->class = X11_WHOLE;
}

uint64_t ol_x11_reader_deadline(const struct x11_reader *reader,
                                uint64_t now_ms)
{
	uint64_t deadline = 0;

	if (reader->held_ms != 0 && reader->held_ms + HELD_MS > now_ms)
		deadline = reader->held_ms + HELD_MS;
	for (int i = 0; i < X11_TARGETS; i++) {
		const struct x11_sight *sight = &reader->sights[i];
		uint64_t end_ms = sight->last_ms + 1 + hold_ms(sight);

		if (sight->class == X11_NOTHING || end_ms <= now_ms)
			continue;
		if (deadline == 0 || end_ms < deadline)
			deadline = end_ms;
	}
	return deadline;
}

bool ol_x11_reader_is_holding(const struct x11_reader *reader, uint64_t now_ms)
{
	return reader->held_ms != 0 && now_ms - reader->held_ms >= HELD_MS;
}

void ol_x11_reader_forget(struct x11_reader *reader)
{
	reader->held_ms = 0;
	reader->has_seen = false;
	for (int i = 0; i < X11_TARGETS; i++)
		forget_sight(&reader->sights[i]);
}
