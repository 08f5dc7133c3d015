/* Rows of tables, each in a file. */
#include "tests/support/row.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

void row_keep(const char *name, const char *format, ...)
{
	char path[512];
	va_list arguments;
	FILE *file;

	(void)mkdir(ROWS, 0777); /* it may be there */
	snprintf(path, sizeof(path), "%s/%s", ROWS, name);
	file = fopen(path, "we");
	if (file == NULL)
		return;
	va_start(arguments, format);
	fputs("| ", file);
	vfprintf(file, format, arguments);
	fputs(" |\n", file);
	va_end(arguments);
	fclose(file);
}
