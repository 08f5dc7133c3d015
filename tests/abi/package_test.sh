#!/usr/bin/env bash
# The Debian packages: built, installed into an empty root, and the README's
# program built against them with pkg-config and with find_package().
# Usage: package_test.sh CMAKE SOURCE-DIRECTORY BUILD-DIRECTORY CC VERSION
set -eu

cmake=$1 source=$2 build=$3/package cc=$4 version=$5
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
root=$directory/root

fail() {
	echo "$*"
	exit 1
}

for tool in dpkg dpkg-shlibdeps ldconfig; do
	PATH=$PATH:/sbin:/usr/sbin command -v "$tool" > /dev/null || {
		echo "no $tool: not on Debian?"
		exit 77
	}
done
# Files of a package belong to root, really or as far as dpkg can see.
as_root=()
if [ "$EUID" != 0 ]; then
	command -v fakeroot > /dev/null || exit 77
	as_root=(fakeroot --)
fi
export PATH=$PATH:/usr/sbin:/sbin

"$source/dev" package "$build" > "$directory/log" 2>&1 ||
	fail "$(cat "$directory/log")"
debs=("$build"/*.deb)
[ ${#debs[@]} = 3 ] || fail "not three packages: ${debs[*]}"

# field PACKAGE FIELD
field() {
	dpkg-deb --field "$build/$1"_*.deb "$2"
}

# has PACKAGE PATTERN...: every file matches one, and every one a file.
has() {
	local package=$1 pattern files
	shift
	files=$(dpkg-deb --contents "$build/$package"_*.deb |
		sed -n '/\/$/!s/.* \.\(\/[^ ]*\).*/\1/p' |
		grep -v '^/usr/share/doc/')
	for pattern; do
		grep -qE "^$pattern\$" <<< "$files" ||
			fail "$package has no $pattern"
		files=$(grep -vE "^$pattern\$" <<< "$files" || true)
	done
	[ -z "$files" ] || fail "$package has $files too"
}
lib='/usr/lib/[^/]*'
has libonlooker0 "$lib/libonlooker.so.0" "$lib/libonlooker.so.$version"
has libonlooker-dev "$lib/libonlooker.so" "$lib/libonlooker.a" \
	"$lib/pkgconfig/onlooker.pc" "$lib/cmake/onlooker/onlooker-.*" \
	/usr/include/onlooker/onlooker.h
has onlooker /usr/bin/onlooker /usr/share/man/man1/onlooker.1.gz \
	/usr/bin/onlooker-quiet /usr/share/man/man1/onlooker-quiet.1.gz \
	/usr/lib/systemd/user/onlooker-quiet.service \
	/usr/share/bash-completion/completions/onlooker \
	/usr/share/zsh/site-functions/_onlooker \
	/usr/share/fish/vendor_completions.d/onlooker.fish
for package in libonlooker0 libonlooker-dev onlooker; do
	dpkg-deb --contents "$build/$package"_*.deb |
		grep -q "/usr/share/doc/$package/copyright" ||
		fail "$package says nothing of its licence"
done
# What Debian's own checker calls an error. It may have no opinion on our root.
if command -v lintian > /dev/null; then
	lintian --allow-root --fail-on error,warning \
		--suppress-tags maintscript-calls-ldconfig \
		"${debs[@]}" > "$directory/lintian" 2>&1 ||
		fail "$(cat "$directory/lintian")"
else
	echo "no lintian: the packages are not checked by it"
fi
[[ $(field libonlooker0 Depends) == *libsystemd0* ]] ||
	fail "what the library links is no dependency of its package"
[[ $(field libonlooker-dev Depends) == *libsystemd-dev* ]] ||
	fail "what its pkg-config file requires is no dependency either"

# An empty root, but for the knowledge of what is installed here: dependencies
# count, and nothing of this machine is changed.
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
grep -vxE 'Package: .*onlooker.*' /var/lib/dpkg/status \
	> "$root/var/lib/dpkg/status"
unpack() {
	"${as_root[@]}" dpkg --root="$root" --force-not-root \
		--force-script-chrootless --no-triggers --install "$@" \
		> "$directory/dpkg.log" 2>&1
}
! unpack "$build"/onlooker_*.deb || fail "onlooker needs no libonlooker0"
rm -rf "${root:?}/usr"
unpack "${debs[@]}" || fail "$(cat "$directory/dpkg.log")"

library=$(dirname "$(find "$root/usr/lib" -name 'libonlooker.so.0')")
export LD_LIBRARY_PATH=$library
[ "$("$root/usr/bin/onlooker" --version)" = "onlooker $version" ] ||
	fail "the installed program does not run"

# The README's program, in a time without display or PipeWire.
unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS PIPEWIRE_REMOTE
export XDG_RUNTIME_DIR=$directory
mkdir "$directory/app"
# shellcheck disable=SC2016 # these backquotes are the README's
sed -n '/^```c$/,/^```$/{/^```/!p}' "$source/README.md" \
	> "$directory/app/consumer.c"
runs() {
	local line
	exec 3< <(exec stdbuf -oL "$1" < /dev/null)
	read -r -t 20 -u 3 line || fail "$1 says nothing"
	kill $! 2> /dev/null || true
	exec 3<&-
	[[ $line =~ ^(unknown|clear|suspected|shared),\ [0-9]+\ %$ ]] ||
		fail "$1 says $line"
	echo "$2: $line"
}

export PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_PATH=$library/pkgconfig
read -ra flags <<< "$(pkg-config --cflags --libs onlooker)"
"$cc" -std=c11 "$directory/app/consumer.c" -o "$directory/app/app" \
	"${flags[@]}"
runs "$directory/app/app" pkg-config
unset PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_PATH

sed -e "s/@VERSION@/$version/" -e 's/C_STANDARD 99/C_STANDARD 11/' \
	"$here/consumer.cmake" > "$directory/app/CMakeLists.txt"
"$cmake" -S "$directory/app" -B "$directory/app/build" \
	-DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$root/usr" \
	> "$directory/configure.log"
"$cmake" --build "$directory/app/build" > "$directory/build.log"
runs "$directory/app/build/consumer" find_package
