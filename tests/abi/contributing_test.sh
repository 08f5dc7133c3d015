#!/usr/bin/env bash
# What docs/probe.md and docs/catalogue.md tell a contributor to do, done in a copy
# of the tree: a probe in five steps, a program in five minutes.
# Usage: contributing_test.sh CMAKE SOURCE-DIRECTORY BUILD-DIRECTORY CC
set -eu

cmake=$1 source=$2 other=$3 cc=$4
directory=$(mktemp -d)
child=
clean_up() {
	[ -z "$child" ] || kill "$child" 2> /dev/null || true
	rm -rf "$directory"
}
trap clean_up EXIT
tree=$directory/tree

fail() {
	echo "$*"
	exit 1
}

for tool in jq patch; do
	command -v "$tool" > /dev/null || {
		echo "no $tool"
		exit 77
	}
done
unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS PIPEWIRE_REMOTE
export XDG_RUNTIME_DIR=$directory

mkdir "$tree"
(cd "$source" && tar -c --exclude='./build*' --exclude=./.git .) |
	tar -x -C "$tree"

# blocks FILE: each fenced block of it into a file NUMBER.LANGUAGE, and where it
# belongs, if it says so, into NUMBER.path.
blocks() {
	mkdir "$directory/$2"
	awk -v to="$directory/$2" '
		/^ *```/ && inside { inside = 0; close(name); next }
		/^ *```/ {
			inside = 1
			match($0, /^ */)
			indent = RLENGTH
			name = to "/" ++number "." substr($1, 4)
			if (NF > 1)
				print $2 > (to "/" number ".path")
			next
		}
		inside { print substr($0, indent + 1) > name }
	' "$1"
}

# build TARGET...
build() {
	"$cmake" --build "$directory/build" -j 2 --target "$@" \
		> "$directory/log" 2>&1 || fail "$(cat "$directory/log")"
}
onlooker=$directory/build/samples/monitor/onlooker

# The probe, step by step.
blocks "$tree/docs/probe.md" probe
for path in "$directory"/probe/*.path; do
	number=$(basename "$path" .path)
	file=$tree/$(cat "$path")
	[ ! -e "$file" ] || fail "$file is there already"
	mv "$directory/probe/$number".[!p]* "$file"
done
for change in "$directory"/probe/*.diff; do
	patch -d "$tree" -p1 < "$change" || fail "$change does not apply"
done
# No probe but the new one and the one that knows programs.
off=$(sed -n 's/^\(ONLOOKER_PROBE_[A-Z0-9]*\):.*/-D\1=OFF/p' \
	"$other/CMakeCache.txt" | grep -v PROCESS)
# shellcheck disable=SC2086 # one option a word
"$cmake" -G Ninja -S "$tree" -B "$directory/build" -DCMAKE_C_COMPILER="$cc" \
	-DCMAKE_BUILD_TYPE=Debug -DONLOOKER_WERROR=ON $off \
	> "$directory/log" 2>&1 || fail "$(cat "$directory/log")"
grep -q 'example *yes' "$directory/log" || fail "it is not built: $(cat "$directory/log")"
build monitor scenario_runner
"$directory/build/tests/scenarios/scenario_runner" \
	"$tree/tests/scenarios/example-share.jsonl"
# Its rule has a scenario, and the tree keeps its own law.
"$directory/build/tests/scenarios/scenario_runner" --rules \
	"$tree"/tests/scenarios/*.jsonl
(cd "$directory" && PATH=$directory/build/samples/monitor:$PATH &&
	sh -e "$directory"/probe/*.sh > said) || [ $? = 11 ] ||
	fail "$(cat "$directory/said")"
for wanted in 'somebody:' \
	'  Says of itself that it shares the screen. [example.share]'; do
	grep -qxF "$wanted" "$directory/said" ||
		fail "it is not seen: $(cat "$directory/said")"
done

# The program: a shell under its name, for it is known by that and what it is
# told, not by what it does.
blocks "$tree/docs/catalogue.md" catalogue
tool=$(echo "$directory"/catalogue/*.json)
name=$(jq -r '.tools[0].name' "$tool")
cp "$(command -v sh)" "$directory/$(jq -r '.tools[0].processes[1].exe' "$tool")"
mapfile -t arguments < <(jq -r '.tools[0].processes[1].args[]' "$tool")
mkfifo "$directory/end"
"$directory/$(jq -r '.tools[0].processes[1].exe' "$tool")" \
	-c 'read -r end' "${arguments[@]}" 3<> "$directory/end" <&3 &
child=$!

# sees OPTION...: whether the program is a watcher, known by this name.
sees() {
	"$onlooker" status --probes process --json --settle 0 "$@" \
		> "$directory/said" || [ $? -ge 10 ] ||
		fail "status failed: $(cat "$directory/said")"
	jq -e --arg name "$name" --argjson pid "$child" \
		'.watchers[] | select(.pid == $pid and
			any(.evidence[]; .detail == $name))' \
		"$directory/said" > "$directory/watcher"
}
! sees || fail "$name is known without being told of"
sees --catalogue "$tool" || fail "$name is not seen: $(cat "$directory/said")"
jq -e '.stage == "connected"' "$directory/watcher" ||
	fail "it is not connected: $(cat "$directory/watcher")"

# For everybody's benefit.
jq --slurpfile new "$tool" '.tools += $new[0].tools' \
	"$tree/probes/catalogue/server.json" > "$directory/server.json"
mv "$directory/server.json" "$tree/probes/catalogue/server.json"
build monitor
sees || fail "$name is not built in: $(cat "$directory/said")"
