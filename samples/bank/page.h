#ifndef BANK_PAGE_H
#define BANK_PAGE_H

#include <gtk/gtk.h>

#include "account.h"
#include "ladder.h"

/* The window with the account. GTK's thread only. */
struct page;

/* Called when the customer wants money to go. Returns what to tell, owned. */
typedef char *(*page_transfer_fn)(void *userdata);

/* Show an account, which must outlive the page; hidden until page_apply(). */
struct page *page_new(GtkApplication *application,
                      const struct account *account, page_transfer_fn transfer,
                      void *userdata);
void page_free(struct page *page);

/* The page's window on an X server, or 0: it is on Wayland. */
uint32_t page_get_x11_window(struct page *page);

/* Do what the ladder says: the next picture that is painted shows it. */
void page_apply(struct page *page, const struct ladder *ladder);

#endif
