/* Prints maker, product, serial number and name of an EDID. */
#include <inttypes.h>
#include <stdio.h>

#include "edid.h"

int main(int argc, char **argv)
{
	uint8_t bytes[32768];
	struct ol_edid edid;
	size_t size;
	FILE *file;

	if (argc != 2 || (file = fopen(argv[1], "rb")) == NULL)
		return 2;
	size = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	if (ol_edid_parse(bytes, size, &edid) < 0)
		return 1;
	printf("%s %u %" PRIu32 " %s\n", edid.maker, edid.product, edid.serial,
	       edid.name);
	return 0;
}
