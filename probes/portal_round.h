#ifndef OL_PORTAL_ROUND_H
#define OL_PORTAL_ROUND_H

#include <systemd/sd-bus.h>

#include "portal.h"

/* What the files of a round share; portal.h has what others see of it. */

enum {
	/* An answer takes 0.15 ms; a program silent for longer has stopped. */
	OL_ROUND_SILENCE_US = 2 * 1000 * 1000,
	/* Questions open at once: one for each session, peer and tree. */
	OL_ROUND_CALLS_MAX = 3 * OL_PORTAL_SESSIONS_MAX,
	OL_ROUND_EVENTS = 2, /* places at which mutter signals */
};

/* The order of questions. Each phase needs what the one before it learnt. */
enum ol_round_phase {
	OL_PHASE_NAMES,
	OL_PHASE_TREES,
	OL_PHASE_RULES,
	OL_PHASE_PEERS,
	OL_PHASE_DONE,
};

struct ol_round_call {
	struct ol_round *round;
	sd_bus_slot *slot; /* NULL: free */
	int number;        /* of a service, tree, stream or peer */
	char sender[OL_PORTAL_NAME];
};

struct ol_round {
	struct ol_host *host;
	sd_bus *bus;
	void (*done)(void *data, const struct ol_round_result *result);
	void (*wanted)(void *data);
	void *data;

	enum ol_round_phase phase; /* the questions to ask next */
	bool is_busy;
	bool are_names_known;
	bool are_rules_refused;
	size_t n_open;
	struct ol_round_call calls[OL_ROUND_CALLS_MAX];
	sd_bus_slot *matches[OL_PORTAL_SERVICES + OL_ROUND_EVENTS];

	struct ol_portal_view view;
	struct ol_portal_peer peers[OL_PORTAL_PEERS_MAX];
	sd_bus_slot *peer_matches[OL_PORTAL_PEERS_MAX];
	size_t n_peers;
	struct ol_round_result result;
};

/*
 * Ask `whom` without arguments. NULL if it cannot be asked, and the view is then
 * cut. answered() gets the call as its data and has to end with ol_round_end().
 */
struct ol_round_call *ol_round_ask(struct ol_round *round, const char *whom,
                                   const char *path, const char *interface,
                                   const char *member,
                                   sd_bus_message_handler_t answered,
                                   int number);
/* The same with a message that is taken over. */
struct ol_round_call *ol_round_send(struct ol_round *round,
                                    sd_bus_message *message,
                                    sd_bus_message_handler_t answered,
                                    int number);
/* The same of the bus itself; the argument may be NULL. */
void ol_round_ask_bus(struct ol_round *round, const char *interface,
                      const char *member, const char *argument,
                      sd_bus_message_handler_t answered, int number);
/* An answer came, or will not. Returns whether it says anything. */
bool ol_round_is_answer(struct ol_round *round, sd_bus_message *message);
/* Every handler of an answer ends with this. Returns 0. */
int ol_round_end(struct ol_round_call *call);
/* Want another look when the owner of this name changes. 0 or -errno. */
int ol_round_watch_name(struct ol_round *round, const char *name,
                        sd_bus_message_handler_t changed, sd_bus_slot **ret);
/* The handler that does no more than to want another look. */
int ol_round_on_event(sd_bus_message *message, void *data, sd_bus_error *error);

/* Whether anybody holds a name below which there may be sessions. */
bool ol_round_has_trees(const struct ol_round *round);
/* The questions of each phase but the first. */
void ol_round_ask_trees(struct ol_round *round);
void ol_round_ask_rules(struct ol_round *round);
void ol_round_ask_peers(struct ol_round *round);

#endif
