#!/usr/bin/env bash
# The login probe, and sessions as logind writes them: login_test.sh MONITOR CASE
#
# Runs in a mount namespace of its own, in which /run/systemd is a folder of the
# test's; ssh is for real.
# shellcheck disable=SC1091,SC2154 # what lib.sh defines
if [[ ${LOGIN_TEST-} != inside && $2 != ssh_x ]]; then
	unshare -m true 2>/dev/null ||
		{ echo "skipped: no mount namespace" >&2; exit 77; }
	[[ -d /run/systemd ]] || mkdir -p /run/systemd 2>/dev/null ||
		{ echo "skipped: no /run/systemd" >&2; exit 77; }
	LOGIN_TEST=inside exec unshare -m "$0" "$@"
fi
. "$(dirname "$0")/lib.sh"

# write_session NAME=VALUE...: session c1, replaced as logind does it.
write_session()
{
	printf '%s\n' "UID=$user" USER=someone ACTIVE=1 IS_DISPLAY=1 \
		STATE=active CLASS=user "$@" >"$scratch/run/session"
	mv "$scratch/run/session" "$scratch/run/sessions/c1"
}

make_logind()
{
	mkdir -p "$scratch/run"/{sessions,users,seats,machines}
	chmod -R 755 "$scratch/run"
	mount --bind "$scratch/run" /run/systemd
}

case_session()
{
	make_logind
	write_session TYPE=x11 SEAT=seat0 SERVICE=lightdm REMOTE=0
	watch login XDG_SESSION_ID=c1
	await '.probes[] | select(.name == "login") | .state == "watching"'
	holds '.remote.confidence == 0'
	write_session TYPE=x11 REMOTE=1 REMOTE_HOST=192.0.2.7 SERVICE=sshd
	await '.remote.state == "shared" and (.watchers[0] |
		.kind == "session" and .who == "session c1" and
		.peer == "192.0.2.7" and
		.evidence[0].rule == "login.remote-session")'
	write_session TYPE=x11 REMOTE=0 SERVICE=xrdp-sesman
	await '.watchers[0].evidence[0].rule == "login.remote-service"'
	write_session TYPE=wayland REMOTE=0 SERVICE=gdm-autologin
	await '.watchers[0].evidence[0].rule == "login.no-seat"'
	write_session TYPE=x11 SEAT=seat0 SERVICE=lightdm REMOTE=0
	await '.watchers == [] and .remote.state != "shared"'
}

# Somebody else's remote session is not ours.
case_others()
{
	make_logind
	printf '%s\n' "UID=$other" USER=other ACTIVE=1 STATE=active CLASS=user \
		TYPE=x11 REMOTE=1 REMOTE_HOST=192.0.2.7 >"$scratch/run/sessions/7"
	write_session TYPE=x11 SEAT=seat0 SERVICE=lightdm REMOTE=0
	watch login XDG_SESSION_ID=c1
	holds '.watchers == []'
}

# Where logind is not, that is said.
case_none()
{
	make_logind
	rmdir "$scratch/run"/{sessions,users,seats,machines}
	watch login
	holds '.probes[] | select(.name == "login") | .state == "degraded"'
}

run_case "$2"
