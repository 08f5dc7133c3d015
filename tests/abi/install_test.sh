#!/usr/bin/env bash
# What `cmake --install` leaves behind is enough to build and run a program,
# found by pkg-config (shared and static) and by find_package().
# Usage: install_test.sh CMAKE BUILD-DIRECTORY CC VERSION
set -eu

cmake=$1 build=$2 cc=$3 version=$4
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
prefix=$directory/prefix

"$cmake" --install "$build" --prefix "$prefix" > "$directory/install.log"
pc=$(find "$prefix" -name onlooker.pc)
library=$(cd "$(dirname "$pc")/.." && pwd)
# Found first, beside the system's own for what ours requires. The file names
# the prefix that was configured, and this is another one.
export PKG_CONFIG_PATH="$library/pkgconfig"
pkg_config() {
	pkg-config --define-variable=prefix="$prefix" "$@" onlooker
}
# Only the one header, and nothing of the samples' or tests' under include.
headers=$(cd "$prefix/include" && find . -type f)
[ "$headers" = ./onlooker/onlooker.h ] || {
	echo "installed headers: $headers"
	exit 1
}

expect() {
	local said
	said=$("$@")
	echo "$1: $said"
	[ "$said" = "$version unknown" ] || {
		echo "expected: $version unknown"
		exit 1
	}
}

[ "$(pkg_config --modversion)" = "$version" ]
read -ra flags <<< "$(pkg_config --cflags --libs)"
"$cc" -std=c99 -Wall -Werror "$here/consumer.c" -o "$directory/shared" \
	"${flags[@]}"
LD_LIBRARY_PATH=$library expect "$directory/shared"

# The archive is taken by its name: the system libraries it needs, static or
# not, are what pkg-config must know.
read -ra flags <<< "$(pkg_config --cflags --libs --static)"
for i in "${!flags[@]}"; do
	[ "${flags[i]}" != -lonlooker ] || flags[i]=-l:libonlooker.a
done
"$cc" -std=c99 -Wall -Werror "$here/consumer.c" -o "$directory/static" \
	"${flags[@]}"
expect "$directory/static"

mkdir "$directory/consumer"
cp "$here/consumer.c" "$directory/consumer/"
sed "s/@VERSION@/$version/" "$here/consumer.cmake" \
	> "$directory/consumer/CMakeLists.txt"
"$cmake" -S "$directory/consumer" -B "$directory/consumer/build" \
	-DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix" \
	> "$directory/configure.log"
"$cmake" --build "$directory/consumer/build" > "$directory/build.log"
expect "$directory/consumer/build/consumer"
