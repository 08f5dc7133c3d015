#ifndef OL_X11_READER_H
#define OL_X11_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "x11_area.h"
#include "x11_stream.h"

/*
 * What one client of the X server reads, and what that amounts to: capture,
 * preview, picture or trifle. Pure: requests and times in, classes out. Times
 * are milliseconds of the server's clock, so that a host that dispatches late
 * sees the same rates.
 *
 * Nothing is judged by a single request but a picture: x11vnc reads lines of
 * 0.1 % of the screen and is a capture, a magnifier reads squares of 1.7 % and
 * is none. What counts is the area swept a second and the distinct area covered.
 */

/* What is read. */
enum x11_target {
	X11_SCREEN,       /* the root window, or a picture of it */
	X11_WINDOW,       /* another program's window, or a pixmap of it */
	X11_OWN_WINDOW,   /* the guarded window, or any of the host program */
	X11_UNCLEAR,      /* a pixmap of its own from before we looked */
	X11_OTHER_SCREEN, /* the root window of another screen */
	X11_THROUGH,      /* a window of its own, with all that lies over it */
	X11_TARGETS,
};

/* What the reads amount to, weakest first. */
enum x11_class {
	X11_NOTHING,
	X11_SMALL,   /* again and again, but small pieces */
	X11_PREVIEW, /* whole pictures, about one a second */
	X11_PART,    /* continuous, of a part of the screen or a window */
	X11_WHOLE,   /* continuous, of the screen or a whole monitor */
};

/* Reads of one target. */
struct x11_sight {
	uint32_t drawable; /* what is read in the end, however it is named */
	uint64_t last_ms;  /* last read; 0: none */

	/* The run: reads without a longer gap. */
	uint64_t run_ms;
	uint64_t run_count;
	uint64_t pane_ms[2]; /* start of the present and the former second */
	uint64_t pane_pixels[2];
	uint64_t pane_count[2];   /* of reads */
	uint64_t pane_largest[2]; /* read, in pixels */
	struct x11_cells pane_cells[2];

	/* The pass: what may make up one picture. */
	uint64_t pass_ms;
	uint64_t pass_pixels;
	uint64_t pass_area; /* of what it is a picture of; 0: no picture yet */
	struct x11_cells pass_cells;

	/* The mosaic: single reads that are too far apart for a pass. */
	uint64_t mosaic_ms; /* 0: none */
	uint64_t mosaic_pixels;
	struct x11_cells mosaic_cells;

	/* Of a flood of copies only moments are seen. */
	uint64_t sample_pixels; /* in the latest one */
	uint8_t hits;           /* a bit a moment, the latest lowest */
	enum x11_class sampled; /* what they amount to */

	/* Pictures in a row. */
	unsigned pictures;
	unsigned steady; /* of them, at the rate of a preview */
	uint64_t first_picture_ms;
	uint64_t picture_ms;

	enum x11_class class;
	bool is_slow;              /* the class comes from slow pictures */
	struct x11_rectangle area; /* what the run covered, bounding box */
};

struct x11_reader {
	bool has_seen;   /* it has had the whole screen at some time */
	uint32_t damage; /* reports to it what changes on the screen; 0: none */
	uint64_t held_ms; /* since when it holds a pixmap of a window; 0: not */
	struct x11_sight sights[X11_TARGETS];
	uint64_t pointer_ms; /* last read of the pointer's picture */
	uint64_t pointer_run_ms;
	unsigned shots;              /* single pictures so far */
	enum x11_target shot_target; /* of the latest one */
};

/* A read of target. The rectangle may reach beyond the screen. */
void ol_x11_reader_read(struct x11_reader *reader,
                        const struct x11_layout *layout, enum x11_target target,
                        const struct x11_event *read, uint64_t now_ms);
/* A read of the pointer's picture. */
void ol_x11_reader_read_pointer(struct x11_reader *reader, uint64_t now_ms);

/* Bring every sight's class up to now. */
void ol_x11_reader_judge(struct x11_reader *reader,
                         const struct x11_layout *layout, uint64_t now_ms);
/* When, without further reads, judging again may change a class; 0: never. */
uint64_t ol_x11_reader_deadline(const struct x11_reader *reader,
                                uint64_t now_ms);

/* Whether it has held a pixmap of a foreign window long enough to be told. */
bool ol_x11_reader_is_holding(const struct x11_reader *reader, uint64_t now_ms);
/* Forget the reads, as when it turns out to be the compositor. */
void ol_x11_reader_forget(struct x11_reader *reader);

#endif
