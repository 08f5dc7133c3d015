#include "tests/support/tree.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/cmocka_all.h"

void tree_init(struct tree *tree)
{
	(void)strcpy(tree->root, "/tmp/onlooker-tree-XXXXXX");
	assert_non_null(mkdtemp(tree->root));
}

static int remove_one(const char *path, const struct stat *info, int kind,
                      struct FTW *ftw)
{
	(void)info;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void remove_all(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void tree_remove(struct tree *tree)
{
	remove_all(tree->root);
}

static void full_path(const struct tree *tree, const char *path,
                      char full[PATH_MAX])
{
	assert_true(snprintf(full, PATH_MAX, "%s/%s", tree->root, path) <
	            PATH_MAX);
	for (char *slash = full + 1; (slash = strchr(slash, '/')) != NULL;
	     slash++) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

void tree_write(const struct tree *tree, const char *path, const void *bytes,
                size_t size)
{
	char full[PATH_MAX];
	FILE *file;

	full_path(tree, path, full);
	file = fopen(full, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

void tree_text(const struct tree *tree, const char *path, const char *text)
{
	tree_write(tree, path, text, strlen(text));
}

void tree_link(const struct tree *tree, const char *path, const char *target)
{
	char full[PATH_MAX];

	full_path(tree, path, full);
	assert_int_equal(symlink(target, full), 0);
}

void tree_delete(const struct tree *tree, const char *path)
{
	char full[PATH_MAX];

	full_path(tree, path, full);
	remove_all(full);
}

void tree_copy(const struct tree *tree, const char *from)
{
	char source[PATH_MAX];
	pid_t pid;
	int status;

	assert_true(snprintf(source, sizeof(source), "%s/.", from) <
	            (int)sizeof(source));
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		execlp("cp", "cp", "-a", source, tree->root, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}
