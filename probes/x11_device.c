/* Lists of input devices and of their idle counters, taken apart. */
#include "x11_device.h"

#include <errno.h>
#include <string.h>

enum {
	HEADER = 32,       /* of a reply */
	DEVICE_INFO = 8,   /* type, id, number of classes, use, pad */
	COUNTER_INFO = 14, /* counter, resolution, length of the name */
	USE_CORE_LAST = 1, /* IsXPointer 0, IsXKeyboard 1 */
	ID_DIGITS_MAX = 3, /* an id has one byte */
};

struct text {
	const char *start;
	size_t size;
};

/* The names that the servers' own sources give, each seen on one. */
static const struct {
	const char *name;
	bool is_end; /* else the beginning */
	enum x11_device_kind kind;
} names[] = {
	{ " XTEST pointer", true, X11_DEVICE_TEST },
	{ " XTEST keyboard", true, X11_DEVICE_TEST },
	{ "TigerVNC ", false, X11_DEVICE_VNC },
	{ "xrdpMouse", false, X11_DEVICE_RDP },
	{ "xrdpKeyboard", false, X11_DEVICE_RDP },
	{ "Xephyr virtual ", false, X11_DEVICE_NESTED },
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

static uint16_t get16(const uint8_t *bytes)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static uint32_t get32(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static bool is_named(struct text text, const char *part, bool is_end)
{
	size_t size = strlen(part);

	return text.size >= size &&
	       memcmp(text.start + (is_end ? text.size - size : 0), part,
	              size) == 0;
}

static enum x11_device_kind kind_of(uint8_t use, struct text name)
{
	if (use <= USE_CORE_LAST)
		return X11_DEVICE_CORE;
	for (int i = 0; i < NAMES; i++) {
		if (is_named(name, names[i].name, names[i].is_end))
			return names[i].kind;
	}
	return X11_DEVICE_OTHER;
}

/* Where the names begin: behind the classes of all devices. 0: nowhere. */
static size_t skip_classes(const uint8_t *reply, size_t size, int count)
{
	size_t at = HEADER + (size_t)count * DEVICE_INFO;

	if (size < at)
		return 0;
	for (int i = 0; i < count; i++) {
		int classes = reply[HEADER + i * DEVICE_INFO + 5];

		for (; classes > 0; classes--) {
			uint8_t length = size - at >= 2 ? reply[at + 1] : 0;

			if (length < 2 || length > size - at)
				return 0;
			at += length;
		}
	}
	return at;
}

int ol_x11_devices_read(const void *bytes, size_t size, struct x11_device *ret,
                        int max)
{
	const uint8_t *reply = bytes;
	int count = size >= HEADER ? reply[8] : 0;
	size_t at = size >= HEADER ? skip_classes(reply, size, count) : 0;
	int n = 0;

	if (at == 0)
		return -EBADMSG;
	for (int i = 0; i < count; i++) {
		const uint8_t *info = reply + HEADER + i * DEVICE_INFO;
		struct text name;

		if (at >= size || reply[at] > size - at - 1)
			return -EBADMSG;
		name = (struct text){ (const char *)reply + at + 1, reply[at] };
		at += 1 + name.size;
		if (n < max)
			ret[n++] = (struct x11_device){
				.id = info[4],
				.kind = kind_of(info[6], name),
			};
	}
	return n;
}

/* The device's id in "DEVICEIDLETIME 5"; 0: it is no such name. */
static unsigned idle_id(struct text name)
{
	static const char prefix[] = "DEVICEIDLETIME ";
	size_t at = sizeof(prefix) - 1;
	unsigned id = 0;

	if (!is_named(name, prefix, false) || name.size - at > ID_DIGITS_MAX)
		return 0;
	for (; at < name.size; at++) {
		if (name.start[at] < '0' || name.start[at] > '9')
			return 0;
		id = id * 10 + (unsigned)(name.start[at] - '0');
	}
	return id;
}

static void set_counter(struct x11_device *devices, int count, unsigned id,
                        uint32_t counter)
{
	for (int i = 0; i < count; i++) {
		if (devices[i].id == id)
			devices[i].counter = counter;
	}
}

int ol_x11_devices_read_counters(const void *bytes, size_t size,
                                 struct x11_device *devices, int count,
                                 uint32_t *ret_time)
{
	const uint8_t *reply = bytes;
	size_t at = HEADER;
	uint32_t counters, server = 0;

	if (size < HEADER)
		return -EBADMSG;
	counters = get32(reply + 8);
	for (uint32_t i = 0; i < counters; i++) {
		struct text name;
		unsigned id;

		if (size - at < COUNTER_INFO)
			return -EBADMSG;
		name.start = (const char *)reply + at + COUNTER_INFO;
		name.size = get16(reply + at + 12);
		if (name.size > size - at - COUNTER_INFO)
			return -EBADMSG;
		id = idle_id(name);
		if (id != 0)
			set_counter(devices, count, id, get32(reply + at));
		else if (name.size == 10 &&
		         memcmp(name.start, "SERVERTIME", 10) == 0)
			server = get32(reply + at);
		at += (COUNTER_INFO + name.size + 3) / 4 * 4;
		if (at > size)
			return -EBADMSG;
	}
	*ret_time = server;
	return 0;
}

bool ol_x11_device_is_remote(const struct x11_device *device)
{
	return device->kind == X11_DEVICE_TEST ||
	       device->kind == X11_DEVICE_VNC || device->kind == X11_DEVICE_RDP;
}

void ol_x11_idle_set(struct x11_idle *idle, uint64_t place, int64_t idle_ms)
{
	/* More than a clock of 32 bits counts, or less than nothing, is a lie. */
	if (place >= X11_DEVICES_MAX || idle_ms < 0 || idle_ms > UINT32_MAX)
		return;
	idle->idle_ms[place] = idle_ms;
	idle->known |= UINT32_C(1) << place;
}

/* Core devices sum up the others, and move when the pointer is warped. */
static bool is_comparable(const struct x11_device *device,
                          const struct x11_idle *idle, int i)
{
	return device->counter != 0 && device->kind != X11_DEVICE_CORE &&
	       (idle->known >> i & 1) != 0;
}

uint32_t ol_x11_devices_judge(const struct x11_device *devices, int count,
                              const struct x11_idle *idle)
{
	int64_t longest_ms = -1, unsure_ms;
	uint32_t active = 0;

	/* A clock that goes back, or that was not told, compares nothing. */
	if (idle->from_ms < 0 || idle->to_ms < idle->from_ms)
		return 0;
	unsure_ms = idle->to_ms - idle->from_ms;
	for (int i = 0; i < count; i++) {
		if (is_comparable(&devices[i], idle, i) &&
		    idle->idle_ms[i] > longest_ms)
			longest_ms = idle->idle_ms[i];
	}
	for (int i = 0; i < count; i++) {
		int64_t used_ms = idle->from_ms - idle->idle_ms[i];

		/* One more, for both are rounded. */
		if (is_comparable(&devices[i], idle, i) &&
		    ol_x11_device_is_remote(&devices[i]) &&
		    longest_ms - idle->idle_ms[i] - 1 > unsure_ms &&
		    used_ms - 1 > devices[i].first_ms)
			active |= UINT32_C(1) << i;
	}
	return active;
}
