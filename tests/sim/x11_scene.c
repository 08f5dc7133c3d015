/*
 * Something to look at: a window that fills the screen and changes 20 times a
 * second, so that capturers that wait for changes have some. Prints "ready"
 * when it is shown.
 */
#include <stdio.h>
#include <time.h>

#include <X11/Xlib.h>

int main(void)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	Display *display = XOpenDisplay(NULL);
	Window root, window;
	GC gc;

	if (display == NULL) {
		fputs("x11_scene: cannot open the display\n", stderr);
		return 1;
	}
	root = DefaultRootWindow(display);
	window = XCreateSimpleWindow(
		display, root, 0, 0,
		(unsigned)DisplayWidth(display, DefaultScreen(display)),
		(unsigned)DisplayHeight(display, DefaultScreen(display)), 0, 0,
		0x204060);
	gc = XCreateGC(display, window, 0, NULL);
	XMapWindow(display, window);
	XSync(display, False);
	puts("ready");
	fflush(stdout);
	for (unsigned long n = 0;; n++) {
		XSetForeground(display, gc, n * 0x01234567 & 0xffffff);
		XFillRectangle(display, window, gc, (int)(n * 37 % 1000),
		               (int)(n * 53 % 600), 200, 100);
		XSync(display, False);
		nanosleep(&pause, NULL);
	}
}
