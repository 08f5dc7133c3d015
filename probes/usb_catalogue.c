/*
 * What is known of products: data, no code. A row's comment says where its
 * strings come from: "source", the product's public source code; "report", a
 * user's or researcher's account of the device. None was read off a device by us,
 * and every one of them can be changed by the box's owner: they prove presence,
 * never absence.
 *
 * Bare 1d6b:0104 is any gadget that Linux makes, and no row goes by it alone.
 */
#include "usb.h"

/* clang-format off */
const struct usb_identity ol_usb_kvms[] = {
	/* Source: pikvm/kvmd, kvmd/apps/_scheme.py. */
	{ .who = "PiKVM", .manufacturer = "PiKVM" },
	{ .who = "PiKVM", .name = "PiKVM" },
	{ .who = "PiKVM", .disk = "PiKVM" },
	/* Older PiKVM releases (source, same file's history). */
	{ .who = "PiKVM", .vendor = 0x1d6b, .product = 0x0104,
	  .name = "Composite KVM Device" },
	/* pid.codes's registry: PiKVM's boards for the HID side. */
	{ .who = "PiKVM", .vendor = 0x1209, .product = 0xeda1 },
	{ .who = "PiKVM", .vendor = 0x1209, .product = 0xeda2 },
	{ .who = "PiKVM", .vendor = 0x1209, .product = 0xeda3 },
	/* PiKVM's default serial number, on a Linux gadget. */
	{ .who = "PiKVM", .vendor = 0x1d6b, .product = 0x0104,
	  .serial = "CAFEBABE" },
	/* Source: jetkvm/kvm, config.go and internal/usbgadget. */
	{ .who = "JetKVM", .manufacturer = "JetKVM" },
	{ .who = "JetKVM", .name = "JetKVM" },
	{ .who = "JetKVM", .disk = "JetKVM" },
	{ .who = "JetKVM", .vendor = 0x1d6b, .product = 0x0104,
	  .name = "USB Emulation Device" },
	/* Source: sipeed/NanoKVM-Pro, server/service/vm; report: its issue 91. */
	{ .who = "NanoKVM Pro", .name = "NanoKVMPro" },
	{ .who = "NanoKVM Pro", .interface = "NanoKVMPro" },
	{ .who = "NanoKVM Pro", .disk = "sipeed" },
	/* Report: sipeed/NanoKVM-USB, issue 132. */
	{ .who = "NanoKVM-USB", .name = "NanoKVM-USB" },
	/* Source: sipeed/NanoKVM, S03usbdev. Report: SANS ISC diary 32824. */
	{ .who = "NanoKVM", .vendor = 0x3346, .product = 0x1009 },
	{ .who = "NanoKVM", .manufacturer = "sipeed", .name = "NanoKVM" },
	{ .who = "NanoKVM", .disk = "NanoKVM" },
	{ .who = "NanoKVM", .name = "licheervnano" },
	{ .who = "NanoKVM", .name = "NanoKVM" },
	/* Source: tiny-pilot/tinypilot, init-usb-gadget. */
	{ .who = "TinyPilot", .manufacturer = "tinypilot" },
	/* Source: ThomasVon2021/blikvm, enable-gadget.sh. */
	{ .who = "BliKVM", .manufacturer = "smart-kvm" },
	{ .who = "BliKVM", .name = "BliKVM" },
	/* "keymimepi" in hexadecimal: both of the above, whatever their names. */
	{ .who = "TinyPilot or BliKVM", .serial = "6b65796d696d6570690" },
	/* Source: gl-inet/glkvm, kvmd/apps. Report: its issue 66. */
	{ .who = "GL.iNet Comet", .manufacturer = "Glinet" },
	{ .who = "GL.iNet Comet", .name = "GLKVM" },
	{ .who = "GL.iNet Comet", .disk = "Glinet" },
	{ .who = "GL.iNet Comet", .interface = "Comet Microphone" },
	{ .who = "GL.iNet Comet", .vendor = 0x38eb, .product = 0x0104 },
	/* Source: mofeng-git/One-KVM, src/config/schema/hid.rs. */
	{ .who = "One-KVM", .manufacturer = "One-KVM" },
	{ .who = "One-KVM", .name = "One-KVM" },
	/*
	 * The chip that KVM cables and boards turn a serial line into keyboard
	 * and mouse with: One-KVM, Openterface, NanoKVM-USB. Source: One-KVM,
	 * src/hid/ch9329.rs; Openterface_QT, DeviceConstants.h.
	 */
	{ .who = "CH9329", .vendor = 0x1a86, .product = 0xe129 },
	{ .who = "CH9329", .vendor = 0x1209, .product = 0x9329 },
	{ .who = "CH9329", .name = "CH9329" },
	{ 0 },
};

/* What boxes offer to pass as, where it differs from the real thing. */
const struct usb_identity ol_usb_disguises[] = {
	/*
	 * Source: jetkvm/kvm, ui/src/components/UsbInfoSetting.tsx. The real
	 * c52b is "Logitech", "USB Receiver".
	 */
	{ .who = "JetKVM", .manufacturer = "Logitech (x64)" },
	{ .who = "JetKVM", .vendor = 0x046d, .product = 0xc52b,
	  .name = "Logitech USB Input Device" },
	{ 0 },
};

/* The remote consoles of servers; the ids as in usb.ids. */
const struct usb_identity ol_usb_consoles[] = {
	{ .who = "AMI server console", .vendor = 0x046b, .product = 0xff10 },
	{ .who = "ATEN server console", .vendor = 0x0557, .product = 0x2419 },
	{ 0 },
};

/*
 * Over descriptors computed from the sources above. Keyboards' are not listed:
 * JetKVM's and NanoKVM's is the sample of the kernel's documentation, PiKVM's a
 * keyboard's that is sold. A new firmware may change any of them.
 */
const struct usb_hash ol_usb_hashes[] = {
	/* And GL.iNet Comet; with a second wheel. */
	{ .hash = UINT64_C(0xd9b93f5aa0cb2ab2), .who = "PiKVM" },
	{ .hash = UINT64_C(0x3a71a5a23705ee80), .who = "PiKVM" },
	{ .hash = UINT64_C(0x5e10a7f6cc69f217), .who = "JetKVM" },
	{ .hash = UINT64_C(0x406e9a7433451eed), .who = "NanoKVM" },
	/* "HID only": it was taken from QEMU's tablet, which is seen too. */
	{ .hash = UINT64_C(0x4f5ed1a140900eb7), .who = "NanoKVM",
	  .is_qemu_too = true },
	{ .hash = UINT64_C(0x0eab8b0c15825160), .who = "TinyPilot or BliKVM" },
	{ .hash = UINT64_C(0x29971c6463ad5797), .who = "One-KVM" },
	{ 0 },
};

/*
 * Ids of usb.ids. Of these makers' keyboards and mice none is known that is also
 * a disk, a sound card, a camera or a network.
 */
const uint16_t ol_usb_input_makers[] = {
	0x046d, /* Logitech */
	0x045e, /* Microsoft */
	0x413c, /* Dell */
	0x17ef, /* Lenovo */
	0x03f0, /* HP */
	0x04f2, /* Chicony */
	0x05ac, /* Apple */
	0x046a, /* Cherry */
	0x04d9, /* Holtek */
	0x1bcf, /* Sunplus */
	0,
};

const uint16_t ol_usb_board_makers[] = {
	0x239a, /* Adafruit: CircuitPython boards mount as a disk */
	0x2e8a, /* Raspberry Pi: the same on a Pico */
	0x303a, /* Espressif */
	0x2341, /* Arduino */
	0,
};
/* clang-format on */
