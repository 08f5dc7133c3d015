#ifndef TEST_VM_H
#define TEST_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CARD_NODE "/dev/dri/card0"

/* What the parts of the guest program share. It runs as root. */

/* The library as an ordinary user has it, in a process of its own. */
struct observer {
	pid_t pid;
	int out;
	char line[65536]; /* the latest report, as JSON */
	uint64_t at_us;   /* when the callback ran, CLOCK_MONOTONIC */
	char rest[65536]; /* read, but not a whole line yet */
	size_t rest_size;
	unsigned reports;
};

enum {
	OBSERVER_UID = 1000,
	OBSERVER_GID = 44, /* Debian's group video */
	/* Without KVM a guest is some twenty times slower than its host. */
	WAIT_MS = 20000,
};

/* flags: of onlooker_options. */
void observer_start(struct observer *observer, unsigned flags);
void observer_stop(struct observer *observer);
/* Whether the latest report has a watcher of this name with this evidence. */
bool observer_has(const struct observer *observer, const char *rule,
                  const char *who);
/* Wait until it has it, or has it not; false after WAIT_MS. */
bool observer_wait(struct observer *observer, const char *rule, const char *who,
                   bool is_there);
/* The same; false after so many milliseconds. */
bool observer_wait_for(struct observer *observer, const char *rule,
                       const char *who, bool is_there, unsigned ms);
/* Run as the child that observer_start() forks. */
int observer_main(unsigned flags);

uint64_t now_us(void);
/* From now on this process is an ordinary user's; ends it if it cannot be. */
void become_user(void);
/* Write a text into a file; false with a message if that fails. */
bool write_file(const char *path, const char *text);
bool write_bytes(const char *path, const void *bytes, size_t size);

/*
 * A row of the table in docs/hardware.md: what is told, and of whom, NULL if of
 * nobody. Counts what failed.
 */
void row(const char *setup, const char *told, const char *who, bool is_right,
         const struct observer *observer, uint64_t since_us);
extern unsigned failures;

/* The cases. */
void gadget_cases(struct observer *observer);
void uinput_cases(struct observer *observer);
void kms_cases(struct observer *observer);
/* plug: a display with this EDID. */
void wake_cases(struct observer *observer, bool (*plug)(const char *edid));
/* card: of a display server that is its master. */
void terminal_cases(struct observer *observer, int card);

#endif
