/*
 * The overview of the live view: findings, watchers, the last minutes, the
 * blind spots. Pure but for what it writes to its canvas.
 */
#include "overview.h"

#include <string.h>

enum {
	/* " controlled  ": where the bars begin. */
	BAR_COLUMN = 13,
	/* "  suspected  100 %" */
	STATE_WIDTH = 18,
	/* "  at most 100 %, 100 % looked at" */
	REST_WIDTH = 32,
	/* Wider ones say no more: a column is two and a half points. */
	BAR_MAX = 40,
	BAR_MIN = 5,
	/* Below so many lines the timeline gives way to the watchers, ... */
	TIMELINE_FROM = 20,
	/* ... and what cannot be seen does too. */
	BLIND_FROM = 12,
	/* A blank line, the heading and a line a finding. */
	TIMELINE_LINES = 2 + FINDINGS,
	/* Of what cannot be seen, at most so many lines. */
	BLIND_MAX = 5,
};

void moment_format(time_t wall, char text[16])
{
	struct tm local;

	if (localtime_r(&wall, &local) == NULL ||
	    strftime(text, 16, "%H:%M:%S", &local) == 0)
		text[0] = '\0';
}

/* How wide the bars are: the rest of the line goes first, then the bar. */
static int bar_width(const struct canvas *canvas)
{
	int width = canvas->width - BAR_COLUMN - STATE_WIDTH;

	if (width - REST_WIDTH >= BAR_MIN * 2)
		width -= REST_WIDTH;
	if (width > BAR_MAX)
		width = BAR_MAX;
	return width < BAR_MIN ? 0 : width;
}

/* Confidence, then what the blind spots leave open, then the rest. */
static void draw_bar(struct canvas *canvas,
                     const struct onlooker_finding *finding, int width)
{
	/* Half a column counts, so that little is not nothing. */
	int full = (finding->confidence * width + 50) / 100;
	int open = (finding->plausible * width + 50) / 100 - full;

	if (open < 0)
		open = 0;
	canvas_repeat(canvas, style_of_state(finding->state), "█", '#', full);
	canvas_repeat(canvas, STYLE_FAINT, "▒", '-', open);
	canvas_repeat(canvas, STYLE_FAINT, "·", '.', width - full - open);
}

static void draw_findings(struct canvas *canvas,
                          const struct onlooker_report *report)
{
	int width = bar_width(canvas);

	for (int i = 0; i < FINDINGS; i++) {
		const struct onlooker_finding *finding =
			report_finding(report, i);
		int after = BAR_COLUMN + width + (width > 0 ? 2 : 0);

		canvas_format(canvas, STYLE_STRONG, " %s", finding_name(i));
		canvas_column(canvas, BAR_COLUMN);
		draw_bar(canvas, finding, width);
		canvas_column(canvas, after);
		canvas_text(canvas, style_of_state(finding->state),
		            onlooker_state_name(finding->state));
		canvas_column(canvas, after + 9);
		canvas_format(canvas, style_of_state(finding->state), " %3d %%",
		              finding->confidence);
		if (canvas->width - canvas->column >= REST_WIDTH - 2)
			canvas_format(canvas, STYLE_FAINT,
			              "  at most %d %%, %d %% looked at",
			              finding->plausible, finding->coverage);
		canvas_line(canvas);
	}
}

/* "4 s", "12 min", "3 h" */
static void format_age(uint64_t age_us, char text[32])
{
	unsigned long long seconds = age_us / 1000000;

	if (seconds < 60)
		(void)snprintf(text, 32, "%llu s", seconds);
	else if (seconds < 3600)
		(void)snprintf(text, 32, "%llu min", seconds / 60);
	else
		(void)snprintf(text, 32, "%llu h", seconds / 3600);
}

/* "x11vnc  pid 4321  192.0.2.7:51324  capturing since 12:03:20, 27 s" */
static void draw_watcher(struct canvas *canvas,
                         const struct onlooker_watcher *watcher,
                         struct moment moment)
{
	uint64_t age_us = moment.now_us > watcher->since_us
	                          ? moment.now_us - watcher->since_us
	                          : 0;
	int strength = watcher_strength(watcher);
	enum style style = strength >= SHARED_FROM      ? STYLE_SHARED
	                   : strength >= SUSPECTED_FROM ? STYLE_SUSPECTED
	                                                : STYLE_STRONG;
	char clock[16], age[32];

	moment_format(moment.wall - (time_t)(age_us / 1000000), clock);
	format_age(age_us, age);
	canvas_text(canvas, STYLE_PLAIN, " ");
	canvas_text(canvas, style,
	            watcher->who[0] != '\0'
	                    ? watcher->who
	                    : onlooker_watcher_kind_name(watcher->kind));
	if (watcher->pid > 0)
		canvas_format(canvas, STYLE_PLAIN, "  pid %lld",
		              (long long)watcher->pid);
	if (watcher->peer[0] != '\0') {
		canvas_text(canvas, STYLE_PLAIN, "  with ");
		canvas_text(canvas, STYLE_PLAIN, watcher->peer);
	}
	canvas_format(canvas, STYLE_PLAIN, "  %s since %s, %s",
	              onlooker_stage_name(watcher->stage), clock, age);
	canvas_line(canvas);
}

static void draw_evidence(struct canvas *canvas,
                          const struct onlooker_evidence *evidence)
{
	canvas_column(canvas, 3);
	canvas_wrap(canvas, STYLE_PLAIN, evidence->sentence, 3, 2);
	if (evidence->detail[0] != '\0') {
		canvas_text(canvas, STYLE_FAINT, "  ");
		canvas_text(canvas, STYLE_FAINT, evidence->detail);
	}
	canvas_line(canvas);
}

static size_t count_evidence(const struct onlooker_watcher *watcher)
{
	size_t count = 0;

	while (watcher->evidence[count] != NULL)
		count++;
	return count;
}

/* Down to a line that is not for the watchers any more. */
static void draw_watchers(struct canvas *canvas,
                          const struct onlooker_report *report,
                          struct moment moment, int end)
{
	size_t i;

	canvas_line(canvas);
	if (report->watchers[0] == NULL)
		canvas_text(canvas, STYLE_FAINT, " Nobody is seen watching.");
	for (i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];
		size_t count = count_evidence(watcher);

		/* A line for itself, one for a reason, one to say "more". */
		if (canvas->row + 3 > end)
			break;
		draw_watcher(canvas, watcher, moment);
		for (size_t j = 0; j < count && canvas->row + 2 < end; j++)
			draw_evidence(canvas, watcher->evidence[j]);
	}
	if (report->watchers[i] != NULL) {
		size_t more = 0;

		while (report->watchers[i + more] != NULL)
			more++;
		canvas_format(canvas, STYLE_FAINT, " and %zu more", more);
	}
	canvas_line(canvas);
}

/* A state as a sign that can be told from the others without colour. */
static void draw_sign(struct canvas *canvas, int state)
{
	switch (state) {
	case -1: /* nothing was noted then */
		canvas_repeat(canvas, STYLE_PLAIN, " ", ' ', 1);
		break;
	case ONLOOKER_CLEAR:
		canvas_repeat(canvas, STYLE_CLEAR, "▁", '_', 1);
		break;
	case ONLOOKER_SUSPECTED:
		canvas_repeat(canvas, STYLE_SUSPECTED, "▄", '+', 1);
		break;
	case ONLOOKER_SHARED:
		canvas_repeat(canvas, STYLE_SHARED, "█", '#', 1);
		break;
	default:
		canvas_repeat(canvas, STYLE_UNKNOWN, "·", '?', 1);
		break;
	}
}

static void draw_timeline(struct canvas *canvas,
                          const struct timeline *timeline)
{
	int width = canvas->width - BAR_COLUMN - 1;

	if (width > TIMELINE_SECONDS)
		width = TIMELINE_SECONDS;
	canvas_line(canvas);
	canvas_text(canvas, STYLE_FAINT, " last");
	canvas_column(canvas, BAR_COLUMN);
	canvas_format(canvas, STYLE_FAINT, "%d min", TIMELINE_SECONDS / 60);
	canvas_right(canvas, STYLE_FAINT, "now");
	canvas_line(canvas);
	for (int i = 0; i < FINDINGS; i++) {
		canvas_format(canvas, STYLE_STRONG, " %s", finding_name(i));
		canvas_column(canvas, BAR_COLUMN);
		for (int left = width; left > 0; left--) {
			draw_sign(
				canvas,
				timeline_state(timeline, i,
			                       left * TIMELINE_SECONDS / width,
			                       (left - 1) * TIMELINE_SECONDS /
			                               width));
		}
		canvas_line(canvas);
	}
}

static int count_blind(const struct onlooker_report *report)
{
	int count = 0;

	for (size_t i = 0; report->probes[i] != NULL; i++)
		count += probe_is_blind(report->probes[i]);
	return count;
}

/* Probes that do not see what they should, and how much nobody looks at. */
static void draw_blind(struct canvas *canvas,
                       const struct onlooker_report *report, int lines)
{
	int missed = 100 - report->coverage;

	canvas_line(canvas);
	canvas_text(canvas, STYLE_FAINT, " cannot be seen");
	canvas_format(canvas, STYLE_PLAIN,
	              missed > 0 ? ": %d %% of all ways out"
	                         : ": nothing that is known",
	              missed);
	canvas_line(canvas);
	for (size_t i = 0; report->probes[i] != NULL && lines > 0; i++) {
		const struct onlooker_probe *probe = report->probes[i];

		if (!probe_is_blind(probe))
			continue;
		canvas_format(canvas, STYLE_SUSPECTED, "   %s %s", probe->name,
		              onlooker_probe_state_name(probe->state));
		canvas_text(canvas, STYLE_PLAIN, "  ");
		canvas_text(canvas, STYLE_PLAIN, probe->reason);
		canvas_line(canvas);
		lines--;
	}
}

static void go_down(struct canvas *canvas, int row)
{
	while (canvas->row < row)
		canvas_line(canvas);
}

void overview_draw(struct canvas *canvas, const struct timeline *timeline,
                   const struct onlooker_report *report, struct moment moment,
                   int end)
{
	int has_timeline = canvas->height >= TIMELINE_FROM;
	int has_blind = canvas->height >= BLIND_FROM;
	int blind = count_blind(report);

	if (blind > BLIND_MAX)
		blind = BLIND_MAX;
	/* From the bottom, so that it stays where it is. */
	end -= (has_blind ? 2 + blind : 0) +
	       (has_timeline ? TIMELINE_LINES : 0);
	draw_findings(canvas, report);
	draw_watchers(canvas, report, moment, end);
	go_down(canvas, end);
	if (has_timeline)
		draw_timeline(canvas, timeline);
	if (has_blind)
		draw_blind(canvas, report, blind);
}
