/* Which part of a screen or monitor is covered. */
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "x11_area.h"

static const struct x11_layout screen = { .width = 1920, .height = 1080 };

static int cover_of(const struct x11_layout *layout,
                    const struct x11_rectangle *area, uint64_t *ret)
{
	struct x11_cells cells = { 0 };
	struct x11_rectangle clipped = ol_x11_area_clip(layout, area);

	ol_x11_cells_mark(&cells, layout, &clipped);
	return ol_x11_cells_cover(&cells, layout, ret);
}

static void test_clip(void **state)
{
	static const struct {
		struct x11_rectangle in, out;
	} cases[] = {
		{ { 0, 0, 1920, 1080 }, { 0, 0, 1920, 1080 } },
		{ { -10, -20, 30, 40 }, { 0, 0, 20, 20 } },
		{ { 1900, 1070, 100, 100 }, { 1900, 1070, 20, 10 } },
		{ { -32768, -32768, 65535, 65535 }, { 0, 0, 1920, 1080 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct x11_rectangle out =
			ol_x11_area_clip(&screen, &cases[i].in);

		assert_memory_equal(&out, &cases[i].out, sizeof(out));
	}
	/* Wherever it lies off the screen, nothing of it is left. */
	for (int x = -32768; x < 32768; x += 1021) {
		struct x11_rectangle out = ol_x11_area_clip(
			&screen,
			&(struct x11_rectangle){ (int16_t)x, 1080, 900, 900 });

		assert_int_equal(ol_x11_area(&out), 0);
	}
}

static void test_cover(void **state)
{
	static const struct {
		struct x11_rectangle area;
		int least, most;
	} cases[] = {
		{ { 0, 0, 1920, 1080 }, 100, 100 },
		{ { 0, 0, 960, 1080 }, 50, 50 },
		{ { 0, 0, 0, 0 }, 0, 0 },
		{ { 1919, 1079, 1, 1 }, 0, 0 },
		{ { 100, 100, 640, 480 }, 14, 19 },
		{ { 0, 500, 1920, 1 }, 3, 3 },
	};
	uint64_t area;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_in_range(cover_of(&screen, &cases[i].area, &area),
		                (uint64_t)cases[i].least,
		                (uint64_t)cases[i].most);
		assert_int_equal(area, 1920 * 1080);
	}
}

static void test_the_best_monitor_counts(void **state)
{
	const struct x11_layout two = {
		.width = 3200,
		.height = 1080,
		.monitors = { { 0, 0, 1920, 1080 }, { 1920, 0, 1280, 1024 } },
		.count = 2,
	};
	const struct x11_rectangle right = { 1920, 0, 1280, 1024 };
	uint64_t area;

	(void)state;
	assert_int_equal(cover_of(&two, &right, &area), 100);
	assert_int_equal(area, 1280 * 1024);
}

/* Screens smaller than the grid, and monitors that lie nowhere. */
static void test_odd_layouts(void **state)
{
	const struct x11_layout tiny = { .width = 1, .height = 1 };
	const struct x11_layout outside = {
		.width = 100,
		.height = 100,
		.monitors = { { 0, 0, 0, 0 }, { -500, 2000, 10, 10 } },
		.count = 2,
	};
	const struct x11_rectangle all = { 0, 0, 65535, 65535 };
	uint64_t area;

	(void)state;
	assert_in_range(cover_of(&tiny, &all, &area), 0, 100);
	assert_true(area > 0);
	assert_int_equal(cover_of(&outside, &all, &area), 0);
	assert_true(area > 0);
}

static void test_widen(void **state)
{
	struct x11_rectangle box = { 10, 20, 30, 40 };

	(void)state;
	ol_x11_area_widen(&box, &(struct x11_rectangle){ 15, 25, 5, 5 });
	assert_memory_equal(&box, (&(struct x11_rectangle){ 10, 20, 30, 40 }),
	                    sizeof(box));
	ol_x11_area_widen(&box, &(struct x11_rectangle){ 0, 50, 100, 100 });
	assert_memory_equal(&box, (&(struct x11_rectangle){ 0, 20, 100, 130 }),
	                    sizeof(box));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clip),
		cmocka_unit_test(test_cover),
		cmocka_unit_test(test_the_best_monitor_counts),
		cmocka_unit_test(test_odd_layouts),
		cmocka_unit_test(test_widen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
