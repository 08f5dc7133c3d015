# What the tests of servers and their viewers share; bash, to be sourced.
# shellcheck shell=bash disable=SC1091,SC2154 # what lib.sh defines
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export probes=socket,process

# server_case RULE-IDLE RULE-CONNECTED WHO: what every server has to show. A
# function `connect` starts a viewer, and sets $reply.
server_case()
{
	local idle=$1 connected=$2 who=$3 viewer

	[[ -z $idle ]] || await '[.watchers[].evidence[].rule] | index("'"$idle"'")'
	holds '[.shared, .remote] | all(.state != "shared")'
	connect
	viewer=$reply
	await '.watchers[] | select(.who == "'"$who"'" and
		(.peer | startswith("127.0.0.1:") or startswith("[::1]:"))) |
		.pid > 0 and ([.evidence[].rule] | index("'"$connected"'"))'
	if [[ $connected == socket.session-peer ]]; then
		await '.remote.state == "shared"'
	else
		await '.shared.state == "shared"'
	fi
	# One program is one watcher, in however many ways it is seen.
	holds '[.watchers[] | select(.who == "'"$who"'") | .pid] |
		length == (unique | length)'
	# Viewers never count.
	holds 'all(.watchers[]; .pid != '"$viewer"')'
	stop "$viewer"
	SECONDS=0
	await '[.watchers[].evidence[].rule] | index("'"$connected"'") | not'
	await '[.shared, .remote] | all(.state != "shared")'
}

vnc_viewer()
{
	start_x viewer
	view viewer env "DISPLAY=$reply" xtigervncviewer \
		-SecurityTypes None,VncAuth "127.0.0.1::$port"
}

# Runs the case again where no other socket is.
in_own_network()
{
	[[ ${SERVER_TEST-} != inside ]] || return 0
	clean_up
	SERVER_TEST=inside exec unshare -n "$here/${0##*/}" "$onlooker" "$1"
}

# Runs the case again where no other socket and no other process is, and where
# the user has a password, a home and a shell.
in_own_machine()
{
	((EUID == 0)) || { echo "skipped: accounts need root" >&2; exit 77; }
	need ip unshare openssl
	if [[ ${SERVER_TEST-} != inside ]]; then
		clean_up
		SERVER_TEST=inside exec unshare -n -m -p -f --kill-child \
			--mount-proc "$here/${0##*/}" "$onlooker" "$1"
	fi
	ip link set lo up
	local folder
	for folder in /run /root /var/log; do
		mount -t tmpfs tmpfs "$folder"
	done
	mkdir -p /run/sshd /run/user /run/lock /tmp/.X11-unix
	mkdir -m 700 "/run/user/$user"
	chown "$user:$user" "/run/user/$user"
	chmod 1777 /tmp/.X11-unix
	export XDG_RUNTIME_DIR=/run/user/$user
	sed -E "s|^(games:x:[0-9]+:)[^:]*(:[^:]*):.*|\1$user\2:$scratch/user:/bin/sh|" \
		/etc/passwd >"$scratch/passwd"
	sed "s|^games:[^:]*:|games:$(openssl passwd -6 secret):|" \
		/etc/shadow >"$scratch/shadow"
	chmod 644 "$scratch/passwd"
	chmod 600 "$scratch/shadow"
	mount --bind "$scratch/passwd" /etc/passwd
	mount --bind "$scratch/shadow" /etc/shadow
}

# start_sshd OPTION...: it lets in whoever has $scratch/other/key.
# shellcheck disable=SC2120 # most need no option
start_sshd()
{
	ssh-keygen -q -t ed25519 -N '' -f "$scratch/host"
	ssh-keygen -q -t ed25519 -N '' -f "$scratch/other/key"
	mv "$scratch/other/key.pub" "$scratch/authorized"
	mkdir -p /run/sshd
	start sshd /usr/sbin/sshd -D -e -f /dev/null -p 22 \
		-h "$scratch/host" -o ListenAddress=127.0.0.1 \
		-o "AuthorizedKeysFile=$scratch/authorized" \
		-o StrictModes=no -o PidFile=none -o UsePAM=no "$@"
	await_port 22
}

export ssh_in=(ssh -F none -p 22 -o StrictHostKeyChecking=no
	-o UserKnownHostsFile=/dev/null -i "$scratch/other/key")
