#!/usr/bin/env bash
# What libonlooker.so exports, what sdk/onlooker.map lists and what the header
# declares are one set, each way. The static library, where no map hides
# anything, defines nothing outside our own name spaces.
# Usage: symbols_test.sh LIBRARY ARCHIVE MAP HEADER CC
set -eu

library=$1 archive=$2 map=$3 header=$4 cc=$5
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

nm --dynamic --defined-only --format=posix "$library" |
	awk '$2 != "A" { sub(/@.*/, "", $1); print $1 }' |
	sort -u > "$directory/exported"
awk '/global:/ { on = 1; next } /local:/ { on = 0 } on' "$map" |
	grep -oE '[a-z_0-9]+' | sort -u > "$directory/mapped"
# Preprocessed, so that comments are gone; a type of a function, such as
# (*onlooker_log_fn)(, has a parenthesis between its name and its parameters.
"$cc" -E -P -I"$(dirname "$header")/.." "$header" |
	grep -oE '\bonlooker_[a-z_0-9]+ *\(' | tr -d ' (' |
	sort -u > "$directory/declared"

status=0
same() {
	diff -u --label "$1" --label "$2" "$directory/$1" "$directory/$2" ||
		status=1
}
same exported mapped
same exported declared

foreign=$(nm --defined-only --extern-only --format=posix "$archive" |
	awk 'NF > 2 && $1 !~ /^(ol|onlooker)_/ { print $1 }' | sort -u)
if [ -n "$foreign" ]; then
	echo "$archive defines names that are not ours: ${foreign//$'\n'/ }"
	status=1
fi
echo "$(wc -l < "$directory/exported") functions exported"
[ -s "$directory/exported" ] || status=1
exit $status
