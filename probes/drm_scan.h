#ifndef OL_DRM_SCAN_H
#define OL_DRM_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "edid.h"

/* What the files of the drm probe share. Words as in drm-kms(7). */

enum {
	/* The largest machines have eight graphics cards of four outputs. */
	DRM_CARDS_MAX = 16,
	DRM_CONNECTORS_MAX = 64,
	DRM_CRTCS_MAX = 32,
	DRM_GRABBERS_MAX = 16,
	DRM_CLAIMS_MAX = 128,
	DRM_NAME_MAX = 32,
	DRM_TEXT_MAX = 96,
	DRM_VT_MAX = 16, /* "tty63" */
};

/* Who is behind a card. */
enum drm_driver {
	DRM_DRIVER_HARDWARE,
	DRM_DRIVER_GUEST,   /* a virtual machine's */
	DRM_DRIVER_VIRTUAL, /* made by software, without any display */
	DRM_DRIVER_EVDI,    /* hands its picture to a program */
};

/* Why it is not known what the outputs of a card show. */
enum drm_kms {
	DRM_KMS_NOT_NEEDED, /* fewer than two outputs are in use */
	DRM_KMS_KNOWN,
	DRM_KMS_UNSAFE,     /* the card sleeps, or may change hands */
	DRM_KMS_MASTERLESS, /* no display server holds it: a text console */
	DRM_KMS_NOT_ASKED,  /* nobody allowed it */
	DRM_KMS_DENIED,
	DRM_KMS_FAILED,
};

enum drm_protection {
	DRM_PROTECTION_UNKNOWN,
	DRM_PROTECTION_OFF,
	DRM_PROTECTION_ON,
};

struct drm_card {
	unsigned number;
	enum drm_driver driver;
	bool is_suspended;
	enum drm_kms kms;
};

struct drm_connector {
	unsigned card;           /* index into cards */
	char name[DRM_NAME_MAX]; /* "HDMI-A-1" */
	bool is_connected;
	bool is_enabled; /* a CRTC feeds it */
	bool is_writeback;
	bool is_internal; /* a laptop's own panel */
	bool has_edid;
	struct ol_edid edid;
	/* From KMS, where that is known. */
	uint32_t crtc; /* 0: none */
	enum drm_protection protection;
};

struct drm_crtc {
	unsigned card;
	uint32_t id;
	uint32_t framebuffer; /* 0: none */
	uint32_t x, y;        /* where in it */
	uint32_t width, height;
};

/* A process of ours that could take pictures past the display server. */
struct drm_grabber {
	int64_t pid;
	uint64_t start_time;
	char name[64];
};

struct drm_scan {
	/* Asked for. */
	int root;
	bool want_grabbers;       /* somebody opened a card */
	char last_vt[DRM_VT_MAX]; /* active when we looked last; "": unknown */
	bool is_kms_off;          /* it would be asked, were it allowed */
	bool may_ask_kms;         /* nothing speaks against it */
	uint32_t uid;
	int64_t own_pid;

	/* Found. */
	int error;
	char vt[DRM_VT_MAX];
	unsigned opens;   /* of card nodes, by ourselves */
	unsigned masters; /* of these, how many made us master */
	struct drm_card cards[DRM_CARDS_MAX];
	size_t card_count;
	struct drm_connector connectors[DRM_CONNECTORS_MAX];
	size_t connector_count;
	struct drm_crtc crtcs[DRM_CRTCS_MAX];
	size_t crtc_count;
	char overridden[DRM_TEXT_MAX]; /* what the command line says, or "" */
	struct drm_grabber grabbers[DRM_GRABBERS_MAX];
	size_t grabber_count;
};

/* Fill in what was found, from sysfs and KMS; runs on the worker. */
void ol_drm_scan(struct drm_scan *scan);
/* Ask a card that is in use what its outputs show. */
void ol_drm_ask_kms(struct drm_scan *scan, unsigned card);
/* Processes that could grab, found anew or still there. */
void ol_drm_find_grabbers(struct drm_scan *scan);

/*
 * /proc/PID/status: whether it is one of uid's with CAP_SYS_ADMIN. Pure. 1, 0 or
 * -EBADMSG.
 */
int ol_drm_parse_status(const char *text, size_t size, uint32_t uid);
/*
 * The options of the kernel that put an EDID, or a display, where there is none.
 * Pure. Copies the first of them, "" if there is none.
 */
void ol_drm_parse_command_line(const char *text, size_t size,
                               char found[DRM_TEXT_MAX]);

/* What an EDID is known for. */
enum drm_identity_kind {
	DRM_IDENTITY_NONE,
	DRM_IDENTITY_KVM,
	DRM_IDENTITY_CAPTURE,
	DRM_IDENTITY_DECOY,  /* a monitor's that boxes pass for */
	DRM_IDENTITY_KERNEL, /* one that the kernel made up */
};

/* Whose EDID this is; *who is set unless NONE. Pure. */
enum drm_identity_kind ol_drm_identify(const struct ol_edid *edid,
                                       const char **who);

/* A claim to be made. */
struct drm_found {
	const char *rule;
	uint64_t key;
	bool is_device; /* else a display */
	char who[DRM_NAME_MAX];
	char detail[DRM_TEXT_MAX];
};

/* What a scan means; returns how many were found. Pure. */
size_t ol_drm_judge(const struct drm_scan *scan,
                    struct drm_found found[DRM_CLAIMS_MAX]);

#endif
