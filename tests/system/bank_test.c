/*
 * The bank, looked at by whoever must not see the numbers: first on simulated
 * sessions, pixel by pixel, then by a program that really captures the screen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/system/bank_screen.h"
#include "tests/unit/cmocka_all.h"

/*
 * Two customers; what differs between their pages is what is secret. Theirs are
 * other lengths too, for a mask must not tell how many digits it hides.
 */
static const char *const balances[] = { "12 480.55", "7.00" };

static const char clear[] =
	"{\"at\":0,\"probe\":\"x11\",\"state\":\"watching\"}\n"
	"{\"at\":0,\"probe\":\"pipewire\",\"state\":\"watching\"}";
static const char shared[] =
	"{\"at\":1000000,\"claim\":\"x11.screen-read\",\"key\":1,\"subject\":"
	"{\"kind\":\"program\",\"pid\":20,\"name\":\"x11vnc\"}}";
static const char unshared[] =
	"{\"at\":2000000,\"withdraw\":\"x11.screen-read\",\"key\":1}\n"
	"{\"at\":9000000,\"probe\":\"x11\",\"state\":\"watching\"}";
static const char controlled[] =
	"{\"at\":10000000,\"claim\":\"usb.ip-kvm\",\"key\":1,\"subject\":"
	"{\"kind\":\"device\",\"name\":\"JetKVM\"}}";
static const char uncontrolled[] =
	"{\"at\":11000000,\"withdraw\":\"usb.ip-kvm\",\"key\":1}\n"
	"{\"at\":19000000,\"probe\":\"x11\",\"state\":\"watching\"}";

static const char is_clear[] = "Nobody was seen watching";
static const char is_shared[] = "Your screen is being shared";
static const char is_controlled[] = "Someone else may be controlling";

/*
 * The cards below the notice, which alone says what goes on and since when. The
 * layout is page.ui's and bank.css's: the notice ends at 150.
 */
static const struct area cards = { 0, 150, SCREEN_WIDTH, SCREEN_HEIGHT };

/* Pictures of the page as it should be, and where the secrets are on it. */
static struct reference {
	XImage *shown;
	XImage *hidden;
	struct area secrets;
} reference;

/* Grab until the cards look like this, or unlike it. */
static XImage *grab_until(struct bank_screen *screen, XImage *other,
                          bool is_wanted, struct area area)
{
	time_t end = time(NULL) + PATIENCE_MS / 1000;

	while (time(NULL) < end) {
		XImage *image = bank_grab(screen);

		if (area_is_equal(image, other, area) == is_wanted)
			return image;
		XDestroyImage(image);
	}
	fail_msg("the page never came to look as it should");
	return NULL;
}

static void open_both(struct bank_screen screens[2])
{
	for (int i = 0; i < 2; i++) {
		bank_screen_open(&screens[i]);
		bank_start(&screens[i], balances[i], NULL);
		bank_feed(&screens[i], "{\"session\":1}");
		bank_feed(&screens[i], clear);
		bank_wait(&screens[i], is_clear);
	}
}

static void close_both(struct bank_screen screens[2])
{
	bank_screen_close(&screens[0]);
	bank_screen_close(&screens[1]);
}

static void tell_both(struct bank_screen screens[2], const char *lines,
                      const char *answer)
{
	for (int i = 0; i < 2; i++) {
		bank_feed(&screens[i], lines);
		bank_wait(&screens[i], answer);
	}
}

static void test_hidden_while_shared(void **state)
{
	struct bank_screen screens[2];
	XImage *shown[2], *image;

	(void)state;
	open_both(screens);
	for (int i = 0; i < 2; i++)
		shown[i] = bank_grab(&screens[i]);
	reference.secrets = area_of_difference(shown[0], shown[1], cards);
	assert_true(reference.secrets.right > 0);

	/* The same picture whatever the secret: it holds nothing of it. */
	tell_both(screens, shared, is_shared);
	image = grab_until(&screens[0], shown[0], false, reference.secrets);
	reference.hidden = grab_until(&screens[1], image, true, cards);
	XDestroyImage(image);

	tell_both(screens, unshared, is_clear);
	for (int i = 0; i < 2; i++) {
		image = grab_until(&screens[i], shown[i], true, cards);
		XDestroyImage(image);
	}
	XDestroyImage(shown[1]);
	reference.shown = shown[0];
	close_both(screens);
}

static void test_refused_while_controlled(void **state)
{
	struct bank_screen screens[2];
	struct area button;
	XImage *image;

	(void)state;
	open_both(screens);
	tell_both(screens, controlled, is_controlled);
	/* Beside the numbers, the button and what is said about it change. */
	image = grab_until(&screens[1], reference.shown, false, cards);
	button = area_of_difference(image, reference.hidden, cards);
	assert_true(button.right > 0);
	assert_true(button.left >= reference.secrets.right);
	XDestroyImage(image);
	tell_both(screens, uncontrolled, is_clear);
	image = grab_until(&screens[0], reference.shown, true, cards);
	XDestroyImage(image);
	close_both(screens);
}

/* Wait for the next picture's turn, ten a second, as a recorder does. */
static void pace(struct timespec *next)
{
	next->tv_nsec += 100000000;
	if (next->tv_nsec >= 1000000000) {
		next->tv_nsec -= 1000000000;
		next->tv_sec++;
	}
	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL);
}

static double since_ms(const struct timespec *start)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) * 1e3 +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e6;
}

/*
 * Capture until the page is hidden. Returns in how many pictures the numbers
 * were seen.
 */
static int capture_until_hidden(struct bank_screen *screen, int frames_max)
{
	struct timespec start, next;
	int seen = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	next = start;
	for (int i = 0; i < frames_max; i++) {
		XImage *image = bank_grab(screen);
		bool is_hidden = area_is_equal(image, reference.hidden,
		                               reference.secrets);

		seen += area_is_equal(image, reference.shown,
		                      reference.secrets);
		XDestroyImage(image);
		if (is_hidden) {
			print_message("numbers in %d of %d pictures, hidden "
			              "after at most %.0f ms\n",
			              seen, i + 1, since_ms(&start));
			return seen;
		}
		pace(&next);
	}
	fail_msg("the numbers were never hidden");
	return seen;
}

static void test_hidden_from_capturer(void **state)
{
	struct bank_screen screen;
	XImage *image;

	(void)state;
	bank_screen_open(&screen);
	bank_start(&screen, balances[0], "x11,pipewire");
	bank_wait(&screen, is_clear);
	/* What is seen at all is the first picture, by which it is noticed. */
	assert_in_range(capture_until_hidden(&screen, 100), 1, 3);
	bank_wait(&screen, is_clear);
	image = bank_grab(&screen);
	assert_true(area_is_equal(image, reference.shown, reference.secrets));
	XDestroyImage(image);
	bank_screen_close(&screen);
}

/* A capture that goes on already: the numbers are never painted. */
static void test_hidden_from_earlier_capturer(void **state)
{
	struct bank_screen screen;
	struct timespec next;
	int frames = 0;
	bool is_told = false;

	(void)state;
	bank_screen_open(&screen);
	(void)clock_gettime(CLOCK_MONOTONIC, &next);
	for (; frames < 20; frames++) {
		/* A macro that names its argument twice. */
		XImage *image = bank_grab(&screen);

		XDestroyImage(image);
		pace(&next);
	}
	bank_start(&screen, balances[0], "x11,pipewire");
	for (; frames < 400 && !is_told; frames++) {
		XImage *image = bank_grab(&screen);

		assert_false(area_is_equal(image, reference.shown,
		                           reference.secrets));
		XDestroyImage(image);
		is_told = bank_has_said(&screen, is_shared);
		pace(&next);
	}
	assert_true(is_told);
	assert_int_equal(capture_until_hidden(&screen, 100), 0);
	bank_screen_close(&screen);
}

/* What lies beside the bank's window is nobody's secret. */
static void test_shown_beside_capturer(void **state)
{
	enum { BESIDE = 1000, FRAMES = 40 };
	struct bank_screen screen;
	struct timespec next;
	Display *capturer;
	XImage *image;

	(void)state;
	bank_screen_open(&screen);
	bank_start(&screen, balances[0], "x11,pipewire");
	bank_wait(&screen, is_clear);
	/* One that was there before might know the page already. */
	capturer = XOpenDisplay(screen.server.display);
	assert_non_null(capturer);
	(void)clock_gettime(CLOCK_MONOTONIC, &next);
	for (int i = 0; i < FRAMES; i++) {
		image = XGetImage(capturer, DefaultRootWindow(capturer), BESIDE,
		                  0, SCREEN_WIDTH - BESIDE, SCREEN_HEIGHT,
		                  AllPlanes, ZPixmap);
		assert_non_null(image);
		XDestroyImage(image);
		pace(&next);
	}
	XCloseDisplay(capturer);
	image = bank_grab(&screen);
	assert_true(area_is_equal(image, reference.shown, reference.secrets));
	XDestroyImage(image);
	bank_screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hidden_while_shared),
		cmocka_unit_test(test_refused_while_controlled),
		cmocka_unit_test(test_hidden_from_capturer),
		cmocka_unit_test(test_hidden_from_earlier_capturer),
		cmocka_unit_test(test_shown_beside_capturer),
	};

	if (!program_exists("Xvfb"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
