/* The base block of an EDID. Bytes in, struct out, no I/O. */
#include "edid.h"

#include <errno.h>
#include <string.h>

/* Offsets of VESA E-EDID Release A2, table 3.1. */
enum {
	MAKER = 8,
	PRODUCT = 10,
	SERIAL = 12,
	WEEK = 16,
	YEAR = 17,
	INPUT = 20,
	WIDTH = 21,
	HEIGHT = 22,
	DESCRIPTORS = 54,
	EXTENSIONS = 126,

	DESCRIPTOR_SIZE = 18,
	DESCRIPTOR_TAG = 3,
	DESCRIPTOR_TEXT = 5,
	TAG_NAME = 0xfc,
	TAG_SERIAL = 0xff,

	IS_DIGITAL = 0x80,
	FIRST_YEAR = 1990,
};

static const uint8_t magic[] = { 0, 255, 255, 255, 255, 255, 255, 0 };

/* Five bits a letter, 1 is A; what is out of range becomes '?'. */
static void read_maker(const uint8_t *bytes, char maker[4])
{
	unsigned packed = (unsigned)bytes[0] << 8 | bytes[1];

	for (int i = 0; i < 3; i++) {
		unsigned letter = packed >> (10 - 5 * i) & 0x1f;

		maker[i] = '?';
		if (letter >= 1 && letter <= 26)
			maker[i] = (char)('A' + letter - 1);
	}
	maker[3] = '\0';
}

/* Ends with a line feed where it is shorter, and is then padded. */
static void read_text(const uint8_t *bytes, char text[OL_EDID_TEXT + 1])
{
	size_t length = 0;

	while (length < OL_EDID_TEXT && bytes[length] != '\n' &&
	       bytes[length] != '\0') {
		uint8_t byte = bytes[length];

		text[length++] = byte >= ' ' && byte <= '~' ? (char)byte : '?';
	}
	while (length > 0 && text[length - 1] == ' ')
		length--;
	text[length] = '\0';
}

static void read_descriptor(const uint8_t *bytes, struct ol_edid *edid)
{
	/* A pixel clock in the first two bytes: a timing, not a text. */
	if (bytes[0] != 0 || bytes[1] != 0 || bytes[2] != 0)
		return;
	if (bytes[DESCRIPTOR_TAG] == TAG_NAME && edid->name[0] == '\0')
		read_text(bytes + DESCRIPTOR_TEXT, edid->name);
	if (bytes[DESCRIPTOR_TAG] == TAG_SERIAL && edid->serial_text[0] == '\0')
		read_text(bytes + DESCRIPTOR_TEXT, edid->serial_text);
}

int ol_edid_parse(const uint8_t *bytes, size_t size, struct ol_edid *ret)
{
	struct ol_edid edid = { .maker = "" };
	uint8_t sum = 0;

	if (size < OL_EDID_BLOCK || memcmp(bytes, magic, sizeof(magic)) != 0)
		return -EBADMSG;
	for (size_t i = 0; i < OL_EDID_BLOCK; i++)
		sum = (uint8_t)(sum + bytes[i]);
	edid.has_good_sum = sum == 0;
	read_maker(bytes + MAKER, edid.maker);
	edid.product = (uint16_t)(bytes[PRODUCT] | bytes[PRODUCT + 1] << 8);
	for (int i = 3; i >= 0; i--)
		edid.serial = edid.serial << 8 | bytes[SERIAL + i];
	edid.week = bytes[WEEK];
	edid.year = FIRST_YEAR + bytes[YEAR];
	edid.is_digital = (bytes[INPUT] & IS_DIGITAL) != 0;
	edid.width_cm = bytes[WIDTH];
	edid.height_cm = bytes[HEIGHT];
	edid.extensions = bytes[EXTENSIONS];
	for (size_t i = DESCRIPTORS; i < EXTENSIONS; i += DESCRIPTOR_SIZE)
		read_descriptor(bytes + i, &edid);
	*ret = edid;
	return 0;
}
