# What the tests of other people's programs share; bash, to be sourced. A test
# is called with the monitor and the name of a case, a function case_NAME.
# shellcheck shell=bash
set -eu

onlooker=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export here
# The watch, and the servers, belong to this user; viewers to another: what
# is seen must not take more than an ordinary user may see.
as_user=()
as_other=()
scratch=$(mktemp -d)
children=()
last=
user=$EUID
other=$EUID
export reply=

if ((EUID == 0)); then
	# Accounts that every Debian has, for some servers look themselves up.
	user=$(id -u games)
	other=$(id -u daemon)
	as_user=(setpriv --reuid="$user" --regid="$user" --clear-groups)
	as_other=(setpriv --reuid="$other" --regid="$other" --clear-groups)
	chmod 711 "$scratch"
	mkdir -m 700 "$scratch/user" "$scratch/other"
	chown "$user:$user" "$scratch/user"
	chown "$other:$other" "$scratch/other"
else
	mkdir "$scratch/user" "$scratch/other"
fi

# stop PID...: end their groups, and wait for them. Some hang when what they are
# connected to ends at the same time: those are killed after two seconds.
stop()
{
	local pid tries=0

	for pid; do
		kill -- "-$pid" 2>/dev/null || true
	done
	for pid; do
		while kill -0 "$pid" 2>/dev/null && ((tries++ < 40)); do
			sleep 0.05
		done
		kill -KILL -- "-$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

clean_up()
{
	stop "${children[@]}"
	rm -rf "$scratch"
}
trap clean_up EXIT

fail()
{
	local line

	printf '%s: %s\n' "${BASH_LINENO[1]}" "$*" >&2
	[[ -z $last ]] || printf 'the last report was: %s\n' "$last" >&2
	for line in "$scratch"/*.log; do
		[[ ! -s $line ]] || tail -n 5 "$line" >&2
	done
	exit 1
}

need()
{
	local program

	for program; do
		PATH=$PATH:/usr/sbin command -v "$program" >/dev/null ||
			{ echo "skipped: no $program" >&2; exit 77; }
	done
}

unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS PIPEWIRE_REMOTE
unset PIPEWIRE_RUNTIME_DIR XDG_SESSION_ID SSH_CONNECTION SSH_CLIENT XAUTHORITY
export XDG_RUNTIME_DIR=$scratch/user HOME=$scratch/user LC_ALL=C
cd /

# start NAME COMMAND...: run it in a group of its own; its pid in $reply. Output
# goes to a log that fail() shows.
start()
{
	local name=$1

	shift
	setsid "$@" >"$scratch/$name.log" 2>&1 </dev/null &
	reply=$!
	children+=("$reply")
}

serve()
{
	local name=$1

	shift
	start "$name" "${as_user[@]}" "$@"
}

view()
{
	local name=$1

	shift
	start "$name" env HOME="$scratch/other" "${as_other[@]}" "$@"
}

# A display number that nobody else comes to take: -displayfd alone gives out low
# ones, whose sockets servers of other users and namespaces may replace.
free_display()
{
	reply=$((100 + RANDOM % 20000))
	while [[ -e /tmp/.X11-unix/X$reply ]]; do
		reply=$((reply + 1))
	done
}

# An X server of the user's; its display in $reply. It does not start anew when
# its last client goes: freerdp-shadow looks at it, goes, and comes back at once.
start_x()
{
	need Xvfb
	free_display
	mkfifo "$scratch/display.$1"
	chmod 666 "$scratch/display.$1"
	setsid "${as_user[@]}" Xvfb ":$reply" -displayfd 3 -screen 0 640x480x24 \
		-nolisten tcp -ac -noreset 3>"$scratch/display.$1" \
		>"$scratch/xvfb.log" 2>&1 </dev/null &
	children+=($!)
	read -r -t 30 reply <"$scratch/display.$1" || fail "no X server"
	reply=:$reply
}

# Until the program that was started last, or a child of it, listens.
await_port()
{
	# A shell has nothing to wait on for a port; ctest limits the time.
	until ss -Htln "sport = :$1" | grep -q .; do
		kill -0 "$reply" 2>/dev/null || fail "it does not listen"
		sleep 0.05
	done
}

free_port()
{
	local port

	for port in $(seq "$1" "$2"); do
		if ! ss -Htan "sport = :$port" | grep -q .; then
			reply=$port
			return
		fi
	done
	fail "no free port"
}

# watch PROBES [NAME=VALUE...]: onlooker as the user, in that environment.
watch()
{
	local probes=$1

	shift
	mkfifo "$scratch/watch"
	setsid "${as_user[@]}" env "$@" "$onlooker" watch --json \
		--probes "$probes" >"$scratch/watch" 2>"$scratch/onlooker.log" \
		</dev/null &
	children+=($!)
	exec 4<"$scratch/watch"
	await '[.probes[] | select(.state == "starting")] == []'
}

# await FILTER: until a report satisfies this jq expression.
await()
{
	local end=$((SECONDS + 20)) line

	until [[ -n $last ]] && jq -e "$1" >/dev/null <<<"$last"; do
		((SECONDS < end)) || fail "never came true: $1"
		read -r -t 20 -u 4 line || fail "never came true: $1"
		last=$line
	done
}

# holds FILTER: the report as it stands, when nothing more is to come at once.
holds()
{
	local line

	while read -r -t 0 -u 4; do
		read -r -t 20 -u 4 line || break
		last=$line
	done
	jq -e "$1" >/dev/null <<<"$last" || fail "is not so: $1"
}

run_case()
{
	"case_$1"
}
