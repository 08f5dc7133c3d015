/*
 * Displays that are none: data and a look-up. The numbers come from the makers'
 * public source code, the capture devices' from users' reports of what their
 * systems showed. All can be changed by the box's owner: they prove presence,
 * never absence.
 */
#include "drm_scan.h"

#include <string.h>

/* name and serial_text: beginnings; NULL matches all. */
struct identity {
	const char *maker;
	uint16_t first, last; /* product */
	const char *name;
	const char *serial_text;
	enum drm_identity_kind kind;
	const char *who;
};

/* clang-format off */
static const struct identity identities[] = {
	/* pikvm/kvmd, configs/kvmd/edid; also in gl-inet/glkvm. */
	{ "LNX", 0x7770, 0x7773, NULL, NULL, DRM_IDENTITY_KVM, "PiKVM" },
	/* PiKVM's documentation, for the TC358743. */
	{ "TSB", 0x8888, 0x8888, "PI-KVM", NULL, DRM_IDENTITY_KVM, "PiKVM" },
	/* The same chip: ThomasVon2021/blikvm, package/ustreamer. */
	{ "TSB", 0x8888, 0x8888, "Toshiba-H2C", NULL, DRM_IDENTITY_KVM,
	  "BliKVM" },
	/* tiny-pilot/tinypilot, tinypilot/edid_pi4.hex. */
	{ "TSB", 0x9876, 0x9876, NULL, NULL, DRM_IDENTITY_KVM, "TinyPilot" },
	/* jetkvm/kvm, old and new default. */
	{ "TSB", 0x8801, 0x8801, NULL, NULL, DRM_IDENTITY_KVM, "JetKVM" },
	{ "JET", 0, UINT16_MAX, NULL, NULL, DRM_IDENTITY_KVM, "JetKVM" },
	/* sipeed/NanoKVM, tools/nanokvm_update_edid. */
	{ "SPD", 0x3301, 0x3301, NULL, NULL, DRM_IDENTITY_KVM, "NanoKVM" },
	/* sipeed/NanoKVM-Pro, its issue 91. */
	{ NULL, 0, UINT16_MAX, "7CH 1080", NULL, DRM_IDENTITY_KVM,
	  "NanoKVM Pro" },
	/* A fork of jetkvm/kvm. */
	{ "ONC", 0x1106, 0x1106, NULL, NULL, DRM_IDENTITY_KVM, "ArmKVM" },
	/* A server's console; also one of JetKVM's presets. */
	{ "DEL", 0x0001, 0x0001, "DELL IDRAC", NULL, DRM_IDENTITY_KVM,
	  "iDRAC or JetKVM" },

	{ "HJW", 0x1836, 0x1836, NULL, NULL, DRM_IDENTITY_CAPTURE,
	  "MacroSilicon capture" },
	{ "HJW", 0x2109, 0x2109, NULL, NULL, DRM_IDENTITY_CAPTURE,
	  "MacroSilicon capture" },
	{ "CAP", 0x0100, 0x0100, NULL, NULL, DRM_IDENTITY_CAPTURE, "Capture" },
	{ "SUM", 0x0000, 0x0000, "SUNTECH PVR", NULL, DRM_IDENTITY_CAPTURE,
	  "Suntech PVR" },
	/* LG's id under a name of no monitor of theirs. */
	{ "GSM", 0x7666, 0x7666, "CAPTURE", NULL, DRM_IDENTITY_CAPTURE,
	  "HDMI capture" },
	{ NULL, 0, UINT16_MAX, "HDMI Encoder", NULL, DRM_IDENTITY_CAPTURE,
	  "HDMI encoder" },

	/*
	 * jetkvm/kvm, devices.$id.settings.video.tsx: three monitors, each with
	 * the serial number of the one that was copied.
	 */
	{ "ACR", 0, UINT16_MAX, NULL, "T8NEE0038522", DRM_IDENTITY_DECOY,
	  "JetKVM" },
	{ "AUS", 0, UINT16_MAX, NULL, "M1LMQS052157", DRM_IDENTITY_DECOY,
	  "JetKVM" },
	{ "DEL", 0, UINT16_MAX, NULL, "3S5GQ23", DRM_IDENTITY_DECOY,
	  "JetKVM" },

	/* drivers/gpu/drm/drm_edid_load.c of the kernel. */
	{ "LNX", 0x0000, 0x0000, "Linux ", "Linux #", DRM_IDENTITY_KERNEL,
	  "the kernel" },
};
/* clang-format on */

static bool begins(const char *text, const char *beginning)
{
	return beginning == NULL ||
	       strncmp(text, beginning, strlen(beginning)) == 0;
}

enum drm_identity_kind ol_drm_identify(const struct ol_edid *edid,
                                       const char **who)
{
	for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]);
	     i++) {
		const struct identity *it = &identities[i];

		if ((it->maker != NULL &&
		     strcmp(it->maker, edid->maker) != 0) ||
		    edid->product < it->first || edid->product > it->last ||
		    !begins(edid->name, it->name) ||
		    !begins(edid->serial_text, it->serial_text))
			continue;
		*who = it->who;
		return it->kind;
	}
	return DRM_IDENTITY_NONE;
}
