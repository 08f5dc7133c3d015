#ifndef SIM_X11_GRAB_H
#define SIM_X11_GRAB_H

#include <stdbool.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <X11/extensions/Xcomposite.h>
#include <X11/extensions/Xfixes.h>
#include <X11/extensions/Xrender.h>

enum { CAPTURE_WINDOWS = 1024 }; /* as many windows does "named" follow */

struct capture {
	Display *display;
	Drawable source;
	int depth;
	Visual *visual;
	XRectangle area;
	XImage *image; /* in shared memory */
	XShmSegmentInfo segment;
	Pixmap pixmap;
	Window own;
	GC gc;
	Picture from;
	Picture to;
	Pixmap named[CAPTURE_WINDOWS];
	XRectangle named_area[CAPTURE_WINDOWS];
	int count;
	bool has_run;
};

struct capture_method {
	const char *name;
	const char *help;
	int (*open)(struct capture *capture);
	void (*grab)(struct capture *capture);
};

/* Ends with a row without a name. */
extern const struct capture_method capture_methods[];

#endif
