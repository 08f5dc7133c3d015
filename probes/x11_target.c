/* Whose picture is it that a client reads? */
#include "x11_target.h"

#include <unistd.h>

bool ol_x11_target_is_screen(const struct x11_watch *watch, uint32_t drawable)
{
	return ol_x11_clients_base(&watch->clients, drawable) == 0;
}

static const struct x11_pixmap *find_pixmap(const struct x11_watch *watch,
                                            uint32_t id)
{
	const struct x11_client *owner = ol_x11_clients_find(
		&watch->clients, ol_x11_clients_base(&watch->clients, id));
	unsigned count = watch->pixmap_count < X11_PIXMAPS_MAX
	                         ? watch->pixmap_count
	                         : X11_PIXMAPS_MAX;

	if (owner == NULL || !owner->has_named)
		return NULL;
	/* The latest first: ids are used again. */
	for (unsigned i = 1; i <= count; i++) {
		const struct x11_pixmap *pixmap =
			&watch->pixmaps[(watch->pixmap_count - i) %
		                        X11_PIXMAPS_MAX];

		if (pixmap->id == id)
			return pixmap;
	}
	return NULL;
}

/* A window, or a pixmap that may be one's, made by somebody else. */
static bool find_foreign(const struct x11_watch *watch,
                         const struct x11_client *client, uint32_t drawable,
                         enum x11_target *ret)
{
	uint32_t base = ol_x11_clients_base(&watch->clients, drawable);
	const struct x11_client *owner;

	if (base == client->base)
		return false;
	owner = ol_x11_clients_find(&watch->clients, base);
	if (owner != NULL && owner->pid != 0 && owner->pid == client->pid)
		return false;
	if (watch->guard.is_found) {
		*ret = ol_x11_guard_shows(watch, drawable) ? X11_OWN_WINDOW
		                                           : X11_WINDOW;
		return true;
	}
	*ret = owner != NULL && owner->pid == (int64_t)getpid() ? X11_OWN_WINDOW
	                                                        : X11_WINDOW;
	return true;
}

/* A drawable of its own shows what it has pictures of. */
static bool find_through_lens(const struct x11_client *client,
                              enum x11_target *ret)
{
	static const enum x11_target strongest_first[] = {
		X11_OWN_WINDOW,
		X11_SCREEN,
		X11_WINDOW,
	};

	for (int i = 0; i < 3; i++) {
		if (!(client->lenses & 1u << strongest_first[i]))
			continue;
		*ret = strongest_first[i];
		return true;
	}
	/* It may have had pictures of anything before we looked. */
	*ret = X11_UNCLEAR;
	return !client->is_new;
}

bool ol_x11_target_is_compositor(const struct x11_watch *watch,
                                 const struct x11_client *client)
{
	const struct x11_client *compositor;

	if (watch->compositor == 0)
		return false;
	if (client->base == watch->compositor)
		return true;
	/* picom's GLX backend draws over a connection of its own. */
	compositor = ol_x11_clients_find(&watch->clients, watch->compositor);
	return compositor != NULL && compositor->pid != 0 &&
	       compositor->pid == client->pid;
}

/* Ours, or the overlay, which is taken to be over ours. */
static enum x11_target which_screen(const struct x11_watch *watch,
                                    uint32_t drawable)
{
	for (int i = 1; i < watch->link->screen_count; i++) {
		if (watch->link->screens[i] == drawable)
			return X11_OTHER_SCREEN;
	}
	return X11_SCREEN;
}

bool ol_x11_target_find(const struct x11_watch *watch,
                        const struct x11_client *client, uint32_t drawable,
                        enum x11_target *ret)
{
	const struct x11_pixmap *pixmap;

	if (ol_x11_target_is_screen(watch, drawable)) {
		*ret = which_screen(watch, drawable);
		return true;
	}
	pixmap = find_pixmap(watch, drawable);
	if (pixmap == NULL &&
	    ol_x11_clients_base(&watch->clients, drawable) != client->base)
		return find_foreign(watch, client, drawable, ret);
	/* What windows look like is the compositor's business. */
	if (ol_x11_target_is_compositor(watch, client))
		return false;
	if (pixmap == NULL)
		return find_through_lens(client, ret);
	if (ol_x11_target_is_screen(watch, pixmap->window)) {
		*ret = which_screen(watch, pixmap->window);
		return true;
	}
	return find_foreign(watch, client, pixmap->window, ret);
}

uint32_t ol_x11_target_source(const struct x11_watch *watch,
                              const struct x11_client *client,
                              uint32_t drawable, enum x11_target target)
{
	const struct x11_pixmap *pixmap = find_pixmap(watch, drawable);

	if (pixmap != NULL)
		return pixmap->window;
	if (target != X11_UNCLEAR &&
	    ol_x11_clients_base(&watch->clients, drawable) == client->base)
		return client->base;
	return drawable;
}
