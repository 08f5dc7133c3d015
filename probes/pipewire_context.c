/*
 * The library itself: what it must not do inside a host program is prevented
 * here.
 *
 * pw_init() is counted since 0.3.49 and takes a lock, so it is safe beside a
 * host program that uses PipeWire itself. There is no pw_deinit() here: on older
 * versions the first call ends PipeWire for the whole process, and on newer
 * ones the last does, unloading plugins under a host program that never called
 * pw_init() because a library of its did. What stays is what one pw_init()
 * allocates, however many contexts come and go.
 */
#include "pipewire.h"

#include <errno.h>
#include <signal.h>

#include <pipewire/pipewire.h>
#include <pipewire/impl-module.h>

/*
 * A context reads no configuration, for that can name programs to run and
 * modules to load; it loads what it takes to talk to the daemon. PipeWire 0.3.65
 * starts a thread for realtime data whatever it is told. That thread must not
 * take the host program's signals, and is stopped at once: nothing here makes
 * nodes. "No modules" is worth a warning to PipeWire, not to the host's stderr.
 */
static struct pw_context *make_context(struct pw_loop *loop)
{
	struct pw_properties *properties =
		pw_properties_new(PW_KEY_CONFIG_NAME, "null", "support.dbus",
	                          "false", "context.num-data-loops", "0",
	                          PW_KEY_APP_NAME, "onlooker", NULL);
	bool is_default = pw_log_level == SPA_LOG_LEVEL_WARN;
	struct pw_data_loop *data_loop;
	struct pw_context *context;
	sigset_t all, before;

	if (properties == NULL)
		return NULL;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (is_default)
		pw_log_set_level(SPA_LOG_LEVEL_ERROR);
	context = pw_context_new(loop, properties, 0);
	if (is_default)
		pw_log_set_level(SPA_LOG_LEVEL_WARN);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (context == NULL)
		return NULL;
	data_loop = pw_context_get_data_loop(context);
	if (data_loop != NULL)
		(void)pw_data_loop_stop(data_loop); /* always 0 */
	return context;
}

int ol_pipewire_load(struct pw_loop **ret_loop, struct pw_context **ret)
{
	struct pw_context *context;
	struct pw_loop *loop;
	int r;

	pw_init(NULL, NULL);
	loop = pw_loop_new(NULL);
	if (loop == NULL)
		return -errno;
	context = make_context(loop);
	if (context == NULL) {
		r = -errno;
		pw_loop_destroy(loop);
		return r;
	}
	if (pw_context_load_module(context,
	                           "libpipewire-module-protocol-native", NULL,
	                           NULL) == NULL) {
		r = -errno;
		ol_pipewire_unload(loop, context);
		return r;
	}
	*ret_loop = loop;
	*ret = context;
	return 0;
}

void ol_pipewire_unload(struct pw_loop *loop, struct pw_context *context)
{
	pw_context_destroy(context);
	pw_loop_destroy(loop);
}
