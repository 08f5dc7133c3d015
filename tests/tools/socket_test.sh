#!/usr/bin/env bash
# The socket probe, and servers and viewers of other people on this machine:
# socket_test.sh MONITOR CASE
# shellcheck disable=SC1091,SC2154 # what server.sh and lib.sh define
. "$(dirname "$0")/server.sh"

start_server()
{
	free_port 5960 5999
	port=$reply
	start_x a
	display=$reply
	watch "$probes" "DISPLAY=$display"
}

case_x11vnc()
{
	need x11vnc xtigervncviewer
	start_server
	serve x11vnc x11vnc -display "$display" -rfbport "$port" -forever \
		-shared -nopw -noxdamage -noipv6
	connect() { vnc_viewer; }
	server_case socket.listening socket.peer x11vnc
}

# Into the background once it is connected to the X server: who connected has
# ended, and who reads the screen is still one watcher with who serves the viewer.
case_background()
{
	need x11vnc xtigervncviewer jq
	local reader

	probes=process,socket,x11
	start_server
	serve x11vnc x11vnc -display "$display" -rfbport "$port" -forever \
		-shared -nopw -noxdamage -noipv6 -bg -o "$scratch/user/log"
	await_port "$port"
	vnc_viewer
	await '[.watchers[] | select(.shared >= 30)] |
		length == 1 and .[0].who == "x11vnc" and .[0].peer != "" and
		([.[0].evidence[].rule] | index("x11.screen-read") and
			index("socket.peer"))'
	# It leads a session of its own: nothing here would end it otherwise.
	reader=$(jq '.watchers[] | select(.shared >= 30) | .pid' <<<"$last")
	children+=("$reader")
	stop "$reader"
	await '[.watchers[] | select(.shared >= 30)] == []'
}

# The picture itself was sent, not only a greeting.
case_picture()
{
	need x11vnc /usr/bin/python3
	start_server
	serve x11vnc x11vnc -display "$display" -rfbport "$port" -forever \
		-nopw -noipv6 -noxdamage
	await_port "$port"
	view viewer /usr/bin/python3 "$here/rfb.py" "$port"
	await '[.watchers[].evidence[].rule] | index("socket.picture")'
	stop "$reply"
	await '[.watchers[].evidence[].rule] | index("socket.picture") | not'
}

# Connected before anyone looked.
case_before()
{
	need x11vnc xtigervncviewer
	free_port 5960 5999
	port=$reply
	start_x a
	display=$reply
	serve x11vnc x11vnc -display "$display" -rfbport "$port" -forever \
		-nopw -noipv6
	await_port "$port"
	vnc_viewer
	until ss -Htn state established "sport = :$port" | grep -q .; do
		kill -0 "$reply" 2>/dev/null || fail "the viewer ended"
		sleep 0.05
	done
	watch "$probes" "DISPLAY=$display"
	holds '.shared.state == "shared"'
}

# Another display than ours.
case_elsewhere()
{
	need x11vnc xtigervncviewer
	free_port 5960 5999
	port=$reply
	start_x other
	display=$reply
	start_x a
	watch "$probes" "DISPLAY=$reply"
	serve x11vnc x11vnc -display "$display" -rfbport "$port" -forever \
		-nopw -noipv6
	await_port "$port"
	vnc_viewer
	await '[.watchers[].evidence[].rule] | index("socket.elsewhere")'
	holds '.shared.confidence < 30'
}

# No one listens: the server connects to the viewer.
case_reverse()
{
	need x11vnc xtigervncviewer
	start_server
	start_x viewer
	view viewer env "DISPLAY=$reply" xtigervncviewer -listen "$port"
	await_port "$port"
	holds '.shared.state != "shared"'
	serve x11vnc x11vnc -display "$display" -connect_or_exit \
		"127.0.0.1:$port" -nopw -rfbport 0
	await '.watchers[] | select(.who == "x11vnc" and
		.peer == "127.0.0.1:'"$port"'") |
		[.evidence[].rule] | index("socket.peer")'
	await '.shared.state == "shared"'
	stop "$reply"
	await '.watchers | all(.who != "x11vnc" or .shared < 30)'
}

# The X server itself: whoever is in this session sits at the viewer.
case_xtigervnc()
{
	need Xtigervnc xtigervncviewer
	local number

	free_display
	number=$reply
	free_port 5960 5999
	port=$reply
	watch "$probes" "DISPLAY=:$number"
	serve xtigervnc Xtigervnc ":$number" -rfbport "$port" \
		-SecurityTypes None -localhost
	connect() { vnc_viewer; }
	server_case socket.session-server socket.session-peer Xtigervnc
}

case_x0tigervnc()
{
	need x0tigervncserver X0tigervnc xtigervncviewer
	start_server
	serve x0 X0tigervnc -display "$display" -rfbport "$port" \
		-SecurityTypes None
	connect() { vnc_viewer; }
	server_case socket.listening socket.peer X0tigervnc
}

case_freerdp_shadow()
{
	need freerdp-shadow-cli xfreerdp
	start_server
	serve shadow env "DISPLAY=$display" freerdp-shadow-cli -auth \
		"/port:$port"
	await_port "$port"
	connect()
	{
		start_x viewer
		view viewer env "DISPLAY=$reply" xfreerdp "/v:127.0.0.1:$port" \
			/cert:ignore /u:x /p:x -sec-nla /sec:tls
	}
	server_case socket.listening socket.peer freerdp-shadow-
}

case_krfb()
{
	need krfb xtigervncviewer dbus-run-session
	start_server
	mkdir -p "$scratch/user/.config"
	printf '[TCP]\nport=%s\nuseDefaultPort=false\n[Security]\n' "$port" \
		>"$scratch/user/.config/krfbrc"
	printf 'allowDesktopControl=true\nallowUnattendedAccess=true\n' \
		>>"$scratch/user/.config/krfbrc"
	((EUID != 0)) || chown -R "$user:$user" "$scratch/user"
	serve krfb env "DISPLAY=$display" dbus-run-session krfb --nodialog
	connect() { vnc_viewer; }
	server_case socket.listening socket.peer krfb
}

case_wayvnc()
{
	need sway wayvnc xtigervncviewer
	free_port 5960 5999
	port=$reply
	serve sway env WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 \
		WLR_RENDERER=pixman sway -c /dev/null
	until [[ -S $scratch/user/wayland-1 ]]; do
		sleep 0.05
	done
	watch "$probes" WAYLAND_DISPLAY=wayland-1
	serve wayvnc env WAYLAND_DISPLAY=wayland-1 wayvnc 127.0.0.1 "$port"
	connect() { vnc_viewer; }
	server_case socket.listening socket.peer wayvnc
}

# A browser's way: websockify passes it on, and is not the peer.
case_websockify()
{
	need x11vnc websockify /usr/bin/python3
	start_server
	serve x11vnc x11vnc -display "$display" -rfbport "$port" -forever \
		-shared -nopw -noipv6 -localhost
	await_port "$port"
	free_port 6080 6099
	local web=$reply
	serve websockify websockify "127.0.0.1:$web" "127.0.0.1:$port"
	await_port "$web"
	holds '.shared.state != "shared"'
	view browser /usr/bin/python3 "$here/websocket.py" \
		"$web"
	await '.shared.state == "shared"'
	await '.watchers[] | select(.who == "x11vnc") | .evidence[] |
		select(.rule == "socket.peer") |
		.detail == "x11vnc, through websockify"'
	# Its peer is the browser's end, by its port.
	local peer
	peer=$(ss -Htn state established "dport = :$web" | awk '{print $3}')
	await '.watchers[] | select(.who == "x11vnc") | .peer == "'"$peer"'"'
	stop "$reply"
	await '.shared.state != "shared"'
}

# One program is one watcher with one peer, however many probes see it.
case_one_watcher()
{
	need x11vnc /usr/bin/python3
	probes=socket,process,x11
	start_server
	serve x11vnc x11vnc -display "$display" -rfbport "$port" -forever \
		-nopw -noipv6 -noxdamage
	local server=$reply peer
	await_port "$port"
	view viewer /usr/bin/python3 "$here/rfb.py" "$port" 127.0.0.1 again
	await 'any(.watchers[]; .pid == '"$server"' and
		([.evidence[].probe] | unique) == ["process", "socket", "x11"])'
	peer=$(ss -Htn state established "dport = :$port" | awk '{print $3}')
	holds '[.watchers[] | select(.who == "x11vnc" or .shared >= 30) |
		[.pid, .peer]] == ['"[$server,\"$peer\"]"']'
	stop "$reply"
	await '.shared.state != "shared"'
}

# A program that only ever connects outwards, to a relay: what it sends is all
# that tells a session. It bears the name of a tool, and is none.
case_relay()
{
	need /usr/bin/python3
	local host
	start_server
	free_port 21116 21199
	port=$reply
	cp "$(readlink -f /usr/bin/python3)" "$scratch/rustdesk"
	view relay /usr/bin/python3 "$here/relay.py" relay "$port"
	await_port "$port"
	mkfifo "$scratch/tell"
	exec 5<>"$scratch/tell"
	setsid "${as_user[@]}" env "DISPLAY=$display" "$scratch/rustdesk" \
		"$here/relay.py" host "$port" <&5 >"$scratch/host.log" 2>&1 &
	host=$!
	children+=("$host")
	await 'any(.watchers[]; .pid == '"$host"' and
		[.evidence[].rule] == ["process.server"])'
	await '.shared.state != "shared" and .shared.confidence < 30'
	echo session >&5
	await 'any(.watchers[]; .pid == '"$host"' and .who == "rustdesk" and
		.peer == "127.0.0.1:'"$port"'" and
		any(.evidence[]; .rule == "socket.relay-traffic"))'
	holds '.shared.state == "suspected" and .shared.confidence >= 50'
	stop "$host"
	await 'all(.watchers[]; .pid != '"$host"') and .shared.confidence < 30'
}

# Through ssh -L: the tunnel's near end is a process that nobody may look into,
# and the peer is the only one that is logged in over ssh.
case_ssh_tunnel()
{
	need x11vnc xtigervncviewer ip unshare ssh sshd ssh-keygen
	((EUID == 0)) || { echo "skipped: sshd needs root" >&2; exit 77; }
	in_own_network ssh_tunnel
	ip link set lo up
	start_server
	serve x11vnc x11vnc -display "$display" -rfbport "$port" -forever \
		-shared -nopw -noipv6 -localhost
	await_port "$port"
	local vnc=$port viewer peer
	start_sshd
	free_port 5800 5899
	port=$reply
	start ssh "${ssh_in[@]}" -N -L "127.0.0.1:$port:127.0.0.1:$vnc" \
		root@127.0.0.1
	await_port "$port"
	holds '.shared.state != "shared"'
	vnc_viewer
	viewer=$reply
	await '.shared.state == "shared" and ([.watchers[] |
		select(.who == "x11vnc") | .evidence[].rule] |
		index("socket.peer"))'
	peer=$(ss -Htn state established "dport = :22" | awk '{print $3}')
	await 'any(.watchers[]; .who == "x11vnc" and .peer == "'"$peer"'" and
		any(.evidence[]; .detail == "x11vnc, through sshd"))'
	stop "$viewer"
	await '.shared.state != "shared"'
}

# Where two gateways could be meant, none is named; nor where a viewer of this
# machine's could be the other end.
case_gateways()
{
	need x11vnc websockify ip unshare ssh sshd ssh-keygen /usr/bin/python3
	((EUID == 0)) || { echo "skipped: sshd needs root" >&2; exit 77; }
	in_own_network gateways
	ip link set lo up
	start_server
	serve x11vnc x11vnc -display "$display" -rfbport "$port" -forever \
		-shared -nopw -noipv6 -localhost
	local server=$reply login
	await_port "$port"
	start_sshd
	view websockify websockify 127.0.0.1:6080 "127.0.0.1:$port"
	await_port 6080
	start login "${ssh_in[@]}" -N root@127.0.0.1
	login=$reply
	until ss -Htn state established "sport = :22" | grep -q .; do
		kill -0 "$login" 2>/dev/null || fail "nobody is logged in"
		sleep 0.05
	done
	view browser /usr/bin/python3 "$here/websocket.py" 6080
	local peer='.watchers[] | select(.pid == '"$server"')'
	await "$peer"' | any(.evidence[]; .rule == "socket.peer" and
		.detail == "x11vnc")'
	stop "$login"
	# What it was called stays until somebody else comes or goes.
	view browser2 /usr/bin/python3 "$here/websocket.py" 6080
	await "$peer"' | any(.evidence[]; .detail ==
		"x11vnc, through websockify")'
}

# Two machines, each with a network of its own and a cable between them.
case_two_hosts()
{
	need x11vnc ip nsenter unshare /usr/bin/python3
	((EUID == 0)) || { echo "skipped: ip needs root" >&2; exit 77; }
	in_own_network two_hosts
	ip link set lo up
	mkfifo "$scratch/far"
	start far unshare -n sh -c "echo >'$scratch/far'; exec sleep 600"
	local far=$reply
	read -r -t 20 <>"$scratch/far" || fail "no second machine"
	ip link add near type veth peer name far netns "$far"
	ip address add 192.0.2.1/24 dev near
	ip link set near up
	nsenter -t "$far" -n ip address add 192.0.2.7/24 dev far
	nsenter -t "$far" -n ip link set far up
	start_server
	serve x11vnc x11vnc -display "$display" -rfbport "$port" -forever \
		-nopw -noipv6 -noxdamage
	await_port "$port"
	holds '.shared.state != "shared"'
	start viewer nsenter -t "$far" -n /usr/bin/python3 "$here/rfb.py" \
		"$port" 192.0.2.1
	await 'any(.watchers[]; .who == "x11vnc" and
		((.peer // "") | startswith("192.0.2.7:")) and
		any(.evidence[]; .rule == "socket.peer"))'
	await '.shared.state == "shared"'
	stop "$reply"
	await '.shared.state != "shared"'
}

run_case "$2"
