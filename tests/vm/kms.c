/*
 * Outputs of a virtio card with two of them, set by a display server of our own
 * in this process; a program that grabs; displays that come and go; and whether
 * the library ever gets into a display server's way.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "onlooker/onlooker.h"
#include "vm.h"

#define FIRST    "/sys/class/drm/card0-Virtual-1/"
#define SECOND   "/sys/class/drm/card0-Virtual-2/"
#define UEVENT   "/sys/class/drm/card0/uevent"
#define OVERRIDE "/sys/kernel/debug/dri/0/Virtual-1/edid_override"

enum {
	WIDTH = 1024,
	HEIGHT = 768,
	HOTPLUGS = 200, /* displays that come, for the 99th percentile */
	ROUNDS = 10000, /* of a display server that takes and drops its card */
};

struct server {
	int fd;
	uint32_t connectors[2], crtcs[2];
	drmModeModeInfo mode;
	uint32_t framebuffers[2]; /* the first is twice as wide */
};

/* The kernel tells of it, as when a cable is plugged. */
static void tell(void)
{
	(void)write_file(UEVENT, "change");
}

static size_t read_edid(const char *name, uint8_t bytes[128])
{
	char path[128];
	FILE *file;
	size_t size;

	(void)snprintf(path, sizeof(path), "/edid/%s.bin", name);
	file = fopen(path, "rb");
	if (file == NULL)
		return 0;
	size = fread(bytes, 1, 128, file);
	(void)fclose(file);
	return size;
}

static bool plug_display(const char *edid)
{
	uint8_t bytes[128];

	return write_bytes(OVERRIDE, bytes, read_edid(edid, bytes));
}

static void edid_cases(struct observer *observer)
{
	static const struct {
		const char *edid, *rule, *who;
	} displays[] = {
		{ "pikvm_v3", "drm.ip-kvm", "PiKVM" },
		{ "pikvm_v4plus", "drm.ip-kvm", "PiKVM" },
		{ "pikvm_old_tc358743", "drm.ip-kvm", "PiKVM" },
		{ "jetkvm_v1", "drm.ip-kvm", "JetKVM" },
		{ "jetkvm_old", "drm.ip-kvm", "JetKVM" },
		{ "nanokvm", "drm.ip-kvm", "NanoKVM" },
		{ "tinypilot", "drm.ip-kvm", "TinyPilot" },
		{ "toshiba_h2c_tc358743", "drm.ip-kvm", "BliKVM" },
		{ "ms2109", "drm.capture-device", "MacroSilicon capture" },
		{ "linux_fhd_builtin", "drm.edid-override", "Virtual-1" },
	};

	for (size_t i = 0; i < sizeof(displays) / sizeof(displays[0]); i++) {
		uint64_t since_us = now_us();
		bool is_right = plug_display(displays[i].edid);
		char setup[96];

		tell();
		is_right &= observer_wait(observer, displays[i].rule,
		                          displays[i].who, true);
		(void)snprintf(setup, sizeof(setup), "EDID of %s",
		               displays[i].edid);
		row(setup, displays[i].rule, displays[i].who, is_right,
		    observer, since_us);
	}
	/* A real monitor's takes the last one's place. */
	(void)plug_display("dell_real");
	tell();
	row("EDID of a monitor", "nothing", NULL,
	    observer_wait(observer, "drm.edid-override", "Virtual-1", false) &&
	            !observer_has(observer, "drm.ip-kvm", ""),
	    observer, now_us());
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

static void measure_hotplug(struct observer *observer)
{
	static uint64_t took_us[HOTPLUGS];
	bool is_right = true;

	for (int i = 0; i < HOTPLUGS && is_right; i++) {
		uint64_t since_us;

		(void)plug_display("nanokvm");
		since_us = now_us();
		tell();
		is_right =
			observer_wait(observer, "drm.ip-kvm", "NanoKVM", true);
		took_us[i] = observer->at_us - since_us;
		(void)plug_display("dell_real");
		tell();
		is_right &=
			observer_wait(observer, "drm.ip-kvm", "NanoKVM", false);
	}
	qsort(took_us, HOTPLUGS, sizeof(took_us[0]), compare);
	row("a display comes and goes 200 times", "drm.ip-kvm", "NanoKVM",
	    is_right, observer, 0);
	printf("MEASURED uevent to callback: median %.1f ms, 99th percentile "
	       "%.1f ms\n",
	       (double)took_us[HOTPLUGS / 2] / 1000,
	       (double)took_us[HOTPLUGS * 99 / 100] / 1000);
}

static uint32_t make_framebuffer(int fd, uint32_t width)
{
	uint32_t handle, pitch, framebuffer = 0;
	uint64_t size;

	if (drmModeCreateDumbBuffer(fd, width, HEIGHT, 32, 0, &handle, &pitch,
	                            &size) < 0 ||
	    drmModeAddFB(fd, width, HEIGHT, 24, 32, pitch, handle,
	                 &framebuffer) < 0)
		printf("framebuffer: %s\n", strerror(errno));
	return framebuffer;
}

static bool find_mode(struct server *server, const drmModeConnector *connector)
{
	for (int i = 0; i < connector->count_modes; i++) {
		if (connector->modes[i].hdisplay == WIDTH &&
		    connector->modes[i].vdisplay == HEIGHT) {
			server->mode = connector->modes[i];
			return true;
		}
	}
	return false;
}

static bool server_start(struct server *server)
{
	drmModeRes *resources;

	server->fd = open(CARD_NODE, O_RDWR | O_CLOEXEC);
	if (server->fd < 0 || drmSetMaster(server->fd) < 0)
		return false;
	resources = drmModeGetResources(server->fd);
	if (resources == NULL || resources->count_connectors < 2 ||
	    resources->count_crtcs < 2)
		return false;
	for (int i = 0; i < 2; i++) {
		drmModeConnector *connector = drmModeGetConnector(
			server->fd, resources->connectors[i]);

		server->connectors[i] = resources->connectors[i];
		server->crtcs[i] = resources->crtcs[i];
		if (connector != NULL)
			(void)find_mode(server, connector);
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(resources);
	server->framebuffers[0] = make_framebuffer(server->fd, 2 * WIDTH);
	server->framebuffers[1] = make_framebuffer(server->fd, WIDTH);
	return server->mode.hdisplay == WIDTH;
}

/* Show a framebuffer, from x on, on an output. */
static bool show(struct server *server, int output, int framebuffer, uint32_t x)
{
	if (drmModeSetCrtc(server->fd, server->crtcs[output],
	                   server->framebuffers[framebuffer], x, 0,
	                   &server->connectors[output], 1, &server->mode) == 0)
		return true;
	printf("SETCRTC: %s\n", strerror(errno));
	return false;
}

static void mirror_cases(struct observer *observer, struct server *server)
{
	uint64_t since_us = now_us();
	bool is_right = show(server, 0, 0, 0) && show(server, 1, 0, 0);

	tell();
	is_right &= observer_wait(observer, "drm.same-framebuffer", "Virtual-2",
	                          true);
	row("one picture on two outputs, with ONLOOKER_KMS",
	    "drm.same-framebuffer", "Virtual-2", is_right, observer, since_us);

	since_us = now_us();
	is_right = show(server, 1, 0, WIDTH);
	tell();
	is_right &= observer_wait(observer, "drm.same-framebuffer", "Virtual-2",
	                          false);
	row("one desktop over two outputs, as X11 has it", "nothing", NULL,
	    is_right, observer, since_us);

	since_us = now_us();
	is_right = show(server, 1, 0, 0);
	tell();
	is_right &= observer_wait(observer, "drm.same-framebuffer", "Virtual-2",
	                          true);
	is_right &= show(server, 1, 1, 0);
	tell();
	is_right &= observer_wait(observer, "drm.same-framebuffer", "Virtual-2",
	                          false);
	row("a picture each, as Wayland has it", "nothing", NULL, is_right,
	    observer, since_us);
}

/* As Sunshine is set up: an ordinary user's, with CAP_SYS_ADMIN. */
static void grab(int ready)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2] = { { 0 } };

	data[0].effective = data[0].permitted = 1u << CAP_SYS_ADMIN;
	(void)prctl(PR_SET_KEEPCAPS, 1);
	(void)setgroups(1, (gid_t[]){ OBSERVER_GID });
	if (setresgid(OBSERVER_UID, OBSERVER_UID, OBSERVER_UID) < 0 ||
	    setresuid(OBSERVER_UID, OBSERVER_UID, OBSERVER_UID) < 0 ||
	    syscall(SYS_capset, &header, data) < 0)
		_exit(1);
	(void)prctl(PR_SET_NAME, "sunshine");
	if (open(CARD_NODE, O_RDWR) < 0)
		_exit(1);
	if (write(ready, "", 1) != 1)
		_exit(1);
	(void)pause();
	_exit(0);
}

static void grab_case(struct observer *observer)
{
	uint64_t since_us = now_us();
	int ends[2];
	char byte;
	pid_t pid;
	bool is_right;

	if (pipe(ends) < 0)
		return;
	pid = fork();
	if (pid == 0)
		grab(ends[1]);
	(void)close(ends[1]);
	is_right = read(ends[0], &byte, 1) == 1 &&
	           observer_wait(observer, "drm.kms-grab", "sunshine", true);
	row("a program with CAP_SYS_ADMIN opens the card", "drm.kms-grab",
	    "sunshine", is_right, observer, since_us);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	(void)close(ends[0]);
	if (!observer_wait(observer, "drm.kms-grab", "sunshine", false))
		row("it has ended", "nothing", NULL, false, observer, since_us);
}

/* Opens and closes of the card, since this was asked last. */
static unsigned count_opens(int inotify)
{
	_Alignas(struct inotify_event) char buffer[16384];
	unsigned opens = 0;
	ssize_t size;

	while ((size = read(inotify, buffer, sizeof(buffer))) > 0) {
		for (char *next = buffer; next < buffer + size;) {
			struct inotify_event *event =
				(struct inotify_event *)(void *)next;

			opens += (event->mask & IN_OPEN) != 0;
			next += sizeof(*event) + event->len;
		}
	}
	return opens;
}

static unsigned take_and_drop(struct server *server, unsigned tell_every)
{
	unsigned refused = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		(void)drmDropMaster(server->fd);
		if (tell_every > 0 && i % tell_every == 0)
			tell();
		if (drmSetMaster(server->fd) == 0)
			continue;
		refused++;
		while (drmSetMaster(server->fd) < 0)
			;
	}
	return refused;
}

/*
 * A display server that hands its card over and takes it back without end, while
 * the library is told to look all the time; and, to see that this can fail, the
 * same beside a program that opens the card and does not care.
 */
static void master_cases(struct observer *observer, struct server *server)
{
	int inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	unsigned opens, refused, rounds = 0;
	uint64_t deadline_us;
	pid_t pid;

	(void)inotify_add_watch(inotify, CARD_NODE, IN_OPEN);
	(void)show(server, 1, 0, 0);
	refused = take_and_drop(server, 10);
	opens = count_opens(inotify);
	row("a display server takes its card 10000 times", "never refused",
	    NULL, refused == 0 && opens == 0, observer, 0);
	printf("MEASURED SET_MASTER refused %u times in %d; the card was "
	       "opened %u times meanwhile\n",
	       refused, ROUNDS, opens);

	pid = fork();
	if (pid == 0) {
		for (;;)
			(void)close(open(CARD_NODE, O_RDONLY));
	}
	/* Whether the two meet is luck: until they do. */
	deadline_us = now_us() + (uint64_t)WAIT_MS * 1000;
	do {
		refused = take_and_drop(server, 0);
		rounds += ROUNDS;
	} while (refused == 0 && now_us() < deadline_us);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	printf("MEASURED beside a careless opener: refused %u times in %u\n",
	       refused, rounds);
	row("taking it beside a careless opener", "refused", NULL, refused > 0,
	    observer, 0);
	(void)close(inotify);
}

/* The console shows one picture on both, and there is no master. */
static void console_case(void)
{
	struct observer daring;
	uint64_t since_us = now_us();

	(void)write_file(SECOND "status", "on");
	tell();
	observer_start(&daring, ONLOOKER_KMS);
	(void)plug_display("nanokvm");
	tell();
	row("a text console on two outputs", "nothing", NULL,
	    observer_wait(&daring, "drm.ip-kvm", "NanoKVM", true) &&
	            !observer_has(&daring, "drm.same", "") &&
	            !observer_has(&daring, "drm.cloned", ""),
	    &daring, since_us);
	(void)plug_display("dell_real");
	observer_stop(&daring);
}

void kms_cases(struct observer *observer)
{
	struct observer daring;
	struct server server = { .fd = -1 };
	uint64_t since_us = now_us();

	row("a virtual machine's display", "drm.guest-output", "Virtual-1",
	    observer_wait(observer, "drm.guest-output", "Virtual-1", true),
	    observer, since_us);
	edid_cases(observer);
	measure_hotplug(observer);
	wake_cases(observer, plug_display);
	grab_case(observer);

	console_case();
	if (!server_start(&server)) {
		row("a display server", "starts", NULL, false, observer, 0);
		return;
	}
	(void)show(&server, 0, 0, 0);
	(void)show(&server, 1, 1, 0);
	observer_start(&daring, ONLOOKER_KMS);
	(void)observer_wait(&daring, "drm.guest-output", "Virtual-1", true);
	mirror_cases(&daring, &server);
	observer_stop(&daring);
	master_cases(observer, &server);
	terminal_cases(observer, server.fd);
	(void)close(server.fd);
}
