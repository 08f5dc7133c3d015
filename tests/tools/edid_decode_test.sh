#!/usr/bin/env bash
# Compares what we read from EDIDs with what edid-decode(1) reads.
# Usage: edid_decode_test.sh EDID_PRINT FILE...
set -eu

print=$1
shift
command -v edid-decode >/dev/null || exit 77

# field NAME <<<OUTPUT: a value of edid-decode's, without quotes and remarks.
field() {
	sed -n "s/^ *$1: *//p" | head -n 1 |
		sed "s/^'\(.*\)'\$/\1/; s/ (.*//; s/ *\$//"
}

for file; do
	theirs=$(edid-decode "$file" || true)
	serial=$(field 'Serial Number' <<<"$theirs")
	expected="$(field Manufacturer <<<"$theirs")"
	expected+=" $(field Model <<<"$theirs") ${serial:-0}"
	expected+=" $(field 'Display Product Name' <<<"$theirs")"
	ours=$("$print" "$file")
	[[ $ours == "$expected" ]] || {
		printf '%s: we read "%s", edid-decode "%s"\n' "$file" \
			"$ours" "$expected"
		exit 1
	}
done
echo "$# EDIDs read alike"
