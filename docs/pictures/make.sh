#!/usr/bin/env bash
# The pictures of the README, taken of the real programs: ./dev pictures. The live
# view and the bank run on an X server of their own, in namespaces where nothing
# else is, while x11vnc has a viewer. Usage: make.sh BUILD-DIRECTORY
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)

if [[ -z ${PICTURE_ALONE-} ]]; then
	((EUID == 0)) || { echo "only root makes namespaces" >&2; exit 1; }
	PICTURE_ALONE=1 exec unshare -m -p -n -f --mount-proc "$0" "$build"
fi
mount -t tmpfs tmpfs /tmp
mkdir -p /tmp/.X11-unix /tmp/home
chmod 1777 /tmp/.X11-unix
export HOME=/tmp/home XDG_RUNTIME_DIR=/tmp/home LC_ALL=C.UTF-8 PS1='$ '
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS PIPEWIRE_REMOTE XDG_SESSION_ID
# An address of those that are for documents, RFC 5737.
ip link set lo up
ip address add 192.0.2.7/32 dev lo

# A plain server: what ends with it needs no other end.
mkfifo /tmp/display
Xvfb -displayfd 3 -screen 0 900x640x24 -nolisten tcp -noreset 3<>/tmp/display \
	>/tmp/xvfb.log 2>&1 &
read -r -t 20 display </tmp/display
export DISPLAY=:$display
xsetroot -solid '#20252b'

# The viewer takes five pictures a second; $1: for how many seconds.
share()
{
	mkfifo /tmp/port
	x11vnc -display "$DISPLAY" -rfbport 5900 -shared -nopw -q \
		>/tmp/port 2>/dev/null &
	read -r </tmp/port # it prints its port once it listens
	rm /tmp/port
	timeout "$1" python3 "$source/tests/tools/rfb.py" 5900 192.0.2.7 again \
		>/dev/null || true
	pkill x11vnc || true
}

# shoot CLASS FILE: a picture of the window of this class.
shoot()
{
	import -window "$(xdotool search --onlyvisible --class "$1" | head -n 1)" \
		-depth 8 "$2"
}

# ---- the live view ----
xterm -geometry 92x27+0+0 -fa 'DejaVu Sans Mono' -fs 10 -bg '#16191d' \
	-fg '#d8dee6' -b 8 -xrm 'xterm*cursorBlink: false' \
	-e "$build/samples/monitor/onlooker" watch &
xdotool search --sync --onlyvisible --class xterm >/dev/null
# Long enough each for the timeline to show it.
sleep 12
share 8
sleep 16
timeout 8 ffmpeg -loglevel error -f x11grab -i "$DISPLAY" -f null - || true
sleep 12
share 12 &
sleep 9
shoot xterm /tmp/live.png
wait $!
pkill xterm

# ---- the bank, before and while somebody watches ----
GSK_RENDERER=cairo GDK_BACKEND=x11 "$build/samples/bank/bank" \
	>/tmp/bank.log 2>&1 &
xdotool search --sync --onlyvisible --class bank >/dev/null
sleep 6
shoot bank /tmp/before.png
# The picture was one look at the screen: it is forgotten after ten seconds.
sleep 15
share 8 &
sleep 5
shoot bank /tmp/while.png
wait $!

cd /tmp
convert live.png -colors 64 PNG8:live8.png
convert before.png while.png -bordercolor '#20252b' -border 6 +append \
	-colors 128 PNG8:bank8.png
for name in live bank; do
	install -m 644 "$name"8.png "$here/$name.png"
	identify "$here/$name.png"
done
# This is the first process of its namespace: all others end with it.
