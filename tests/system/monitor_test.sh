#!/usr/bin/env bash
# The program `onlooker` from outside: monitor_test.sh FOLDER CASE, where FOLDER
# is what samples/monitor was built into. Each case uses recorded sessions, or a
# machine without any, so that nothing depends on where it runs.
set -eu

folder=$1
onlooker=$folder/onlooker
scratch=$(mktemp -d)
children=()

clean_up()
{
	((${#children[@]} == 0)) || kill -- "${children[@]}" 2>/dev/null || true
	rm -rf "$scratch"
}
trap clean_up EXIT

# No display, no PipeWire and no bus: nothing to watch, whoever runs this.
unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS PIPEWIRE_REMOTE
unset PIPEWIRE_RUNTIME_DIR XDG_SESSION_ID NO_COLOR
export XDG_RUNTIME_DIR=$scratch

fail()
{
	printf '%s: %s\n' "${BASH_LINENO[1]}" "$*" >&2
	exit 1
}

# Not a pass: whoever needs this case installs what it needs.
skip()
{
	printf 'skipped: %s\n' "$*" >&2
	exit 77
}

# expect STATUS COMMAND...: run it; output and errors go to files.
expect()
{
	local wanted=$1 status=0

	shift
	"$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
	((status == wanted)) ||
		fail "$*: exit status $status, not $wanted: $(cat "$scratch/err")"
}

# shows TEXT: the last command printed a line with it.
shows()
{
	grep -qF -- "$1" "$scratch/out" ||
		fail "no '$1' in: $(cat "$scratch/out")"
}

# says TEXT: the last command printed this one line of errors, and it alone.
says()
{
	[[ $(cat "$scratch/err") == "$1" ]] ||
		fail "not '$1' but: $(cat "$scratch/err")"
}

write_session()
{
	cat >"$scratch/session" <<-'END'
	# A program takes a picture, then reads the screen, then stops.
	{"session":1,"time":"2026-01-31T12:00:00.000Z"}
	{"at":0,"probe":"x11","state":"starting"}
	{"at":0,"probe":"pipewire","state":"absent"}
	{"at":100000,"probe":"x11","state":"watching"}
	{"at":3000000,"claim":"x11.screenshot","key":1,"subject":{"kind":"program","pid":77,"start":9,"name":"tool"}}
	{"at":20000000,"claim":"x11.screen-read","key":7,"detail":"whole screen","subject":{"kind":"program","pid":77,"start":9,"name":"tool","peer":"192.0.2.7:51324"}}
	{"at":29000000,"withdraw":"x11.screen-read","key":7}
	{"at":40000000,"probe":"x11","state":"failed","reason":"the server went away"}
	END
}

# What else runs on this machine is not this test's business: only the probe that
# has nothing to see here.
alone=(--probes pipewire)

case_help()
{
	local command

	expect 0 "$onlooker" --help
	for command in status watch explain doctor run record replay rules \
		privacy; do
		shows "  $command"
		expect 0 "$onlooker" "$command" --help
		[[ $(head -n 1 "$scratch/out") == "Usage: onlooker $command"* ]] ||
			fail "no usage of $command"
		says ""
		expect 0 "$onlooker" --help
	done
	expect 0 "$onlooker" --version
	shows "onlooker 0."
}

case_usage()
{
	expect 2 "$onlooker"
	says "onlooker: a command is needed; onlooker --help lists them"
	[[ ! -s $scratch/out ]] || fail "a usage error printed something"
	expect 2 "$onlooker" spy
	says "onlooker: there is no command 'spy'"
	expect 2 "$onlooker" rules --root /
	says "onlooker: rules does not take --root"
	expect 2 "$onlooker" status --probes nonsense
	says "onlooker: there is no probe 'nonsense', or not in this build"
	expect 2 "$onlooker" privacy --probes nonsense
	expect 1 "$onlooker" status --root "$scratch/absent"
	[[ $(wc -l <"$scratch/err") == 1 ]] || fail "not one line of errors"
	if [[ -e /dev/full ]]; then
		"$onlooker" rules >/dev/full 2>"$scratch/err" &&
			fail "a lost output was no failure"
		says "onlooker: cannot write: No space left on device"
	fi
}

case_status()
{
	# Nothing to watch is not clear: most ways out are not looked at.
	expect 12 "$onlooker" status "${alone[@]}" --settle 0
	shows "controlled  unknown"
	expect 12 "$onlooker" status "${alone[@]}" --settle 0 --json
	[[ $(wc -l <"$scratch/out") == 1 ]] || fail "not one line of JSON"
	shows '"controlled":{"state":"unknown"'
	expect 0 "$onlooker" explain "${alone[@]}" --settle 0
	shows "is not known"
}

# What is not there, what cannot be looked at and why, and what would help.
case_doctor()
{
	export DISPLAY=:64999
	expect 0 "$onlooker" doctor --settle 0 --probes pipewire,x11,input
	# The headings, and of these two probes all but further ways out.
	awk '/^[NL]/
		/^  [a-z]/ { is_ours = $1 == "pipewire" || $1 == "x11" }
		is_ours && (/^  [a-z]/ || /failed|->|there is/)' \
		"$scratch/out" >"$scratch/lines"
	cat >"$scratch/wanted" <<-'END'
	Not looked at, or not wholly:
	  x11        programs that read the X11 screen
	             failed: the X server cannot be reached or refuses us
	             -> check DISPLAY and XAUTHORITY
	Nothing there to look at:
	  pipewire   PipeWire screen casts
	             there is no PipeWire daemon
	END
	sed -i '/^Looked at:$/d' "$scratch/lines"
	diff "$scratch/wanted" "$scratch/lines" >&2 ||
		fail "it shows something else"
	shows "shared  "
	[[ $(wc -L <"$scratch/out") -le 80 ]] || fail "a line is too long"
	expect 0 "$onlooker" doctor --settle 0 --json
	grep -q '^{"name":"x11","state":"[a-z]*","reason":"[^"]*","ways":\["programs that read the X11 screen"' \
		"$scratch/out" || fail "no x11 in: $(cat "$scratch/out")"
}

case_replay()
{
	write_session
	expect 0 "$onlooker" replay "$scratch/session"
	says ""
	sed 's/  */ /g; s/ $//' "$scratch/out" >"$scratch/lines"
	cat >"$scratch/wanted" <<-'END'
	 0.100 shared: clear controlled: unknown remote: unknown
	 3.000 shared: suspected 35 % controlled: unknown remote: unknown tool (pid 77) took one picture of the screen
	 15.000 shared: clear controlled: unknown remote: unknown
	 20.000 shared: shared 96 % controlled: unknown remote: unknown tool (pid 77), connected with 192.0.2.7:51324, reads the picture of the whole screen again and again
	 31.000 shared: clear controlled: unknown remote: unknown
	 40.000 shared: unknown controlled: unknown remote: unknown [x11 failed]
	END
	diff "$scratch/wanted" "$scratch/lines" >&2 ||
		fail "the replay differs"
	expect 0 "$onlooker" replay --json "$scratch/session"
	shows '"time":"2026-01-31T12:00:20.000Z"'
	# What happens by itself between two lines is a report as well.
	shows '"time":"2026-01-31T12:00:13.000Z"'
	shows '"who":"tool"'
	expect 0 "$onlooker" replay --private "$scratch/session"
	! grep -qE 'tool|77|192' "$scratch/out" ||
		fail "private: $(cat "$scratch/out")"
}

case_replay_bad()
{
	write_session
	{
		sed 5q "$scratch/session"
		printf 'nonsense\n{"at":0,"claim":"x11.no-such","key":1}\n'
		head -c 70000 /dev/zero | tr '\0' x
		printf '\n{"probe":"a\0b"}\n'
		sed 1,5d "$scratch/session"
		printf '{"at":1,"probe":"x11","state":"watching"}'
	} >"$scratch/bad"
	expect 1 "$onlooker" replay "$scratch/bad"
	sed "s|^$scratch/||; s/column.*/.../" "$scratch/err" >"$scratch/lines"
	cat >"$scratch/wanted" <<-'END'
	bad:6: ...
	bad:7: there is no rule "x11.no-such"
	bad:8: the line is too long
	bad:9: the line has a null byte
	bad:14: "at" is before the line that came last
	END
	diff "$scratch/wanted" "$scratch/lines" >&2 ||
		fail "what was wrong differs"
	shows "shared: shared 96 %"
	shows "40.000"
	expect 1 "$onlooker" replay "$scratch/absent"
	says "onlooker: $scratch/absent: No such file or directory"
	"$onlooker" replay - <"$scratch/bad" 2>"$scratch/err" >/dev/null &&
		fail "standard input with bad lines is no success"
	grep -q '^input:7: ' "$scratch/err" || fail "no line of input named"
}

# A name is a stranger's text: it must not reach the terminal as it is.
case_replay_hostile()
{
	printf '%s\n' '{"claim":"x11.screen-read","key":1,"subject":{"kind":"program","name":"\u001b[2J\u202e\u009bx"}}' \
		'{"at":1000000,"probe":"x11","state":"watching"}' \
		>"$scratch/session"
	expect 0 "$onlooker" replay "$scratch/session"
	! grep -qP '\x1b|\xc2\x9b|\xe2\x80\xae' "$scratch/out" ||
		fail "a control got through: $(cat -v "$scratch/out")"
	shows "shared: shared 96 %"
}

# read_line FILE-DESCRIPTOR VARIABLE: wait for a line, but not for ever.
read_line()
{
	read -r -t 20 -u "$1" "$2" || fail "nothing came"
}

case_watch()
{
	local line pid status=0

	mkfifo "$scratch/lines"
	"$onlooker" watch "${alone[@]}" >"$scratch/lines" </dev/null &
	pid=$!
	children+=("$pid")
	exec 3<"$scratch/lines"
	read_line 3 line
	[[ $line == *"controlled: unknown"* ]] || fail "not a line: $line"
	[[ $line =~ ^[0-9]{2}:[0-9]{2}:[0-9]{2}\  ]] || fail "no time: $line"
	kill -TERM "$pid"
	wait "$pid" || status=$?
	((status == 0)) || fail "SIGTERM: exit status $status"
}

case_record()
{
	local line pid status=0 mode

	mkfifo "$scratch/pipe"
	"$onlooker" record "${alone[@]}" >"$scratch/pipe" </dev/null &
	pid=$!
	children+=("$pid")
	exec 3<"$scratch/pipe"
	read_line 3 line
	[[ $line == '{"session":1,'* ]] || fail "no header: $line"
	read_line 3 line
	[[ $line == *'"probe":'* ]] || fail "no probe: $line"
	kill -INT "$pid"
	wait "$pid" || status=$?
	((status == 0)) || fail "SIGINT: exit status $status"

	"$onlooker" record "${alone[@]}" "$scratch/recording" </dev/null &
	pid=$!
	children+=("$pid")
	# The next line, and with it all before it, comes with the file's end.
	until [[ -s $scratch/recording ]]; do
		kill -0 "$pid" || fail "it ended by itself"
	done
	kill -TERM "$pid"
	wait "$pid" || fail "SIGTERM: exit status $?"
	mode=$(stat -c %a "$scratch/recording")
	[[ $mode == 600 ]] || fail "others may read the recording: $mode"
	expect 0 "$onlooker" replay "$scratch/recording"
	shows "controlled: unknown"
	expect 1 "$onlooker" record "$scratch/absent/file"
}

case_run()
{
	local line pid status=0

	mkfifo "$scratch/lines" "$scratch/go"
	cat >"$scratch/hook" <<-'END'
	#!/bin/sh
	env | grep ^ONLOOKER_ | LC_ALL=C sort
	echo end
	read -r line
	cut -d ' ' -f 4 "/proc/$$/stat"
	END
	chmod +x "$scratch/hook"
	ONLOOKER_OLD=1 setsid "$onlooker" run "${alone[@]}" -- "$scratch/hook" \
		>"$scratch/lines" \
		<>"$scratch/go" 2>"$scratch/err" &
	pid=$!
	children+=("-$pid") # and the command with it
	exec 3<"$scratch/lines"
	: >"$scratch/out"
	while read_line 3 line && [[ $line != end ]]; do
		printf '%s\n' "$line" >>"$scratch/out"
	done
	shows "ONLOOKER_STATE=unknown"
	shows "ONLOOKER_CONTROLLED=unknown"
	shows "ONLOOKER_CONTROLLED_CONFIDENCE=0"
	shows "ONLOOKER_PID=0"
	shows 'ONLOOKER_JSON={"time":"'
	! grep -q ONLOOKER_OLD "$scratch/out" || fail "old variables remain"
	sed 's/=.*//' "$scratch/out" >"$scratch/names"
	# The man page lists exactly these.
	sed -n 's/^\.It Ev \(ONLOOKER_.*\)/\1/p' "$folder/onlooker.1" |
		LC_ALL=C sort | diff - "$scratch/names" >&2 ||
		fail "the man page lists other variables"
	# The first interrupt waits for the command.
	kill -TERM "$pid"
	echo >"$scratch/go"
	read_line 3 line
	[[ $line == "$pid" ]] || fail "the command outlived the monitor"
	wait "$pid" || status=$?
	((status == 0)) || fail "exit status $status: $(cat "$scratch/err")"

	expect 1 "$onlooker" run -- "$scratch/absent"
	says "onlooker: $scratch/absent: No such file or directory"
}

case_rules()
{
	local rules

	expect 0 "$onlooker" rules
	shows "x11.screen-read"
	rules=$(($(wc -l <"$scratch/out") - 1))
	expect 0 "$onlooker" rules --json
	[[ $(wc -l <"$scratch/out") == "$rules" ]] ||
		fail "not as many rules in JSON"
	command -v jq >/dev/null || skip "no jq"
	jq -es 'all(.[]; (.name | test("^[a-z0-9]+[.][a-z-]+$")) and
		.shared >= 0 and .shared <= 100 and (.reason | length > 0))' \
		"$scratch/out" >/dev/null || fail "not a rule a line"
}

case_privacy()
{
	expect 0 "$onlooker" privacy
	shows "x11"
	expect 0 "$onlooker" privacy --json
	command -v jq >/dev/null || skip "no jq"
	jq -es 'all(.[]; .probe != "" and .what != "" and .why != "")' \
		"$scratch/out" >/dev/null || fail "not an access a line"
}

# The words that a completion offers, one a line, sorted.
bash_offers()
{
	bash -c '
		source "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_onlooker
		printf "%s\n" "${COMPREPLY[@]}"' - "$folder/onlooker.bash" "$@" |
		LC_ALL=C sort
}

fish_offers()
{
	HOME=$scratch fish --private -c "
		set -g fish_complete_path
		source $folder/onlooker.fish
		complete -C '$*'" | sed 's/[[:space:]].*//' | LC_ALL=C sort
}

# The words that the help lists under a heading, one a line, sorted.
help_lists()
{
	"$onlooker" "${@:2}" --help |
		sed -n "/^$1:/,/^\$/s/^  \(.., \|    \)*\(--\)*\([a-z]*\).*/\2\3/p" |
		grep . | LC_ALL=C sort
}

# Every shell offers what the help says, for each command.
case_completion()
{
	local command shell options

	command -v fish >/dev/null || skip "no fish"
	command -v zsh >/dev/null || skip "no zsh"
	zsh -n "$folder/_onlooker" || fail "zsh does not read its completion"
	for shell in bash fish; do
		{
			help_lists Commands
			[[ $shell == fish ]] || printf -- '--help\n--version\n'
		} | LC_ALL=C sort >"$scratch/wanted"
		"${shell}_offers" onlooker '' |
			diff "$scratch/wanted" - >&2 ||
			fail "$shell offers other commands"
	done
	for command in $(help_lists Commands); do
		options=$(help_lists Options "$command")
		for shell in bash fish; do
			diff <("${shell}_offers" onlooker "$command" --) \
				<(printf '%s\n' "$options") >&2 ||
				fail "$shell offers other options of $command"
		done
		sed -n "/^\t\t$command)/,/;;/s/.*'\(--[a-z]*\)\[.*/\1/p" \
			"$folder/_onlooker" | LC_ALL=C sort |
			diff - <(printf '%s\n' "$options") >&2 ||
			fail "zsh offers other options of $command"
	done
}

case_manual()
{
	command -v mandoc >/dev/null || skip "no mandoc"
	mandoc -Tlint -Wstyle "$folder/onlooker.1" >&2 ||
		fail "the man page has faults"
	sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' "$folder/onlooker.1" |
		LC_ALL=C sort | diff - <(help_lists Commands) >&2 ||
		fail "the man page has other commands"
	sed -n 's/^\.It Fl \(. , Fl \)*\\-\([a-z]*\).*/--\2/p' "$folder/onlooker.1" |
		LC_ALL=C sort | diff - <(help_lists Options) >&2 ||
		fail "the man page has other options"
}

"case_$2"
