/* The ways of reading an X screen, one pair of functions a way. */
#include "tests/sim/x11_grab.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/shm.h>

enum {
	TILE = 64,    /* small enough to be taken for a colour picker's read */
	CROWD = 1100, /* more pixmaps of windows than any program needs */
	FLOOD = 2000, /* copies a picture: no desktop makes a hundredth */
	DAMAGE = 24,  /* what GStreamer's ximagesrc reads of a static screen */
};

static int open_nothing(struct capture *capture)
{
	(void)capture;
	return 0;
}

static int attach_segment(struct capture *capture, size_t size)
{
	XShmSegmentInfo *segment = &capture->segment;

	if (!XShmQueryExtension(capture->display))
		return -ENOTSUP;
	segment->shmid = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
	if (segment->shmid < 0)
		return -errno;
	segment->shmaddr = shmat(segment->shmid, NULL, 0);
	segment->readOnly = False;
	if (!XShmAttach(capture->display, segment))
		return -EIO;
	XSync(capture->display, False);
	/* It goes away with the last process that has it attached. */
	(void)shmctl(segment->shmid, IPC_RMID, NULL);
	return 0;
}

static int open_shm(struct capture *capture)
{
	XImage *image;

	image = XShmCreateImage(capture->display, capture->visual,
	                        (unsigned)capture->depth, ZPixmap, NULL,
	                        &capture->segment, capture->area.width,
	                        capture->area.height);
	if (image == NULL)
		return -ENOMEM;
	capture->image = image;
	if (attach_segment(capture, (size_t)image->bytes_per_line *
	                                    (size_t)image->height) < 0)
		return -EIO;
	image->data = capture->segment.shmaddr;
	return 0;
}

static void open_gc(struct capture *capture)
{
	XGCValues values = { .subwindow_mode = IncludeInferiors };

	capture->gc = XCreateGC(capture->display, capture->source,
	                        GCSubwindowMode, &values);
}

static int open_copy(struct capture *capture)
{
	open_gc(capture);
	capture->pixmap = XCreatePixmap(
		capture->display, capture->source, capture->area.width,
		capture->area.height, (unsigned)capture->depth);
	return open_shm(capture);
}

static int open_shm_pixmap(struct capture *capture)
{
	size_t size = (size_t)capture->area.width * capture->area.height * 4;

	open_gc(capture);
	if (attach_segment(capture, size) < 0)
		return -EIO;
	capture->pixmap = XShmCreatePixmap(
		capture->display, capture->source, capture->segment.shmaddr,
		&capture->segment, capture->area.width, capture->area.height,
		(unsigned)capture->depth);
	return 0;
}

static int open_render(struct capture *capture)
{
	XRenderPictureAttributes all = { .subwindow_mode = IncludeInferiors };
	XRenderPictFormat *format =
		XRenderFindVisualFormat(capture->display, capture->visual);

	if (format == NULL || open_copy(capture) < 0)
		return -ENOTSUP;
	capture->from = XRenderCreatePicture(capture->display, capture->source,
	                                     format, CPSubwindowMode, &all);
	capture->to = XRenderCreatePicture(capture->display, capture->pixmap,
	                                   format, 0, NULL);
	return 0;
}

static int open_named(struct capture *capture)
{
	XWindowAttributes attributes;
	Window root, parent, *children = NULL;
	unsigned count = 0;

	if (!XQueryTree(capture->display, capture->source, &root, &parent,
	                &children, &count))
		return -EIO;
	for (unsigned i = 0; i < count && capture->count < CAPTURE_WINDOWS;
	     i++) {
		int n = capture->count;

		if (!XGetWindowAttributes(capture->display, children[i],
		                          &attributes) ||
		    attributes.map_state != IsViewable)
			continue;
		XCompositeRedirectWindow(capture->display, children[i],
		                         CompositeRedirectAutomatic);
		capture->named[n] = XCompositeNameWindowPixmap(capture->display,
		                                               children[i]);
		capture->named_area[n].width = (unsigned short)attributes.width;
		capture->named_area[n].height =
			(unsigned short)attributes.height;
		capture->count++;
	}
	XFree(children);
	return 0;
}

static void discard(XImage *image)
{
	if (image != NULL)
		XDestroyImage(image);
}

static void grab_getimage(struct capture *capture)
{
	discard(XGetImage(capture->display, capture->source, capture->area.x,
	                  capture->area.y, capture->area.width,
	                  capture->area.height, AllPlanes, ZPixmap));
}

static void grab_shm(struct capture *capture)
{
	(void)XShmGetImage(capture->display, capture->source, capture->image,
	                   capture->area.x, capture->area.y, AllPlanes);
}

static void copy_area(struct capture *capture)
{
	XCopyArea(capture->display, capture->source, capture->pixmap,
	          capture->gc, capture->area.x, capture->area.y,
	          capture->area.width, capture->area.height, 0, 0);
}

static void grab_copy(struct capture *capture)
{
	copy_area(capture);
	(void)XShmGetImage(capture->display, capture->pixmap, capture->image, 0,
	                   0, AllPlanes);
}

static void grab_shm_pixmap(struct capture *capture)
{
	copy_area(capture);
	XSync(capture->display, False);
}

static void grab_render(struct capture *capture)
{
	XRenderComposite(capture->display, PictOpSrc, capture->from, None,
	                 capture->to, capture->area.x, capture->area.y, 0, 0, 0,
	                 0, capture->area.width, capture->area.height);
	(void)XShmGetImage(capture->display, capture->pixmap, capture->image, 0,
	                   0, AllPlanes);
}

static void grab_named(struct capture *capture)
{
	for (int i = 0; i < capture->count; i++) {
		discard(XGetImage(capture->display, capture->named[i], 0, 0,
		                  capture->named_area[i].width,
		                  capture->named_area[i].height, AllPlanes,
		                  ZPixmap));
	}
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

static void grab_tiles(struct capture *capture, int width, int height)
{
	const XRectangle *area = &capture->area;

	for (int y = 0; y < area->height; y += height) {
		for (int x = 0; x < area->width; x += width) {
			capture->image->width = least(width, area->width - x);
			capture->image->height =
				least(height, area->height - y);
			(void)XShmGetImage(capture->display, capture->source,
			                   capture->image, area->x + x,
			                   area->y + y, AllPlanes);
		}
	}
}

static void grab_squares(struct capture *capture)
{
	grab_tiles(capture, TILE, TILE);
}

static void grab_lines(struct capture *capture)
{
	grab_tiles(capture, capture->area.width, 1);
}

/* One whole picture, then only what changed: a corner, and the pointer. */
static void grab_damage(struct capture *capture)
{
	if (capture->has_run) {
		capture->image->width = least(DAMAGE, capture->area.width);
		capture->image->height = least(DAMAGE, capture->area.height);
	}
	grab_shm(capture);
	XFree(XFixesGetCursorImage(capture->display));
}

/* Over everything, and with nothing of its own in it. */
static int open_through(struct capture *capture)
{
	XSetWindowAttributes values = { .override_redirect = True,
		                        .background_pixmap = None };

	capture->own = XCreateWindow(
		capture->display, DefaultRootWindow(capture->display),
		capture->area.x, capture->area.y, capture->area.width,
		capture->area.height, 0, CopyFromParent, InputOutput,
		CopyFromParent, CWOverrideRedirect | CWBackPixmap, &values);
	XMapWindow(capture->display, capture->own);
	XSync(capture->display, False);
	return open_copy(capture);
}

static void grab_through(struct capture *capture)
{
	(void)XShmGetImage(capture->display, capture->own, capture->image, 0, 0,
	                   AllPlanes);
}

static void grab_through_copy(struct capture *capture)
{
	XCopyArea(capture->display, capture->own, capture->pixmap, capture->gc,
	          0, 0, capture->area.width, capture->area.height, 0, 0);
	(void)XShmGetImage(capture->display, capture->pixmap, capture->image, 0,
	                   0, AllPlanes);
}

/* The largest window, by a name that is used once. */
static Pixmap name_largest(struct capture *capture)
{
	XWindowAttributes attributes;
	Window root, parent, *children = NULL, largest = None;
	unsigned count = 0;
	int area = 0;

	if (!XQueryTree(capture->display, DefaultRootWindow(capture->display),
	                &root, &parent, &children, &count))
		return None;
	for (unsigned i = 0; i < count; i++) {
		if (!XGetWindowAttributes(capture->display, children[i],
		                          &attributes) ||
		    attributes.map_state != IsViewable ||
		    attributes.width * attributes.height <= area)
			continue;
		area = attributes.width * attributes.height;
		largest = children[i];
		capture->named_area[0].width = (unsigned short)attributes.width;
		capture->named_area[0].height =
			(unsigned short)attributes.height;
	}
	XFree(children);
	if (largest == None)
		return None;
	XCompositeRedirectWindow(capture->display, largest,
	                         CompositeRedirectAutomatic);
	return XCompositeNameWindowPixmap(capture->display, largest);
}

static void grab_pixmap(struct capture *capture, Pixmap pixmap)
{
	discard(XGetImage(capture->display, pixmap, 0, 0,
	                  capture->named_area[0].width,
	                  capture->named_area[0].height, AllPlanes, ZPixmap));
}

static void grab_renamed(struct capture *capture)
{
	Pixmap pixmap = name_largest(capture);

	grab_pixmap(capture, pixmap);
	XFreePixmap(capture->display, pixmap);
}

/* More names than anyone remembers, the first of which is used. */
static int open_crowded(struct capture *capture)
{
	capture->named[0] = name_largest(capture);
	for (int i = 1; i < CROWD; i++)
		(void)name_largest(capture);
	return 0;
}

static void grab_crowded(struct capture *capture)
{
	grab_pixmap(capture, capture->named[0]);
}

/* What the server draws into shared memory nobody needs to read. */
static int open_render_shm(struct capture *capture)
{
	XRenderPictureAttributes all = { .subwindow_mode = IncludeInferiors };
	XRenderPictFormat *format =
		XRenderFindVisualFormat(capture->display, capture->visual);

	if (format == NULL || open_shm_pixmap(capture) < 0)
		return -ENOTSUP;
	capture->from = XRenderCreatePicture(capture->display, capture->source,
	                                     format, CPSubwindowMode, &all);
	capture->to = XRenderCreatePicture(capture->display, capture->pixmap,
	                                   format, 0, NULL);
	return 0;
}

static void grab_render_shm(struct capture *capture)
{
	XRenderComposite(capture->display, PictOpSrc, capture->from, None,
	                 capture->to, capture->area.x, capture->area.y, 0, 0, 0,
	                 0, capture->area.width, capture->area.height);
}

/* No capture: it draws, shows, scrolls and reads back what is its own. */
static int open_harmless(struct capture *capture)
{
	if (open_copy(capture) < 0)
		return -ENOTSUP;
	capture->own = XCreateSimpleWindow(
		capture->display, DefaultRootWindow(capture->display), 0, 0,
		capture->area.width, capture->area.height, 0, 0, 0);
	XMapWindow(capture->display, capture->own);
	/* A toolkit has pictures of what it draws in. */
	capture->to = XRenderCreatePicture(
		capture->display, capture->own,
		XRenderFindVisualFormat(capture->display, capture->visual), 0,
		NULL);
	return 0;
}

static void grab_harmless(struct capture *capture)
{
	XFillRectangle(capture->display, capture->pixmap, capture->gc, 0, 0,
	               100, 100);
	XCopyArea(capture->display, capture->pixmap, capture->own, capture->gc,
	          0, 0, capture->area.width, capture->area.height, 0, 0);
	XCopyArea(capture->display, capture->own, capture->own, capture->gc, 0,
	          20, capture->area.width, capture->area.height, 0, 0);
	(void)XShmGetImage(capture->display, capture->pixmap, capture->image, 0,
	                   0, AllPlanes);
}

static int open_flood(struct capture *capture)
{
	capture->pixmap = XCreatePixmap(capture->display, capture->source, 64,
	                                64, (unsigned)capture->depth);
	capture->gc = XCreateGC(capture->display, capture->pixmap, 0, NULL);
	return 0;
}

/* Reads nothing but what it made itself. */
static void grab_flood(struct capture *capture)
{
	for (int i = 0; i < FLOOD; i++)
		XCopyArea(capture->display, capture->pixmap, capture->pixmap,
		          capture->gc, 0, 0, 8, 8, 32, 32);
}

/* A capture among many copies of its own. */
static void grab_hidden(struct capture *capture)
{
	copy_area(capture);
	for (int i = 0; i < FLOOD; i++)
		XCopyArea(capture->display, capture->pixmap, capture->pixmap,
		          capture->gc, 0, 0, 1, 1, 0, 0);
}

const struct capture_method capture_methods[] = {
	{ "getimage", "core GetImage", open_nothing, grab_getimage },
	{ "shm", "MIT-SHM GetImage, as most recorders do", open_shm, grab_shm },
	{ "copy", "CopyArea with IncludeInferiors into a pixmap, then read it",
	  open_copy, grab_copy },
	{ "shm-pixmap", "CopyArea into a shared pixmap, as Chromium does",
	  open_shm_pixmap, grab_shm_pixmap },
	{ "render", "RENDER Composite from a picture of the screen",
	  open_render, grab_render },
	{ "named", "NameWindowPixmap of each window", open_named, grab_named },
	{ "tiles", "MIT-SHM GetImage in 64x64 tiles", open_shm, grab_squares },
	{ "lines", "MIT-SHM GetImage line by line", open_shm, grab_lines },
	{ "damage", "one whole picture, then 24x24 and the pointer", open_shm,
	  grab_damage },
	{ "through", "a window of its own without a background", open_through,
	  grab_through },
	{ "through-copy", "the same, copied into a pixmap first", open_through,
	  grab_through_copy },
	{ "renamed", "NameWindowPixmap anew for each picture", open_nothing,
	  grab_renamed },
	{ "crowded", "one named pixmap of very many", open_crowded,
	  grab_crowded },
	{ "render-shm", "RENDER Composite into a shared pixmap",
	  open_render_shm, grab_render_shm },
	{ "harmless", "nothing but its own drawing", open_harmless,
	  grab_harmless },
	{ "flood", "copies of its own, so many that they hide others",
	  open_flood, grab_flood },
	{ "hidden", "a copy of the screen among many of its own",
	  open_shm_pixmap, grab_hidden },
	{ 0 },
};
