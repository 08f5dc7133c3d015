"""Record labelled sessions of real programs: record.py ONLOOKER SCENE [NAME...]

Each case is a machine of its own (namespaces for processes, files and network),
with an X server or sway, a bus and PipeWire, all of an ordinary user. onlooker
records what its probes say while another program runs; beside it stands the
truth, which never comes from onlooker: a recorder captures while its file
grows, a viewer watches from its first picture on. In between nothing is known,
and nothing is claimed. Needs root for the namespaces.

The files go to sessions/ beside this script. Cases that could not be recorded,
such as those of programs that are not installed, are named at the end. Beyond
what ./dev installs, Debian 12 has the programs in recordmydesktop byzanz
vlc-bin vlc-plugin-base xfce4-screenshooter ksnip x11-apps conky-std redshift
i3lock plank rofi feh xscreensaver slop tint2 screenkey unclutter onboard icewm
openbox xfwm4 pcmanfm xvkbd copyq gcolor3.
"""
import ctypes
import datetime
import json
import os
import pathlib
import pwd
import select
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
USER = pwd.getpwnam("games")  # every Debian has it
QUIET, CALM, BUSY = 3, 4, 8  # seconds: before, after, during
PATIENCE = 40  # seconds until a program must have begun; browsers are slow
SIZE = (1280, 720)

NOBODY = {"shared": False, "controlled": False, "remote": False}
RECORDED = NOBODY | {"shared": True}
# A viewer on another host; the user still sits here.
SERVED = {"shared": True, "controlled": True, "remote": False}
WATCHED = {"shared": True, "controlled": False, "remote": False}
# The viewer is the user, as far as anybody knows.
USED = {"remote": True}

GRAB = ["ffmpeg", "-loglevel", "error", "-f", "x11grab"]
MPEG = ["-c:v", "mpeg4", "-flush_packets", "1", "-f", "mpegts", "/tmp/out"]
GST = ["gst-launch-1.0", "-q", "ximagesrc"]
GST_OUT = ["!", "videoconvert", "!", "jpegenc", "!", "filesink",
           "buffer-mode=unbuffered", "location=/tmp/out"]


def recorder(*argv, **more):
    return dict(argv=list(argv), kind="recorder", truth=RECORDED) | more


def server(*argv, port=5900, truth=SERVED, **more):
    return dict(argv=list(argv), kind="server", port=port, truth=truth) | more


def harmless(*argv, **more):
    return dict(argv=list(argv), kind="harmless") | more


def shot(*argv, **more):
    return dict(argv=list(argv), kind="shot") | more


POINTER = ["xdotool", "mousemove_relative", "--", "7", "5"]
CASES = {
    # Recorders of the X11 screen.
    "ffmpeg": recorder(*GRAB, "-framerate", "30", "-video_size", "1280x720",
                       "-i", ":1", *MPEG),
    "ffmpeg-slow": recorder(*GRAB, "-framerate", "2", "-video_size",
                            "1280x720", "-i", ":1", *MPEG),
    "ffmpeg-region": recorder(*GRAB, "-framerate", "10", "-video_size",
                              "640x480", "-i", ":1+100,100", *MPEG),
    "gstreamer": recorder(*GST, "use-damage=false", *GST_OUT),
    "gstreamer-damage": recorder(*GST, *GST_OUT),
    "recordmydesktop": recorder("recordmydesktop", "--no-sound", "-o",
                                "/tmp/out", file="/tmp/rMD-session-*/*"),
    "recordmydesktop-full": recorder("recordmydesktop", "--no-sound",
                                     "--full-shots", "-o", "/tmp/out",
                                     file="/tmp/rMD-session-*/*"),
    "byzanz": recorder("byzanz-record", "-d", "60", "/tmp/out.ogv",
                       file="/tmp/out.ogv"),
    "simplescreenrecorder": recorder(
        "simplescreenrecorder", "--no-systray", "--start-recording",
        "--settingsfile=/tmp/ssr.conf", file="/tmp/out*"),
    "xwd-loop": recorder("sh", "-c", "while xwd -silent -root >>/tmp/out; do "
                         "sleep 1; done"),

    # Servers, each with a viewer on another host.
    "x11vnc": server("x11vnc", "-display", ":1", "-forever", "-nopw",
                     "-quiet"),
    "x11vnc-typing": server("x11vnc", "-display", ":1", "-forever", "-nopw",
                            "-quiet", peer="type"),
    "x11vnc-viewonly": server("x11vnc", "-display", ":1", "-forever", "-nopw",
                              "-quiet", "-viewonly", truth=WATCHED),
    "x11vnc-poll": server("x11vnc", "-display", ":1", "-forever", "-nopw",
                          "-quiet", "-noxdamage", "-noxrecord"),
    "x0tigervncserver": server("X0tigervnc", "-display", ":1",
                               "-SecurityTypes", "None", "-rfbport", "5900"),
    "freerdp-shadow": server("freerdp-shadow-cli", "/port:3389", "-auth",
                             port=3389, peer="rdp"),
    "xtigervnc": server("Xtigervnc", ":7", "-SecurityTypes", "None",
                        "-rfbport", "5900", display=":7", truth=USED),
    "wayvnc": server("wayvnc", "0.0.0.0", "5900", desk="sway"),

    # Recorders of a Wayland screen.
    "wf-recorder": recorder("wf-recorder", "-D", "-m", "mpegts", "-f",
                            "/tmp/out", desk="sway"),

    # One picture.
    "scrot": shot("scrot", "/tmp/out.png"),
    "import": shot("import", "-window", "root", "/tmp/out.png"),
    "maim": shot("maim", "/tmp/out.png"),
    "maim-region": shot("maim", "-g", "300x200+50+50", "/tmp/out.png"),
    "flameshot": shot("flameshot", "full", "-p", "/tmp/out.png"),
    "gnome-screenshot": shot("gnome-screenshot", "-f", "/tmp/out.png"),
    "xfce4-screenshooter": shot("xfce4-screenshooter", "-f", "-s",
                                "/tmp/out.png"),
    "ksnip": shot("ksnip", "-m", "-s"),
    "xwd": shot("xwd", "-silent", "-root", "-out", "/tmp/out.xwd"),
    "ffmpeg-still": shot(*GRAB, "-video_size", "1280x720", "-i", ":1",
                         "-frames:v", "1", "/tmp/out.png"),
    "grim": shot("grim", "/tmp/out.png", desk="sway"),

    # What any desktop runs.
    "nothing": harmless("sleep", "60"),
    "sway": harmless("sleep", "60", desk="sway"),
    "foot": harmless("foot", "-e", "sh", "-c",
                     "while :; do ls -lR /usr/share/doc; done", desk="sway"),
    "mpv-wayland": harmless("mpv", "--no-config", "--vo=wlshm", "--fullscreen",
                            "--really-quiet",
                            "av://lavfi:testsrc=size=1280x720", desk="sway"),
    "waybar": harmless("waybar", desk="sway"),
    "xterm": harmless("xterm", "-e",
                      "while :; do ls -lR /usr/share/doc; done"),
    "mpv": harmless("mpv", "--no-config", "--vo=x11", "--fullscreen",
                    "--really-quiet", "av://lavfi:testsrc=size=1280x720"),
    "vlc-playing": harmless("cvlc", "--no-audio", "/tmp/film.mpg",
                            "--fullscreen", "--loop", make="/tmp/film.mpg"),
    "picom": harmless("picom", "--backend", "xrender", "--config",
                      "/dev/null"),
    "picom-glx": harmless("picom", "--backend", "glx", "--config",
                          "/dev/null"),
    "xcompmgr": harmless("xcompmgr", "-c"),
    "xfwm4": harmless("xfwm4", "--replace", "--compositor=on"),
    "openbox": harmless("openbox", "--replace"),
    "icewm": harmless("icewm", "--replace"),
    "xfce4-panel": harmless("xfce4-panel", "--sm-client-disable"),
    "plank": harmless("plank"),
    "tint2": harmless("tint2"),
    "pcmanfm": harmless("pcmanfm", "--desktop"),
    "conky": harmless("conky", "-c", "/tmp/conky.conf", files={
        "../conky.conf": "conky.config={own_window=true,update_interval=0.2}"
        "\nconky.text=[[$time $cpu%]]\n"}),
    "feh": harmless("feh", "--bg-fill", "/tmp/picture.png",
                    make="/tmp/picture.png"),
    "rofi": harmless("rofi", "-show", "run"),
    "redshift": harmless("redshift", "-l", "0:0", "-m", "randr"),
    "unclutter": harmless("unclutter", "-idle", "1"),
    "copyq": harmless("copyq"),
    "screenkey": harmless("screenkey", "--no-systray"),
    "i3lock": harmless("i3lock", "-n"),
    "xscreensaver": harmless("sh", "-c", "xscreensaver --no-splash & sleep 2; "
                             "xscreensaver-command -activate; wait"),
    "onboard": harmless("onboard"),
    "xvkbd": harmless("xvkbd"),
    "xdotool": harmless("sh", "-c", "while :; do xdotool mousemove_relative "
                        "-- 3 1; sleep 0.2; done"),
    "xdotool-key": harmless("sh", "-c", "while :; do xdotool key shift; "
                            "sleep 0.2; done"),
    "xdotool-type": harmless("xdotool", "type", "--delay", "200",
                             "a" * 200),
    "slop": harmless("slop"),
    "xeyes": harmless("xeyes"),
    "oclock": harmless("oclock"),
    "xmag": harmless("xmag", "-source", "64x64+100+100"),
    "xzoom": harmless("xzoom", nudge=POINTER),
    "kmag": harmless("kmag", nudge=POINTER),
    "gpick": harmless("gpick", nudge=POINTER),
    "gcolor3": harmless("gcolor3"),
    "chromium": harmless("chromium", "--no-sandbox", "--disable-gpu",
                         "--no-first-run", "--user-data-dir=/tmp/chromium",
                         "about:blank"),
    "viewer": harmless("xtigervncviewer", "10.9.0.2::5900", outgoing=True),
}


class Child:
    """A program of the user's, in a group of its own."""

    def __init__(self, argv, environment, **more):
        # Without privileges, as every program that this is about.
        user = ["setpriv", f"--reuid={USER.pw_uid}", f"--regid={USER.pw_gid}",
                "--clear-groups", "--"]
        more.setdefault("stdout", subprocess.DEVNULL)
        if "ONLOOKER_VERBOSE" not in os.environ:
            more.setdefault("stderr", subprocess.DEVNULL)
        prefix = more.pop("prefix", [])
        if "display" in more:
            environment = environment | {"DISPLAY": more.pop("display")}
        self.process = subprocess.Popen(
            prefix + user + argv, env=environment, start_new_session=True,
            stdin=subprocess.DEVNULL, cwd="/tmp", **more)

    def stop(self, number=signal.SIGTERM):
        try:
            os.killpg(self.process.pid, number)
            self.process.wait(3)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def is_running(self):
        return self.process.poll() is None


def wait_until(what, condition, patience=PATIENCE):
    end = time.time() + patience
    while time.time() < end:
        if condition():
            return
        time.sleep(0.02)
    raise RuntimeError(f"{what} did not happen within {patience} s")


def run(*argv):
    subprocess.run(argv, check=True)


class Machine:
    """A private machine with one desktop, and another host beside it."""

    def __init__(self, case, scene):
        self.children = []
        self.case = case
        self.server = None  # that is the desktop itself
        run("mount", "-t", "tmpfs", "-o", "mode=1777", "none", "/tmp")
        run("mount", "-t", "tmpfs", "none", "/run")
        for path in ("/tmp/home", "/tmp/run", "/tmp/.X11-unix"):
            os.mkdir(path)
            os.chmod(path, 0o1777 if "X11" in path else 0o700)
            os.chown(path, USER.pw_uid, USER.pw_gid)
        for name, text in case.get("files", {}).items():
            path = pathlib.Path("/tmp/home", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        settings = HERE.parent / "tools/simplescreenrecorder.conf"
        pathlib.Path("/tmp/ssr.conf").write_text(
            settings.read_text().replace("file=/dev/null", "file=/tmp/out"))
        if "make" in case:
            run("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i",
                "testsrc=duration=3:size=1280x720", *(
                    ["-frames:v", "1"] if "png" in case["make"] else []),
                case["make"])
        run("chown", "-R", f"{USER.pw_uid}:{USER.pw_gid}", "/tmp/home",
            "/tmp/ssr.conf")
        self.network()
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/games:/usr/sbin",
            "HOME": "/tmp/home", "XDG_RUNTIME_DIR": "/tmp/run",
            "LANG": "C.UTF-8", "USER": USER.pw_name,
            "NO_AT_BRIDGE": "1"}
        address = "unix:path=/tmp/run/bus"
        self.start("dbus-daemon", "--session", "--nofork",
                   f"--address={address}")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        self.start("pipewire")
        wait_until("PipeWire", lambda: os.path.exists("/tmp/run/pipewire-0"))
        self.start("wireplumber")
        getattr(self, "desk_" + case.get("desk", "x11"))(scene)

    def start(self, *argv, **more):
        child = Child(list(argv), self.environment, **more)
        self.children.append(child)
        return child

    def network(self):
        run("ip", "link", "set", "lo", "up")
        run("ip", "netns", "add", "elsewhere")
        run("ip", "link", "add", "here", "type", "veth", "peer", "there")
        run("ip", "link", "set", "there", "netns", "elsewhere")
        run("ip", "addr", "add", "10.9.0.1/24", "dev", "here")
        run("ip", "link", "set", "here", "up")
        for words in ("link set lo up", "addr add 10.9.0.2/24 dev there",
                      "link set there up"):
            run("ip", "-n", "elsewhere", *words.split())

    def x_server(self, display):
        self.start("Xvfb", display, "-screen", "0",
                   f"{SIZE[0]}x{SIZE[1]}x24", "-noreset")
        path = f"/tmp/.X11-unix/X{display[1:]}"
        wait_until("the X server", lambda: os.path.exists(path))

    def desk_x11(self, scene):
        display = self.case.get("display", ":1")
        if display == ":1":
            self.x_server(display)
        else:
            self.server = self.start(*self.case["argv"])
            wait_until("the X server", lambda: os.path.exists(
                f"/tmp/.X11-unix/X{display[1:]}"))
        self.environment["DISPLAY"] = display
        self.start("openbox")
        self.start(scene)

    def desk_sway(self, scene):
        self.environment |= {"WLR_BACKENDS": "headless",
                             "WLR_RENDERER": "pixman",
                             "WLR_LIBINPUT_NO_DEVICES": "1"}
        self.start("sway", "-c", "/dev/null")
        wait_until("sway",
                   lambda: os.path.exists("/tmp/run/wayland-1"))
        self.environment["WAYLAND_DISPLAY"] = "wayland-1"
        # Something has to move, or recorders get no picture.
        self.start("foot", "-e", "sh", "-c",
                   "while :; do date +%N; sleep 0.1; done")

    def elsewhere(self, *argv, **more):
        return self.start(*argv, prefix=["ip", "netns", "exec", "elsewhere"],
                          **more)

    def stop(self):
        for child in reversed(self.children):
            child.stop()


class Recording:
    """What onlooker says, and the truth, by the clock."""

    def __init__(self, machine, onlooker):
        self.lines = []
        self.truths = []
        self.pending = b""
        self.child = machine.start(onlooker, "record",
                                   stdout=subprocess.PIPE)
        self.output = self.child.process.stdout
        os.set_blocking(self.output.fileno(), False)
        wait_until("the recording", lambda: self.read() or self.lines)
        began = json.loads(self.lines[0])["time"]
        self.began = datetime.datetime.fromisoformat(
            began.replace("Z", "+00:00")).timestamp()

    def read(self):
        while select.select([self.output], [], [], 0)[0]:
            data = self.output.read()
            if not data:
                return
            *lines, self.pending = (self.pending + data).split(b"\n")
            self.lines += [line.decode() for line in lines]

    def truth(self, truth):
        """From now on this is so; None: it is not known."""
        at = int((time.time() - self.began) * 1e6)
        self.truths.append((at, json.dumps({"at": at, "truth": truth},
                                           separators=(",", ":"))))

    def go_on(self, seconds, nudge=None):
        end = time.time() + seconds
        while time.time() < end:
            time.sleep(0.25)
            self.read()
            if nudge:
                nudge()

    def write(self, path, text):
        self.truth(None)  # the end
        self.child.stop(signal.SIGINT)
        self.read()
        lines = [(json.loads(line).get("at", -1), line)
                 for line in self.lines] + self.truths
        lines.sort(key=lambda line: line[0])
        path.write_text("# " + text + "\n" +
                        "".join(line + "\n" for _, line in lines))


def newest_size(pattern):
    return sum(path.stat().st_size
               for path in pathlib.Path("/").glob(pattern[1:]))


def wait_growing(pattern):
    wait_until(f"{pattern} to grow", lambda: newest_size(pattern) > 0)
    size = newest_size(pattern)
    wait_until(f"{pattern} to grow on", lambda: newest_size(pattern) > size)


def play_recorder(case, machine, recording):
    recording.truth(None)
    child = machine.start(*case["argv"])
    wait_growing(case.get("file", "/tmp/out"))
    recording.truth(case["truth"])
    recording.go_on(BUSY)
    if not child.is_running():
        raise RuntimeError("it has ended too early")
    recording.truth(None)
    child.stop()
    recording.truth(NOBODY)
    recording.go_on(CALM)


def is_listening(port):
    with open("/proc/net/tcp", encoding="ascii") as table, \
            open("/proc/net/tcp6", encoding="ascii") as table6:
        for line in table.readlines()[1:] + table6.readlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].split(":")[1], 16) == port:
                return True
    return False


def play_server(case, machine, recording):
    child = machine.server or machine.start(*case["argv"])
    wait_until("a port", lambda: is_listening(case["port"]))
    recording.go_on(CALM)
    recording.truth(None)
    if case.get("peer") == "rdp":
        machine.x_server(":2")
        viewer = machine.elsewhere(
            "xfreerdp", "/v:10.9.0.1", "/cert:ignore", "/u:x", "/p:x",
            "-sec-nla", display=":2")
    else:
        viewer = machine.elsewhere(
            sys.executable, str(HERE.parent / "tools/rfb.py"),
            str(case["port"]), "10.9.0.1", case.get("peer", "again"),
            stdout=subprocess.PIPE)
        if viewer.process.stdout.readline() != b"picture\n":
            raise RuntimeError("no picture came")
    recording.truth(case["truth"])
    recording.go_on(BUSY)
    if not viewer.is_running() or not child.is_running():
        raise RuntimeError("it has ended too early")
    recording.truth(None)
    viewer.stop()
    recording.truth(NOBODY)
    recording.go_on(CALM)


def play_shot(case, machine, recording):
    # One picture is no sharing; the truth stays what it is.
    child = machine.start(*case["argv"])
    recording.go_on(BUSY)
    child.stop()
    recording.go_on(CALM)


def play_harmless(case, machine, recording):
    def nudge():
        if "nudge" in case:
            machine.start(*case["nudge"]).process.wait(5)

    if "outgoing" in case:
        machine.elsewhere("Xtigervnc", ":7", "-SecurityTypes", "None",
                          "-rfbport", "5900")
        recording.go_on(1)
    child = machine.start(*case["argv"])
    recording.go_on(BUSY, nudge)
    is_one_shot = case["argv"][0] in ("feh",)
    if not is_one_shot and not child.is_running():
        raise RuntimeError("it has ended too early")
    child.stop()
    recording.go_on(CALM)


def record(name, onlooker, scene):
    case = CASES[name]
    machine = Machine(case, scene)
    try:
        recording = Recording(machine, onlooker)
        recording.truth(NOBODY)
        recording.go_on(QUIET)
        globals()["play_" + case["kind"]](case, machine, recording)
        recording.write(HERE / "sessions" / f"{name}.jsonl",
                        f"{case['kind']}: {' '.join(case['argv'])}")
    finally:
        machine.stop()


def record_all(names, onlooker, scene):
    failed = []
    for name in names:
        # A machine of its own for each, down to the process ids.
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child",
             "--mount-proc", "--net", "--ipc", sys.executable, __file__,
             "--one", onlooker, scene, name], check=False)
        print(name, "failed" if done.returncode else "recorded", flush=True)
        if done.returncode:
            failed.append(name)
    if failed:
        sys.exit("not recorded: " + " ".join(failed))


def main():
    if sys.argv[1] == "--one":
        # With this process all that it started ends.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        record(sys.argv[4], *sys.argv[2:4])
    else:
        record_all(sys.argv[3:] or list(CASES),
                   *map(os.path.abspath, sys.argv[1:3]))


if __name__ == "__main__":
    main()
