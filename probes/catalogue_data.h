#ifndef OL_CATALOGUE_DATA_H
#define OL_CATALOGUE_DATA_H

#include <jansson.h>

#include "catalogue.h"

/* What catalogue.c and catalogue_parse.c share. */
struct ol_catalogue {
	json_t **roots; /* own every string */
	size_t root_count;
	struct ol_tool *tools;
	size_t tool_count;
	struct ol_tool_process *processes; /* tool by tool */
	size_t process_count;
	uint16_t *by_comm; /* indexes of processes, sorted by comm */
	size_t by_comm_count;
};

#endif
