/*
 * The live view as a page: its title, the overview or the explanation, and the
 * keys. Pure but for what it writes to its canvas: no clock, no terminal.
 */
#include "view.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* A blank line and the keys. */
	BOTTOM_LINES = 2,
	/* How far a space scrolls the explanation. */
	SCROLL_LINES = 10,
};

static void draw_title(struct canvas *canvas, struct moment moment)
{
	char clock[16];

	moment_format(moment.wall, clock);
	canvas_text(canvas, STYLE_STRONG, " onlooker");
	canvas_right(canvas, STYLE_FAINT, clock);
	canvas_line(canvas);
	canvas_line(canvas);
}

static void draw_key(struct canvas *canvas, const char *key, const char *what)
{
	canvas_text(canvas, STYLE_STRONG, key);
	canvas_format(canvas, STYLE_FAINT, " %s  ", what);
}

static void draw_bottom(const struct view *view, struct canvas *canvas)
{
	while (canvas_left(canvas) > 1)
		canvas_line(canvas);
	canvas_text(canvas, STYLE_PLAIN, " ");
	if (!view->has_keys) {
		draw_key(canvas, "Ctrl-C", "quit");
	} else if (view->is_explaining) {
		draw_key(canvas, "e", "back");
		draw_key(canvas, "j k", "scroll");
		draw_key(canvas, "q", "quit");
	} else {
		draw_key(canvas, "e", "explain");
		draw_key(canvas, "q", "quit");
	}
}

/* The explanation, from a line of it on. Returns how many lines it has. */
static int draw_explanation(struct canvas *canvas, char *text, int scroll)
{
	int end = canvas->height - BOTTOM_LINES;
	int lines = 0;
	char *rest = text;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		int indent = (int)strspn(line, " ");

		if (++lines <= scroll || canvas->row >= end)
			continue;
		canvas_column(canvas, 1 + indent);
		canvas_wrap(canvas, STYLE_PLAIN, line + indent, 3 + indent,
		            end - canvas->row);
		canvas_line(canvas);
	}
	return lines;
}

int view_draw(struct view *view, struct canvas *canvas,
              const struct onlooker_report *report, struct moment moment)
{
	char *text = NULL;
	int r;

	if (view->is_explaining) {
		r = onlooker_report_explain(report, &text);
		if (r < 0)
			return r;
	}
	canvas_begin(canvas);
	if (view->is_explaining) {
		int lines;

		draw_title(canvas, moment);
		lines = draw_explanation(canvas, text, view->scroll);
		if (view->scroll >= lines)
			view->scroll = lines - 1;
	} else {
		draw_title(canvas, moment);
		overview_draw(canvas, &view->timeline, report, moment,
		              canvas->height - BOTTOM_LINES);
	}
	draw_bottom(view, canvas);
	canvas_end(canvas);
	free(text);
	return 0;
}

int view_key(struct view *view, char key)
{
	switch (key) {
	case 'e':
		view->is_explaining = !view->is_explaining;
		view->scroll = 0;
		return 0;
	case 'j':
	case ' ':
		view->scroll += view->is_explaining
		                        ? (key == ' ' ? SCROLL_LINES : 1)
		                        : 0;
		return 0;
	case 'k':
		view->scroll -= view->scroll > 0;
		return 0;
	case 'q':
		return 1;
	default:
		return 0;
	}
}
