/* What USB devices are taken for: boxes as sold and disguised, and others. */
#include <stdio.h>
#include <string.h>

#include "probes/usb.h"
#include "tests/unit/cmocka_all.h"

enum {
	KEYBOARD = 1 << 0,
	RELATIVE = 1 << 1,
	ABSOLUTE = 1 << 2,
	PEN = 1 << 3,
	PAD = 1 << 4,
	/* Usual in an IP-KVM. */
	BOX = KEYBOARD | RELATIVE | ABSOLUTE,
};

struct sample {
	const char *what;
	const char *rule; /* NULL: not worth telling */
	const char *who;
	unsigned vendor, product, reports, functions;
	const char *manufacturer, *name, *serial, *disk, *interface;
	uint64_t hash;
};

static struct usb_device make(const struct sample *sample)
{
	struct usb_device device = {
		.path = "1-1",
		.vendor = sample->vendor,
		.product = sample->product,
		.functions = USB_HID | sample->functions,
		.hid = { .is_keyboard = sample->reports & KEYBOARD,
		         .is_relative_mouse = sample->reports & RELATIVE,
		         .is_absolute_mouse = sample->reports & ABSOLUTE,
		         .is_digitizer = sample->reports & PEN,
		         .is_game_pad = sample->reports & PAD },
		.report_count = 1,
		.reports[0].hash = sample->hash,
		.disk_count = sample->disk != NULL,
		.interface_count = sample->interface != NULL,
	};
	const char *texts[] = { sample->manufacturer, sample->name,
		                sample->serial, sample->disk,
		                sample->interface };
	char *places[] = { device.manufacturer, device.name, device.serial,
		           device.disks[0], device.interfaces[0] };

	for (int i = 0; i < 5; i++)
		(void)snprintf(places[i], USB_TEXT_MAX, "%s",
		               texts[i] != NULL ? texts[i] : "");
	return device;
}

static void check(const struct sample *samples, size_t count,
                  bool is_virtual_machine)
{
	for (size_t i = 0; i < count; i++) {
		struct usb_device device = make(&samples[i]);
		struct usb_verdict verdict;

		ol_usb_judge(&device, is_virtual_machine, &verdict);
		if (verdict.rule == NULL && samples[i].rule == NULL)
			continue;
		if (verdict.rule == NULL || samples[i].rule == NULL)
			fail_msg("%s: %s", samples[i].what,
			         verdict.rule != NULL ? verdict.rule
			                              : "nothing");
		assert_string_equal(verdict.rule, samples[i].rule);
		if (samples[i].who != NULL)
			assert_string_equal(verdict.who, samples[i].who);
	}
}

/* Rows end where a device has no more to say. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
/* clang-format off */
static const struct sample boxes[] = {
	{ "PiKVM as sold", "usb.ip-kvm", "PiKVM", 0x1d6b, 0x0104, BOX,
	  USB_STORAGE, "PiKVM", "PiKVM Composite Device", "CAFEBABE" },
	{ "PiKVM, renamed", "usb.ip-kvm", "PiKVM", 0x1234, 0x0001, BOX,
	  USB_STORAGE, "Acme", "Thing", "1", .disk = "PiKVM Flash Drive" },
	{ "PiKVM, by its serial", "usb.ip-kvm", "PiKVM", 0x1d6b, 0x0104,
	  KEYBOARD, 0, "Acme", "Thing", "CAFEBABE" },
	{ "PiKVM, fully disguised", "usb.disguised-kvm", "PiKVM", 0x046d,
	  0xc31c, KEYBOARD | ABSOLUTE, 0, "Logitech", "USB Keyboard",
	  .hash = 0xd9b93f5aa0cb2ab2 },
	{ "JetKVM as sold", "usb.ip-kvm", "JetKVM", 0x1d6b, 0x0104, BOX,
	  USB_STORAGE, "JetKVM", "USB Emulation Device" },
	{ "JetKVM, Logitech preset", "usb.disguised-kvm", "JetKVM", 0x046d,
	  0xc52b, BOX, USB_STORAGE, "Logitech (x64)",
	  "Logitech USB Input Device", .disk = "Acme Media" },
	{ "JetKVM, Microsoft preset", "usb.disguised-kvm",
	  "Wireless MultiMedia Keyboard", 0x045e, 0x005f, BOX, USB_STORAGE,
	  "Microsoft", "Wireless MultiMedia Keyboard" },
	{ "JetKVM, Dell preset", "usb.disguised-kvm",
	  "Multimedia Pro Keyboard", 0x413c, 0x2011, BOX, USB_STORAGE,
	  "Dell Inc.", "Multimedia Pro Keyboard" },
	{ "JetKVM, Dell preset without its disk", "usb.disguised-kvm",
	  "JetKVM", 0x413c, 0x2011, BOX, 0, "Dell Inc.",
	  "Multimedia Pro Keyboard", .hash = 0x5e10a7f6cc69f217 },
	{ "NanoKVM as sold", "usb.ip-kvm", "NanoKVM", 0x3346, 0x1009, BOX,
	  USB_STORAGE | USB_NETWORK, "sipeed", "NanoKVM" },
	{ "NanoKVM, disguised", "usb.disguised-kvm", "NanoKVM", 0x046d, 0xc31c,
	  KEYBOARD | ABSOLUTE, 0, "Logitech", "USB Keyboard",
	  .hash = 0x406e9a7433451eed },
	{ "NanoKVM, disguised, HID only", "usb.disguised-kvm", "NanoKVM",
	  0x046d, 0xc31c, KEYBOARD | ABSOLUTE, 0, "Logitech", "USB Keyboard",
	  .hash = 0x4f5ed1a140900eb7 },
	{ "NanoKVM Pro", "usb.ip-kvm", "NanoKVM Pro", 0x3346, 0x100a, BOX,
	  USB_AUDIO, "sipeed", "NanoKVMPro" },
	{ "NanoKVM Pro, by its sound card", "usb.ip-kvm", "NanoKVM Pro",
	  0x046d, 0xc31c, BOX, USB_AUDIO, "Logitech", "USB Keyboard",
	  .interface = "NanoKVMPro Audio" },
	{ "NanoKVM-USB", "usb.ip-kvm", "NanoKVM-USB", 0x1a86, 0xfe0c, BOX, 0,
	  "sipeed", "NanoKVM-USB" },
	{ "TinyPilot", "usb.ip-kvm", "TinyPilot", 0x1d6b, 0x0104,
	  KEYBOARD | ABSOLUTE, USB_STORAGE, "tinypilot",
	  "Multifunction USB Device", "6b65796d696d6570690" },
	{ "BliKVM", "usb.ip-kvm", "BliKVM", 0x1d6b, 0x0106,
	  KEYBOARD | ABSOLUTE, 0, "smart-kvm", "Multifunction USB Device",
	  "6b65796d696d6570690" },
	{ "either of the two, renamed", "usb.ip-kvm", "TinyPilot or BliKVM",
	  0x046d, 0xc31c, KEYBOARD, 0, "Logitech", "USB Keyboard",
	  "6b65796d696d6570690" },
	{ "GL.iNet Comet", "usb.ip-kvm", "GL.iNet Comet", 0x38eb, 0x0104, BOX,
	  USB_STORAGE | USB_AUDIO, "Glinet", "Glinet Composite Device",
	  "CAFEBABE" },
	{ "GL.iNet Comet, renamed, as its issue 66 has it", "usb.ip-kvm",
	  "GL.iNet Comet", 0x046d, 0xc31c, BOX, USB_STORAGE, "Logitech",
	  "USB Keyboard", "1", .disk = "Glinet Flash Drive" },
	{ "One-KVM", "usb.ip-kvm", "One-KVM", 0x1d6b, 0x0104, BOX, 0,
	  "One-KVM", "One-KVM USB Device" },
	{ "KVM cable", "usb.ip-kvm", "CH9329", 0x1a86, 0xe129, BOX, 0,
	  "WCH.CN", "CH9329" },
	{ "unknown box", "usb.composite-input", "Thing", 0x1209, 0x0001, BOX,
	  0, "Acme", "Thing" },
	{ "unknown box with a disk", "usb.composite-input", "Thing", 0x1209,
	  0x0001, KEYBOARD | RELATIVE, USB_STORAGE, "Acme", "Thing" },
	{ "no strings at all", "usb.composite-input",
	  "a nameless USB device", 0x1209, 0x0001, BOX, USB_VIDEO },
	{ "keystroke injector", "usb.keyboard-disk", "Duck", 0x1209, 0x0003,
	  KEYBOARD, USB_STORAGE, "Acme", "Duck" },
	{ "touch screen of old", "usb.absolute-mouse", "Panel", 0x0eef, 0x0001,
	  ABSOLUTE, 0, "eGalax", "Panel" },
	{ "server", "usb.server-console", "AMI server console", 0x046b, 0xff10,
	  KEYBOARD | ABSOLUTE, 0, "American Megatrends Inc.",
	  "Virtual Keyboard and Mouse" },
};

/* Harmless ones, with the ids that usb.ids gives them. */
static const struct sample others[] = {
	{ "keyboard", NULL, NULL, 0x046d, 0xc31c, KEYBOARD, 0, "Logitech",
	  "USB Keyboard" },
	{ "mouse", NULL, NULL, 0x046d, 0xc077, RELATIVE, 0, "Logitech",
	  "USB Optical Mouse" },
	{ "Logitech's receiver", NULL, NULL, 0x046d, 0xc52b,
	  KEYBOARD | RELATIVE, 0, "Logitech", "USB Receiver" },
	{ "bar-code scanner", NULL, NULL, 0x0c2e, 0x0206, KEYBOARD,
	  USB_SERIAL, "Metrologic", "Scanner" },
	{ "YubiKey", NULL, NULL, 0x1050, 0x0407, KEYBOARD, 0, "Yubico",
	  "YubiKey OTP+FIDO+CCID" },
	{ "game pad", NULL, NULL, 0x045e, 0x028e, PAD, 0, "Microsoft",
	  "Controller" },
	{ "Steam's controller", NULL, NULL, 0x28de, 0x1102,
	  KEYBOARD | RELATIVE | PAD, 0, "Valve Software", "Steam Controller" },
	{ "pen tablet", NULL, NULL, 0x256c, 0x006d,
	  KEYBOARD | RELATIVE | ABSOLUTE | PEN, 0, "HUION", "Tablet" },
	{ "touch screen", NULL, NULL, 0x222a, 0x0001, ABSOLUTE | PEN, 0,
	  "ILITEK", "ILITEK-TP" },
	{ "keyboard that is a MIDI instrument", NULL, NULL, 0xfeed, 0x0001,
	  KEYBOARD | RELATIVE, 0, "QMK", "Planck" },
	{ "CircuitPython board", NULL, NULL, 0x239a, 0x8014,
	  KEYBOARD | RELATIVE, USB_STORAGE | USB_SERIAL, "Adafruit",
	  "Feather" },
	{ "headset", NULL, NULL, 0x046d, 0x0a44, 0, USB_AUDIO, "Logitech",
	  "USB Headset" },
	{ "web camera with a button", NULL, NULL, 0x046d, 0x085e, 0,
	  USB_VIDEO | USB_AUDIO, "Logitech", "BRIO" },
	{ "Linux gadget that is no keyboard", NULL, NULL, 0x1d6b, 0x0104, 0,
	  USB_NETWORK | USB_STORAGE, "Acme", "Phone", "1" },
};

static const struct sample in_virtual_machine[] = {
	{ "QEMU's tablet", NULL, NULL, 0x0627, 0x0001, ABSOLUTE, 0, "QEMU",
	  "QEMU USB Tablet", .hash = 0x4f5ed1a140900eb7 },
	{ "VMware's mouse", NULL, NULL, 0x0e0f, 0x0003,
	  KEYBOARD | RELATIVE | ABSOLUTE, 0, "VMware", "Virtual USB Mouse" },
	/* A box that is passed through stays a box. */
	{ "PiKVM", "usb.ip-kvm", "PiKVM", 0x1d6b, 0x0104, BOX, USB_STORAGE,
	  "PiKVM", "PiKVM Composite Device", "CAFEBABE" },
};
/* clang-format on */

static void test_boxes(void **state)
{
	(void)state;
	check(boxes, sizeof(boxes) / sizeof(boxes[0]), false);
}

static void test_others(void **state)
{
	(void)state;
	check(others, sizeof(others) / sizeof(others[0]), false);
}

static void test_virtual_machine(void **state)
{
	(void)state;
	check(in_virtual_machine,
	      sizeof(in_virtual_machine) / sizeof(in_virtual_machine[0]), true);
}

/* Without a driver there are no reports: the class codes must do. */
static void test_no_driver(void **state)
{
	struct sample sample = { .vendor = 0x413c,
		                 .product = 0x2011,
		                 .name = "Keyboard",
		                 .functions = USB_BOOT_KEYBOARD | USB_STORAGE };
	struct usb_device device = make(&sample);
	struct usb_verdict verdict;

	(void)state;
	device.report_count = 0;
	ol_usb_judge(&device, false, &verdict);
	assert_string_equal(verdict.rule, "usb.disguised-kvm");
	device.functions = USB_STORAGE; /* no input device at all */
	ol_usb_judge(&device, false, &verdict);
	assert_null(verdict.rule);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boxes),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_virtual_machine),
		cmocka_unit_test(test_no_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
