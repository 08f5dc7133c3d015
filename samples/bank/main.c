/*
 * A bank that knows whether its screen is shared: it informs, it redacts, it
 * refuses. This file ties the library to the page; the policy is ladder.c.
 */
#include "account.h"
#include "ladder.h"
#include "page.h"
#include "session.h"
#include "source.h"

enum {
	/*
	 * How long nothing must have been found at first. A capture that goes
	 * on already is noticed by its next picture, and one a second is the
	 * slowest that is worth the name.
	 */
	SETTLE_MS = 1500,
};

struct bank {
	struct onlooker *onlooker; /* NULL: it could not be opened */
	GSource *source;
	struct account *account;
	struct session *session; /* NULL: the real one */
	struct page *page;
	bool has_report; /* the first has come */
	bool is_settled; /* and SETTLE_MS have passed since */
	guint settling;  /* the timer of that */
	bool has_failed; /* there is no looking any more */
	char *account_path;
	char *session_path;
	char *probes;
};

/* The ladder of this very moment. Free with ladder_finish(). */
static void climb(struct bank *bank, struct ladder *ladder)
{
	const struct onlooker_report *report = NULL;

	if (bank->has_report && !bank->has_failed)
		report = onlooker_get_report(bank->onlooker);
	ladder_climb(ladder, report, bank->has_failed);
	if (report == NULL)
		return;
	onlooker_report_unref(report);
	if (!bank->is_settled && !ladder->redact) {
		ladder_finish(ladder);
		ladder_climb(ladder, NULL, false);
	}
}

static void update(struct bank *bank)
{
	struct ladder ladder;

	climb(bank, &ladder);
	page_apply(bank->page, &ladder);
	ladder_finish(&ladder);
}

static gboolean on_settled(gpointer userdata)
{
	struct bank *bank = userdata;

	bank->settling = 0;
	bank->is_settled = true;
	update(bank);
	return G_SOURCE_REMOVE;
}

static void on_report(struct onlooker *onlooker,
                      const struct onlooker_report *report, void *userdata)
{
	struct bank *bank = userdata;

	(void)onlooker;
	(void)report;
	if (!bank->has_report)
		bank->settling = g_timeout_add(SETTLE_MS, on_settled, bank);
	bank->has_report = true;
	update(bank);
}

static gboolean on_lost(gpointer userdata)
{
	struct bank *bank = userdata;

	bank->has_failed = true;
	update(bank);
	return G_SOURCE_REMOVE;
}

/* A grey button is for the eye; whether money goes is decided here. */
static char *on_transfer(void *userdata)
{
	struct ladder ladder;
	char *answer;

	climb(userdata, &ladder);
	answer = g_strdup(ladder.refuse ? ladder.reason
	                                : "Your transfer is on its way.");
	g_debug("transfer: %s", ladder.refuse ? "refused" : "sent");
	ladder_finish(&ladder);
	return answer;
}

static int open_onlooker(struct bank *bank)
{
	struct onlooker_options options = { .size = sizeof(options),
		                            .probes = bank->probes };
	int r;

	r = bank->session_path != NULL
	            ? onlooker_open_simulated(&options, &bank->onlooker)
	            : onlooker_open(&options, &bank->onlooker);
	if (r < 0)
		return r;
	onlooker_set_callback(bank->onlooker, on_report, bank);
	bank->source = onlooker_source_new(bank->onlooker);
	g_source_set_callback(bank->source, on_lost, bank, NULL);
	g_source_attach(bank->source, NULL);
	return 0;
}

static void on_activate(GtkApplication *application, struct bank *bank)
{
	g_autoptr(GError) error = NULL;

	bank->account = account_load(bank->account_path, &error);
	if (bank->account == NULL) {
		g_printerr("bank: %s\n", error->message);
		return;
	}
	bank->has_failed = open_onlooker(bank) < 0;
	bank->page = page_new(application, bank->account, on_transfer, bank);
	/* Who records another window does not see the account. */
	if (!bank->has_failed && page_get_x11_window(bank->page) != 0)
		(void)onlooker_guard_x11_window(
			bank->onlooker, page_get_x11_window(bank->page));
	update(bank);
	if (bank->session_path == NULL || bank->has_failed)
		return;
	bank->session = session_new(bank->onlooker, bank->session_path, &error);
	if (bank->session == NULL)
		g_printerr("bank: %s\n", error->message);
}

static void finish(struct bank *bank)
{
	g_clear_pointer(&bank->session, session_free);
	if (bank->source != NULL) {
		g_source_destroy(bank->source);
		g_source_unref(bank->source);
	}
	g_clear_handle_id(&bank->settling, g_source_remove);
	bank->onlooker = onlooker_unref(bank->onlooker);
	g_clear_pointer(&bank->page, page_free);
	g_clear_pointer(&bank->account, account_free);
	g_free(bank->account_path);
	g_free(bank->session_path);
	g_free(bank->probes);
}

int main(int argc, char **argv)
{
	struct bank bank = { 0 };
	const GOptionEntry entries[] = {
		{ "account", 0, 0, G_OPTION_ARG_FILENAME, &bank.account_path,
		  "Show the account in FILE", "FILE" },
		{ "probes", 0, 0, G_OPTION_ARG_STRING, &bank.probes,
		  "Run only these probes, comma-separated", "LIST" },
		{ "session", 0, 0, G_OPTION_ARG_FILENAME, &bank.session_path,
		  "Play a recorded session (-: from input)", "FILE" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autoptr(GtkApplication) application = gtk_application_new(
		"org.onlooker.Bank", G_APPLICATION_NON_UNIQUE);
	int status;

	g_application_add_main_option_entries(G_APPLICATION(application),
	                                      entries);
	g_signal_connect(application, "activate", G_CALLBACK(on_activate),
	                 &bank);
	status = g_application_run(G_APPLICATION(application), argc, argv);
	finish(&bank);
	return status;
}
