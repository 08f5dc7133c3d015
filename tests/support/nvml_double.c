/*
 * Stands in for libnvidia-ml.so.1: answers as a file says that NVML_DOUBLE names.
 * Its first line: the result of each call that lists; then a session a line,
 * "capture ID PID W H" or "encoder ID PID W H". Without that file it does not
 * start.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int nvmlInit_v2(void);
int nvmlShutdown(void);
const char *nvmlErrorString(int error);
int nvmlDeviceGetCount_v2(unsigned *count);
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device);
int nvmlDeviceGetFBCSessions(void *device, unsigned *count, unsigned *list);
int nvmlDeviceGetEncoderSessions(void *device, unsigned *count, unsigned *list);

static FILE *open_script(void)
{
	const char *path = getenv("NVML_DOUBLE");

	return path != NULL ? fopen(path, "r") : NULL;
}

int nvmlInit_v2(void)
{
	FILE *file = open_script();

	if (file == NULL)
		return 9;
	(void)fclose(file);
	return 0;
}

int nvmlShutdown(void)
{
	return 0;
}

const char *nvmlErrorString(int error)
{
	return error == 9 ? "Driver Not Loaded" : "Some Error";
}

int nvmlDeviceGetCount_v2(unsigned *count)
{
	*count = 1;
	return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device)
{
	*device = device; /* anything but NULL */
	return index == 0 ? 0 : 2;
}

/* Rows of so many numbers, with width and height at `size`. */
static int list_sessions(const char *kind, unsigned columns, unsigned size,
                         unsigned *count, unsigned *list)
{
	FILE *file = open_script();
	char word[16];
	unsigned id, pid, width, height, found = 0;
	int result = 999;

	if (file == NULL || fscanf(file, "%d", &result) != 1)
		result = 999;
	while (file != NULL && fscanf(file, "%15s %u %u %u %u", word, &id, &pid,
	                              &width, &height) == 5) {
		if (strcmp(word, kind) != 0)
			continue;
		if (found == *count) {
			result = 7; /* insufficient size */
			break;
		}
		memset(list, 0, columns * sizeof(*list));
		list[0] = id;
		list[1] = pid;
		list[size] = width;
		list[size + 1] = height;
		list += columns;
		found++;
	}
	if (file != NULL)
		(void)fclose(file);
	*count = found;
	return result;
}

int nvmlDeviceGetFBCSessions(void *device, unsigned *count, unsigned *list)
{
	(void)device;
	return list_sessions("capture", 12, 8, count, list);
}

int nvmlDeviceGetEncoderSessions(void *device, unsigned *count, unsigned *list)
{
	(void)device;
	return list_sessions("encoder", 8, 4, count, list);
}
