#!/usr/bin/env bash
# The numbers that README and docs name are those of the catalogue:
# catalogue_test.sh SOURCES
set -eu
cd "$1"

fail()
{
	echo "$*" >&2
	exit 1
}

command -v jq >/dev/null || { echo "skipped: no jq" >&2; exit 77; }
counts=$(jq -s '[.[].tools // [] | .[].proof] | [length] +
	[("seen", "source", "none") as $proof | map(select(. == $proof)) |
	length]' -c probes/catalogue/{input,other,recorder,relay,server}.json)
IFS=, read -r all seen source none <<<"${counts//[\[\]]/}"
grep -q "of $all known programs $seen were watched, $source read about in" \
	README.md || fail "README.md has not the numbers $counts"
grep -q ", $none are hearsay" README.md || fail "README.md: not $none"
for row in "watched.*$seen" "read in.*$source" "hearsay.*$none"; do
	grep -q "^| $row |\$" docs/catalogue.md ||
		fail "docs/catalogue.md has no row $row"
done
jq -rs '[.[].tools // [] | .[] | select(.proof == "none" and
	(.role | IN("viewer", "benign", "gateway") | not)) | .name] | .[]' \
	probes/catalogue/{input,other,recorder,relay,server}.json |
	while read -r name; do
		tr '\n' ' ' <docs/catalogue.md | grep -qF "$name" ||
			fail "docs/catalogue.md does not name $name"
	done
