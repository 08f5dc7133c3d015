#ifndef OL_X11_INPUT_H
#define OL_X11_INPUT_H

#include <xcb/xcb.h>

#include "x11_device.h"

struct x11_answer;
struct x11_asks;
struct x11_link;

/*
 * The input devices through which programs, and viewers of a server that is
 * itself a remote display, bring input; and when they last did. Of what they
 * bring nothing is asked. Alarms tell; a server that is left alone sends none.
 */
struct x11_inputs {
	struct x11_device devices[X11_DEVICES_MAX];
	int count;
	uint32_t clock;     /* counter of the server's time */
	uint8_t sync_event; /* first one of SYNC; 0: nothing is watched */
	bool is_complete;   /* all such devices are watched, or none is there */
	uint32_t alarms[X11_DEVICES_MAX]; /* 0: not watched */
	uint32_t fired;  /* bits; alarms that are not armed at present */
	uint64_t arm_us; /* when to arm them again; 0: they are */

	struct x11_idle look;
	unsigned outstanding; /* answers of that look */
};

/*
 * List them, note when each was last used, and set the alarms. Blocks, and
 * belongs on the worker.
 */
void ol_x11_inputs_open(struct x11_inputs *inputs,
                        xcb_connection_t *connection);
/* Whether input of programs would be seen. */
bool ol_x11_inputs_is_watching(const struct x11_inputs *inputs);

/* Take an event; false if it is none of ours. Flush later. */
bool ol_x11_inputs_event(struct x11_inputs *inputs, struct x11_asks *asks,
                         struct x11_link *link, const void *event,
                         uint64_t now_us);
/*
 * Take an answer to X11_ASK_COUNTER. Returns the bits of the devices that
 * brought input, if it was the last answer and any did, else 0.
 */
uint32_t ol_x11_inputs_answer(struct x11_inputs *inputs,
                              const struct x11_answer *answer);
/* Arm the alarms again if it is time to. Flush later. */
void ol_x11_inputs_tick(struct x11_inputs *inputs, struct x11_link *link,
                        uint64_t now_us);

#endif
