#!/usr/bin/env bash
# Sessions that are used from elsewhere, with their servers and viewers for real:
# session_test.sh MONITOR CASE
# shellcheck disable=SC1091,SC2154 # what server.sh and lib.sh define
. "$(dirname "$0")/server.sh"

# xrdp with xorgxrdp. Root's servers hold the connection, and what is the
# session's tells that it is this one.
case_xrdp()
{
	need xrdp xrdp-sesman xfreerdp Xorg
	in_own_machine xrdp
	free_display
	local number=$reply
	mkdir -p /run/xrdp/sockdir
	chmod 1777 /run/xrdp/sockdir
	sed -e "s/^X11DisplayOffset=.*/X11DisplayOffset=$number/" \
		-e "s|^FuseMountName=.*|FuseMountName=/run/drives|" \
		/etc/xrdp/sesman.ini >"$scratch/sesman.ini"
	printf '#!/bin/sh\nexec sleep 600\n' >"$scratch/startwm"
	chmod 755 "$scratch/startwm"
	mount --bind "$scratch/sesman.ini" /etc/xrdp/sesman.ini
	mount --bind "$scratch/startwm" /etc/xrdp/startwm.sh
	start sesman /usr/sbin/xrdp-sesman -n
	await_port 3350
	start xrdp /usr/sbin/xrdp -n
	local server=$reply
	await_port 3389
	watch "$probes" "DISPLAY=:$number"
	start_x viewer
	display=$reply
	connect()
	{
		view viewer env "DISPLAY=$display" xfreerdp /v:127.0.0.1 \
			/u:games /p:secret /cert:ignore
	}
	server_case '' socket.session-peer xrdp
	# The session goes on, with nobody there; its user comes back.
	[[ -S /run/xrdp/sockdir/xrdp_display_$number ]] ||
		fail "the session is over"
	connect
	await 'any(.watchers[]; .who == "xrdp" and .pid == '"$server"' and
		any(.evidence[]; .rule == "socket.session-peer"))'
}

# xpra over TCP, and then by its UNIX socket, as over ssh too: there the peer is
# not known.
case_xpra()
{
	need xpra Xvfb xauth
	in_own_machine xpra
	free_display
	local display=:$reply port=14597 server screen viewer
	local quiet=(--mdns=no --notifications=no --pulseaudio=no --webcam=no
		--opengl=no)

	watch "$probes" "DISPLAY=$display"
	serve xpra env PATH=/usr/bin:/bin xpra start "$display" --daemon=no \
		--bind-tcp="127.0.0.1:$port" "${quiet[@]}" --printing=no \
		--systemd-run=no --html=off
	server=$reply
	await_port "$port"
	start_x viewer
	screen=$reply
	connect()
	{
		view viewer env "DISPLAY=$screen" \
			"XDG_RUNTIME_DIR=$scratch/other" \
			xpra attach "tcp://127.0.0.1:$port/" "${quiet[@]}"
	}
	server_case socket.session-server socket.session-peer xpra

	serve viewer env "DISPLAY=$screen" xpra attach "$display" "${quiet[@]}"
	viewer=$reply
	await 'any(.watchers[]; .pid == '"$server"' and .who == "xpra" and
		any(.evidence[]; .rule == "socket.session-peer"))'
	await '.remote.state == "shared"'
	holds 'all(.watchers[]; .pid != '"$viewer"')'
	stop "$viewer"
	await 'all(.watchers[].evidence[]; .rule != "socket.session-peer")'
	await '.remote.state != "shared"'
}

# status NAME=VALUE...: what onlooker says once, as the user.
status()
{
	"${as_user[@]}" env "$@" "$onlooker" status --json \
		--probes login,socket,process || true
}

# X over ssh: the program shows its windows at the other end, whose own user
# and whose other sessions are none the wiser.
case_ssh_x()
{
	need ssh sshd ssh-keygen xauth xdotool
	in_own_machine ssh_x
	start_sshd -o X11Forwarding=yes -o X11UseLocalhost=yes
	start_x far
	local far=$reply peer
	mkfifo "$scratch/watch"
	# xdotool asks the display: windows do go there.
	setsid env "DISPLAY=$far" "${ssh_in[@]}" -Y games@127.0.0.1 \
		"xdotool getdisplaygeometry >&2 && exec '$onlooker' watch \
		--json --probes login,socket,process" \
		>"$scratch/watch" 2>"$scratch/ssh.log" </dev/null &
	reply=$!
	children+=("$reply")
	local ssh=$reply
	exec 4<"$scratch/watch"
	await '.remote.state == "shared"'
	grep -q '^640 480$' "$scratch/ssh.log" || fail "no display over ssh"
	peer=$(ss -Htn state established "dport = :22" | awk '{print $3}')
	holds '[.watchers[] | select(.remote > 0) | .peer] | unique ==
		["'"$peer"'"]'
	holds '[.watchers[].evidence[].rule] | contains(
		["login.display-elsewhere", "login.environment"])'
	# At the viewing end nobody looks at the screen, nor in a session here.
	start_x near
	for last in "$(status "DISPLAY=$far")" "$(status "DISPLAY=$reply")"; do
		jq -e '[.shared, .remote] | all(.state != "shared" and
			.confidence < 30)' >/dev/null <<<"$last" ||
			fail "another session is taken for it"
	done
	# With the connection the session ends.
	stop "$ssh"
	last=$(status "DISPLAY=$far")
	jq -e '.remote.confidence == 0' >/dev/null <<<"$last" ||
		fail "it is not over"
}

run_case "$2"
