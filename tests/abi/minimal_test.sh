#!/usr/bin/env bash
# On a machine that has libsystemd, jansson and the test library but none of
# the probes' libraries: the core builds and its unit tests pass; a probe that
# was asked for with ON and lacks its library is an error, AUTO leaves it out.
# Usage: minimal_test.sh CMAKE SOURCE-DIRECTORY CC
set -eu

cmake=$1 source=$2 cc=$3
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

# pkg-config sees nothing but these and what they need in turn, as if the rest
# was not installed.
mkdir "$directory/pc"
expose() {
	local module
	for module in "$@"; do
		[ ! -e "$directory/pc/$module.pc" ] || continue
		ln -s "$(pkg-config --variable=pcfiledir "$module")/$module.pc" \
			"$directory/pc/"
		# shellcheck disable=SC2046 # one module a word
		expose $(pkg-config --print-requires --print-requires-private \
			"$module" | awk '{ print $1 }')
	done
}
expose libsystemd jansson cmocka
export PKG_CONFIG_LIBDIR="$directory/pc" PKG_CONFIG_PATH=

configure() {
	"$cmake" -G Ninja -S "$source" -B "$1" -DCMAKE_C_COMPILER="$cc" \
		-DONLOOKER_SAMPLES=OFF -DONLOOKER_WERROR=ON "${@:2}"
}
if ! configure "$directory/build" > "$directory/log" 2>&1; then
	cat "$directory/log"
	exit 1
fi
grep -A 20 'probes built' "$directory/log"
lacking=$(sed -n 's/^-- *\([a-z0-9]*\) *no *(not found.*/\1/p' "$directory/log")
[ -n "$lacking" ] || {
	echo "every probe was built: nothing was missing"
	exit 1
}

status=0
for probe in $lacking; do
	if configure "$directory/on" -DONLOOKER_PROBE_"${probe^^}"=ON \
		> "$directory/on.log" 2>&1; then
		echo "ONLOOKER_PROBE_${probe^^}=ON without its library is no error"
		status=1
	elif ! grep -q "ONLOOKER_PROBE_${probe^^}=ON needs" "$directory/on.log"; then
		echo "ONLOOKER_PROBE_${probe^^}=ON failed, but not for its library"
		cat "$directory/on.log"
		status=1
	fi
	rm -rf "$directory/on"
done
if configure "$directory/on" -DONLOOKER_PROBE_PIPEWIRE=maybe \
	> /dev/null 2>&1; then
	echo "ONLOOKER_PROBE_PIPEWIRE=maybe is no error"
	status=1
fi

# Every probe off, whatever it needs: this is the core alone.
off=$(sed -n 's/^\(ONLOOKER_PROBE_[A-Z0-9]*\):.*/-D\1=OFF/p' \
	"$directory/build/CMakeCache.txt")
# shellcheck disable=SC2086 # one option a word
configure "$directory/build" $off > "$directory/log" 2>&1
"$cmake" --build "$directory/build" -j 2 > "$directory/build.log" 2>&1 || {
	cat "$directory/build.log"
	exit 1
}
(cd "$directory/build" &&
	"$(dirname "$cmake")/ctest" --output-on-failure --no-tests=error -L 'unit|scenario' -j 2) ||
	status=1
exit $status
