#!/usr/bin/env bash
# Who may include whom, and what the library must not do. Sources are judged by
# their #include lines, everything else by the compiled objects, which neither
# a macro nor a comment can deceive.
# Usage: tree_test.sh TREE [OBJECT...]
# Prints "RULE: where: what" for each breach; one line on long files at the end.
set -eu

tree=$1
shift
cd "$tree"
breaches=$(mktemp)
table=$(mktemp)
trap 'rm -f "$breaches" "$table"' EXIT

# Each #include of a folder: file, line, <system.h> or "own.h".
includes() {
	local pattern='^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"][^>"]+[>"]'
	grep -rHnoE --include='*.[ch]' "$pattern" "$1" |
		sed -E 's/^([^:]+):([0-9]+):[^<"]*/\1 \2 /' || true
}

# Names of our headers, as an #include might spell them: the tree and probes/
# are on the include path.
headers() {
	find sdk probes samples -name '*.h'
	find probes -name '*.h' -printf '%f\n'
}

# judge FOLDER AWK-PROGRAM: the program sees file, line and name of each
# #include (and in own[] our headers) and calls breach(RULE).
judge() {
	includes "$1" | awk -v headers="$(headers)" '
		function breach(rule) { print rule ": " $1 ":" $2 ": " $3 }
		# x11 for x11.c, x11.h and x11_stream.h
		function owner(path) {
			sub(/.*\//, "", path)
			sub(/\..*/, "", path)
			sub(/_.*/, "", path)
			return path
		}
		BEGIN {
			count = split(headers, list, "\n")
			for (i = 1; i <= count; i++)
				own[list[i]] = 1
		}
		{
			is_system = $3 ~ /^</
			name = substr($3, 2, length($3) - 2)
			folder = $1
			sub(/\/[^\/]*$/, "/", folder)
		}
		'"$2" >> "$breaches"
}

# The samples know the public header, system headers and their own folder.
judge samples '
	name == "onlooker/onlooker.h" && is_system { next }
	is_system && name !~ /^onlooker\// && !(name in own) { next }
	!is_system && name !~ /\// && (folder name) in own { next }
	{ breach("samples-include") }'

# A probe knows probe.h, the pure helpers, system headers and its own files:
# never sdk/, never another probe.
# shellcheck disable=SC2016 # awk expands it
judge probes '
	BEGIN { helper["proc.h"]; helper["edid.h"]; helper["hid.h"]
		helper["catalogue.h"]; helper["tool.h"]; helper["probe.h"]
		helper["sysfs.h"]; helper["uevent.h"]; helper["look.h"]
		helper["lookout.h"]; helper["unix_diag.h"] }
	is_system && !(name in own) { next }
	name == "onlooker/onlooker.h" { next }
	{ sub(/^probes\//, "", name) }
	!is_system && name in helper { next }
	!is_system && ("probes/" name) in own && owner(name) == owner($1) { next }
	{ breach("probes-include") }'

# The core knows probe.h but no probe, and no X11, PipeWire, DRM or D-Bus.
# Only the loop knows sd-event.
# shellcheck disable=SC2016 # awk expands it
judge sdk '
	name == "systemd/sd-event.h" && $1 != "sdk/loop.c" { breach("sdk-event") }
	name == "systemd/sd-event.h" { next }
	!is_system && name ~ /^sdk\// { next }
	name == "onlooker/onlooker.h" || name ~ /^(probes\/)?probe\.h$/ { next }
	is_system && !(name in own) && name !~ \
		/^(systemd|X11|xcb|pipewire|spa|dbus|gio|glib|wayland-|xf86drm|drm|libdrm|libmnl)/ {
		next
	}
	{ breach("sdk-include") }'

# What each object calls: "source function". What _FORTIFY_SOURCE or large-file
# support made of a function counts as the function itself.
calls() {
	[ $# -eq 0 ] || nm --print-file-name --undefined-only --format=posix "$@" |
		sed -E 's/^(.*\/)?([^\/]*)\.o: ([^ ]+) .*/\2 \3/
			s/ __(.*)_chk$/ \1/; s/ __(open|openat)(64)?_2$/ \1/
			s/ (.*)64$/ \1/; s/ __isoc99_/ /'
}

# forbid RULE ALLOWED-FILE FUNCTION...: none but this source, if any, calls one
# of the functions.
forbid() {
	awk -v rule="$1" -v allowed="$2" -v names="${*:3}" '
		BEGIN { count = split(names, list, " ")
			for (i = 1; i <= count; i++) forbidden[list[i]] }
		$1 != allowed && $2 in forbidden {
			print rule ": " $1 ": calls " $2 "()"
		}' "$table" >> "$breaches"
}

calls "$@" > "$table"
# Time stands still in a simulated session only if nobody looks at the clock
# behind its back.
forbid clock loop.c clock_gettime gettimeofday time timespec_get clock ftime \
	sd_event_now
# The host moves every path below the context's root.
forbid open host.c open openat openat2 creat fopen freopen opendir scandir \
	stat lstat access euidaccess readlink realpath glob nftw statx
forbid event-loop loop.c epoll_create epoll_create1 epoll_wait epoll_ctl \
	sd_event_new sd_event_default sd_event_add_io sd_event_add_time \
	sd_event_run sd_event_loop
forbid environment host.c getenv secure_getenv setenv putenv unsetenv clearenv
forbid thread worker.c pthread_create thrd_create
# What changes, or ends, the process that the library is a guest in.
forbid process '' signal sigaction bsd_signal sysv_signal __sysv_signal \
	sigset signalfd alarm setitimer fork vfork clone posix_spawn \
	posix_spawnp system popen execve execv execvp execl execlp abort exit \
	_exit _Exit quick_exit atexit __cxa_atexit on_exit kill raise chdir \
	umask setlocale prctl setrlimit XOpenDisplay
forbid sleep '' sleep usleep nanosleep clock_nanosleep pause thrd_sleep \
	sd_bus_wait xcb_wait_for_event xcb_wait_for_reply
forbid output '' printf vprintf puts putchar perror stdout stderr syslog psignal
# Functions that keep their answer in a static of the C library.
forbid shared-state '' strtok localtime gmtime asctime ctime rand srand random \
	srandom inet_ntoa getpwuid getpwnam getgrgid ttyname ptsname tmpnam \
	strsignal gethostbyname

# Nothing that can be written to outlives a context, and nothing runs at load.
# Addresses in constant data (.data.rel.ro) are read-only after relocation.
[ $# -eq 0 ] || objdump --syms --section-headers "$@" | awk '
	/: +file format / {
		source = $1
		sub(/\.o:$/, "", source)
		sub(/.*\//, "", source)
	}
	/[ \t](\.data|\.bss|\.tdata|\.tbss|\*COM\*)(\.[^ \t]+)?[ \t]/ &&
	!/\.data\.rel\.ro/ && !/[ \t]d[ \t]+\./ && !/^ *[0-9]+ \./ {
		print "static: " source ": " $NF " can be written"
	}
	$2 ~ /^\.(init_array|fini_array|ctors|dtors|preinit_array)/ {
		print "constructor: " source ": " $2
	}' >> "$breaches"

cat "$breaches"
# Told, never failed: a long file wants a reason, not a knife.
find sdk probes samples -name '*.[ch]' -exec wc -l {} + |
	awk '$1 > 400 && $2 != "total" { print "long file: " $2 ": " $1 " lines" }'
echo "$(find sdk probes samples -name '*.[ch]' | wc -l) files, $# objects"
[ ! -s "$breaches" ]
