/*
 * Plays session files and checks their checkpoints. "--rules" asks another
 * question of the same files: whether every rule occurs, on and off.
 */
#include <string.h>

#include "tests/scenarios/scenario.h"

static int play(const char *path)
{
	struct scenario *scenario;
	struct scenario_run run;
	unsigned checkpoints = 0;
	int r = scenario_load(path, &scenario);

	if (r < 0)
		return 1;
	r = scenario_begin(&run, scenario, stderr);
	for (size_t i = 0; r == 0 && i < scenario->count; i++) {
		r = scenario_step(&run, &scenario->lines[i]);
		scenario_check(&run, &scenario->lines[i]);
		checkpoints += scenario->lines[i].expect != NULL;
		if (r < 0)
			fprintf(stderr, "%s:%u: %s\n", path,
			        scenario->lines[i].number, strerror(-r));
	}
	scenario_end(&run);
	scenario_free(scenario);
	/* A file that checks nothing cannot fail, and so proves nothing. */
	if (checkpoints == 0)
		fprintf(stderr, "%s: no checkpoint\n", path);
	return r < 0 || run.failures > 0 || checkpoints == 0;
}

/* Whether a line of some file makes, or takes back, a claim of this rule. */
static bool occurs(char *const *paths, int count, const char *member,
                   const char *rule)
{
	bool is_found = false;

	for (int i = 0; i < count && !is_found; i++) {
		struct scenario *scenario;

		if (scenario_load(paths[i], &scenario) < 0)
			return false;
		for (size_t l = 0; l < scenario->count && !is_found; l++) {
			json_t *root =
				json_loads(scenario->lines[l].text, 0, NULL);
			const char *name = json_string_value(
				json_object_get(root, member));

			is_found = name != NULL && strcmp(name, rule) == 0;
			json_decref(root);
		}
		scenario_free(scenario);
	}
	return is_found;
}

static int check_rules(char *const *paths, int count)
{
	const struct onlooker_rule *rule;
	int missing = 0;

	for (size_t i = 0; (rule = onlooker_get_rule(i)) != NULL; i++) {
		if (!occurs(paths, count, "claim", rule->name)) {
			fprintf(stderr, "no scenario claims %s\n", rule->name);
			missing++;
		}
		/* A momentary claim ends by itself. */
		if (rule->lifetime_ms == 0 &&
		    !occurs(paths, count, "withdraw", rule->name)) {
			fprintf(stderr, "no scenario withdraws %s\n",
			        rule->name);
			missing++;
		}
	}
	return missing > 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: runner [--rules] FILE...\n");
		return 2;
	}
	if (strcmp(argv[1], "--rules") == 0)
		return check_rules(argv + 2, argc - 2);
	for (int i = 1; i < argc; i++)
		failed |= play(argv[i]);
	return failed;
}
