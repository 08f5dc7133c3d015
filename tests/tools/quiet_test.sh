#!/usr/bin/env bash
# Do-not-disturb with real notification daemons, while a simulated cast comes and
# goes: quiet_test.sh QUIET CAST CASE.
set -eu

quiet=$1
cast=$2
name=$3
set -- "$quiet"
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
unset XDG_STATE_HOME XDG_CONFIG_HOME XDG_CURRENT_DESKTOP
need pipewire dbus-daemon gdbus

start_session()
{
	mkfifo "$scratch/bus"
	chmod 666 "$scratch/bus"
	serve bus dbus-daemon --session --nofork --print-address=3 \
		3<>"$scratch/bus"
	read -r -t 20 DBUS_SESSION_BUS_ADDRESS <>"$scratch/bus" ||
		fail "no bus"
	export DBUS_SESSION_BUS_ADDRESS
	cp "$here/../support/pipewire.conf" "$scratch/minimal.conf"
	serve pipewire pipewire -c "$scratch/minimal.conf"
}

# The program under test, its lines on descriptor 4.
start_quiet()
{
	rm -f "$scratch/quiet"
	mkfifo "$scratch/quiet"
	setsid "${as_user[@]}" "$quiet" --probes pipewire >"$scratch/quiet" \
		2>"$scratch/quiet.log" </dev/null &
	quiet_pid=$!
	children+=("$quiet_pid")
	exec 4<"$scratch/quiet"
}

# says TEXT: it comes to print a line with it.
says()
{
	local line=

	until [[ $line == *"$1"* ]]; do
		read -r -t 30 -u 4 line || fail "it never said '$1'"
	done
}

share()
{
	serve cast "$cast" --shape gnome-shell --consume
	cast_pid=$reply
}

unshare()
{
	stop "$cast_pid"
}

as_user()
{
	"${as_user[@]}" "$@"
}

# is STATE: the switch, by the daemon's own tool.
is()
{
	local state

	state=$(get)
	[[ $state == "$1" ]] || fail "the switch is $state, not $1"
}

# What holds of every daemon: on while shared, and the user's word counts.
run_through()
{
	start_quiet
	says found
	share
	says "while the screen is shared"
	is on
	unshare
	says "is over"
	is off

	# What the user had switched on stays.
	set_switch on
	share
	says "is left alone"
	unshare
	says "nothing was to be undone"
	is on
	set_switch off
	share
	says "while the screen is shared"

	# Killed, and started anew: what we did is known as ours.
	kill -KILL "$quiet_pid"
	unshare
	is on
	start_quiet
	says "is over"
	is off
	share
	says "while the screen is shared"
	kill "$quiet_pid"
	wait "$quiet_pid" || fail "exit status $?"
	is off
	unshare
}

case_dunst()
{
	need dunst dunstctl Xvfb
	get() { [[ $(as_user dunstctl is-paused) == true ]] && echo on || echo off; }
	set_switch()
	{
		local value=false

		[[ $1 == off ]] || value=true
		as_user dunstctl set-paused $value
	}
	start_x dunst
	export DISPLAY=$reply
	serve dunst dunst
	dunst=$reply
	run_through

	# It forgets, and is told again; its user's refusal holds.
	start_quiet
	says found
	share
	says "while the screen is shared"
	stop "$dunst"
	serve dunst dunst
	says found
	says "while the screen is shared"
	is on
	set_switch off
	says "was switched off"
	unshare
	says "nothing was to be undone"
	is off
}

start_sway()
{
	need sway
	serve sway env WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 \
		WLR_RENDERER=pixman sway -c /dev/null
	# A shell has nothing to wait on for a socket; ctest limits the time.
	until [[ -S $scratch/user/wayland-1 ]]; do
		kill -0 "$reply" || fail "no sway"
		sleep 0.05
	done
	export WAYLAND_DISPLAY=wayland-1
}

case_mako()
{
	need mako makoctl
	get()
	{
		[[ $'\n'$(as_user makoctl mode)$'\n' == \
			*$'\ndo-not-disturb\n'* ]] && echo on || echo off
	}
	set_switch()
	{
		local option=-r

		[[ $1 == off ]] || option=-a
		as_user makoctl mode $option do-not-disturb >/dev/null
	}
	start_sway
	printf '[mode=do-not-disturb]\ninvisible=1\n' >"$scratch/mako.conf"
	serve mako mako -c "$scratch/mako.conf"
	run_through
}

case_swaync()
{
	need swaync swaync-client
	get() { [[ $(as_user swaync-client -D -sw) == true ]] && echo on || echo off; }
	set_switch()
	{
		as_user swaync-client "-d${1:1:1}" -sw >/dev/null
	}
	start_sway
	serve swaync swaync
	run_through
}

# GNOME's own notification service belongs to its shell, and its switch is a
# setting on the disk. The shell will not start without a system bus.
case_gnome()
{
	need gnome-shell gsettings gjs
	get()
	{
		local shown

		shown=$(as_user gsettings get "${switch[@]}")
		[[ $shown == false ]] && echo on || echo off
	}
	set_switch()
	{
		local shown=true

		[[ $1 == off ]] || shown=false
		as_user gsettings set "${switch[@]}" $shown
	}
	local switch=(org.gnome.desktop.notifications show-banners)

	mkfifo "$scratch/system"
	chmod 666 "$scratch/system"
	serve system dbus-daemon --session --nofork --print-address=3 \
		3<>"$scratch/system"
	read -r -t 20 DBUS_SYSTEM_BUS_ADDRESS <>"$scratch/system" ||
		fail "no system bus"
	export DBUS_SYSTEM_BUS_ADDRESS XDG_CURRENT_DESKTOP=GNOME
	serve shell gnome-shell --headless --wayland --no-x11 \
		--virtual-monitor 640x480
	as_user gdbus wait --session --timeout 60 org.gnome.Shell ||
		fail "no GNOME shell"
	as_user gdbus call --session --dest org.freedesktop.DBus \
		--object-path /org/freedesktop/DBus \
		--method org.freedesktop.DBus.StartServiceByName \
		org.gnome.Shell.Notifications 0 >/dev/null
	run_through
}

# Plasma's service is that of its notification applet, which shows itself in a
# window as well. It has inhibitions of programs, none of which is its user's.
case_plasma()
{
	need plasmawindowed Xvfb
	get()
	{
		[[ $(as_user gdbus call --session \
			--dest org.freedesktop.Notifications \
			--object-path /org/freedesktop/Notifications \
			--method org.freedesktop.DBus.Properties.Get \
			org.freedesktop.Notifications Inhibited) == *true* ]] &&
			echo on || echo off
	}
	start_x plasma
	export DISPLAY=$reply
	serve plasma env QT_QPA_PLATFORM=xcb KDE_DEBUG=1 plasmawindowed \
		org.kde.plasma.notifications
	local plasma=$reply

	start_quiet
	says found
	share
	says "while the screen is shared"
	is on
	unshare
	says "is over"
	is off

	# What is ours ends with us, and is asked of the next one.
	share
	says "while the screen is shared"
	stop "$plasma"
	serve plasma env QT_QPA_PLATFORM=xcb KDE_DEBUG=1 plasmawindowed \
		org.kde.plasma.notifications
	says "while the screen is shared"
	is on
	kill -KILL "$quiet_pid"
	wait "$quiet_pid" || true
	until [[ $(get) == off ]]; do sleep 0.05; done
	unshare
}

start_session
"case_$name"
