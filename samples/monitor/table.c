/*
 * The tables behind the parser, the help text, the man page and the shell
 * completions. Data and look-ups: nothing here prints, and nothing here knows
 * the library, so that the generator of the man page links without it.
 */
#include "table.h"

#include <string.h>

#define BIT(id) (1u << (id))

enum {
	/* The options that choose what a real context looks at. */
	LOOKING = BIT(OPTION_PROBES) | BIT(OPTION_ROOT) | BIT(OPTION_PRIVATE) |
	          BIT(OPTION_CATALOGUE) | BIT(OPTION_KMS),
};

const struct option_row option_table[OPTIONS] = {
	{ .id = OPTION_JSON,
	  .name = "json",
	  .letter = 'j',
	  .help = "print JSON, one object a line" },
	{ .id = OPTION_PROBES,
	  .name = "probes",
	  .letter = 'p',
	  .value = "LIST",
	  .help = "run only these probes, comma-separated (default: all)" },
	{ .id = OPTION_ROOT,
	  .name = "root",
	  .value = "DIR",
	  .completion = COMPLETE_DIRECTORY,
	  .help = "read /proc, /sys and /run below DIR (default: /)" },
	{ .id = OPTION_PRIVATE,
	  .name = "private",
	  .help = "keep process ids, names and addresses out of everything" },
	{ .id = OPTION_SETTLE,
	  .name = "settle",
	  .value = "MS",
	  .help = "look for MS milliseconds before answering (default: 1500)" },
	{ .id = OPTION_CATALOGUE,
	  .name = "catalogue",
	  .value = "FILE",
	  .completion = COMPLETE_FILE,
	  .help = "know the programs and devices in FILE as well" },
	{ .id = OPTION_KMS,
	  .name = "kms",
	  .help = "ask graphics cards what outputs show: not without risk" },
	{ .id = OPTION_PACE,
	  .name = "pace",
	  .help = "keep the recording's own pace (default: as fast as "
	          "possible)" },
	{ .id = OPTION_LINES,
	  .name = "lines",
	  .letter = 'l',
	  .help = "print lines even where there is a terminal" },
	{ .id = OPTION_HELP,
	  .name = "help",
	  .letter = 'h',
	  .help = "show this help" },
	{ .id = OPTION_VERSION,
	  .name = "version",
	  .letter = 'V',
	  .help = "show the version" },
};

const struct command_row command_table[COMMANDS] = {
	{ .id = COMMAND_STATUS,
	  .name = "status",
	  .operands = "",
	  .options = LOOKING | BIT(OPTION_JSON) | BIT(OPTION_SETTLE),
	  .help = "say once what is going on, also by the exit status",
	  .manual = "Wait until no probe is starting and the settle time "
	            "after that is over, print the three findings, the "
	            "watchers behind them and what could not be looked at, "
	            "and exit with the strongest finding." },
	{ .id = COMMAND_WATCH,
	  .name = "watch",
	  .operands = "",
	  .options = LOOKING | BIT(OPTION_JSON) | BIT(OPTION_LINES),
	  .help = "show what goes on, until interrupted",
	  .manual = "On a terminal, show a live view: the three findings, "
	            "each with a bar for its confidence and, lighter, for "
	            "what the blind spots leave open; who watches, since "
	            "when, doing what; the last ten minutes; what cannot be "
	            "seen. The key e explains, j and k scroll the "
	            "explanation, q quits. NO_COLOR in the environment "
	            "keeps it without colours. Elsewhere, or with --lines, "
	            "print a line when the state of a finding, a watcher or "
	            "the sight of a probe changes. With --json, print every "
	            "report." },
	{ .id = COMMAND_EXPLAIN,
	  .name = "explain",
	  .operands = "",
	  .options = LOOKING | BIT(OPTION_SETTLE),
	  .help = "say in plain English what was concluded and why",
	  .manual = "Look as status does, then print what was concluded, "
	            "from which evidence, and what would change it." },
	{ .id = COMMAND_DOCTOR,
	  .name = "doctor",
	  .operands = "",
	  .options = LOOKING | BIT(OPTION_JSON) | BIT(OPTION_SETTLE),
	  .help = "show what each probe can see, what not, and what would "
	          "help",
	  .manual = "Look as status does, then print which ways out are "
	            "looked at; which are not, or not wholly, with the "
	            "reason and, after an arrow, what would help; and for "
	            "which there is nothing to look at in this session." },
	{ .id = COMMAND_RUN,
	  .name = "run",
	  .operands = "-- COMMAND [ARGUMENT...]",
	  .completion = COMPLETE_COMMAND,
	  .operands_min = 1,
	  .operands_max = -1,
	  .options = LOOKING,
	  .help = "run COMMAND at each change of a finding's state",
	  .manual = "Run COMMAND once the findings are known and again "
	            "whenever the state of one has changed, with the report "
	            "in its environment. Runs never overlap: what changes "
	            "while COMMAND runs is run once it has ended, with the "
	            "latest report. If COMMAND cannot be run, the monitor "
	            "says so and exits with 1; its own exit status is only "
	            "reported. An interrupt lets a running COMMAND end "
	            "first; a second one does not." },
	{ .id = COMMAND_RECORD,
	  .name = "record",
	  .operands = "[FILE]",
	  .completion = COMPLETE_FILE,
	  .operands_min = 0,
	  .operands_max = 1,
	  .options = LOOKING,
	  .help = "record the session to FILE (default: output)",
	  .manual = "Write what the probes claim, a line a claim, until "
	            "interrupted. A new FILE is readable by its owner only, "
	            "for it names programs and peers unless --private is "
	            "given." },
	{ .id = COMMAND_REPLAY,
	  .name = "replay",
	  .operands = "FILE",
	  .completion = COMPLETE_FILE,
	  .operands_min = 1,
	  .operands_max = 1,
	  .options = BIT(OPTION_JSON) | BIT(OPTION_PRIVATE) | BIT(OPTION_PACE),
	  .help = "play a recorded session (-: input) as watch would show it",
	  .manual = "Feed a recorded session to a simulated context and "
	            "print what watch would have printed. A line that cannot "
	            "be played is named on standard error with its number, "
	            "the rest still plays, and the exit status is then 1. "
	            "FILE may be - for standard input." },
	{ .id = COMMAND_RULES,
	  .name = "rules",
	  .operands = "",
	  .options = BIT(OPTION_JSON),
	  .help = "list what a claim of each kind is worth",
	  .manual = "List the rules: what each claim is worth for the three "
	            "findings, alone and in percent. With --json also why." },
	{ .id = COMMAND_PRIVACY,
	  .name = "privacy",
	  .operands = "",
	  .options = BIT(OPTION_JSON) | BIT(OPTION_PROBES),
	  .help = "list what each probe reads, and why",
	  .manual = "List everything that each probe reads or asks for, and "
	            "why." },
};

const struct text_row exit_table[] = {
	{ "0", "success; for status: all three findings are clear" },
	{ "1", "failure; for replay: a line could not be played" },
	{ "2", "the command line is wrong" },
	{ "10", "status: something is suspected" },
	{ "11", "status: the screen is shared, controlled or remote" },
	{ "12", "status: too little could be looked at to say" },
	{ NULL, NULL },
};

const struct text_row variable_table[] = {
	{ "ONLOOKER_STATE", "the strongest of the three states: clear, "
	                    "unknown, suspected or shared" },
	{ "ONLOOKER_SHARED", "state of the finding shared" },
	{ "ONLOOKER_SHARED_CONFIDENCE", "its confidence in percent" },
	{ "ONLOOKER_CONTROLLED", "state of the finding controlled" },
	{ "ONLOOKER_CONTROLLED_CONFIDENCE", "its confidence in percent" },
	{ "ONLOOKER_REMOTE", "state of the finding remote" },
	{ "ONLOOKER_REMOTE_CONFIDENCE", "its confidence in percent" },
	{ "ONLOOKER_COVERAGE", "percent of all ways out that could be looked "
	                       "at" },
	{ "ONLOOKER_WHO", "name of the strongest watcher, empty if there is "
	                  "none; it comes from outside: quote it" },
	{ "ONLOOKER_PID", "its process id, 0 if unknown" },
	{ "ONLOOKER_PEER", "its peer as address:port, empty if none" },
	{ "ONLOOKER_STAGE", "how far it has come: none, present, armed, "
	                    "connected, capturing or controlling" },
	{ "ONLOOKER_JSON", "the whole report as one JSON object; not set if "
	                   "it is larger than the kernel takes" },
	{ NULL, NULL },
};

int command_takes(const struct command_row *command, enum option_id id)
{
	return id == OPTION_HELP || id == OPTION_VERSION ||
	       (command->options & BIT(id)) != 0;
}

const struct command_row *command_find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(command_table[i].name, name) == 0)
			return &command_table[i];
	}
	return NULL;
}

const struct option_row *option_find(const char *name, size_t length)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		if (strlen(option_table[i].name) == length &&
		    memcmp(option_table[i].name, name, length) == 0)
			return &option_table[i];
	}
	return NULL;
}

const struct option_row *option_find_letter(char letter)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		if (letter != 0 && option_table[i].letter == letter)
			return &option_table[i];
	}
	return NULL;
}
