#!/usr/bin/env bash
# tree_test.sh sees every kind of breach, under the name of its rule, and takes
# nothing for one that is none: many are planted in a copy of the tree.
# Usage: tree_negative_test.sh TREE CC
set -eu

tree=$1 cc=$2
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
mkdir "$directory/tree"
cp -r "$tree/sdk" "$tree/probes" "$tree/samples" "$directory/tree/"
touch "$directory/tree/probes/pipewire.h" "$directory/tree/probes/x11.h" \
	"$directory/tree/samples/own.h"
objects=()

# includes RULE FILE LINE: a file with this line, which breaks the rule; - is
# no rule.
includes() {
	echo "$3" > "$directory/tree/$2"
	[ "$1" = - ] || echo "$1: $2" >> "$directory/planted"
}

# code RULE TEXT [FILE]: an object that was compiled from the text.
code() {
	local file=${3:-plant${#objects[@]}.c}
	echo "$2" > "$directory/$file"
	"$cc" -O2 -fPIC -D_GNU_SOURCE -w -c "$directory/$file" \
		-o "$directory/$file.o"
	objects+=("$directory/$file.o")
	[ "$1" = - ] || echo "$1: $file" >> "$directory/planted"
}

includes samples-include samples/plant1.c '#include "sdk/rules.h"'
includes samples-include samples/plant2.c '#include "../probes/probe.h"'
includes samples-include samples/plant3.c '#include <sdk/rules.h>'
includes samples-include samples/plant4.c '# include <onlooker/private.h>'
includes - samples/plant5.c '#include <onlooker/onlooker.h>'
includes - samples/plant6.c '#include "own.h"'
includes - samples/plant7.c '#include <stdio.h>'
includes probes-include probes/x11_plant1.c '#include "sdk/rules.h"'
includes probes-include probes/x11_plant2.c '#include "../sdk/rules.h"'
includes probes-include probes/x11_plant3.c '#include "pipewire.h"'
includes probes-include probes/x11_plant4.c '#include <pipewire.h>'
includes - probes/x11_plant5.c '#include "x11.h"'
includes - probes/x11_plant6.c '#include <xcb/xcb.h>'
includes - probes/x11_plant7.c '#include "probe.h"'
includes sdk-include sdk/plant1.c '#include "probes/x11.h"'
includes sdk-include sdk/plant2.c '#include <xcb/xcb.h>'
includes sdk-include sdk/plant3.c '#include <systemd/sd-bus.h>'
includes sdk-include sdk/plant4.c '#include "x11.h"'
includes sdk-event sdk/plant5.c '#include <systemd/sd-event.h>'
includes - sdk/plant6.c '#include "probe.h"'
includes - sdk/plant7.c '#include <signal.h>'

code clock '#include <time.h>
long f(void) { return time(0); }'
code clock '#include <time.h>
int f(struct timespec *t) { return clock_gettime(CLOCK_MONOTONIC, t); }'
code open '#include <fcntl.h>
int f(const char *p, int flags) { return open(p, flags); }'
code open '#define _FORTIFY_SOURCE 2
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
int f(const char *p, int flags) { return openat(3, p, flags); }'
code open '#include <stdio.h>
void *f(void) { return fopen("/etc/passwd", "r"); }'
code event-loop '#include <sys/epoll.h>
int f(void) { return epoll_create1(0); }'
code environment '#include <stdlib.h>
char *f(void) { return getenv("HOME"); }'
code thread '#include <pthread.h>
int f(pthread_t *t, void *(*g)(void *)) { return pthread_create(t, 0, g, 0); }'
code process '#include <signal.h>
void *f(void) { return signal(SIGPIPE, SIG_IGN); }'
code process '#include <signal.h>
int f(struct sigaction *a) { return sigaction(SIGPIPE, a, 0); }'
code process '#include <unistd.h>
int f(void) { return fork(); }'
code process '#include <stdlib.h>
void f(void) { abort(); }'
code process '#include <stdlib.h>
void f(void) { exit(1); }'
code sleep '#include <unistd.h>
int f(void) { return usleep(1); }'
code output '#define _FORTIFY_SOURCE 2
#include <stdio.h>
int f(int i) { return printf("%d\n", i); }'
code output '#include <stdio.h>
int f(int i) { return fprintf(stderr, "%d\n", i); }'
code shared-state '#include <string.h>
char *f(char *s) { return strtok(s, ","); }'
code static 'int f(void) { static int count; return ++count; }'
code static 'static int level = 1;
int f(int i) { int r = level; level = i; return r; }'
code static '_Thread_local int level; int f(void) { return ++level; }'
code static '__attribute__((common)) int level;'
code constructor '__attribute__((constructor)) void f(void) { }'
# Allowed where they belong; constant data with addresses in it is no state.
code - '#include <sys/epoll.h>
int f(void) { return epoll_create1(0); }' loop.c
code - '#include <fcntl.h>
int f(const char *p, int flags) { return open(p, flags); }' host.c
code - '#include <pthread.h>
int f(pthread_t *t, void *(*g)(void *)) { return pthread_create(t, 0, g, 0); }' \
	worker.c
code - '#include <stdio.h>
static const char *const names[] = { "one", "two" };
const char *f(int i, char *s) { snprintf(s, 4, "%d", i); return names[i]; }'

# What is wrong with the tree itself is tree_test.sh's own affair.
("$here/tree_test.sh" "$directory/tree" "${objects[@]}" || true) |
	sed -nE 's/^([a-z-]+: [^: ]+).*/\1/p' |
	grep -E 'plant|: (loop|host|worker)\.c$' | sort > "$directory/seen"
sort "$directory/planted" |
	diff -u --label planted --label seen - "$directory/seen"
wc -l < "$directory/planted" | sed 's/$/ breaches planted, as many seen/'
