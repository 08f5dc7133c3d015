/*
 * How well the confidence keeps its word: calibrate SESSION...
 *
 * Plays sessions that were recorded beside the truth and looks at the report
 * ten times a second, at every moment whose truth is known. Prints, as
 * Markdown, how often what was given 10 % was so, and what was given 90 %; and
 * for each rule how often it was right where it stood alone.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onlooker/onlooker.h"

enum {
	STEP_US = 100000,
	RULES_MAX = 128,
	WRONGS_MAX = 64,
	QUESTIONS = 3,
	UNKNOWN = -1,
};

static const char *const questions[QUESTIONS] = { "shared", "controlled",
	                                          "remote" };

/* Upper ends, in percent; 30 and 80 are the thresholds of the states. */
static const int bin_ends[] = { 10, 30, 50, 80, 95, 100 };

enum { BINS = sizeof(bin_ends) / sizeof(bin_ends[0]) };

/* Moments that have something in common. */
struct count {
	unsigned moments;
	unsigned so; /* moments at which the answer was truly yes */
	unsigned sessions;
	unsigned last_session; /* from 1 */
	double confidence;     /* the sum, 0 to 1 each */
};

struct alone {
	char rule[64];
	int strength; /* percent */
	struct count count;
};

struct tally {
	struct count bins[BINS];
	struct count all;
	double brier; /* the sum */
	struct alone alone[RULES_MAX];
	size_t rules;
};

/* A session in which a finding said shared or clear and it was not so. */
struct wrong {
	char session[64];
	int question;
	enum onlooker_state state;
	unsigned moments;
};

struct wrongs {
	struct wrong items[WRONGS_MAX];
	size_t count;
	size_t lost; /* beyond WRONGS_MAX */
};

struct play {
	const char *path;
	unsigned session; /* from 1 */
	struct onlooker *onlooker;
	uint64_t now_us;
	int truth[QUESTIONS];
	struct tally *tallies;
	struct wrongs *wrongs;
};

static void add(struct count *count, const struct play *play, int confidence,
                bool is_so)
{
	count->moments++;
	count->so += is_so;
	count->confidence += confidence / 100.0;
	if (count->last_session != play->session) {
		count->last_session = play->session;
		count->sessions++;
	}
}

static int strength_of(const struct onlooker_evidence *evidence, int q)
{
	return q == 0   ? evidence->shared
	       : q == 1 ? evidence->controlled
	                : evidence->remote;
}

static const struct onlooker_finding *
finding_of(const struct onlooker_report *report, int q)
{
	return q == 0   ? &report->shared
	       : q == 1 ? &report->controlled
	                : &report->remote;
}

/* The only evidence that says anything of this question, or NULL. */
static const struct onlooker_evidence *
stands_alone(const struct onlooker_report *report, int q)
{
	const struct onlooker_evidence *found = NULL;

	for (size_t i = 0; report->watchers[i] != NULL; i++) {
		const struct onlooker_watcher *watcher = report->watchers[i];

		for (size_t j = 0; watcher->evidence[j] != NULL; j++) {
			if (strength_of(watcher->evidence[j], q) == 0)
				continue;
			if (found != NULL)
				return NULL;
			found = watcher->evidence[j];
		}
	}
	return found;
}

static struct alone *find_alone(struct tally *tally,
                                const struct onlooker_evidence *evidence, int q)
{
	struct alone *alone;

	for (size_t i = 0; i < tally->rules; i++) {
		if (strcmp(tally->alone[i].rule, evidence->rule) == 0)
			return &tally->alone[i];
	}
	if (tally->rules == RULES_MAX)
		return NULL;
	alone = &tally->alone[tally->rules++];
	snprintf(alone->rule, sizeof(alone->rule), "%s", evidence->rule);
	alone->strength = strength_of(evidence, q);
	return alone;
}

static const char *name_of(const char *path, int *length)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	*length = (int)strcspn(name, ".");
	return name;
}

static void note_wrong(struct play *play, int q, enum onlooker_state state)
{
	struct wrongs *wrongs = play->wrongs;
	struct wrong *wrong;
	int length;
	const char *name = name_of(play->path, &length);
	char session[sizeof(wrong->session)];

	snprintf(session, sizeof(session), "%.*s", length, name);
	for (size_t i = 0; i < wrongs->count; i++) {
		wrong = &wrongs->items[i];
		if (wrong->question == q && wrong->state == state &&
		    strcmp(wrong->session, session) == 0) {
			wrong->moments++;
			return;
		}
	}
	if (wrongs->count == WRONGS_MAX) {
		wrongs->lost++;
		return;
	}
	wrong = &wrongs->items[wrongs->count++];
	*wrong = (struct wrong){ .question = q, .state = state, .moments = 1 };
	memcpy(wrong->session, session, sizeof(session));
}

static void look_at(struct play *play, const struct onlooker_report *report,
                    int q)
{
	int confidence = finding_of(report, q)->confidence;
	const struct onlooker_evidence *evidence = stands_alone(report, q);
	struct tally *tally = &play->tallies[q];
	bool is_so = play->truth[q];
	enum onlooker_state state = finding_of(report, q)->state;
	int bin = 0;

	if (state == (is_so ? ONLOOKER_CLEAR : ONLOOKER_SHARED))
		note_wrong(play, q, state);
	while (confidence >= bin_ends[bin])
		bin++;
	add(&tally->bins[bin], play, confidence, is_so);
	add(&tally->all, play, confidence, is_so);
	tally->brier += pow(confidence / 100.0 - is_so, 2);
	if (evidence != NULL) {
		struct alone *alone = find_alone(tally, evidence, q);

		if (alone != NULL)
			add(&alone->count, play, confidence, is_so);
	}
}

static void look(struct play *play)
{
	const struct onlooker_report *report =
		onlooker_get_report(play->onlooker);

	for (int q = 0; q < QUESTIONS; q++) {
		if (play->truth[q] != UNKNOWN)
			look_at(play, report, q);
	}
	onlooker_report_unref(report);
}

/* Let time pass until then, looking as it does. */
static int pass(struct play *play, uint64_t until_us)
{
	int r = 0;

	while (r >= 0 && play->now_us + STEP_US <= until_us) {
		r = onlooker_advance(play->onlooker, STEP_US);
		play->now_us += STEP_US;
		look(play);
	}
	return r;
}

static void learn(struct play *play, const json_t *truth)
{
	for (int q = 0; q < QUESTIONS; q++) {
		const json_t *value = json_object_get(truth, questions[q]);

		play->truth[q] =
			json_is_boolean(value) ? json_is_true(value) : UNKNOWN;
	}
}

/* Everything but the time, which passes in our own steps, is fed as it is. */
static int play_object(struct play *play, json_t *line)
{
	const json_t *at = json_object_get(line, "at");
	const json_t *truth = json_object_get(line, "truth");
	char *text;
	int r = 0;

	if (at != NULL)
		r = pass(play, (uint64_t)json_integer_value(at));
	if (r < 0)
		return r;
	if (truth != NULL) {
		learn(play, truth);
		return 0;
	}
	json_object_del(line, "at");
	text = json_dumps(line, JSON_COMPACT);
	if (text == NULL)
		return -ENOMEM;
	r = onlooker_feed(play->onlooker, text);
	free(text);
	return r;
}

static int play_line(struct play *play, const char *text, unsigned number)
{
	json_error_t error;
	json_t *line;
	int r;

	if (text[0] == '#' || text[0] == '\n')
		return 0;
	line = json_loads(text, 0, &error);
	if (line == NULL) {
		fprintf(stderr, "%s:%u: %s\n", play->path, number, error.text);
		return -EBADMSG;
	}
	r = play_object(play, line);
	if (r < 0)
		fprintf(stderr, "%s:%u: %s\n", play->path, number,
		        strerror(-r));
	json_decref(line);
	return r;
}

static int play_file(struct play *play)
{
	FILE *file = fopen(play->path, "re");
	char *text = NULL;
	size_t size = 0;
	int r = 0;

	if (file == NULL) {
		perror(play->path);
		return -errno;
	}
	for (unsigned n = 1; r >= 0 && getline(&text, &size, file) >= 0; n++)
		r = play_line(play, text, n);
	free(text);
	fclose(file);
	return r;
}

static double part(const struct count *count)
{
	return count->moments > 0 ? (double)count->so / count->moments : 0;
}

static double mean(const struct count *count)
{
	return count->moments > 0 ? count->confidence / count->moments : 0;
}

static void print_question(const struct tally *tally, int q)
{
	double base = part(&tally->all), error = 0;
	double moments = tally->all.moments > 0 ? tally->all.moments : 1;

	printf("\n## %s\n\n", questions[q]);
	puts("| confidence | moments | sessions | on average | truly so |\n"
	     "|---|---|---|---|---|");
	for (int i = 0; i < BINS; i++) {
		const struct count *bin = &tally->bins[i];

		if (bin->moments == 0)
			continue;
		error += bin->moments / moments * fabs(mean(bin) - part(bin));
		printf("| %d to %d %% | %u | %u | %.0f %% | %.0f %% |\n",
		       i > 0 ? bin_ends[i - 1] : 0, bin_ends[i] - 1,
		       bin->moments, bin->sessions, mean(bin) * 100,
		       part(bin) * 100);
	}
	printf("\nBrier score %.3f (0 is perfect; always saying %.0f %%, the "
	       "part that was so, would score %.3f). Expected calibration "
	       "error %.3f.\n",
	       tally->brier / moments, base * 100, base * (1 - base), error);
}

static int by_name(const void *a, const void *b)
{
	const struct alone *one = a, *other = b;

	return strcmp(one->rule, other->rule);
}

static void print_rules(struct tally *tallies)
{
	puts("\n## Each rule where it stood alone\n\n"
	     "| rule | finding | strength | truly so | moments | sessions |\n"
	     "|---|---|---|---|---|---|");
	for (int q = 0; q < QUESTIONS; q++) {
		struct tally *tally = &tallies[q];

		qsort(tally->alone, tally->rules, sizeof(tally->alone[0]),
		      by_name);
		for (size_t i = 0; i < tally->rules; i++) {
			const struct alone *alone = &tally->alone[i];

			printf("| %s | %s | %d %% | %.0f %% | %u | %u |\n",
			       alone->rule, questions[q], alone->strength,
			       part(&alone->count) * 100, alone->count.moments,
			       alone->count.sessions);
		}
	}
}

static void print_wrongs(const struct wrongs *wrongs)
{
	puts("\n## Where a finding was wrong\n\n"
	     "| session | finding | said | for |\n|---|---|---|---|");
	for (size_t i = 0; i < wrongs->count; i++) {
		const struct wrong *wrong = &wrongs->items[i];

		printf("| %s | %s | %s | %.1f s |\n", wrong->session,
		       questions[wrong->question],
		       onlooker_state_name(wrong->state),
		       wrong->moments * (STEP_US / 1e6));
	}
	if (wrongs->lost > 0)
		printf("\nMoments that had no room here: %zu.\n", wrongs->lost);
}

int main(int argc, char **argv)
{
	static struct tally tallies[QUESTIONS];
	static struct wrongs wrongs;
	struct onlooker_options options = { .size = sizeof(options) };
	int r = 0;

	for (int i = 1; r >= 0 && i < argc; i++) {
		struct play play = { .path = argv[i],
			             .session = (unsigned)i,
			             .truth = { UNKNOWN, UNKNOWN, UNKNOWN },
			             .tallies = tallies,
			             .wrongs = &wrongs };

		r = onlooker_open_simulated(&options, &play.onlooker);
		if (r >= 0)
			r = play_file(&play);
		play.onlooker = onlooker_unref(play.onlooker);
	}
	if (r < 0 || argc < 2) {
		fputs("usage: calibrate SESSION...\n", stderr);
		return 1;
	}
	printf("%d sessions.\n", argc - 1);
	for (int q = 0; q < QUESTIONS; q++)
		print_question(&tallies[q], q);
	print_rules(tallies);
	print_wrongs(&wrongs);
	return 0;
}
