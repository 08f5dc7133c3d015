/* The account that is shown. Knows nothing of how. */
#include "account.h"

#include <gio/gio.h>

static void movement_free(gpointer data)
{
	struct movement *movement = data;

	g_free(movement->date);
	g_free(movement->who);
	g_free(movement->amount);
	g_free(movement);
}

static gboolean load(GKeyFile *file, const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = NULL;

	if (path != NULL)
		return g_key_file_load_from_file(file, path, G_KEY_FILE_NONE,
		                                 error);
	bytes = g_resources_lookup_data("/bank/account.ini",
	                                G_RESOURCE_LOOKUP_FLAGS_NONE, error);
	return bytes != NULL &&
	       g_key_file_load_from_bytes(file, bytes, G_KEY_FILE_NONE, error);
}

/* Each is "who = date; amount". */
static void read_movements(struct account *account, GKeyFile *file)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, "movements", NULL, NULL);

	for (char **key = keys; key != NULL && *key != NULL; key++) {
		g_auto(GStrv) fields = g_key_file_get_string_list(
			file, "movements", *key, NULL, NULL);
		struct movement *movement;

		if (fields == NULL || g_strv_length(fields) != 2)
			continue;
		movement = g_new0(struct movement, 1);
		movement->who = g_strdup(*key);
		movement->date = g_strdup(g_strstrip(fields[0]));
		movement->amount = g_strdup(g_strstrip(fields[1]));
		g_ptr_array_add(account->movements, movement);
	}
}

static gboolean read_text(GKeyFile *file, const char *key, char **ret,
                          GError **error)
{
	*ret = g_key_file_get_string(file, "account", key, error);
	return *ret != NULL;
}

struct account *account_load(const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	struct account *account;

	if (!load(file, path, error))
		return NULL;
	account = g_new0(struct account, 1);
	account->movements = g_ptr_array_new_with_free_func(movement_free);
	if (!read_text(file, "holder", &account->holder, error) ||
	    !read_text(file, "name", &account->name, error) ||
	    !read_text(file, "number", &account->number, error) ||
	    !read_text(file, "balance", &account->balance, error)) {
		account_free(account);
		return NULL;
	}
	read_movements(account, file);
	return account;
}

void account_free(struct account *account)
{
	g_free(account->holder);
	g_free(account->name);
	g_free(account->number);
	g_free(account->balance);
	g_ptr_array_unref(account->movements);
	g_free(account);
}
