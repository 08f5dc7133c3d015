#include "tests/support/refuse.h"

#include <errno.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the linker makes of the real functions. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
FILE *__real_open_memstream(char **text, size_t *size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);
FILE *__wrap_open_memstream(char **text, size_t *size);

static atomic_bool is_armed;
static atomic_ulong count;
static unsigned long refused; /* the number of the one to refuse */

static void *json_allocate(size_t size);

void refuse_arm(unsigned long nth, bool with_json)
{
	json_set_alloc_funcs(with_json ? json_allocate : __real_malloc, free);
	refused = nth;
	atomic_store(&count, 0);
	atomic_store(&is_armed, true);
}

void refuse_pause(void)
{
	atomic_store(&is_armed, false);
}

void refuse_resume(void)
{
	atomic_store(&is_armed, true);
}

unsigned long refuse_count(void)
{
	return atomic_load(&count);
}

bool refuse_has_refused(void)
{
	return refused > 0 && refuse_count() >= refused;
}

static bool is_refused(void)
{
	if (!atomic_load(&is_armed))
		return false;
	if (atomic_fetch_add(&count, 1) + 1 != refused)
		return false;
	errno = ENOMEM;
	return true;
}

static void *json_allocate(size_t size)
{
	return is_refused() ? NULL : __real_malloc(size);
}

void *__wrap_malloc(size_t size)
{
	return is_refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return is_refused() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return is_refused() ? NULL : __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text)
{
	return is_refused() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
	return is_refused() ? NULL : __real_strndup(text, size);
}

FILE *__wrap_open_memstream(char **text, size_t *size)
{
	return is_refused() ? NULL : __real_open_memstream(text, size);
}
