/*
 * Stands in for libFuzzer where it is not to be had: gives a target each file
 * of the folders named, once.
 */
#include <dirent.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { SIZE_MAX_ = 1 << 20 };

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rbe");
	unsigned char *data = malloc(SIZE_MAX_);
	size_t size;

	if (file == NULL || data == NULL) {
		perror(path);
		exit(1);
	}
	size = fread(data, 1, SIZE_MAX_, file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 1;
}

static int replay_folder(const char *folder)
{
	DIR *directory = opendir(folder);
	const struct dirent *entry;
	int count = 0;

	if (directory == NULL) {
		perror(folder);
		exit(1);
	}
	while ((entry = readdir(directory)) != NULL) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		count += replay_file(path);
	}
	closedir(directory);
	return count;
}

int main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++)
		count += replay_folder(argv[i]);
	printf("%d inputs\n", count);
	return count == 0;
}
