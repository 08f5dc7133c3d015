/*
 * A catalogue of the user's, beside the built-in one; or, after a zero, the
 * arguments and names of a process, which it chooses itself.
 */
#include <errno.h>
#include <string.h>

#include "catalogue.h"
#include "tests/fuzz/fuzz.h"

static void look_up(const struct ol_catalogue *catalogue, const char *text,
                    size_t size)
{
	struct ol_command command = { .cgroup = "",
		                      .argv = text,
		                      .argv_size = size };
	char exe[64] = "/usr/bin/", comm[OL_COMM_SIZE] = "";

	memcpy(comm, text, size < sizeof(comm) ? size : sizeof(comm) - 1);
	memcpy(exe + 9, text, size < 50 ? size : 50);
	command.comm = comm;
	command.exe = exe;
	(void)ol_catalogue_is_likely(catalogue, comm);
	(void)ol_catalogue_match(catalogue, &command);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[OL_CATALOGUE_ERROR_MAX] = "";
	struct ol_catalogue *catalogue = ol_catalogue_new();
	char *copy = malloc(size > 0 ? size : 1);
	int r;

	FUZZ_CHECK(copy != NULL && catalogue != NULL);
	memcpy(copy, data, size); /* not terminated, and ends where it ends */
	if (size > 0 && copy[0] == '\0') {
		ol_catalogue_free(catalogue);
		FUZZ_CHECK(ol_catalogue_load(&catalogue) == 0);
		look_up(catalogue, copy + 1, size - 1);
	} else {
		r = ol_catalogue_add(catalogue, "f", copy, size, error);
		FUZZ_CHECK(r == 0 || r == -EBADMSG);
		/* Syntax errors are not ours to word. */
		FUZZ_CHECK(r == 0 || strncmp(error, "f:", 2) == 0);
		FUZZ_CHECK(r == 0 || error[2] != '0');
	}
	ol_catalogue_free(catalogue);
	free(copy);
	return 0;
}
