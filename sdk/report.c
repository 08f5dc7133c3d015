/* The memory and the identity of reports; what they say comes from fusion. */
#include "sdk/report.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 4096 - 64 }; /* a page, less what the allocator keeps */

struct ol_block {
	struct ol_block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) unsigned char data[];
};

static const struct onlooker_watcher *const no_watchers[] = { NULL };
static const struct onlooker_probe *const no_probes[] = { NULL };

struct ol_report *ol_report_new(void)
{
	struct ol_report *self = calloc(1, sizeof(*self));

	if (self == NULL)
		return NULL;
	atomic_init(&self->references, 1);
	self->report.watchers = no_watchers;
	self->report.probes = no_probes;
	return self;
}

static struct ol_block *new_block(size_t size)
{
	struct ol_block *block;

	if (size < BLOCK_SIZE)
		size = BLOCK_SIZE;
	block = calloc(1, sizeof(*block) + size);
	if (block != NULL)
		block->size = size;
	return block;
}

void *ol_report_alloc(struct ol_report *self, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct ol_block *block = self->blocks;
	void *memory;

	size = (size + align - 1) / align * align;
	if (block == NULL || block->size - block->used < size) {
		block = new_block(size);
		if (block == NULL)
			return NULL;
		block->next = self->blocks;
		self->blocks = block;
	}
	memory = block->data + block->used;
	block->used += size;
	return memory;
}

const char *ol_report_copy(struct ol_report *self, const char *text,
                           size_t length)
{
	char *copy = ol_report_alloc(self, length + 1);

	if (copy != NULL)
		memcpy(copy, text, length);
	return copy;
}

static struct ol_report *from_public(const struct onlooker_report *report)
{
	return (struct ol_report *)(uintptr_t)report;
}

const struct onlooker_report *
onlooker_report_ref(const struct onlooker_report *report)
{
	if (report != NULL)
		atomic_fetch_add_explicit(&from_public(report)->references, 1,
		                          memory_order_relaxed);
	return report;
}

const struct onlooker_report *
onlooker_report_unref(const struct onlooker_report *report)
{
	struct ol_report *self;

	if (report == NULL)
		return NULL;
	self = from_public(report);
	if (atomic_fetch_sub_explicit(&self->references, 1,
	                              memory_order_acq_rel) != 1)
		return NULL;
	while (self->blocks != NULL) {
		struct ol_block *next = self->blocks->next;

		free(self->blocks);
		self->blocks = next;
	}
	free(self);
	return NULL;
}

static bool is_equal_finding(const struct onlooker_finding *a,
                             const struct onlooker_finding *b)
{
	return a->state == b->state && a->confidence == b->confidence &&
	       a->plausible == b->plausible && a->coverage == b->coverage;
}

static bool is_equal_evidence(const struct onlooker_evidence *a,
                              const struct onlooker_evidence *b)
{
	return strcmp(a->rule, b->rule) == 0 && a->share == b->share &&
	       a->since_us == b->since_us && strcmp(a->detail, b->detail) == 0;
}

static bool is_equal_watcher(const struct onlooker_watcher *a,
                             const struct onlooker_watcher *b)
{
	size_t i = 0;

	if (a->id != b->id || a->kind != b->kind || a->stage != b->stage ||
	    a->shared != b->shared || a->controlled != b->controlled ||
	    a->remote != b->remote || a->since_us != b->since_us ||
	    a->pid != b->pid || strcmp(a->who, b->who) != 0 ||
	    strcmp(a->peer, b->peer) != 0)
		return false;
	for (; a->evidence[i] != NULL && b->evidence[i] != NULL; i++) {
		if (!is_equal_evidence(a->evidence[i], b->evidence[i]))
			return false;
	}
	return a->evidence[i] == b->evidence[i];
}

static bool is_equal_probe(const struct onlooker_probe *a,
                           const struct onlooker_probe *b)
{
	return strcmp(a->name, b->name) == 0 && a->state == b->state &&
	       strcmp(a->reason, b->reason) == 0;
}

bool ol_report_is_equal(const struct onlooker_report *a,
                        const struct onlooker_report *b)
{
	size_t i;

	if (!is_equal_finding(&a->shared, &b->shared) ||
	    !is_equal_finding(&a->controlled, &b->controlled) ||
	    !is_equal_finding(&a->remote, &b->remote) ||
	    a->coverage != b->coverage)
		return false;
	for (i = 0; a->watchers[i] != NULL && b->watchers[i] != NULL; i++) {
		if (!is_equal_watcher(a->watchers[i], b->watchers[i]))
			return false;
	}
	if (a->watchers[i] != b->watchers[i])
		return false;
	for (i = 0; a->probes[i] != NULL && b->probes[i] != NULL; i++) {
		if (!is_equal_probe(a->probes[i], b->probes[i]))
			return false;
	}
	return a->probes[i] == b->probes[i];
}
