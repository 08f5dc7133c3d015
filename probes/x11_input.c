/*
 * When the devices of programs and viewers were last used, by the SYNC
 * extension's idle counters. Who it was, x11_inject.c finds out.
 */
#include "x11_input.h"

#include <stdlib.h>

#include <xcb/sync.h>
#include <xcb/xinput.h>

#include "x11_ask.h"

enum {
	REPLY_HEADER = 32,
	/* An alarm that has fired rests for so long, whatever is typed. */
	REST_MS = 1000,
	/*
	 * It fires for input that is as old as this: also for what came while
	 * it rested.
	 */
	RECENT_MS = 1500,
	/* Places of the two looks at the clock, behind the devices'. */
	CLOCK_FIRST = X11_DEVICES_MAX,
	CLOCK_LAST,
};

_Static_assert(X11_DEVICES_MAX <= 32, "a device has a bit");

static size_t size_of(const void *reply)
{
	return REPLY_HEADER +
	       (size_t)((const xcb_generic_reply_t *)reply)->length * 4;
}

/* What XCB makes of it is not used: see x11_device.h. */
static bool find_counters(struct x11_inputs *inputs,
                          xcb_connection_t *connection)
{
	xcb_sync_list_system_counters_reply_t *reply;
	int r;

	free(xcb_sync_initialize_reply(
		connection, xcb_sync_initialize(connection, 3, 1), NULL));
	reply = xcb_sync_list_system_counters_reply(
		connection, xcb_sync_list_system_counters(connection), NULL);
	if (reply == NULL)
		return false;
	r = ol_x11_devices_read_counters(reply, size_of(reply), inputs->devices,
	                                 inputs->count, &inputs->clock);
	free(reply);
	return r == 0 && inputs->clock != 0;
}

static void list_devices(struct x11_inputs *inputs,
                         xcb_connection_t *connection)
{
	xcb_input_list_input_devices_reply_t *reply =
		xcb_input_list_input_devices_reply(
			connection, xcb_input_list_input_devices(connection),
			NULL);
	int n;

	if (reply == NULL)
		return;
	n = ol_x11_devices_read(reply, size_of(reply), inputs->devices,
	                        X11_DEVICES_MAX);
	inputs->count = n > 0 ? n : 0;
	free(reply);
}

static int64_t value_of(const xcb_sync_query_counter_reply_t *reply)
{
	return (int64_t)((uint64_t)(uint32_t)reply->counter_value.hi << 32 |
	                 reply->counter_value.lo);
}

static bool query(xcb_connection_t *connection, uint32_t counter, int64_t *ret)
{
	xcb_sync_query_counter_reply_t *reply = xcb_sync_query_counter_reply(
		connection, xcb_sync_query_counter(connection, counter), NULL);

	if (reply == NULL)
		return false;
	*ret = value_of(reply);
	free(reply);
	return true;
}

/* What was used before us is not judged. */
static bool note_first(struct x11_inputs *inputs, xcb_connection_t *connection)
{
	int64_t now_ms, idle_ms;

	for (int i = 0; i < inputs->count; i++) {
		struct x11_device *device = &inputs->devices[i];

		if (device->counter == 0)
			continue;
		if (!query(connection, device->counter, &idle_ms) ||
		    !query(connection, inputs->clock, &now_ms))
			return false;
		/* A clock that makes no sense is not believed. */
		if (now_ms < 0 || idle_ms < 0)
			return false;
		device->first_ms = now_ms - idle_ms;
	}
	return true;
}

/*
 * A comparison, not a transition: it fires once and is then inactive, however
 * much is typed.
 */
static uint32_t set_alarm(xcb_connection_t *connection, uint32_t counter)
{
	const xcb_sync_create_alarm_value_list_t values = {
		.counter = counter,
		.valueType = XCB_SYNC_VALUETYPE_ABSOLUTE,
		.value = { .hi = 0, .lo = RECENT_MS },
		.testType = XCB_SYNC_TESTTYPE_NEGATIVE_COMPARISON,
		.delta = { 0 },
		.events = 1,
	};
	uint32_t alarm = xcb_generate_id(connection);

	(void)xcb_sync_create_alarm_aux(
		connection, alarm,
		XCB_SYNC_CA_COUNTER | XCB_SYNC_CA_VALUE_TYPE |
			XCB_SYNC_CA_VALUE | XCB_SYNC_CA_TEST_TYPE |
			XCB_SYNC_CA_DELTA | XCB_SYNC_CA_EVENTS,
		&values);
	return alarm;
}

void ol_x11_inputs_open(struct x11_inputs *inputs, xcb_connection_t *connection)
{
	if (!ol_x11_link_has(connection, &xcb_input_id))
		return;
	list_devices(inputs, connection);
	if (!ol_x11_link_has(connection, &xcb_sync_id) ||
	    !find_counters(inputs, connection) ||
	    !note_first(inputs, connection))
		return;
	inputs->is_complete = inputs->count > 0;
	for (int i = 0; i < inputs->count; i++) {
		const struct x11_device *device = &inputs->devices[i];

		if (!ol_x11_device_is_remote(device))
			continue;
		if (device->counter == 0) {
			inputs->is_complete = false;
			continue;
		}
		inputs->alarms[i] = set_alarm(connection, device->counter);
		inputs->sync_event =
			xcb_get_extension_data(connection, &xcb_sync_id)
				->first_event;
	}
}

bool ol_x11_inputs_is_watching(const struct x11_inputs *inputs)
{
	return inputs->is_complete;
}

static void ask(struct x11_inputs *inputs, struct x11_asks *asks,
                struct x11_link *link, uint32_t counter, uint64_t place,
                uint64_t now_us)
{
	if (ol_x11_ask_counter(asks, link, counter, place, now_us) == 0)
		inputs->outstanding++;
}

/* All devices between two looks at the clock, so that they compare. */
static void begin_look(struct x11_inputs *inputs, struct x11_asks *asks,
                       struct x11_link *link, uint64_t now_us)
{
	inputs->look = (struct x11_idle){ .from_ms = INT64_MAX };
	ask(inputs, asks, link, inputs->clock, CLOCK_FIRST, now_us);
	for (int i = 0; i < inputs->count; i++) {
		if (inputs->devices[i].counter != 0)
			ask(inputs, asks, link, inputs->devices[i].counter,
			    (uint64_t)i, now_us);
	}
	ask(inputs, asks, link, inputs->clock, CLOCK_LAST, now_us);
}

bool ol_x11_inputs_event(struct x11_inputs *inputs, struct x11_asks *asks,
                         struct x11_link *link, const void *event,
                         uint64_t now_us)
{
	const xcb_sync_alarm_notify_event_t *notify = event;

	if (inputs->sync_event == 0 ||
	    (notify->response_type & 0x7f) !=
	            inputs->sync_event + XCB_SYNC_ALARM_NOTIFY)
		return false;
	for (int i = 0; i < inputs->count; i++) {
		if (inputs->alarms[i] != 0 &&
		    inputs->alarms[i] == notify->alarm)
			inputs->fired |= UINT32_C(1) << i;
	}
	inputs->arm_us = now_us + (uint64_t)REST_MS * 1000;
	if (inputs->outstanding == 0)
		begin_look(inputs, asks, link, now_us);
	return true;
}

uint32_t ol_x11_inputs_answer(struct x11_inputs *inputs,
                              const struct x11_answer *answer)
{
	const xcb_sync_query_counter_reply_t *reply = answer->reply;
	int64_t value;

	if (inputs->outstanding > 0)
		inputs->outstanding--;
	if (reply != NULL && answer->size >= sizeof(*reply)) {
		value = value_of(reply);
		if (answer->serial == CLOCK_FIRST)
			inputs->look.from_ms = value;
		else if (answer->serial == CLOCK_LAST)
			inputs->look.to_ms = value;
		else
			ol_x11_idle_set(&inputs->look, answer->serial, value);
	}
	if (inputs->outstanding > 0)
		return 0;
	return ol_x11_devices_judge(inputs->devices, inputs->count,
	                            &inputs->look);
}

void ol_x11_inputs_tick(struct x11_inputs *inputs, struct x11_link *link,
                        uint64_t now_us)
{
	const uint32_t is_on = 1;

	if (inputs->arm_us == 0 || now_us < inputs->arm_us)
		return;
	inputs->arm_us = 0;
	/* Any change makes an alarm active. */
	for (int i = 0; i < inputs->count; i++) {
		if ((inputs->fired >> i & 1) != 0)
			(void)xcb_sync_change_alarm(link->control,
			                            inputs->alarms[i],
			                            XCB_SYNC_CA_EVENTS, &is_on);
	}
	inputs->fired = 0;
}
