#!/usr/bin/env bash
# table.sh check|write DOCUMENT FOLDER: the table at the end of DOCUMENT against
# what the last run of vm_test.sh, which left its logs in FOLDER, has shown. After
# a change of a set-up or a rule: ./dev vm
# Exits with 77 where there was no run, as without QEMU.
set -eu

action=$1
shown=$2
logs=("$3"/vm-{desk,guest,spice}.log)

for log in "${logs[@]}"; do
	if ! grep -q '^FAILURES 0$' "$log" 2>/dev/null; then
		echo "skipped: no whole run left $log"
		exit 77
	fi
done

# The columns that are the same in every run; how long it took is not.
fresh=$(
	printf '| set-up | told | of |\n|---|---|---|\n'
	awk -F ' *[|] *' '/^ROW/ { print "| " $2 " | " $3 " | " $4 " |" }' \
		"${logs[@]}"
)

if [[ $action == write ]]; then
	sed -i '/^<!-- printed/q' "$shown"
	printf '%s\n' "$fresh" >>"$shown"
elif ! diff <(sed '1,/^<!-- printed/d' "$shown") <(printf '%s\n' "$fresh"); then
	echo "$shown is not what the virtual machine shows: ./dev vm" >&2
	exit 1
fi
