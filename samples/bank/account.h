#ifndef BANK_ACCOUNT_H
#define BANK_ACCOUNT_H

#include <glib.h>

/* A movement of money. Amounts are text: this program computes none. */
struct movement {
	char *date;
	char *who;
	char *amount;
};

struct account {
	char *holder;
	char *name;
	char *number;
	char *balance;
	GPtrArray *movements; /* of struct movement, latest first */
};

/*
 * Read an account from a key file, or the built-in one if `path` is NULL.
 * Returns NULL and sets the error on failure.
 */
struct account *account_load(const char *path, GError **error);
void account_free(struct account *account);

#endif
