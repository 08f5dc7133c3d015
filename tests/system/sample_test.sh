#!/usr/bin/env bash
# The small samples, the README's program and the scripts, as a reader would use
# them: sample_test.sh FOLDER CASE.
set -eu

folder=$1
scratch=$(mktemp -d)
child=

clean_up()
{
	[[ -z $child ]] || kill "$child" 2>/dev/null || true
	rm -rf "$scratch"
}
trap clean_up EXIT

unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS PIPEWIRE_REMOTE
unset PIPEWIRE_RUNTIME_DIR XDG_SESSION_ID
export XDG_RUNTIME_DIR=$scratch

fail()
{
	printf '%s\n' "$*" >&2
	exit 1
}

case_simulate()
{
	diff - <("$folder/sample_simulate" | sed 's/ *$//') <<-'END' >&2 ||
	Nothing goes on:         clear       0 %
	A program reads:         shared     96 %  x11vnc
	It has just stopped:     shared      0 %
	Two seconds later:       clear       0 %
	END
		fail "it shows something else"
}

# Its first report comes without anything happening.
case_callback()
{
	local line

	mkfifo "$scratch/lines"
	"$folder/sample_callback" >"$scratch/lines" </dev/null &
	child=$!
	read -r -t 20 line <"$scratch/lines" || fail "nothing came"
	# What it says depends on the machine.
	[[ $line =~ ^(unknown|clear|suspected|shared),\ [0-9]+\ %$ ]] ||
		fail "not a report: $line"
}

# Ends with its input, not before.
case_poll_loop()
{
	mkfifo "$scratch/input"
	"$folder/sample_poll_loop" <"$scratch/input" &
	child=$!
	exec 3>"$scratch/input"
	echo something >&3
	kill -0 "$child" || fail "it ended before its input"
	exec 3>&-
	wait "$child" || fail "exit status $?"
	child=
}

# The program that the README shows is one.
case_readme()
{
	local top

	top=$(dirname "$0")/../..
	# shellcheck disable=SC2016 # these backquotes are the README's
	sed -n '/^```c$/,/^```$/{/^```/!p}' "$top/README.md" >"$scratch/app.c"
	[[ -s $scratch/app.c ]] || fail "the README shows no program"
	"${CC:-cc}" -std=c11 -Wall -Werror -fsyntax-only -I "$top/include" \
		"$scratch/app.c" || fail "it does not compile"
}

case_scripts()
{
	local top

	top=$(dirname "$0")/../..
	command -v shellcheck >/dev/null || { echo "no shellcheck" >&2; exit 77; }
	shellcheck -x -P SCRIPTDIR "$top/dev" "$top/.ci/run" "$top"/tests/*/*.sh \
		"$top"/docs/pictures/*.sh >&2 ||
		fail "a script has faults"
}

"case_$2"
