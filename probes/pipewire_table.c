/* A table sorted by id, with an upper bound. Pure. */
#include "pipewire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t lower_bound(const struct ol_table *table, uint32_t id)
{
	size_t low = 0, high = table->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *item =
			(const char *)table->items + middle * table->size;
		uint32_t other;

		memcpy(&other, item, sizeof(other));
		if (other < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void *ol_table_find(const struct ol_table *table, uint32_t id)
{
	size_t at = lower_bound(table, id);
	char *item;

	if (at == table->n)
		return NULL;
	item = (char *)table->items + at * table->size;
	return memcmp(item, &id, sizeof(id)) == 0 ? item : NULL;
}

static int table_grow(struct ol_table *table)
{
	size_t capacity = table->capacity ? 2 * table->capacity : 32;
	void *items;

	if (table->n == table->max)
		return -ENOSPC;
	if (capacity > table->max)
		capacity = table->max;
	items = reallocarray(table->items, capacity, table->size);
	if (items == NULL)
		return -ENOMEM;
	table->items = items;
	table->capacity = capacity;
	return 0;
}

int ol_table_put(struct ol_table *table, uint32_t id, void **ret)
{
	size_t at = lower_bound(table, id);
	char *item;
	int r;

	*ret = ol_table_find(table, id);
	if (*ret != NULL)
		return 0;
	if (table->n == table->capacity) {
		r = table_grow(table);
		if (r < 0)
			return r;
	}
	item = (char *)table->items + at * table->size;
	memmove(item + table->size, item, (table->n - at) * table->size);
	memset(item, 0, table->size);
	memcpy(item, &id, sizeof(id));
	table->n++;
	*ret = item;
	return 0;
}

void ol_table_remove(struct ol_table *table, void *item)
{
	char *end = (char *)table->items + table->n * table->size;
	char *next = (char *)item + table->size;

	memmove(item, next, (size_t)(end - next));
	table->n--;
}
