#!/usr/bin/env bash
# The layout that programs were compiled against is the layout of the header,
# and every enumerator and member of the header is recorded.
# Usage: layout_test.sh LAYOUT-PROGRAM RECORD HEADER CC
# After a wanted change: LAYOUT-PROGRAM > RECORD
set -eu

program=$1 record=$2 header=$3 cc=$4

# The record was made where long and pointers have 64 bits.
if ! printf '_Static_assert(sizeof(void *) == 8 && sizeof(long) == 8, "");' |
	"$cc" -x c -fsyntax-only - 2> /dev/null; then
	echo "the layout is recorded for 64-bit machines only"
	exit 77
fi
"$program" | diff -u "$record" -

status=0
plain=$("$cc" -E -P -I"$(dirname "$header")/.." "$header")
for name in $(grep -oE '\bONLOOKER_[A-Z_]+ *=' <<< "$plain" | tr -d ' ='); do
	grep -q "^$name " "$record" || { echo "$name is not recorded"; status=1; }
done
# A struct's line in the header opens it; its members end with a semicolon.
members=$(awk '/^struct onlooker_[a-z]+ \{/ { type = $2; next } /^\}/ { type = "" }
	type && /;/ { sub(/;.*/, ""); sub(/.*[ *]/, ""); print type "." $0 }' \
	"$header")
for name in $members; do
	grep -q "^$name " "$record" || { echo "$name is not recorded"; status=1; }
done
exit $status
