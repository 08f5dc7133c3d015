#ifndef TEST_ROW_H
#define TEST_ROW_H

/*
 * Keep a row for the tables of docs/x11.md, without the bars at its ends, in a
 * file of this name in the folder ROWS; x11_table.sh puts them together in the
 * order of their names. The last run of a test counts. Nothing happens where
 * that folder cannot be written.
 */
void row_keep(const char *name, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
