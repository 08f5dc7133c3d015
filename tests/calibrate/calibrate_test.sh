#!/usr/bin/env bash
# calibrate_test.sh CALIBRATE SESSION...: the table of the docs is what the
# sessions say today. After a change of a rule: ./dev calibrate
set -eu

shown=$(dirname "$0")/../../docs/calibration.md
fresh=$("$@")

[[ -n $fresh ]]
if ! diff <(sed '1,/^<!-- printed/d' "$shown") <(printf '%s\n' "$fresh"); then
	echo "docs/calibration.md is not what the sessions say:" \
		"./dev calibrate" >&2
	exit 1
fi
