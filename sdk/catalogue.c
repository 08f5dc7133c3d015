/*
 * The user's additions to the catalogue. Which tools there are and what a file
 * may say is the affair of the helper beside the probes; the core does not look.
 */
#include "sdk/catalogue.h"

#include <errno.h>
#include <string.h>

#include "sdk/host.h"
#include "sdk/util.h"

int ol_catalogue_open(const char *path, struct ol_catalogue **ret,
                      char error[OL_CATALOGUE_ERROR_MAX])
{
	struct ol_catalogue *catalogue = NULL;
	OL_FREE char *text = NULL;
	size_t size;
	int r;

	error[0] = '\0';
	r = ol_catalogue_load(&catalogue);
	if (r == 0 && path != NULL) {
		/* One more than is allowed, so that the parser sees it. */
		r = ol_file_read(path, OL_CATALOGUE_MAX + 1, &text, &size);
		if (r == 0)
			r = ol_catalogue_add(catalogue, path, text, size,
			                     error);
	}
	if (r < 0) {
		ol_catalogue_free(catalogue);
		return r;
	}
	*ret = catalogue;
	return 0;
}

int onlooker_check_catalogue(const char *path, char **ret)
{
	char error[OL_CATALOGUE_ERROR_MAX];
	struct ol_catalogue *catalogue;
	char *message;
	int r;

	if (path == NULL)
		return -EINVAL;
	r = ol_catalogue_open(path, &catalogue, error);
	if (r == 0)
		ol_catalogue_free(catalogue);
	if (r != -EBADMSG || ret == NULL)
		return r;
	message = strdup(error);
	if (message == NULL)
		return -ENOMEM;
	*ret = message;
	return r;
}
