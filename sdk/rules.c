/*
 * What each claim is worth, and which ways out there are: the only place with
 * opinions. Data and look-ups, nothing that weighs.
 *
 * The strengths of this version are estimates: they were set from what real
 * tools did when they were watched, and rounded towards caution; each reason
 * says what stands behind its number. docs/calibration.md has what recorded
 * sessions say of them.
 */
#include "sdk/rules.h"

#include <string.h>

/*
 * Weights and priors are judgements, not measurements. Weight: how much of the
 * known sharing leaves by this way. The two ways that serve nearly every
 * recorder, call and remote desktop of an ordinary session, reads of the X11
 * screen and PipeWire screen casts, carry half; the rest is split by how often
 * such a tool or device is met. Prior: how far one must reckon with sharing that
 * way on a machine of which nothing is known; never above 10, for most machines
 * are not being watched at most times.
 */
const struct ol_channel ol_channels[] = {
	{ "x11",
	  "x11",
	  { 25, 0, 0 },
	  { 10, 0, 0 },
	  "programs that read the X11 screen" },
	{ "screen-cast",
	  "pipewire",
	  { 25, 0, 0 },
	  { 10, 0, 0 },
	  "PipeWire screen casts" },
	{ "screen-copy",
	  "wayland",
	  { 12, 0, 0 },
	  { 5, 0, 0 },
	  "Wayland screen-copy clients" },
	{ "output",
	  "drm",
	  { 8, 0, 0 },
	  { 3, 0, 0 },
	  "mirrored, virtual and capturing outputs" },
	{ "connection",
	  "socket",
	  { 15, 15, 25 },
	  { 5, 5, 5 },
	  "remote-display connections" },
	{ "program",
	  "process",
	  { 5, 5, 0 },
	  { 3, 3, 0 },
	  "remote-access programs" },
	{ "gpu",
	  "nvidia",
	  { 5, 0, 0 },
	  { 2, 0, 0 },
	  "captures inside the graphics driver" },
	{ "portal",
	  "portal",
	  { 0, 25, 0 },
	  { 0, 5, 0 },
	  "remote-desktop portal sessions" },
	{ "x11-input",
	  "x11",
	  { 0, 25, 0 },
	  { 0, 5, 0 },
	  "synthetic X11 input" },
	{ "input",
	  "input",
	  { 0, 20, 0 },
	  { 0, 3, 0 },
	  "virtual input devices" },
	{ "device",
	  "usb",
	  { 5, 10, 15 },
	  { 2, 2, 2 },
	  "IP-KVMs on the USB and display ports" },
	{ "login",
	  "login",
	  { 0, 0, 40 },
	  { 0, 0, 5 },
	  "remote login sessions" },
	{ "server",
	  "x11",
	  { 0, 0, 20 },
	  { 0, 0, 5 },
	  "display servers that are remote displays themselves" },
	{ 0 },
};

static const struct onlooker_rule rules[] = {
	{ .name = "pipewire.screen-cast",
	  .channel = "screen-cast",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 97,
	  .sentence = "Receives the picture of a screen cast.",
	  .attack = "T1113",
	  .reason =
	          "The link is active and its producer is the compositor's or "
	          "its portal's; the rest to 100 is a cast of somebody else's "
	          "window." },
	{ .name = "pipewire.screen-cast-paused",
	  .channel = "screen-cast",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 50,
	  .sentence = "Is linked to a screen cast that is paused.",
	  .attack = "T1113",
	  .reason = "Nothing flows at this moment, and whether it flows in the "
	            "next is the consumer's choice: even odds." },
	{ .name = "pipewire.screen-cast-open",
	  .channel = "screen-cast",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 35,
	  .sentence = "Offers the screen as a stream that nobody takes yet.",
	  .attack = "T1113",
	  .reason =
	          "A node alone proves little: one lingered five seconds after "
	          "its owner was killed. Yet somebody did ask for it." },
	{ .name = "pipewire.hidden-link",
	  .channel = "screen-cast",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 85,
	  .sentence =
	          "Takes part in a video link that is hidden from us, in whole "
	          "or in part.",
	  .attack = "T1562.001",
	  .reason =
	          "Hiding a node takes a deliberate change of our permissions; "
	          "no ordinary program was seen to do it. What the hidden end "
	          "is cannot be known." },
	{ .name = "pipewire.unknown-video",
	  .channel = "screen-cast",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 20,
	  .sentence =
	          "Receives video from a source that is neither a camera nor "
	          "a known compositor.",
	  .attack = "T1113",
	  .reason =
	          "Virtual cameras and test sources look like this, and so "
	          "would a compositor we do not know: below suspicion alone." },
	{ .name = "pipewire.desktop-preview",
	  .channel = "screen-cast",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 5,
	  .sentence =
	          "Shows the desktop's own small view of a window or screen.",
	  .attack = "",
	  .reason = "Plasma's task bar draws live windows from such casts, "
	            "portals "
	            "the choice of what to share. The program was known by a "
	            "file "
	            "that only root can write; shown as context." },
	{ .name = "portal.remote-control",
	  .channel = "portal",
	  .stage = ONLOOKER_STAGE_CONTROLLING,
	  .controlled = 85,
	  .sentence = "Holds a remote-desktop session: the compositor takes "
	              "input from it.",
	  .attack = "T1219",
	  .reason =
	          "mutter makes such a session only for a program that asked "
	          "for it, mostly with the user's consent. Whether input comes "
	          "at this moment is told to nobody." },
	{ .name = "portal.screen-cast",
	  .channel = "screen-cast",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 60,
	  .sentence = "Has the compositor offer the screen as a stream.",
	  .attack = "T1113",
	  .reason = "The stream is there for this session alone, which takes "
	            "it within a second as a rule. That it flows, PipeWire "
	            "tells." },
	{ .name = "portal.screen-cast-session",
	  .channel = "screen-cast",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 35,
	  .sentence = "Has opened a screen-cast session that has no stream.",
	  .attack = "T1113",
	  .reason = "The user may still be choosing what to share, or have "
	            "declined." },
	{ .name = "portal.session",
	  .channel = "screen-cast",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 20,
	  .controlled = 10,
	  .sentence = "Has opened a portal session, of which it is not known "
	              "whether it is about the screen.",
	  .attack = "",
	  .reason = "Global shortcuts, locations and the inhibition of sleep "
	            "have sessions that look the same: below suspicion alone. "
	            "It names the program that asked." },
	{ .name = "process.session-helper",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 75,
	  .controlled = 60,
	  .sentence = "Is the helper that its program starts for a session.",
	  .attack = "T1219",
	  .reason = "By their sources such helpers run only while a peer is "
	            "on; older versions of one kept it running. Not all "
	            "sessions may steer." },
	{ .name = "process.likely-session-helper",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 45,
	  .controlled = 35,
	  .sentence = "Is the helper that its program starts for a session, "
	              "but which screen it shows is not known.",
	  .attack = "T1219",
	  .reason =
	          "Half of what a helper of this screen is worth, rounded up: "
	          "enough to suspect, not to tell." },
	{ .name = "process.server-ready",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 10,
	  .controlled = 10,
	  .sentence = "Is ready to let others see this screen.",
	  .attack = "T1219",
	  .reason =
	          "Such programs wait for far longer than they serve, and many "
	          "are installed by whoever owns the machine." },
	{ .name = "process.server",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 8,
	  .controlled = 8,
	  .sentence = "Can let others see a screen, and runs.",
	  .attack = "T1219",
	  .reason = "Runs all day on machines that are looked after from afar; "
	            "shown as context, far below suspicion." },
	{ .name = "process.recording",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 75,
	  .sentence = "Records the screen for as long as it runs.",
	  .attack = "T1113",
	  .reason = "By its documents it does nothing else. Known by name and "
	            "arguments alone, it stays below certainty." },
	{ .name = "process.likely-recording",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 40,
	  .sentence = "Records a screen for as long as it runs, but which one "
	              "is not known.",
	  .attack = "T1113",
	  .reason = "Half of what a recorder of this screen is worth." },
	{ .name = "process.recorder",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 8,
	  .sentence = "Can record a screen, and runs.",
	  .attack = "",
	  .reason = "Recorders with a window of their own run before and after "
	            "they record; the capture itself is seen elsewhere." },
	{ .name = "process.mirror",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 10,
	  .sentence = "Can send the screen to a television or another device, "
	              "and runs.",
	  .attack = "",
	  .reason =
	          "Started for that purpose, yet runs before and after too." },
	{ .name = "process.input-taker",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .controlled = 25,
	  .sentence = "Takes keyboard and mouse from another machine when that "
	              "is there.",
	  .attack = "T1219",
	  .reason = "Mostly the user's own second machine, a hand's breadth "
	            "away, and mostly not in use: just below suspicion." },
	{ .name = "process.input-tool",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .controlled = 8,
	  .sentence = "Can take keyboard and mouse from elsewhere, and runs.",
	  .attack = "",
	  .reason = "Part of a desktop, or gives as well as takes; shown as "
	            "context, far below suspicion." },
	{ .name = "process.unchecked-session-helper",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 35,
	  .controlled = 25,
	  .sentence = "Is called like the helper of a session, by hearsay.",
	  .attack = "T1219",
	  .reason = "Nobody has checked that the program so called is it, or "
	            "runs only then: under half of what a helper is worth, "
	            "just enough to suspect." },
	{ .name = "process.unchecked-recording",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 30,
	  .sentence = "Is called like a program that records for as long as it "
	              "runs, by hearsay.",
	  .attack = "T1113",
	  .reason = "Nobody has checked that the program so called does: under "
	            "half of what a recorder is worth, just enough to "
	            "suspect." },
	{ .name = "process.unchecked",
	  .channel = "program",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 3,
	  .controlled = 3,
	  .sentence = "Is called like a program that shows, records or steers "
	              "a screen, by hearsay, and runs.",
	  .attack = "",
	  .reason = "Under half of what a program that was checked is worth "
	            "while it "
	            "merely runs; what it can do nobody has checked." },
	{ .name = "wayland.screen-copy",
	  .channel = "screen-copy",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 85,
	  .sentence = "Can copy the screen, and shares pictures of its size "
	              "with the compositor.",
	  .attack = "T1113",
	  .reason = "Of the Wayland programs that were looked at, only "
	            "recorders and remote-display servers did both. That they "
	            "copy at this moment no protocol tells." },
	{ .name = "wayland.screenshot",
	  .channel = "screen-copy",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 60,
	  .lifetime_ms = 10000,
	  .sentence = "Seems to have taken a picture of the screen.",
	  .attack = "T1113",
	  .reason = "As x11.screenshot. Most are too short to be seen by a "
	            "poll of two seconds." },
	{ .name = "wayland.screen-copy-server",
	  .channel = "screen-copy",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 35,
	  .sentence = "Can copy the screen and listens for viewers, but none "
	              "is connected.",
	  .attack = "T1021.005",
	  .reason = "wayvnc waits like this; somebody set it up to be used." },
	{ .name = "wayland.screen-copy-client",
	  .channel = "screen-copy",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 25,
	  .sentence = "Names a protocol for copying the screen, but shares no "
	              "picture of its size.",
	  .attack = "T1113",
	  .reason = "Lock screens and desktop shells that blur the background "
	            "can look like this for as long as they run: below "
	            "suspicion alone." },
	{ .name = "wayland.virtual-input",
	  .channel = "input",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .controlled = 80,
	  .sentence = "Can inject input, and a viewer is connected to it.",
	  .attack = "T1021.005",
	  .reason = "wayvnc gives its viewers pointer and keyboard unless it "
	            "is told not to." },
	{ .name = "wayland.remote-seat",
	  .channel = "server",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 95,
	  .controlled = 90,
	  .remote = 95,
	  .sentence = "Has a seat for a viewer who is connected by RDP.",
	  .attack = "T1021.001",
	  .reason = "weston makes such a seat when a viewer connects and "
	            "removes it when he leaves; a local seat could be given "
	            "the name." },
	{ .name = "socket.peer",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 85,
	  .controlled = 40,
	  .sentence = "Shows this screen to a peer that is connected.",
	  .attack = "T1021.005",
	  .reason = "Every server that was watched sends the picture to "
	            "whoever is "
	            "connected, but krfb is connected while it still asks for "
	            "the password. Many are set to view only." },
	{ .name = "socket.likely-peer",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 55,
	  .controlled = 30,
	  .sentence = "Shows a screen to a peer that is connected, but which "
	              "screen is not known.",
	  .attack = "T1021.005",
	  .reason = "On a machine with one screen it is that one; on a server "
	            "with many users hardly ever." },
	{ .name = "socket.elsewhere",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 3,
	  .sentence = "Shows another screen than this one to a peer.",
	  .attack = "",
	  .reason = "Not this screen, as far as its arguments and environment "
	            "tell the truth; shown as context." },
	{ .name = "socket.picture",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 93,
	  .controlled = 40,
	  .sentence = "Has sent its peer more than any greeting takes: the "
	              "picture of this screen.",
	  .attack = "T1021.005",
	  .reason =
	          "1,750 bytes were sent before a password, hundreds of "
	          "thousands after it. The rest to 100 is a transfer of files "
	          "alone." },
	{ .name = "socket.session-peer",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 35,
	  .controlled = 80,
	  .remote = 95,
	  .sentence = "Is the display of this session, and a peer is connected "
	              "to it.",
	  .attack = "T1021",
	  .reason = "The one who is connected uses the session: mostly its own "
	            "user, from afar; somebody else as often as one shares a "
	            "session." },
	{ .name = "socket.session-server",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .remote = 60,
	  .sentence =
	          "Is the display of this session, and made to be used from "
	          "elsewhere; nobody is connected.",
	  .attack = "T1021",
	  .reason = "Whoever uses such a session at all sits elsewhere, but at "
	            "this moment there is nobody." },
	{ .name = "socket.listening",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 10,
	  .controlled = 10,
	  .sentence = "Waits for peers to show the screen to.",
	  .attack = "T1021.005",
	  .reason =
	          "Such programs wait for far longer than they serve. Together "
	          "with what says that the program runs it stays under 20, so "
	          "that a finding falls back to clear when a peer leaves." },
	{ .name = "socket.unknown-server",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 35,
	  .controlled = 20,
	  .remote = 10,
	  .sentence = "Has a peer at a port that remote displays use; which "
	              "program it is cannot be known.",
	  .attack = "T1021.005",
	  .reason =
	          "The ports of VNC and RDP are seldom used for anything else, "
	          "but another user's session is as likely as this one." },
	{ .name = "socket.relay-traffic",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 60,
	  .controlled = 35,
	  .sentence =
	          "Is a remote-access program that sends much to its relay.",
	  .attack = "T1219",
	  .reason = "Idle, such a program was seen to send 100 bytes a second, "
	            "in "
	            "a session 174,000 and more. An update or a file does so "
	            "too." },
	{ .name = "socket.input-peer",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .controlled = 60,
	  .sentence = "Takes keyboard and mouse from a machine that it is "
	              "connected to.",
	  .attack = "T1219",
	  .reason =
	          "The pointer is here or there; when it is here, input comes "
	          "from elsewhere. Mostly the user's own second machine." },
	{ .name = "socket.unchecked-peer",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 40,
	  .controlled = 20,
	  .sentence = "Has a peer, and is called like a program that shows a "
	              "screen, by hearsay.",
	  .attack = "T1021.005",
	  .reason = "Half of socket.peer: nobody has checked that what is so "
	            "called shows anything, or at this port." },
	{ .name = "socket.unchecked-session-peer",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 18,
	  .controlled = 40,
	  .remote = 48,
	  .sentence = "Has a peer, and is called like a program that is the "
	              "display of sessions, by hearsay.",
	  .attack = "T1021",
	  .reason = "Half of socket.session-peer, for the same reason." },
	{ .name = "socket.unchecked-session-server",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .remote = 30,
	  .sentence = "Waits for peers, and is called like a program that is "
	              "the display of sessions, by hearsay.",
	  .attack = "T1021",
	  .reason = "Half of socket.session-server, for the same reason." },
	{ .name = "socket.unchecked-listening",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 5,
	  .controlled = 5,
	  .sentence = "Waits for peers, and is called like a program that "
	              "shows a screen, by hearsay.",
	  .attack = "T1021.005",
	  .reason = "Half of socket.listening, for the same reason." },
	{ .name = "socket.unchecked-relay-traffic",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 30,
	  .controlled = 18,
	  .sentence = "Sends much, and is called like a remote-access program, "
	              "by hearsay.",
	  .attack = "T1219",
	  .reason = "Half of socket.relay-traffic, for the same reason." },
	{ .name = "socket.unchecked-input-peer",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .controlled = 30,
	  .sentence = "Is connected to a machine, and is called like a program "
	              "that takes keyboard and mouse from there, by hearsay.",
	  .attack = "T1219",
	  .reason = "Half of socket.input-peer, for the same reason." },
	{ .name = "login.remote-session",
	  .channel = "login",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .remote = 95,
	  .sentence = "Was logged in from another machine.",
	  .attack = "T1021",
	  .reason = "Who logs in tells logind where from; the rest to 100 is a "
	            "login by way of another machine to this one." },
	{ .name = "login.remote-service",
	  .channel = "login",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .remote = 92,
	  .sentence = "Was opened by a service that lets users in from "
	              "elsewhere alone.",
	  .attack = "T1021.001",
	  .reason = "xrdp and its like have no screen of their own here. The "
	            "session goes on when its user has hung up." },
	{ .name = "login.no-seat",
	  .channel = "login",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .remote = 70,
	  .sentence = "Is a graphical session without a seat: no screen and no "
	              "keyboard of this machine belongs to it.",
	  .attack = "T1021",
	  .reason = "Remote desktops start such sessions, and so do tests and "
	            "kiosks that nobody uses from elsewhere." },
	{ .name = "login.display-elsewhere",
	  .channel = "server",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .remote = 90,
	  .sentence = "Is on another machine, or forwarded by sshd: windows of "
	              "this program appear there.",
	  .attack = "T1021.004",
	  .reason = "DISPLAY decides where windows go. The rest to 100 is a "
	            "server on this machine that listens on TCP with such a "
	            "number." },
	{ .name = "login.environment",
	  .channel = "login",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .remote = 45,
	  .sentence = "Was started from elsewhere, as its environment says.",
	  .attack = "T1021",
	  .reason =
	          "Anyone may set a variable, and it stays set when a session "
	          "is taken up again at the desk: it adds to what else is "
	          "seen, and alone makes no more than a suspicion." },
	{ .name = "x11.screen-read",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 96,
	  .sentence = "Reads the picture of the whole screen again and again.",
	  .attack = "T1113",
	  .reason = "Every recorder and remote-display server that was watched "
	            "does this and none of the harmless desktop programs; the "
	            "rest to 100 is a local tool that keeps its pictures." },
	{ .name = "x11.region-read",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 85,
	  .sentence =
	          "Reads the picture of a part of the screen again and again.",
	  .attack = "T1113",
	  .reason =
	          "A recorder set to a region does this; the region may leave "
	          "out what matters." },
	{ .name = "x11.window-read",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 85,
	  .sentence = "Reads the picture of other programs' windows again and "
	              "again.",
	  .attack = "T1113",
	  .reason = "A call that shares one window does this, and so does a "
	            "capturer that goes from window to window." },
	{ .name = "x11.own-window-read",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 98,
	  .sentence =
	          "Reads the picture of this program's own window again and "
	          "again.",
	  .attack = "T1113",
	  .reason = "The window that is read is the one to protect." },
	{ .name = "x11.canary-read",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 97,
	  .sentence = "Fetches what changes in this program's own window.",
	  .attack = "T1113",
	  .reason =
	          "Three times in four it fetched a small piece around a pixel "
	          "that had just been drawn over, each time at another place "
	          "of "
	          "our choice. The rest to 100 is a local tool." },
	{ .name = "x11.elsewhere",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 5,
	  .sentence = "Reads another window, part or screen than the one to be "
	              "protected.",
	  .attack = "",
	  .reason = "As far as the X server tells it does not show what the "
	            "program asked about; shown as context. If that moves, the "
	            "claim changes at once." },
	{ .name = "x11.screenshot",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 35,
	  .lifetime_ms = 10000,
	  .sentence = "Took one picture of the screen.",
	  .attack = "T1113",
	  .reason = "One picture has left the screen, mostly at the user's own "
	            "wish: of the recorded moments with nothing else, few were "
	            "the beginning of more. Just enough to be suspected. Ten "
	            "seconds let a poller see it and a person connect it with "
	            "what was shown." },
	{ .name = "x11.preview",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 40,
	  .sentence =
	          "Looks at the screen about once a second, as the choice of "
	          "what to share does.",
	  .attack = "T1113",
	  .reason =
	          "Chromium's picker reads at 1.0 a second before the user has "
	          "agreed to anything." },
	{ .name = "x11.window-held",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 45,
	  .sentence = "Holds a picture of another program's window that it can "
	              "look at without asking again.",
	  .attack = "T1113",
	  .reason = "OBS reads a window this way, with the graphics card and "
	            "without a request that could be seen; so may a dock that "
	            "shows thumbnails. Compositors, who must, are left out." },
	{ .name = "x11.screen-pixmap-read",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 82,
	  .sentence = "Reads pictures as large as the screen again and again, "
	              "and what they show was settled before we looked.",
	  .attack = "T1113",
	  .reason = "A capturer that began earlier looks like this; of the "
	            "harmless programs that were watched only the compositor "
	            "did, and it is left out." },
	{ .name = "x11.pixmap-read",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 45,
	  .sentence =
	          "Reads large pictures of its own again and again, and what "
	          "they show was settled before we looked.",
	  .attack = "T1113",
	  .reason =
	          "A capturer that began earlier looks like this, and so does "
	          "a program that draws in software: about even odds." },
	{ .name = "x11.through-screen",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 82,
	  .sentence = "Reads a window of its own as large as the screen again "
	              "and again, with all that lies over it.",
	  .attack = "T1113",
	  .reason = "The server gives out what is on the screen in that place; "
	            "the program's own picture it would not have to ask for. "
	            "None of the programs that were watched does so." },
	{ .name = "x11.through-window",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 45,
	  .sentence = "Reads a window of its own again and again, with all that "
	              "lies over it.",
	  .attack = "T1113",
	  .reason = "As x11.through-screen, but a program may be after its own "
	            "picture, drawn by a library that keeps none: about even "
	            "odds." },
	{ .name = "x11.tampering",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 75,
	  .lifetime_ms = 60000,
	  .sentence = "Has interfered with the recording that shows who reads "
	              "this screen.",
	  .attack = "T1562.001",
	  .reason = "Another program's recording has to be looked up on "
	            "purpose; no ordinary program was seen to touch one. What "
	            "it read unseen, for the moment until we were back, is not "
	            "known. A minute, so that a person can look into it." },
	{ .name = "x11.small-read",
	  .channel = "x11",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 8,
	  .sentence = "Reads small pieces of the screen, as colour pickers and "
	              "magnifiers do.",
	  .attack = "",
	  .reason = "gpick, kmag and xzoom read under 2 % of the screen at a "
	            "time; shown as context, far below suspicion." },
	{ .name = "x11.remote-server",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .remote = 60,
	  .sentence = "Is the X server of this session, and made to be used "
	              "from elsewhere.",
	  .attack = "T1021",
	  .reason = "As socket.session-server, and in its channel, for it is "
	            "the same server seen from inside: whoever uses such a "
	            "session at all sits elsewhere, but whether anybody does "
	            "at this moment, the server does not tell." },
	{ .name = "x11.vnc-module",
	  .channel = "connection",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 10,
	  .controlled = 10,
	  .remote = 10,
	  .sentence = "Can show this screen to VNC viewers from within the X "
	              "server.",
	  .attack = "T1021.005",
	  .reason = "As socket.listening, in whose channel it is: it waits "
	            "for far longer than it serves." },
	{ .name = "x11.remote-input",
	  .channel = "x11-input",
	  .stage = ONLOOKER_STAGE_CONTROLLING,
	  .controlled = 85,
	  .lifetime_ms = 10000,
	  .sentence = "Injects input, and reads the screen too.",
	  .attack = "T1219",
	  .reason = "Of the programs that were watched only remote-desktop "
	            "servers did both. That it was this one follows from no "
	            "other being known to be able to; the rest to 100 is that, "
	            "and a test tool that looks at what it does. Ten seconds, "
	            "for people pause." },
	{ .name = "x11.likely-remote-input",
	  .channel = "x11-input",
	  .stage = ONLOOKER_STAGE_CONTROLLING,
	  .controlled = 70,
	  .lifetime_ms = 10000,
	  .sentence = "Injects input while the screen is read by one that may "
	              "be the same.",
	  .attack = "T1219",
	  .reason = "Mostly a remote-desktop server that was there before us. "
	            "A recorder beside a tool of automation looks the same, "
	            "and so it stays below certainty." },
	{ .name = "x11.synthetic-input",
	  .channel = "x11-input",
	  .stage = ONLOOKER_STAGE_CONTROLLING,
	  .controlled = 45,
	  .lifetime_ms = 10000,
	  .sentence = "Injects input but does not read the screen, as "
	              "automation and on-screen keyboards do.",
	  .attack = "T1219",
	  .reason = "Somebody's own macros and on-screen keyboard are the "
	            "more frequent case, but keyboards shared over the network "
	            "inject without looking too: less than even odds." },
	{ .name = "x11.unknown-input",
	  .channel = "x11-input",
	  .stage = ONLOOKER_STAGE_CONTROLLING,
	  .controlled = 45,
	  .lifetime_ms = 10000,
	  .sentence = "Injects input; which of several programs it is, or "
	              "which one at all, is not known.",
	  .attack = "T1219",
	  .reason = "As x11.synthetic-input, of which it says less." },
	{ .name = "x11.viewer-input",
	  .channel = "x11-input",
	  .stage = ONLOOKER_STAGE_CONTROLLING,
	  .controlled = 90,
	  .lifetime_ms = 10000,
	  .sentence = "Brings input of its viewers to this screen.",
	  .attack = "T1021.005",
	  .reason = "Nothing but a viewer brings input through these devices. "
	            "The rest to 100 is another viewer of the user's own." },
	{ .name = "x11.session-input",
	  .channel = "x11-input",
	  .stage = ONLOOKER_STAGE_CONTROLLING,
	  .controlled = 80,
	  .remote = 95,
	  .lifetime_ms = 10000,
	  .sentence = "Is the display of this session, and brings input of "
	              "whoever sits at its viewer.",
	  .attack = "T1021",
	  .reason = "As socket.session-peer, and somebody is there: mostly the "
	            "session's own user, from afar." },
	{ .name = "x11.cloned-output",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 60,
	  .sentence = "Shows the same picture as another output.",
	  .attack = "T1125",
	  .reason = "As drm.same-framebuffer, which is the same seen from "
	            "below: in one channel they count once." },
	{ .name = "x11.virtual-output",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 50,
	  .sentence = "Is an output of software alone, beside one with a "
	              "screen.",
	  .attack = "T1113",
	  .reason = "As drm.virtual-output: what is shown on it is seen "
	            "through a program or not at all." },
	{ .name = "x11.unplugged-output",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 20,
	  .sentence = "Shows a part of the screen though no monitor is there.",
	  .attack = "T1113",
	  .reason = "A second screen for a tablet over VNC is set up like "
	            "this; so does any screen look whose cable was pulled and "
	            "that nothing has switched off: below suspicion alone." },
	{ .name = "usb.ip-kvm",
	  .channel = "device",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 50,
	  .controlled = 50,
	  .remote = 60,
	  .sentence = "Is a box that lets somebody afar see and steer this "
	              "machine; whether anybody does, it does not say.",
	  .attack = "T1219.003",
	  .reason = "Nobody plugs an IP-KVM in for any other use, yet it stays "
	            "plugged in while nobody is connected." },
	{ .name = "usb.disguised-kvm",
	  .channel = "device",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 50,
	  .controlled = 50,
	  .remote = 65,
	  .sentence =
	          "Claims to be an ordinary keyboard or mouse, and has what "
	          "only boxes for remote access have.",
	  .attack = "T1219.003",
	  .reason = "As for an IP-KVM by name; somebody took the trouble to "
	            "hide it, which raises the odds that it is in use." },
	{ .name = "usb.composite-input",
	  .channel = "device",
	  .stage = ONLOOKER_STAGE_ARMED,
	  .shared = 30,
	  .controlled = 35,
	  .remote = 40,
	  .sentence = "Is keyboard, mouse and more in one device, as boxes for "
	              "remote access are.",
	  .attack = "T1219.003",
	  .reason = "All IP-KVMs whose sources were read are like this, and so "
	            "is a home-made keyboard now and then: above the threshold "
	            "of suspicion, not by much." },
	{ .name = "usb.keyboard-disk",
	  .channel = "device",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 10,
	  .controlled = 20,
	  .remote = 10,
	  .sentence = "Is a keyboard and a disk in one device.",
	  .attack = "T1200",
	  .reason = "Keystroke injectors and IP-KVMs are, and so are keyboards "
	            "with a key store: below suspicion alone." },
	{ .name = "usb.absolute-mouse",
	  .channel = "device",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 10,
	  .controlled = 10,
	  .remote = 15,
	  .sentence =
	          "Is a mouse that points at places of the screen, as those "
	          "of boxes for remote access do.",
	  .attack = "T1219.003",
	  .reason =
	          "Old touch screens do so too; no mouse for the hand does." },
	{ .name = "usb.server-console",
	  .channel = "device",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 10,
	  .controlled = 10,
	  .remote = 20,
	  .sentence = "Is the remote console that this server was built with.",
	  .attack = "",
	  .reason = "Servers have it plugged in for ever; one whose screen "
	            "matters to a person is rare." },
	{ .name = "usb.ip-kvm-input",
	  .channel = "device",
	  .stage = ONLOOKER_STAGE_CONTROLLING,
	  .shared = 80,
	  .controlled = 85,
	  .remote = 85,
	  .lifetime_ms = 30000,
	  .sentence = "Sends input while nobody touches anything else at this "
	              "seat.",
	  .attack = "T1219.003",
	  .reason =
	          "Whoever types through the box looks at its picture, and is "
	          "seldom the one who sits here; the rest is its owner, at "
	          "the desk with it. Forgotten after half a minute: so long "
	          "a person reads between two inputs." },
	{ .name = "usb.plugged-with-display",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 15,
	  .controlled = 15,
	  .remote = 20,
	  .sentence = "Was plugged in together with a display, more than once.",
	  .attack = "T1219.003",
	  .reason = "Boxes for remote access come like this whenever they "
	            "start. Docks bring more devices and do not count; a "
	            "switch between two computers may bring no more: below "
	            "suspicion alone." },
	{ .name = "input.remote-tool",
	  .channel = "input",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 40,
	  .controlled = 75,
	  .sentence = "Has a keyboard or mouse here that somebody afar uses.",
	  .attack = "T1219",
	  .reason =
	          "The tools make these devices for a session and remove "
	          "them after it; one that crashed leaves its own behind, and "
	          "names can be borrowed." },
	{ .name = "input.automation",
	  .channel = "input",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .controlled = 20,
	  .sentence = "Has a keyboard or mouse here to type for its user.",
	  .attack = "",
	  .reason = "Such tools serve the person at the machine; a few remote "
	            "set-ups are built on them. Shown, below suspicion." },
	{ .name = "input.virtual-device",
	  .channel = "input",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .controlled = 20,
	  .sentence = "Is a keyboard or mouse that a program made, and not one "
	              "that is known.",
	  .attack = "T1219",
	  .reason = "Remappers, testers and remote tools alike make such "
	            "devices, and remappers are by far the most." },
	{ .name = "drm.writeback",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 80,
	  .sentence = "Receives what an output shows, as the graphics card "
	              "composes it.",
	  .attack = "T1113",
	  .reason = "A writeback connector is fed only to get the composed "
	            "picture back. Test suites do so, and a display server "
	            "that takes its own screenshots." },
	{ .name = "drm.kms-grab",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 70,
	  .sentence = "May read the picture past the display server, and was "
	              "there when a graphics card was opened.",
	  .attack = "T1113",
	  .reason = "Of a user's programs only those given CAP_SYS_ADMIN can, "
	            "and they were given it to do this. Which program opened "
	            "the card cannot be seen." },
	{ .name = "drm.cloned-crtc",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 65,
	  .sentence = "Shows the same picture as another output.",
	  .attack = "T1125",
	  .reason = "Whoever looks at the other display sees all: a projector, "
	            "a screen in a shop, a box that captures; or it is the "
	            "same person's second monitor." },
	{ .name = "drm.same-framebuffer",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 60,
	  .sentence = "Shows the same picture as another output.",
	  .attack = "T1125",
	  .reason = "As a cloned CRTC; a display server may lay two outputs "
	            "over each other while it changes them." },
	{ .name = "drm.capture-device",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 70,
	  .sentence = "Is a device that captures what is shown on it.",
	  .attack = "T1113",
	  .reason = "It is plugged in and fed; it passes the picture on to a "
	            "computer, which may or may not look. The same person may "
	            "own that." },
	{ .name = "drm.ip-kvm",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 75,
	  .controlled = 40,
	  .remote = 65,
	  .sentence = "Is the display side of a box that lets somebody afar "
	              "see and steer this machine.",
	  .attack = "T1219.003",
	  .reason = "It gets the picture, and there is no other use for it; "
	            "whether anybody is connected it does not say." },
	{ .name = "drm.decoy-edid",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 65,
	  .controlled = 35,
	  .remote = 60,
	  .sentence = "Claims to be one certain monitor, by the serial number "
	              "that boxes for remote access are shipped with.",
	  .attack = "T1219.003",
	  .reason = "There are three such monitors in the world, and every box "
	            "that passes for one of them." },
	{ .name = "drm.virtual-output",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 50,
	  .sentence =
	          "Is a display of software alone, with no screen to look at.",
	  .attack = "T1113",
	  .reason = "What is shown on it is seen through a program or not at "
	            "all: remote desktops and tests use it." },
	{ .name = "drm.evdi-output",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_CONNECTED,
	  .shared = 15,
	  .sentence =
	          "Hands its picture to a program, as DisplayLink docks do.",
	  .attack = "",
	  .reason = "Far more docks than virtual displays use it: shown, below "
	            "suspicion." },
	{ .name = "drm.edid-override",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 20,
	  .remote = 10,
	  .sentence = "Makes up a display that need not be there.",
	  .attack = "",
	  .reason = "Machines without a screen are set up for remote use like "
	            "this; so are monitors with a broken EDID. Shown, below "
	            "suspicion." },
	{ .name = "drm.guest-output",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 5,
	  .remote = 10,
	  .sentence = "Is the display of a virtual machine, shown wherever "
	              "that is looked at.",
	  .attack = "",
	  .reason = "The window is on the desk of the same person most of the "
	            "time." },
	{ .name = "drm.panel-off",
	  .channel = "output",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 5,
	  .remote = 10,
	  .sentence = "Is the only output in use of a laptop whose own screen "
	              "is dark.",
	  .attack = "",
	  .reason = "Most laptops on a desk look like this, and so do those in "
	            "a rack." },
	{ .name = "nvidia.frame-capture",
	  .channel = "gpu",
	  .stage = ONLOOKER_STAGE_CAPTURING,
	  .shared = 95,
	  .sentence = "Captures the picture inside NVIDIA's driver.",
	  .attack = "T1113",
	  .reason = "NvFBC has no other use; the rest to 100 is a local "
	            "recorder that keeps its pictures." },
	{ .name = "nvidia.encoder",
	  .channel = "gpu",
	  .stage = ONLOOKER_STAGE_PRESENT,
	  .shared = 20,
	  .sentence = "Encodes video on an NVIDIA card.",
	  .attack = "",
	  .reason = "Recorders and remote desktops do, and so do video calls "
	            "and converters: below suspicion alone." },
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

const struct onlooker_rule *onlooker_get_rule(size_t index)
{
	return index < RULES ? &rules[index] : NULL;
}

const struct onlooker_rule *ol_rule_find(const char *name)
{
	for (size_t i = 0; i < RULES; i++) {
		if (strcmp(rules[i].name, name) == 0)
			return &rules[i];
	}
	return NULL;
}

int ol_channel_find(const char *name)
{
	for (int i = 0; ol_channels[i].name != NULL; i++) {
		if (strcmp(ol_channels[i].name, name) == 0)
			return i;
	}
	return -1;
}

int ol_rule_strength(const struct onlooker_rule *rule, enum ol_question q)
{
	switch (q) {
	case OL_SHARED:
		return rule->shared;
	case OL_CONTROLLED:
		return rule->controlled;
	case OL_REMOTE:
		return rule->remote;
	default:
		return 0;
	}
}

int ol_rule_is_of(const struct onlooker_rule *rule, const char *probe)
{
	size_t length = strlen(probe);

	return strncmp(rule->name, probe, length) == 0 &&
	       rule->name[length] == '.';
}

int ol_stage_is_weak(enum onlooker_stage stage)
{
	return stage == ONLOOKER_STAGE_PRESENT || stage == ONLOOKER_STAGE_ARMED;
}
