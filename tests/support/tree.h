#ifndef TEST_TREE_H
#define TEST_TREE_H

#include <stddef.h>

/* A directory tree of our own, for a context whose root it is. */
struct tree {
	char root[64];
};

/* Make an empty one, or fail the test. */
void tree_init(struct tree *tree);
void tree_remove(struct tree *tree);
/* Write a file, with the directories above it. */
void tree_write(const struct tree *tree, const char *path, const void *bytes,
                size_t size);
void tree_text(const struct tree *tree, const char *path, const char *text);
void tree_link(const struct tree *tree, const char *path, const char *target);
/* Remove a file, or a directory with all that is in it. */
void tree_delete(const struct tree *tree, const char *path);
/* Copy another tree, such as a recorded one, into this one. */
void tree_copy(const struct tree *tree, const char *from);

#endif
