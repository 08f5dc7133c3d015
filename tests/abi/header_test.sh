#!/usr/bin/env bash
# The public header compiles alone, twice over, in C99, C11 and C++11, without
# a warning. Usage: header_test.sh INCLUDE-DIRECTORY CC CXX
set -eu

include=$1 cc=$2 cxx=$3
source=$(mktemp)
trap 'rm -f "$source"' EXIT
# A pedantic compiler wants a declaration in each file; a second inclusion must
# change nothing.
printf '%s\n' '#include <onlooker/onlooker.h>' '#include <onlooker/onlooker.h>' \
	'extern int nothing;' > "$source"

compile() {
	echo "$*"
	"$@" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$include" "$source"
}
compile "$cc" -x c -std=c99
compile "$cc" -x c -std=c11
# A header that the installed project uses must not depend on GNU extensions
# being on by default, so strict modes only.
compile "$cxx" -x c++ -std=c++11
compile "$cxx" -x c++ -std=c++17
