#!/usr/bin/env bash
# The monitor beside a private PipeWire in which a simulated cast comes and goes:
# monitor_live_test.sh MONITOR CAST CASE, where CAST is tests/sim/pipewire_cast.
set -eu

onlooker=$1
cast=$2
scratch=$(mktemp -d)
children=()

clean_up()
{
	((${#children[@]} == 0)) || kill -- "${children[@]}" 2>/dev/null || true
	tmux -S "$scratch/tmux" kill-server 2>/dev/null || true
	rm -rf "$scratch"
}
trap clean_up EXIT

fail()
{
	printf '%s: %s\n' "${BASH_LINENO[0]}" "$*" >&2
	exit 1
}

command -v pipewire >/dev/null || { echo "skipped: no pipewire" >&2; exit 77; }

unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS PIPEWIRE_REMOTE
unset PIPEWIRE_RUNTIME_DIR XDG_SESSION_ID
export XDG_RUNTIME_DIR=$scratch

start_pipewire()
{
	cp "$(dirname "$0")/../support/pipewire.conf" "$scratch/minimal.conf"
	pipewire -c "$scratch/minimal.conf" >"$scratch/log" 2>&1 </dev/null &
	children+=($!)
	# A shell has nothing to wait on for a socket; ctest limits the time.
	until [[ -S $scratch/pipewire-0 ]]; do
		kill -0 "${children[0]}" || fail "$(cat "$scratch/log")"
		sleep 0.05
	done
}

start_watch()
{
	mkfifo "$scratch/watch"
	"$onlooker" watch --probes pipewire >"$scratch/watch" </dev/null &
	children+=($!)
	exec 3<"$scratch/watch"
}

# until_shown TEXT: wait until watch prints a line with it.
until_shown()
{
	local line=

	until [[ $line == *"$1"* ]]; do
		read -r -t 30 -u 3 line || fail "watch never showed '$1'"
	done
}

start_cast()
{
	"$cast" --shape gnome-shell "$@" >/dev/null </dev/null &
	cast_pid=$!
	children+=("$cast_pid")
}

stop_cast()
{
	kill "$cast_pid"
	wait "$cast_pid" || true
}

# gives STATUS: what status exits with, its output in $scratch/out.
gives()
{
	local status=0

	"$onlooker" status --probes pipewire >"$scratch/out" \
		</dev/null || status=$?
	((status == $1)) || fail "status $status, not $1: $(cat "$scratch/out")"
}

case_status()
{
	until_shown "shared: unknown"
	gives 12
	start_cast
	until_shown "shared: suspected"
	gives 10
	grep -q "^gnome-shell (pid $cast_pid):" "$scratch/out" ||
		fail "not named: $(cat "$scratch/out")"
	stop_cast
	start_cast --consume
	until_shown "shared: shared"
	gives 11
	grep -q "^chromium (pid [0-9]*):" "$scratch/out" ||
		fail "not named: $(cat "$scratch/out")"
	stop_cast
	until_shown "shared: unknown"
}

# hears TEXT: the command that run runs said so, and waits for a word.
hears()
{
	local line

	IFS= read -r -t 30 -u 4 line || fail "the command was not run"
	[[ $line == "$1" ]] || fail "the command got '$line', not '$1'"
}

case_run()
{
	local pid

	mkfifo "$scratch/said" "$scratch/go"
	cat >"$scratch/hook" <<-'END'
	#!/bin/sh
	mkdir "$XDG_RUNTIME_DIR/alone" || echo overlap
	echo "$ONLOOKER_SHARED $ONLOOKER_WHO"
	read -r go
	rmdir "$XDG_RUNTIME_DIR/alone"
	END
	chmod +x "$scratch/hook"
	setsid "$onlooker" run --probes pipewire -- "$scratch/hook" \
		>"$scratch/said" <>"$scratch/go" &
	pid=$!
	children+=("-$pid") # and the command with it
	exec 4<"$scratch/said"
	hears "unknown "

	# While it runs, what comes and goes is nothing to be told.
	until_shown "shared: unknown"
	start_cast --consume
	until_shown "shared: shared"
	stop_cast
	until_shown "shared: unknown"
	# What came and stayed is.
	start_cast --consume
	until_shown "shared: shared"
	echo >"$scratch/go"
	hears "shared chromium"
	stop_cast
	echo >"$scratch/go"
	hears "unknown "
	kill "$pid"
	echo >"$scratch/go"
	wait "$pid" || fail "exit status $?"
}

page()
{
	tmux -S "$scratch/tmux" capture-pane -p
}

# on_page TEXT: wait until the terminal shows it.
on_page()
{
	local tries=0

	until page | grep -qF -- "$1"; do
		((++tries < 300)) || fail "never on the page: '$1': $(page)"
		sleep 0.1
	done
}

press()
{
	tmux -S "$scratch/tmux" send-keys "$@"
}

# A terminal, first with the live view, then as it was.
case_view()
{
	command -v tmux >/dev/null || { echo "skipped: no tmux" >&2; exit 77; }
	export onlooker
	cat >"$scratch/session" <<-'END'
	trap : INT
	echo before
	"$onlooker" watch --probes pipewire
	echo "status $?"
	stty -a | grep -qw -- '-echo' || echo echoes
	read -r wait
	"$onlooker" watch --probes pipewire
	echo "status $?"
	stty -a | grep -qw -- '-icanon' || echo edits
	read -r wait
	END
	tmux -S "$scratch/tmux" -f /dev/null new-session -d -x 80 -y 24 \
		"sh $scratch/session"
	on_page "Nobody is seen watching"
	on_page "q quit"
	start_cast --consume
	on_page "chromium  pid"
	on_page "Receives the picture of a screen cast"
	press e
	on_page "What could not be looked at"
	on_page "j k scroll"
	press e
	on_page "e explain"
	# Redrawn in the new size: the last line is the last.
	tmux -S "$scratch/tmux" resize-window -x 60 -y 14
	until [[ $(page | tail -n 1) == *"q quit"* ]]; do
		sleep 0.1
	done
	stop_cast
	on_page "Nobody is seen watching"
	press q
	on_page "status 0"
	on_page before
	on_page echoes
	press Enter
	on_page "q quit"
	press C-c
	on_page edits
	press Enter
}

start_pipewire
start_watch
"case_$3"
