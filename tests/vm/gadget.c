/*
 * USB devices, plugged into this very kernel: dummy_hcd is a host and a device
 * controller with a cable between them, and configfs says what the device is.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/descriptor.h"
#include "vm.h"

#define GADGETS "/sys/kernel/config/usb_gadget"
#define CARD    "/sys/class/drm/card0/"
#define DISPLAY "/sys/class/drm/card0-Virtual-2/"

enum {
	/*
	 * The library lets a new device settle for ten seconds, then looks every
	 * two, with a quarter of leeway.
	 */
	QUIET_MS = 10000 + 3 * 2500,
};

enum {
	KEYBOARD = 1 << 0,
	RELATIVE = 1 << 1,
	ABSOLUTE = 1 << 2,
	DISK = 1 << 3,
	SERIAL = 1 << 4,
	NETWORK = 1 << 5,
	PEN = 1 << 6,
	PAD = 1 << 7,
	BOX = KEYBOARD | RELATIVE | ABSOLUTE | DISK,
};

struct gadget {
	const char *setup;
	const char *vendor, *product;
	const char *manufacturer, *name, *serial;
	unsigned functions;
	const char *inquiry; /* 8 bytes of vendor, 16 of model, 4 of revision */
	const char *rule;    /* NULL: nothing is to be told */
	const char *who;
};

/* clang-format off */
static const struct gadget gadgets[] = {
	{ "PiKVM as sold", "0x1d6b", "0x0104", "PiKVM",
	  "PiKVM Composite Device", "CAFEBABE", BOX,
	  "PiKVM   Flash Drive     1.00", "usb.ip-kvm", "PiKVM" },
	{ "PiKVM, renamed but for its disk", "0x046d", "0xc31c", "Logitech",
	  "USB Keyboard", "1", BOX, "PiKVM   Flash Drive     1.00",
	  "usb.ip-kvm", "PiKVM" },
	{ "PiKVM, fully disguised", "0x046d", "0xc31c", "Logitech",
	  "USB Keyboard", "1", BOX, "Generic Flash Disk      8.07",
	  "usb.disguised-kvm", "USB Keyboard" },
	{ "JetKVM as sold", "0x1d6b", "0x0104", "JetKVM",
	  "USB Emulation Device", "1", BOX, "JetKVM  Virtual Media   0001",
	  "usb.ip-kvm", "JetKVM" },
	{ "JetKVM, Logitech preset", "0x046d", "0xc52b", "Logitech (x64)",
	  "Logitech USB Input Device", "1", BOX,
	  "Generic Flash Disk      8.07", "usb.disguised-kvm", "JetKVM" },
	{ "JetKVM, Microsoft preset", "0x045e", "0x005f", "Microsoft",
	  "Wireless MultiMedia Keyboard", "1", BOX,
	  "Generic Flash Disk      8.07", "usb.disguised-kvm",
	  "Wireless MultiMedia Keyboard" },
	{ "JetKVM, Dell preset", "0x413c", "0x2011", "Dell Inc.",
	  "Multimedia Pro Keyboard", "1", BOX,
	  "Generic Flash Disk      8.07", "usb.disguised-kvm",
	  "Multimedia Pro Keyboard" },
	{ "JetKVM, Dell preset, no disk", "0x413c", "0x2011", "Dell Inc.",
	  "Multimedia Pro Keyboard", "1", KEYBOARD | RELATIVE | ABSOLUTE, NULL,
	  "usb.composite-input", "Multimedia Pro Keyboard" },
	{ "NanoKVM as sold", "0x3346", "0x1009", "sipeed", "NanoKVM",
	  "0123456789ABCDEF", BOX | NETWORK, "NanoKVM USB Mass Storage0520",
	  "usb.ip-kvm", "NanoKVM" },
	{ "NanoKVM, fully disguised", "0x17ef", "0x6099", "Lenovo",
	  "Traditional Keyboard", "1", KEYBOARD | ABSOLUTE | NETWORK, NULL,
	  "usb.disguised-kvm", "Traditional Keyboard" },
	{ "NanoKVM Pro", "0x3346", "0x100a", "sipeed", "NanoKVMPro", "1", BOX,
	  "sipeed  Flash Drive     1.00", "usb.ip-kvm", "NanoKVM Pro" },
	{ "NanoKVM-USB", "0x1a86", "0xfe0c", "sipeed", "NanoKVM-USB", "1",
	  KEYBOARD | ABSOLUTE | RELATIVE, NULL, "usb.ip-kvm", "NanoKVM-USB" },
	{ "TinyPilot", "0x1d6b", "0x0104", "tinypilot",
	  "Multifunction USB Device", "6b65796d696d6570690",
	  KEYBOARD | ABSOLUTE, NULL, "usb.ip-kvm", "TinyPilot" },
	{ "BliKVM", "0x1d6b", "0x0106", "smart-kvm",
	  "Multifunction USB Device", "6b65796d696d6570690",
	  KEYBOARD | ABSOLUTE, NULL, "usb.ip-kvm", "BliKVM" },
	{ "GL.iNet Comet", "0x38eb", "0x0104", "Glinet",
	  "Glinet Composite Device", "CAFEBABE", BOX,
	  "Glinet  Flash Drive     1.00", "usb.ip-kvm", "GL.iNet Comet" },
	{ "GL.iNet Comet, renamed but for its disk", "0x046d", "0xc31c",
	  "Logitech", "USB Keyboard", "1", BOX,
	  "Glinet  Flash Drive     1.00", "usb.ip-kvm", "GL.iNet Comet" },
	{ "One-KVM", "0x1d6b", "0x0104", "One-KVM", "One-KVM USB Device", "1",
	  KEYBOARD | ABSOLUTE | RELATIVE, NULL, "usb.ip-kvm", "One-KVM" },
	{ "KVM cable (CH9329)", "0x1a86", "0xe129", "WCH.CN", "CH9329", "1",
	  KEYBOARD | ABSOLUTE | RELATIVE, NULL, "usb.ip-kvm", "CH9329" },
	{ "Openterface (CH9329, renamed)", "0x1209", "0x9329", "Openterface",
	  "Mini-KVM", "1", KEYBOARD | ABSOLUTE | RELATIVE, NULL, "usb.ip-kvm",
	  "CH9329" },
	{ "JetKVM, fully disguised", "0x17ef", "0x6099", "Lenovo",
	  "Traditional Keyboard", "1", BOX, "Generic Flash Disk      8.07",
	  "usb.disguised-kvm", "Traditional Keyboard" },
	{ "NanoKVM Pro, fully disguised", "0x03f0", "0x034a", "HP",
	  "Elite Keyboard", "1", BOX | NETWORK, "Generic Flash Disk      8.07",
	  "usb.disguised-kvm", "Elite Keyboard" },
	{ "GL.iNet Comet, fully disguised", "0x413c", "0x2113", "Dell",
	  "KB216 Wired Keyboard", "1", BOX, "Generic Flash Disk      8.07",
	  "usb.disguised-kvm", "KB216 Wired Keyboard" },
	{ "One-KVM, fully disguised", "0x04f2", "0x0833", "Chicony",
	  "PC Keyboard", "1", BOX, "Generic Flash Disk      8.07",
	  "usb.disguised-kvm", "PC Keyboard" },
	{ "TinyPilot, fully disguised", "0x046d", "0xc31c", "Logitech",
	  "USB Keyboard", "1", KEYBOARD | ABSOLUTE, NULL,
	  "usb.composite-input", "USB Keyboard" },
	{ "BliKVM, fully disguised", "0x1bcf", "0x0005", "Sunplus",
	  "Keyboard", "1", KEYBOARD | ABSOLUTE, NULL, "usb.composite-input",
	  "Keyboard" },
	{ "NanoKVM-USB or a CH9329, fully disguised", "0x046a", "0x0011",
	  "Cherry", "Wired Keyboard", "1", KEYBOARD | ABSOLUTE | RELATIVE,
	  NULL, "usb.composite-input", "Wired Keyboard" },
	{ "a box nobody knows", "0x1209", "0x0001", "Acme", "Thing", "1",
	  KEYBOARD | ABSOLUTE | RELATIVE, NULL, "usb.composite-input",
	  "Thing" },
	{ "a keystroke injector", "0x1209", "0x0003", "Acme", "Duck", "1",
	  KEYBOARD | DISK, "Acme    Disk            1.00",
	  "usb.keyboard-disk", "Duck" },
	{ "an old touch screen", "0x0eef", "0x0001", "eGalax", "Panel", "1",
	  ABSOLUTE, NULL, "usb.absolute-mouse", "Panel" },

	{ "keyboard", "0x046d", "0xc31c", "Logitech", "USB Keyboard", "1",
	  KEYBOARD, NULL, NULL, NULL },
	{ "mouse", "0x046d", "0xc077", "Logitech", "USB Optical Mouse", "1",
	  RELATIVE, NULL, NULL, NULL },
	{ "Logitech's receiver", "0x046d", "0xc52b", "Logitech",
	  "USB Receiver", "", KEYBOARD | RELATIVE, NULL, NULL, NULL },
	{ "bar-code scanner", "0x0c2e", "0x0206", "Metrologic", "Scanner",
	  "1", KEYBOARD | SERIAL, NULL, NULL, NULL },
	{ "YubiKey", "0x1050", "0x0407", "Yubico", "YubiKey OTP+FIDO+CCID",
	  "1", KEYBOARD, NULL, NULL, NULL },
	{ "pen tablet", "0x256c", "0x006d", "HUION", "Tablet", "1",
	  KEYBOARD | ABSOLUTE | PEN, NULL, NULL, NULL },
	{ "game pad", "0x045e", "0x028e", "Acme", "Controller", "1", PAD, NULL,
	  NULL, NULL },
	{ "phone that shares its network and files", "0x1d6b", "0x0104",
	  "Acme", "Phone", "CAFEBABE", DISK | NETWORK,
	  "Acme    Phone           1.00", NULL, NULL },
	{ "CircuitPython board", "0x239a", "0x8014", "Adafruit", "Feather",
	  "1", KEYBOARD | RELATIVE | DISK | SERIAL,
	  "Adafruit Feather        1.00", NULL, NULL },
};

/* A box that is known at once: where it is told, all others were looked at. */
static const struct gadget marker = {
	"marker", "0x1d6b", "0x0104", "JetKVM", "Marker", "1", KEYBOARD, NULL,
	"usb.ip-kvm", "JetKVM"
};
/* clang-format on */

static bool set(const char *gadget, const char *file, const char *text)
{
	char path[512];

	(void)snprintf(path, sizeof(path), GADGETS "/%s/%s", gadget, file);
	return write_file(path, text);
}

static bool make(const char *gadget, const char *directory)
{
	char path[512];

	(void)snprintf(path, sizeof(path), GADGETS "/%s/%s", gadget, directory);
	if (mkdir(path, 0755) == 0)
		return true;
	printf("%s: %s\n", path, strerror(errno));
	return false;
}

static bool use(const char *gadget, const char *function)
{
	char from[512], to[512];

	(void)snprintf(from, sizeof(from), GADGETS "/%s/functions/%s", gadget,
	               function);
	(void)snprintf(to, sizeof(to), GADGETS "/%s/configs/c.1/%s", gadget,
	               function);
	return symlink(from, to) == 0;
}

static bool add_hid(const char *gadget, const char *name, const char *protocol,
                    const struct descriptor *descriptor)
{
	char file[128], path[512];

	(void)snprintf(file, sizeof(file), "functions/%s", name);
	if (!make(gadget, file))
		return false;
	(void)snprintf(file, sizeof(file), "functions/%s/subclass", name);
	(void)set(gadget, file, protocol[0] == '0' ? "0" : "1");
	(void)snprintf(file, sizeof(file), "functions/%s/protocol", name);
	(void)set(gadget, file, protocol);
	(void)snprintf(file, sizeof(file), "functions/%s/report_length", name);
	(void)set(gadget, file, "8");
	(void)snprintf(path, sizeof(path),
	               GADGETS "/%s/functions/%s/report_desc", gadget, name);
	return write_bytes(path, descriptor->bytes, descriptor->size) &&
	       use(gadget, name);
}

static bool add_other(const char *gadget, const char *name)
{
	char file[128];

	(void)snprintf(file, sizeof(file), "functions/%s", name);
	return make(gadget, file) && use(gadget, name);
}

static bool add_functions(const char *name, const struct gadget *gadget)
{
	static const struct {
		unsigned function;
		const char *name, *protocol;
		const struct descriptor *descriptor;
	} hids[] = {
		{ KEYBOARD, "hid.0", "1", &descriptor_keyboard },
		{ ABSOLUTE, "hid.1", "0", &descriptor_absolute_mouse },
		{ RELATIVE, "hid.2", "2", &descriptor_boot_mouse },
		{ PEN, "hid.3", "0", &descriptor_pen },
		{ PAD, "hid.4", "0", &descriptor_game_pad },
	};
	bool is_good = true;

	for (size_t i = 0; i < sizeof(hids) / sizeof(hids[0]); i++) {
		if (gadget->functions & hids[i].function)
			is_good &= add_hid(name, hids[i].name, hids[i].protocol,
			                   hids[i].descriptor);
	}
	if (gadget->functions & DISK) {
		is_good &= make(name, "functions/mass_storage.0");
		(void)set(name, "functions/mass_storage.0/lun.0/removable",
		          "1");
		(void)set(name, "functions/mass_storage.0/lun.0/inquiry_string",
		          gadget->inquiry);
		is_good &= use(name, "mass_storage.0");
	}
	if (gadget->functions & SERIAL)
		is_good &= add_other(name, "acm.0");
	if (gadget->functions & NETWORK)
		is_good &= add_other(name, "ecm.0");
	return is_good;
}

static bool plug(const char *name, const struct gadget *gadget, const char *udc)
{
	if (!make(name, "") || !set(name, "idVendor", gadget->vendor) ||
	    !set(name, "idProduct", gadget->product) ||
	    !make(name, "strings/0x409") ||
	    !set(name, "strings/0x409/manufacturer", gadget->manufacturer) ||
	    !set(name, "strings/0x409/product", gadget->name) ||
	    !set(name, "strings/0x409/serialnumber", gadget->serial) ||
	    !make(name, "configs/c.1") || !add_functions(name, gadget))
		return false;
	return set(name, "UDC", udc);
}

/* configfs wants it all taken apart, the other way round. */
static void take_apart(const char *directory, bool are_links)
{
	struct dirent *entry;
	char path[1024];
	DIR *dir = opendir(directory);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", directory,
		               entry->d_name);
		if (are_links && entry->d_type == DT_LNK)
			(void)unlink(path);
		if (!are_links && entry->d_type == DT_DIR)
			(void)rmdir(path);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

static void unplug(const char *name)
{
	char path[512];

	(void)set(name, "UDC", "\n");
	(void)snprintf(path, sizeof(path), GADGETS "/%s/configs/c.1", name);
	take_apart(path, true);
	(void)rmdir(path);
	(void)snprintf(path, sizeof(path), GADGETS "/%s/functions", name);
	take_apart(path, false);
	(void)snprintf(path, sizeof(path), GADGETS "/%s/strings/0x409", name);
	(void)rmdir(path);
	(void)snprintf(path, sizeof(path), GADGETS "/%s", name);
	if (rmdir(path) < 0)
		printf("%s: %s\n", path, strerror(errno));
}

static void check_bad(struct observer *observer, const struct gadget *gadget)
{
	uint64_t since_us = now_us();
	bool is_right =
		plug("g", gadget, "dummy_udc.0") &&
		observer_wait(observer, gadget->rule, gadget->who, true);

	row(gadget->setup, gadget->rule, gadget->who, is_right, observer,
	    since_us);
	unplug("g");
	/* It loses one function after the other: wait for the last. */
	if (!observer_wait(observer, "usb.", "", false))
		row(gadget->setup, "gone again", NULL, false, observer,
		    since_us);
}

static void check_good(struct observer *observer, const struct gadget *gadget)
{
	uint64_t since_us = now_us();
	bool is_right = plug("g", gadget, "dummy_udc.0") &&
	                plug("m", &marker, "dummy_udc.1") &&
	                observer_wait(observer, marker.rule, marker.who, true);

	is_right = is_right && !observer_has(observer, "usb.", gadget->name);
	row(gadget->setup, "nothing", NULL, is_right, observer, since_us);
	unplug("m");
	unplug("g");
	(void)observer_wait(observer, "usb.", "", false);
}

/* Reports without a key in them, one after the other, for ever. */
static pid_t type_on(const char *node)
{
	static const char report[8];
	pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	fd = open(node, O_WRONLY | O_CLOEXEC);
	while (fd >= 0 && write(fd, report, sizeof(report)) > 0)
		;
	printf("%s: %s\n", node, strerror(errno));
	_exit(1);
}

static void end(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

static const struct gadget *find_gadget(const char *setup)
{
	size_t i = 0;

	while (strcmp(gadgets[i].setup, setup) != 0)
		i++;
	return &gadgets[i];
}

/* A box is used, first while somebody types at the seat too, then alone. */
static void input_cases(struct observer *observer)
{
	const struct gadget *box = find_gadget("PiKVM, fully disguised");
	bool is_right = plug("g", box, "dummy_udc.0") &&
	                plug("m", find_gadget("keyboard"), "dummy_udc.1") &&
	                observer_wait(observer, box->rule, box->who, true);
	pid_t at_box = type_on("/dev/hidg0"), at_seat = type_on("/dev/hidg3");
	uint64_t since_us = now_us();

	row("PiKVM, disguised, used while somebody types", "nothing more", NULL,
	    is_right && !observer_wait_for(observer, "usb.ip-kvm-input", "",
	                                   true, QUIET_MS),
	    observer, 0);
	end(at_seat);
	row("PiKVM, disguised, used while nobody does", "usb.ip-kvm-input",
	    box->who,
	    observer_wait(observer, "usb.ip-kvm-input", box->who, true),
	    observer, since_us);
	end(at_box);
	unplug("m");
	unplug("g");
	(void)observer_wait(observer, box->rule, "", false);
}

/* A box that starts again and again: its display comes and goes with it. */
static void together_case(struct observer *observer)
{
	const struct gadget *box = find_gadget("a box nobody knows");
	uint64_t since_us = now_us();
	bool is_told = false;

	/* Twice, but on a loaded host it may take more than five seconds. */
	for (int i = 0; i < 4 && !is_told; i++) {
		(void)write_file(DISPLAY "status", "on");
		(void)write_file(CARD "uevent", "change");
		(void)plug("g", box, "dummy_udc.0");
		(void)observer_wait(observer, box->rule, box->who, true);
		is_told =
			observer_wait_for(observer, "usb.plugged-with-display",
		                          box->who, true, i > 0 ? 1000 : 0);
		if (is_told)
			row("a box nobody knows, with a display, twice",
			    "usb.plugged-with-display", box->who, true,
			    observer, since_us);
		(void)write_file(DISPLAY "status", "off");
		(void)write_file(CARD "uevent", "change");
		unplug("g");
		(void)observer_wait(observer, "usb.", "", false);
	}
	if (!is_told)
		row("a box nobody knows, with a display, twice",
		    "usb.plugged-with-display", box->who, false, observer, 0);
	(void)write_file(DISPLAY "status", "detect");
}

void gadget_cases(struct observer *observer)
{
	for (size_t i = 0; i < sizeof(gadgets) / sizeof(gadgets[0]); i++) {
		if (gadgets[i].rule != NULL)
			check_bad(observer, &gadgets[i]);
		else
			check_good(observer, &gadgets[i]);
	}
	together_case(observer);
	input_cases(observer);
}
