/* The widgets. Decides nothing: what is hidden and refused, the ladder says. */
#include "page.h"

#ifdef GDK_WINDOWING_X11
#include <gdk/x11/gdkx.h>
#endif

struct page {
	const struct account *account;
	GtkBuilder *builder;
	GPtrArray *amounts; /* a label for each of the account's movements */
	page_transfer_fn transfer;
	void *userdata;
	gint64 applied_us; /* when what is not painted yet was applied */
};

static const char *const tones[] = {
	[TONE_CALM] = "calm",
	[TONE_UNSURE] = "unsure",
	[TONE_CAUTION] = "caution",
	[TONE_ALARM] = "alarm",
};

static gpointer get(struct page *page, const char *id)
{
	return gtk_builder_get_object(page->builder, id);
}

/*
 * The mask is as long whatever it hides: the number of digits is telling. The
 * text itself leaves the widget, or a screen reader could still speak it.
 */
static void show_secret(GtkLabel *label, const char *secret, bool is_hidden)
{
	gtk_label_set_text(label, is_hidden ? "••••••" : secret);
}

/*
 * What the customer types is as secret as what the bank shows. An entry shows a
 * dot a character, so a hidden one is painted empty.
 */
static void show_entry(GtkWidget *entry, bool is_hidden)
{
	gtk_entry_set_visibility(GTK_ENTRY(entry), !is_hidden);
	gtk_entry_set_invisible_char(GTK_ENTRY(entry), 0);
}

static void show_secrets(struct page *page, bool is_hidden)
{
	const struct account *account = page->account;

	show_secret(get(page, "number"), account->number, is_hidden);
	show_secret(get(page, "balance"), account->balance, is_hidden);
	for (guint i = 0; i < account->movements->len; i++) {
		struct movement *movement =
			g_ptr_array_index(account->movements, i);

		show_secret(g_ptr_array_index(page->amounts, i),
		            movement->amount, is_hidden);
	}
	show_entry(get(page, "to"), is_hidden);
	show_entry(get(page, "amount"), is_hidden);
}

static void show_notice(struct page *page, const struct ladder *ladder)
{
	GtkWidget *notice = get(page, "notice");

	for (size_t i = 0; i < G_N_ELEMENTS(tones); i++)
		gtk_widget_remove_css_class(notice, tones[i]);
	gtk_widget_add_css_class(notice, tones[ladder->tone]);
	gtk_label_set_text(get(page, "title"), ladder->title);
	gtk_label_set_text(get(page, "detail"), ladder->detail);
	gtk_label_set_text(get(page, "advice"), ladder->advice);
}

void page_apply(struct page *page, const struct ladder *ladder)
{
	page->applied_us = g_get_monotonic_time();
	show_secrets(page, ladder->redact);
	show_notice(page, ladder);
	gtk_widget_set_sensitive(get(page, "send"), !ladder->refuse);
	gtk_label_set_text(get(page, "reason"), ladder->reason);
	gtk_widget_queue_draw(get(page, "window"));
}

/* For whoever wants to know how long a change takes: G_MESSAGES_DEBUG=bank. */
static void on_painted(GdkFrameClock *clock, struct page *page)
{
	(void)clock;
	if (page->applied_us == 0)
		return;
	g_debug("painted after %.1f ms: %s",
	        (double)(g_get_monotonic_time() - page->applied_us) / 1000,
	        gtk_label_get_text(get(page, "title")));
	page->applied_us = 0;
}

static void on_send(GtkButton *button, struct page *page)
{
	g_autofree char *answer = page->transfer(page->userdata);

	(void)button;
	gtk_label_set_text(get(page, "reason"), answer);
}

static GtkLabel *add_label(GtkGrid *grid, const char *text, int column, int row)
{
	GtkWidget *label = gtk_label_new(text);

	gtk_label_set_xalign(GTK_LABEL(label), column == 2 ? 1 : 0);
	gtk_widget_set_hexpand(label, column == 1);
	gtk_grid_attach(grid, label, column, row, 1, 1);
	return GTK_LABEL(label);
}

static void add_movements(struct page *page)
{
	GtkGrid *grid = get(page, "movements");

	for (guint i = 0; i < page->account->movements->len; i++) {
		const struct movement *movement =
			g_ptr_array_index(page->account->movements, i);

		gtk_widget_add_css_class(
			GTK_WIDGET(add_label(grid, movement->date, 0, (int)i)),
			"faint");
		(void)add_label(grid, movement->who, 1, (int)i);
		g_ptr_array_add(page->amounts, add_label(grid, "", 2, (int)i));
	}
}

static void use_style(void)
{
	g_autoptr(GtkCssProvider) provider = gtk_css_provider_new();

	gtk_css_provider_load_from_resource(provider, "/bank/bank.css");
	gtk_style_context_add_provider_for_display(
		gdk_display_get_default(), GTK_STYLE_PROVIDER(provider),
		GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void present(struct page *page, GtkApplication *application)
{
	GtkWindow *window = get(page, "window");

	gtk_window_set_application(window, application);
	gtk_widget_realize(GTK_WIDGET(window));
	g_signal_connect(gtk_widget_get_frame_clock(GTK_WIDGET(window)),
	                 "after-paint", G_CALLBACK(on_painted), page);
	gtk_window_set_focus(window, NULL);
	gtk_window_present(window);
}

struct page *page_new(GtkApplication *application,
                      const struct account *account, page_transfer_fn transfer,
                      void *userdata)
{
	struct page *page = g_new0(struct page, 1);

	page->account = account;
	page->transfer = transfer;
	page->userdata = userdata;
	page->amounts = g_ptr_array_new();
	page->builder = gtk_builder_new_from_resource("/bank/page.ui");
	use_style();
	gtk_label_set_text(get(page, "holder"), account->holder);
	gtk_label_set_text(get(page, "name"), account->name);
	add_movements(page);
	g_signal_connect(get(page, "send"), "clicked", G_CALLBACK(on_send),
	                 page);
	show_secrets(page, true);
	present(page, application);
	return page;
}

void page_free(struct page *page)
{
	g_ptr_array_unref(page->amounts);
	g_object_unref(page->builder);
	g_free(page);
}

uint32_t page_get_x11_window(struct page *page)
{
#ifdef GDK_WINDOWING_X11
	GdkSurface *surface =
		gtk_native_get_surface(GTK_NATIVE(get(page, "window")));

	if (GDK_IS_X11_SURFACE(surface))
		return (uint32_t)gdk_x11_surface_get_xid(surface);
#else
	(void)page;
#endif
	return 0;
}
