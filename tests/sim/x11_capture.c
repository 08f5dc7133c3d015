/*
 * A screen capturer to be caught: it reads an X screen in every way that real
 * tools were seen to use, at a rate of one's choice, and throws the pictures
 * away. It uses Xlib, as they do, and knows nothing of onlooker.
 *
 * Prints "ready" when the first picture is complete.
 */
#include "tests/sim/x11_grab.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

static void usage(FILE *out)
{
	fputs("usage: x11_capture [OPTION]...\n"
	      "Read the X screen of $DISPLAY again and again.\n\n"
	      "  --method NAME        how; see below (default: shm)\n"
	      "  --fps NUMBER         pictures a second (default: 10)\n"
	      "  --frames NUMBER      stop after this many (default: never)\n"
	      "  --region WxH+X+Y     only this part\n"
	      "  --window ID          only this window\n"
	      "  --name NAME          show this as the process name\n"
	      "  --help\n\n",
	      out);
	for (int i = 0; capture_methods[i].name != NULL; i++)
		fprintf(out, "  %-12s %s\n", capture_methods[i].name,
		        capture_methods[i].help);
}

static const struct capture_method *find_method(const char *name)
{
	for (int i = 0; capture_methods[i].name != NULL; i++) {
		if (strcmp(capture_methods[i].name, name) == 0)
			return &capture_methods[i];
	}
	return NULL;
}

/* A window that is destroyed while it is read is no reason to stop. */
static int ignore_error(Display *display, XErrorEvent *event)
{
	(void)display;
	(void)event;
	return 0;
}

static int open_capture(struct capture *capture, const char *region,
                        Window window)
{
	XWindowAttributes attributes;
	int x = 0, y = 0;
	unsigned width = 0, height = 0;

	capture->display = XOpenDisplay(NULL);
	if (capture->display == NULL)
		return -ECONNREFUSED;
	(void)XSetErrorHandler(ignore_error);
	capture->source =
		window != None ? window : DefaultRootWindow(capture->display);
	if (!XGetWindowAttributes(capture->display, capture->source,
	                          &attributes))
		return -ENOENT;
	capture->depth = attributes.depth;
	capture->visual = attributes.visual;
	width = (unsigned)attributes.width;
	height = (unsigned)attributes.height;
	if (region != NULL)
		(void)XParseGeometry(region, &x, &y, &width, &height);
	capture->area = (XRectangle){ (short)x, (short)y, (unsigned short)width,
		                      (unsigned short)height };
	return 0;
}

static void run(struct capture *capture, const struct capture_method *method,
                double fps, long frames)
{
	struct timespec next;
	long interval_ns = (long)(1e9 / fps);

	(void)clock_gettime(CLOCK_MONOTONIC, &next);
	for (long i = 0; frames == 0 || i < frames; i++) {
		method->grab(capture);
		XSync(capture->display, False);
		if (!capture->has_run) {
			capture->has_run = true;
			puts("ready");
			(void)fflush(stdout);
		}
		next.tv_nsec += interval_ns % 1000000000L;
		next.tv_sec +=
			interval_ns / 1000000000L + next.tv_nsec / 1000000000L;
		next.tv_nsec %= 1000000000L;
		(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next,
		                      NULL);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "method", required_argument, NULL, 'm' },
		{ "fps", required_argument, NULL, 'f' },
		{ "frames", required_argument, NULL, 'n' },
		{ "region", required_argument, NULL, 'r' },
		{ "window", required_argument, NULL, 'w' },
		{ "name", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	static struct capture capture;
	const struct capture_method *method = &capture_methods[1];
	const char *region = NULL;
	Window window = None;
	double fps = 10;
	long frames = 0;
	int c, r;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'm':
			method = find_method(optarg);
			break;
		case 'f':
			fps = strtod(optarg, NULL);
			break;
		case 'n':
			frames = strtol(optarg, NULL, 10);
			break;
		case 'r':
			region = optarg;
			break;
		case 'w':
			window = (Window)strtoul(optarg, NULL, 0);
			break;
		case 'c':
			(void)prctl(PR_SET_NAME, optarg);
			break;
		case 'h':
			usage(stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (method == NULL || !(fps > 0)) {
		fputs("x11_capture: no such method or rate; try --help\n",
		      stderr);
		return 2;
	}
	r = open_capture(&capture, region, window);
	if (r == 0)
		r = method->open(&capture);
	if (r < 0) {
		fprintf(stderr, "x11_capture: %s: %s\n", method->name,
		        strerror(-r));
		return 1;
	}
	run(&capture, method, fps, frames);
	return 0;
}
