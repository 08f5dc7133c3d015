#!/usr/bin/env bash
# x11_table.sh check|write DOCUMENT FOLDER: the tables at the end of DOCUMENT
# against the rows that the last runs of the x11 tests left in FOLDER. After a
# change of what is told: ./dev x11
# Tests that did not run, for want of a program, are not compared. Exits with 77
# where none did.
set -eu

action=$1
shown=$2
rows=$3

shopt -s nullglob
files=("$rows"/*)
if ((${#files[@]} == 0)); then
	echo "skipped: no test has left a row in $rows"
	exit 77
fi

if [[ $action == write ]]; then
	sed -i '/^<!-- printed/q' "$shown"
	{
		echo '| program | what it does | strongest evidence | finding | rightly named |'
		echo '|---|---|---|---|---|'
		cat "$rows"/[abc]*
		echo
		echo '| server | probe | because | told of it |'
		echo '|---|---|---|---|'
		cat "$rows"/s*
	} >>"$shown"
	exit 0
fi

status=0
while read -r row; do
	if ! grep -qxF -- "$row" "$shown"; then
		echo "$shown has not this row: $row" >&2
		status=1
	fi
done < <(cat "${files[@]}")
((status == 0)) || echo "to write it anew: ./dev x11" >&2
exit "$status"
