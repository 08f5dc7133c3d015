/*
 * What programs look like on PipeWire. The rows of mutter, KWin, the wlr portal
 * and the consumers are what the real ones set (xdg-desktop-portal-wlr 0.7,
 * mutter 43.8, KWin 5.27, Chromium, OBS 29, GStreamer, gnome-remote-desktop 43);
 * Hyprland's portal and niri follow their published names.
 */
#include "tests/sim/pipewire_stream.h"

#include <string.h>

#define PRODUCER .is_producer = true
#define SOURCE   PRODUCER, .media_class = "Video/Source"
#define OUTPUT   PRODUCER, .media_class = "Stream/Output/Video"
#define CONSUMER .media_class = "Stream/Input/Video"

const struct cast_shape cast_shapes[] = {
	{ "wlr", "xdg-desktop-portal-wlr", SOURCE,
	  .node_name = "xdg-desktop-portal-wlr",
	  .media_name = "xdpw-stream-kR3vQz" },
	{ "mutter", "mutter", OUTPUT, .node_name = "mutter",
	  .media_name = "meta-screen-cast-src" },
	{ "gnome-shell", "gnome-shell", OUTPUT, .node_name = "gnome-shell",
	  .media_name = "meta-screen-cast-src" },
	{ "kwin", "kwin_wayland", OUTPUT, .node_name = "kwin_wayland",
	  .media_name = "kwin-screencast-HDMI-A-1" },
	{ "hyprland", "xdg-desktop-portal-hyprland", SOURCE,
	  .node_name = "xdg-desktop-portal-hyprland",
	  .media_name = "xdph-streaming-1" },
	{ "niri", "niri", OUTPUT, .media_name = "niri-screen-cast-src" },
	{ "camera", "wireplumber", SOURCE,
	  .node_name = "v4l2_input.pci-0000_00_14.0-usb-0_4_1.0",
	  .media_role = "Camera", .v4l2_path = "/dev/video0" },
	{ "virtual-camera", "obs", SOURCE, .node_name = "obs",
	  .media_name = "OBS Virtual Camera", .media_role = "Camera" },
	{ "test-source", "gst-launch-1.0", OUTPUT,
	  .node_name = "gst-launch-1.0", .media_name = "gst-launch-1.0" },
	{ "chromium", "chromium", CONSUMER, .node_name = "chromium",
	  .media_name = "webrtc-consume-stream" },
	{ "firefox", "firefox", CONSUMER, .node_name = "firefox",
	  .media_name = "webrtc-consume-stream" },
	{ "obs", "obs", CONSUMER, .node_name = "obs",
	  .media_name = "OBS Studio", .media_role = "Screen" },
	{ "gst", "gst-launch-1.0", CONSUMER, .node_name = "gst-launch-1.0",
	  .media_name = "gst-launch-1.0" },
	{ "grd", "gnome-remote-de", CONSUMER,
	  .node_name = "gnome-remote-desktop-daemon",
	  .media_name = "grd-rdp-pipewire-stream" },
	{ "recorder", "gjs", CONSUMER, .node_name = "gjs-console",
	  .media_name = "gjs-console" },
	/* A consumer that wants to be taken for something else. */
	{ "disguised", "pulseaudio", .media_class = "Stream/Input/Audio",
	  .node_name = "pulseaudio", .media_name = "Music",
	  .media_role = "Music" },
	{ 0 },
};

const struct cast_shape *cast_shape_find(const char *name)
{
	for (int i = 0; cast_shapes[i].name != NULL; i++) {
		if (strcmp(cast_shapes[i].name, name) == 0)
			return &cast_shapes[i];
	}
	return NULL;
}
