/*
 * What reads amount to. Each shape is what a real program was seen to do on a
 * screen of 1920x1080, at its real rate.
 */
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "x11_reader.h"

enum {
	ROOT = 0x50d,
	START_MS = 1000,
	SECOND_MS = 1000,
};

static const struct x11_layout screen = { .width = 1920, .height = 1080 };

struct shape {
	const char *name;
	enum x11_class class; /* after a while */
	int first;            /* whole pictures to begin with */
	unsigned rate_mhz;    /* reads a second, times 1000 */
	uint16_t width, height;
	int step_x, step_y;   /* from read to read, around the screen */
	unsigned pointer_mhz; /* reads of the pointer's picture */
	uint32_t damage;
	unsigned time_s;
};

static const struct shape shapes[] = {
	/* class, first, rate, width, height, steps, pointer, damage, time */
	{ "ffmpeg", X11_WHOLE, 0, 30000, 1920, 1080, 0, 0, 30000, 0, 5 },
	{ "ffmpeg without the pointer", X11_WHOLE, 0, 23000, 1920, 1080, 0, 0,
	  0, 0, 5 },
	{ "freerdp-shadow", X11_WHOLE, 0, 6000, 1920, 1080, 0, 0, 0, 0, 5 },
	{ "the slowest continuous", X11_WHOLE, 0, 3000, 1920, 1080, 0, 0, 0, 0,
	  5 },
	{ "ffmpeg 640x480", X11_PART, 0, 10000, 640, 480, 0, 0, 10000, 0, 5 },
	{ "ffmpeg, most of the screen", X11_WHOLE, 0, 10000, 1440, 900, 0, 0, 0,
	  0, 5 },
	{ "a region of 5.5 %, slowly", X11_PART, 0, 6000, 380, 300, 0, 0, 0, 0,
	  5 },
	{ "peek", X11_PART, 0, 10000, 500, 344, 0, 0, 0, 0, 5 },
	{ "a recorder of a small region", X11_PART, 0, 10000, 200, 150, 0, 0,
	  10000, 0, 5 },
	{ "gstreamer, still screen", X11_WHOLE, 2, 20000, 24, 24, 0, 0, 20000,
	  0, 5 },
	{ "gstreamer, begun before", X11_PART, 0, 20000, 24, 24, 0, 0, 20000, 0,
	  5 },
	{ "x11vnc, still screen", X11_WHOLE, 1, 168000, 1920, 1, 0, 97, 0, 0,
	  5 },
	{ "tiles of 64x64", X11_WHOLE, 0, 2550000, 64, 64, 64, 36, 0, 0, 5 },
	{ "krfb, still screen", X11_WHOLE, 1, 1000, 100, 30, 0, 0, 0, 7, 5 },
	{ "X0tigervnc, still screen", X11_WHOLE, 1, 0, 0, 0, 0, 0, 0, 7, 600 },
	{ "Chromium's chooser", X11_PREVIEW, 0, 1000, 1920, 1080, 0, 0, 0, 0,
	  40 },
	{ "who goes on like that", X11_WHOLE, 0, 1000, 1920, 1080, 0, 0, 0, 0,
	  62 },
	{ "one picture in five seconds", X11_WHOLE, 0, 200, 1920, 1080, 0, 0, 0,
	  0, 62 },
	{ "one picture in five seconds, at first", X11_NOTHING, 0, 200, 1920,
	  1080, 0, 0, 0, 0, 31 },
	{ "a strip every 700 ms", X11_WHOLE, 0, 1430, 1920, 67, 0, 67, 0, 0,
	  75 },
	{ "a desktop that reads now and then, for long", X11_NOTHING, 0, 500,
	  64, 64, 64, 0, 0, 0, 600 },
	{ "one picture", X11_NOTHING, 1, 0, 0, 0, 0, 0, 0, 0, 5 },
	{ "two reads of one picture", X11_NOTHING, 2, 0, 0, 0, 0, 0, 0, 0, 5 },
	{ "gpick", X11_SMALL, 0, 21000, 49, 49, 0, 0, 0, 0, 5 },
	{ "gpick, which begins with a picture", X11_SMALL, 1, 30000, 49, 49, 7,
	  5, 0, 0, 5 },
	{ "gpick, moved wildly", X11_SMALL, 0, 21000, 49, 49, 611, 377, 0, 0,
	  5 },
	{ "kmag", X11_SMALL, 0, 7500, 223, 161, 0, 0, 0, 0, 5 },
	{ "kmag, moved wildly", X11_SMALL, 0, 7500, 223, 161, 611, 377, 0, 0,
	  5 },
	{ "kmag, as large as on 720p", X11_SMALL, 0, 7500, 350, 249, 0, 0, 0, 0,
	  5 },
	{ "a large magnifier, slow", X11_SMALL, 0, 3000, 400, 311, 0, 0, 0, 0,
	  5 },
	{ "xzoom", X11_SMALL, 0, 5000, 154, 108, 0, 0, 0, 0, 5 },
	{ "a desktop that reads now and then", X11_NOTHING, 0, 500, 64, 64, 0,
	  0, 0, 0, 5 },
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static void read_at(struct x11_reader *reader, const struct x11_layout *layout,
                    enum x11_target target, uint32_t drawable, int x, int y,
                    int width, int height, uint64_t now_ms)
{
	const struct x11_event event = {
		.kind = X11_READ,
		.drawable = drawable,
		.x = (int16_t)x,
		.y = (int16_t)y,
		.width = (uint16_t)width,
		.height = (uint16_t)height,
	};

	ol_x11_reader_read(reader, layout, target, &event, now_ms);
	ol_x11_reader_judge(reader, layout, now_ms);
}

static void read_whole(struct x11_reader *reader, uint64_t now_ms)
{
	read_at(reader, &screen, X11_SCREEN, ROOT, 0, 0, screen.width,
	        screen.height, now_ms);
}

static enum x11_class class_of(const struct x11_reader *reader)
{
	return reader->sights[X11_SCREEN].class;
}

static void play(struct x11_reader *reader, const struct shape *shape)
{
	unsigned time_ms = shape->time_s * SECOND_MS;
	uint64_t reads = 0, pointers = 0;
	int x = 100, y = 100;

	reader->damage = shape->damage;
	for (int i = 0; i < shape->first; i++)
		read_whole(reader, START_MS + (uint64_t)i);
	for (unsigned ms = 0; ms <= time_ms; ms++) {
		uint64_t now_ms = START_MS + 10 + ms;

		for (; shape->rate_mhz != 0 &&
		       reads * 1000000 <= (uint64_t)ms * shape->rate_mhz;
		     reads++) {
			if (shape->width == screen.width)
				x = 0;
			if (shape->height == screen.height)
				y = 0;
			read_at(reader, &screen, X11_SCREEN, ROOT, x, y,
			        shape->width, shape->height, now_ms);
			x = (x + shape->step_x) %
			    (screen.width - shape->width + 1);
			y = (y + shape->step_y) %
			    (screen.height - shape->height + 1);
		}
		for (; shape->pointer_mhz != 0 &&
		       pointers * 1000000 <= (uint64_t)ms * shape->pointer_mhz;
		     pointers++)
			ol_x11_reader_read_pointer(reader, now_ms);
	}
	ol_x11_reader_judge(reader, &screen, START_MS + 10 + time_ms);
}

static void test_shapes(void **state)
{
	(void)state;
	for (int i = 0; i < SHAPES; i++) {
		struct x11_reader reader = { 0 };

		play(&reader, &shapes[i]);
		if (class_of(&reader) != shapes[i].class)
			fail_msg("%s is %d, not %d", shapes[i].name,
			         (int)class_of(&reader), (int)shapes[i].class);
	}
}

static void test_one_picture_is_told_at_once(void **state)
{
	struct x11_reader reader = { 0 };

	(void)state;
	read_whole(&reader, START_MS);
	assert_int_equal(reader.shots, 1);
	assert_int_equal(reader.shot_target, X11_SCREEN);
	/* Again, another way, as some tools do: the same picture. */
	read_whole(&reader, START_MS + 40);
	assert_int_equal(reader.shots, 1);
	read_whole(&reader, START_MS + 5000);
	assert_int_equal(reader.shots, 2);
}

static void test_a_picture_in_pieces(void **state)
{
	struct x11_reader reader = { 0 };

	(void)state;
	for (int y = 0; y < screen.height; y += 60)
		read_at(&reader, &screen, X11_SCREEN, ROOT, 0, y, 1920, 60,
		        START_MS + (uint64_t)y / 10);
	assert_int_equal(reader.shots, 1);
	assert_int_equal(class_of(&reader), X11_NOTHING);
}

/* Each while is up to three seconds of silence. */
static void test_it_ends_three_seconds_after_the_last_read(void **state)
{
	struct x11_reader reader = { 0 };
	uint64_t last_ms = 0, deadline;

	(void)state;
	for (int i = 0; i < 30; i++) {
		last_ms = START_MS + (uint64_t)i * 100;
		read_whole(&reader, last_ms);
	}
	assert_int_equal(class_of(&reader), X11_WHOLE);
	deadline = ol_x11_reader_deadline(&reader, last_ms);
	assert_int_equal(deadline, last_ms + 3001);
	ol_x11_reader_judge(&reader, &screen, deadline - 1);
	assert_int_equal(class_of(&reader), X11_WHOLE);
	ol_x11_reader_judge(&reader, &screen, deadline);
	assert_int_equal(class_of(&reader), X11_NOTHING);
	assert_int_equal(ol_x11_reader_deadline(&reader, deadline), 0);
}

/* A deadline that has passed would make its caller run for ever. */
static void test_deadlines_lie_ahead(void **state)
{
	(void)state;
	for (int i = 0; i < SHAPES; i++) {
		struct x11_reader reader = { 0 };
		uint64_t now_ms = START_MS + 700 * SECOND_MS, deadline;

		play(&reader, &shapes[i]);
		reader.held_ms = START_MS;
		for (int n = 0; n < 8; n++) {
			ol_x11_reader_judge(&reader, &screen, now_ms);
			deadline = ol_x11_reader_deadline(&reader, now_ms);
			if (deadline == 0)
				break;
			assert_true(deadline > now_ms);
			now_ms = deadline;
		}
		assert_int_equal(deadline, 0);
	}
}

static void test_damage_holds_only_while_it_lasts(void **state)
{
	struct x11_reader reader = { .damage = 7 };

	(void)state;
	read_whole(&reader, START_MS);
	ol_x11_reader_judge(&reader, &screen, START_MS + 3600 * SECOND_MS);
	assert_int_equal(class_of(&reader), X11_WHOLE);
	reader.damage = 0;
	ol_x11_reader_judge(&reader, &screen, START_MS + 3601 * SECOND_MS);
	assert_int_equal(class_of(&reader), X11_NOTHING);
}

/* One of two monitors is a whole picture, though it is half of the root. */
static void test_a_monitor_is_whole(void **state)
{
	const struct x11_layout two = {
		.width = 1920,
		.height = 1080,
		.monitors = { { 0, 0, 640, 1080 }, { 640, 0, 1280, 1080 } },
		.count = 2,
	};
	struct x11_reader reader = { 0 }, on_root = { 0 };

	(void)state;
	for (int i = 0; i < 30; i++) {
		uint64_t now_ms = START_MS + (uint64_t)i * 100;

		read_at(&reader, &two, X11_SCREEN, ROOT, 0, 0, 640, 1080,
		        now_ms);
		read_at(&on_root, &screen, X11_SCREEN, ROOT, 0, 0, 640, 1080,
		        now_ms);
	}
	assert_int_equal(class_of(&reader), X11_WHOLE);
	assert_int_equal(reader.shots, 1);
	assert_int_equal(class_of(&on_root), X11_PART);
}

static void test_windows(void **state)
{
	struct x11_reader chooser = { 0 }, call = { 0 }, panel = { 0 };

	(void)state;
	/* Chromium's chooser shows each of four windows 0.83 times a second. */
	for (int i = 0; i < 80; i++)
		read_at(&chooser, &screen, X11_WINDOW,
		        0x400001 + (uint32_t)i % 4, 0, 0, 900, 600,
		        START_MS + (uint64_t)i * 300);
	assert_int_equal(chooser.sights[X11_WINDOW].class, X11_PREVIEW);
	for (int i = 0; i < 80; i++)
		read_at(&call, &screen, X11_WINDOW, 0x400001, 0, 0, 900, 600,
		        START_MS + (uint64_t)i * 38);
	assert_true(call.sights[X11_WINDOW].class >= X11_PART);
	for (int i = 0; i < 80; i++)
		read_at(&panel, &screen, X11_WINDOW, 0x400001 + (uint32_t)i % 8,
		        0, 0, 48, 48, START_MS + (uint64_t)i * 50);
	assert_true(panel.sights[X11_WINDOW].class <= X11_SMALL);
	assert_int_equal(panel.shots, 0);
}

static void test_what_is_off_the_screen_does_not_count(void **state)
{
	struct x11_reader reader = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint64_t now_ms = START_MS + (uint64_t)i * 10;

		read_at(&reader, &screen, X11_SCREEN, ROOT, 1920, 0, 1920, 1080,
		        now_ms);
		read_at(&reader, &screen, X11_SCREEN, ROOT, -32768, -32768,
		        32767, 32767, now_ms);
		read_at(&reader, &screen, X11_SCREEN, ROOT, 5, 5, 0, 1080,
		        now_ms);
	}
	assert_int_equal(class_of(&reader), X11_NOTHING);
	assert_int_equal(reader.shots, 0);
	read_at(&reader, &screen, X11_SCREEN, ROOT, -32768, -32768, 65535,
	        65535, START_MS + 5000);
	assert_int_equal(reader.shots, 1);
}

static void test_a_window_is_held_after_a_second(void **state)
{
	struct x11_reader reader = { .held_ms = START_MS };

	(void)state;
	assert_int_equal(ol_x11_reader_deadline(&reader, START_MS),
	                 START_MS + SECOND_MS);
	assert_false(ol_x11_reader_is_holding(&reader, START_MS + 999));
	assert_true(ol_x11_reader_is_holding(&reader, START_MS + 1000));
	ol_x11_reader_forget(&reader);
	assert_false(ol_x11_reader_is_holding(&reader, START_MS + 1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_one_picture_is_told_at_once),
		cmocka_unit_test(test_a_picture_in_pieces),
		cmocka_unit_test(
			test_it_ends_three_seconds_after_the_last_read),
		cmocka_unit_test(test_deadlines_lie_ahead),
		cmocka_unit_test(test_damage_holds_only_while_it_lasts),
		cmocka_unit_test(test_a_monitor_is_whole),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_what_is_off_the_screen_does_not_count),
		cmocka_unit_test(test_a_window_is_held_after_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
