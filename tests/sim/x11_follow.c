/*
 * A capturer that has had its picture, and from then on reads what the server
 * says has changed, as VNC servers and GStreamer do. On a still screen it reads
 * nothing. Prints "ready" when it waits for changes.
 */
#include <stdio.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/Xdamage.h>

static void fetch(Display *display, const XRectangle *area)
{
	XImage *image =
		XGetImage(display, DefaultRootWindow(display), area->x, area->y,
	                  area->width, area->height, AllPlanes, ZPixmap);

	if (image != NULL)
		XDestroyImage(image);
}

int main(void)
{
	Display *display = XOpenDisplay(NULL);
	int base, errors;
	Damage damage;

	if (display == NULL || !XDamageQueryExtension(display, &base, &errors))
		return 1;
	damage = XDamageCreate(display, DefaultRootWindow(display),
	                       XDamageReportRawRectangles);
	fetch(display,
	      &(XRectangle){ 0, 0, (unsigned short)DisplayWidth(display, 0),
	                     (unsigned short)DisplayHeight(display, 0) });
	puts("ready");
	(void)fflush(stdout);
	for (;;) {
		XEvent event;

		XNextEvent(display, &event);
		if (event.type != base + XDamageNotify)
			continue;
		fetch(display, &((XDamageNotifyEvent *)&event)->area);
		XDamageSubtract(display, damage, None, None);
	}
}
