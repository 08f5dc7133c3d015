#!/usr/bin/env bash
# The process probe and programs of other people: process_test.sh MONITOR CASE
# shellcheck disable=SC1091,SC2154 # what lib.sh defines
. "$(dirname "$0")/lib.sh"

# A recorder that ran before, and one that starts.
case_recorder()
{
	need ffmpeg
	start_x a
	local display=$reply before after
	local grab=(env "DISPLAY=$display" ffmpeg -loglevel error -f x11grab
		-video_size 320x240 -i "$display" -f null -)

	serve ffmpeg "${grab[@]}"
	before=$reply
	watch process "DISPLAY=$display"
	await '[.watchers[] | select(.evidence[].rule == "process.recording")
		| .pid] == ['"$before"']'
	serve ffmpeg2 "${grab[@]}"
	after=$reply
	await '[.watchers[] | select(.evidence[].rule == "process.recording")
		| .pid] | contains(['"$before,$after"'])'
	stop "$before"
	stop "$after"
	await '[.watchers[] | select(.evidence[].rule == "process.recording")
		| .pid] | index('"$before,$after"') | not'
}

# The same on a screen that is not ours.
case_other_screen()
{
	need ffmpeg
	start_x a
	local ours=$reply
	start_x b
	local theirs=$reply

	watch process "DISPLAY=$ours"
	serve ffmpeg env "DISPLAY=$theirs" ffmpeg -loglevel error -f x11grab \
		-video_size 320x240 -i "$theirs" -f null -
	await '.watchers[] | select(.pid == '"$reply"') |
		.evidence[0].rule == "process.recorder"'
}

# Another user's program: seen, and its screen not known.
case_other_user()
{
	need ffmpeg
	start_x a
	local display=$reply

	watch process "DISPLAY=$display"
	view ffmpeg env "DISPLAY=$display" ffmpeg -loglevel error -f x11grab \
		-video_size 320x240 -i "$display" -f null -
	if ((EUID == 0)); then
		await '.watchers[] | select(.pid == '"$reply"') |
			.evidence[0].rule == "process.likely-recording"'
	else
		await '.watchers[] | select(.pid == '"$reply"') |
			.evidence[0].rule == "process.recording"'
	fi
	stop "$reply"
	await '[.watchers[].pid] | index('"$reply"') | not'
}

# Where there is no X server of ours, another user cannot get at our screen.
case_other_session()
{
	need ffmpeg
	((EUID == 0)) ||
		{ echo "skipped: only root can be two users" >&2; exit 77; }
	start_x a
	local display=$reply

	watch process -u DISPLAY WAYLAND_DISPLAY=wayland-77
	view ffmpeg env "DISPLAY=$display" ffmpeg -loglevel error -f x11grab \
		-video_size 320x240 -i "$display" -f null -
	await '.watchers[] | select(.pid == '"$reply"') |
		.evidence[0].rule == "process.recorder"'
}

# A script, whose program is an interpreter; and viewers, which do not count.
case_script()
{
	need xpra xtigervncviewer
	start_x a
	local display=$reply

	watch process "DISPLAY=$display"
	serve viewer env "DISPLAY=$display" xtigervncviewer -listen 5899
	serve xpra xpra start :97 --daemon=no --mdns=no --notifications=no \
		--pulseaudio=no --printing=no --systemd-run=no
	await '.watchers[] | select(.who == "xpra") |
		.evidence[0].rule == "process.server"'
	holds '[.watchers[] | select(.who | test("viewer"))] == []'
}

# A program under another name: its file tells.
case_renamed()
{
	need x11vnc
	start_x a
	local display=$reply

	watch process "DISPLAY=$display"
	# shellcheck disable=SC2016 # the inner shell expands it
	serve x11vnc bash -c 'exec -a harmless x11vnc -display "$0" -localhost \
		-rfbport 5898' "$display"
	await '.watchers[] | select(.who == "harmless" or .pid == '"$reply"') |
		.evidence[0].rule == "process.server"'
}

run_case "$2"
