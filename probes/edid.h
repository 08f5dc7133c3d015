#ifndef OL_EDID_H
#define OL_EDID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who a display says that it is. Pure. VESA E-EDID Release A2, section 3. */

enum {
	OL_EDID_BLOCK = 128, /* bytes */
	OL_EDID_TEXT = 13,   /* bytes of a display descriptor's text */
};

struct ol_edid {
	char maker[4];    /* three letters, as the PNP registry gives them */
	uint16_t product; /* the maker's own number */
	uint32_t serial;  /* 0: none */
	unsigned week;
	unsigned year;
	unsigned width_cm; /* both 0: not told, or a projector */
	unsigned height_cm;
	bool is_digital;
	bool has_good_sum; /* the base block adds up to 0 */
	unsigned extensions;
	/* Descriptors FCh and FFh: printable ASCII, "" if there is none. */
	char name[OL_EDID_TEXT + 1];
	char serial_text[OL_EDID_TEXT + 1];
};

/*
 * The base block of an EDID; what follows it is not looked at. Returns 0, or
 * -EBADMSG if it is too short or is no EDID.
 */
int ol_edid_parse(const uint8_t *bytes, size_t size, struct ol_edid *ret);

#endif
