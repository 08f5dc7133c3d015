#!/usr/bin/env bash
# The packages on a Debian that has nothing but what they ask for: a root of its
# own, made anew. There apt installs them, the monitor runs, and the README's
# program is built with pkg-config and with find_package().
# Usage: clean_root_test.sh SOURCE-DIRECTORY BUILD-DIRECTORY VERSION
set -eu

source=$1 build=$2/package version=$3
scratch=$(mktemp -d)
trap 'rm -rf --one-file-system "$scratch"' EXIT
root=$scratch/root

fail()
{
	printf '%s\n' "$*" >&2
	exit 1
}

skip()
{
	printf 'skipped: %s\n' "$*" >&2
	exit 77
}

export PATH=$PATH:/usr/sbin:/sbin
((EUID == 0)) || skip "only root makes a root"
command -v mmdebstrap >/dev/null || skip "no mmdebstrap"
# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
[[ -n $suite ]] || skip "this is no release of Debian"

"$source/dev" package "$build" >"$scratch/log" 2>&1 ||
	fail "$(cat "$scratch/log")"

app=$scratch/app
mkdir "$app"
# shellcheck disable=SC2016 # these backquotes are the README's
sed -n '/^```c$/,/^```$/{/^```/!p}' "$source/README.md" >"$app/consumer.c"
sed -e "s/@VERSION@/$version/" -e 's/C_STANDARD 99/C_STANDARD 11/' \
	"$source/tests/abi/consumer.cmake" >"$app/CMakeLists.txt"
cp "$build"/*.deb "$app/"

# In the root, after each other: what must be true at the end of each line.
cat >"$app/use" <<'END'
set -eu
cd /app
export DEBIAN_FRONTEND=noninteractive
# The monitor, and no compiler: its package brings what it needs to run.
apt-get install -qq -y --no-install-recommends ./libonlooker0_*.deb \
	./onlooker_*.deb >apt.log 2>&1 || { cat apt.log; exit 1; }
onlooker --version
[ "$(onlooker status --settle 0 --json | wc -l)" = 1 ]
zcat /usr/share/man/man1/onlooker.1.gz | grep -qi '^.SH NAME'
# The development package, and a compiler.
apt-get install -qq -y --no-install-recommends ./libonlooker-dev_*.deb \
	gcc libc6-dev pkg-config cmake make >apt.log 2>&1 ||
	{ cat apt.log; exit 1; }
cc -std=c11 -Wall -Werror consumer.c $(pkg-config --cflags --libs onlooker) \
	-o by-pkg-config
cmake -S . -B build >cmake.log 2>&1 || { cat cmake.log; exit 1; }
cmake --build build >cmake.log 2>&1 || { cat cmake.log; exit 1; }
for program in ./by-pkg-config build/consumer; do
	mkfifo lines
	timeout 20 stdbuf -oL "$program" >lines &
	read -r line <lines
	kill $! 2>/dev/null || true
	rm lines
	case $line in
	*', '*' %') echo "$program: $line" ;;
	*) echo "$program says '$line'"; exit 1 ;;
	esac
done
echo "it all works"
END

# shellcheck disable=SC2016 # the hook's shell knows its own variables
options=(--variant=apt --aptopt='Acquire::Languages "none"'
	--dpkgopt=force-unsafe-io --dpkgopt=path-exclude='/usr/share/locale/*'
	--customize-hook="copy-in $app /"
	--customize-hook='env -i PATH="$PATH" chroot "$1" sh /app/use >"$1/said" 2>&1 || true')
mmdebstrap "${options[@]}" "$suite" "$root" >"$scratch/log" 2>&1 ||
	skip "no root could be made: $(tail -n 3 "$scratch/log")"
cat "$root/said"
grep -q '^it all works$' "$root/said" || fail "it does not work there"
