/* watch on a terminal: the live view, until interrupted or quit. */
#include "live.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "terminal.h"
#include "view.h"

struct live {
	struct loop loop;
	struct terminal terminal;
	struct view view;
	int is_utf8;
	int has_colour;
};

static struct moment now(void)
{
	struct timespec steady;

	(void)clock_gettime(CLOCK_MONOTONIC, &steady);
	return (struct moment){
		.now_us = (uint64_t)steady.tv_sec * 1000000 +
		          (uint64_t)steady.tv_nsec / 1000,
		.wall = time(NULL),
	};
}

/* A page in memory, then all of it at once, lest it be seen being drawn. */
static int draw(struct live *live, const struct onlooker_report *report,
                struct moment moment)
{
	struct canvas canvas = { .has_colour = live->has_colour,
		                 .is_utf8 = live->is_utf8 };
	char *page = NULL;
	size_t size = 0;
	int r;

	canvas.file = open_memstream(&page, &size);
	if (canvas.file == NULL)
		return -ENOMEM;
	terminal_size(&live->terminal, &canvas.width, &canvas.height);
	r = view_draw(&live->view, &canvas, report, moment);
	if (fclose(canvas.file) != 0 && r == 0)
		r = -ENOMEM;
	if (r == 0)
		r = terminal_write(&live->terminal, page, size);
	free(page);
	return r;
}

static int show(struct live *live)
{
	const struct onlooker_report *report =
		onlooker_get_report(live->loop.onlooker);
	struct moment moment = now();
	int r;

	timeline_note(&live->view.timeline, report,
	              (int64_t)(moment.now_us / 1000000));
	r = draw(live, report, moment);
	(void)onlooker_report_unref(report);
	return r;
}

/* Take the keys that were pressed. Returns 0 or a negative errno. */
static int take_keys(struct live *live)
{
	char keys[64];
	ssize_t n = read(live->terminal.input, keys, sizeof(keys));

	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return -errno;
	if (n == 0) /* the terminal is gone */
		live->loop.is_done = 1;
	for (ssize_t i = 0; i < n; i++)
		live->loop.is_done |= view_key(&live->view, keys[i]);
	return 0;
}

/* How long until the next second, when ages and the timeline move on. */
static int until_next_second_ms(void)
{
	return 1000 - (int)(now().now_us / 1000 % 1000);
}

static int run(struct live *live)
{
	int r = 0;

	while (r >= 0 && live->loop.interrupts == 0 && !live->loop.is_done) {
		r = show(live);
		if (r < 0)
			break;
		r = loop_turn(&live->loop, until_next_second_ms());
		if (r >= 0 && live->loop.has_input)
			r = take_keys(live);
	}
	return r < 0 ? r : 0;
}

int live_run(const struct arguments *arguments)
{
	const char *no_colour = getenv("NO_COLOR");
	struct live live = {
		/* https://no-color.org: set and not empty. */
		.has_colour = no_colour == NULL || *no_colour == '\0',
	};
	int r;

	/* For the width of characters, and whether there are any but ASCII. */
	(void)setlocale(LC_CTYPE, "");
	live.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	r = loop_init(&live.loop, arguments);
	if (r != STATUS_SUCCESS)
		return r;
	r = terminal_open(&live.terminal);
	if (r == 0) {
		live.loop.input = live.terminal.input;
		live.view.has_keys = live.terminal.input >= 0;
		r = run(&live);
		terminal_close(&live.terminal);
	}
	loop_finish(&live.loop);
	return r < 0 ? give_up(r, "cannot go on") : STATUS_SUCCESS;
}
