/*
 * Two display servers on two virtual terminals, as logind, seatd and Xorg hand a
 * card from one to the other: whoever gives the terminal up drops the card first,
 * whoever gets it takes the card. Beside them a reader that does nothing but look
 * at the card as the library does, without its pauses; and one that does not care.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/kd.h>
#include <linux/vt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <xf86drm.h>

#include "probes/drm_scan.h"
#include "vm.h"

enum {
	SWITCHES = 10000,
	/* Of the careless reader, who need only be seen to do harm. */
	CARELESS_SWITCHES = 2000,
	FIRST_VT = 1,
	SECONDS = 10, /* for a change of terminals */
};

struct tally {
	volatile unsigned opens, masters;
};

struct desk {
	int terminals[2], cards[2];
};

static bool take_terminal(int *ret, int number)
{
	struct vt_mode mode = { .mode = VT_PROCESS,
		                .relsig = SIGUSR1,
		                .acqsig = SIGUSR2 };
	char path[32];

	(void)snprintf(path, sizeof(path), "/dev/tty%d", number);
	*ret = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return *ret >= 0 && ioctl(*ret, VT_SETMODE, &mode) == 0 &&
	       ioctl(*ret, KDSETMODE, KD_GRAPHICS) == 0;
}

static void give_back(struct desk *desk)
{
	struct vt_mode mode = { .mode = VT_AUTO };

	for (int i = 0; i < 2; i++) {
		(void)ioctl(desk->terminals[i], KDSETMODE, KD_TEXT);
		(void)ioctl(desk->terminals[i], VT_SETMODE, &mode);
		(void)close(desk->terminals[i]);
	}
	(void)close(desk->cards[1]);
}

static bool wait_for(int number)
{
	struct timespec limit = { .tv_sec = SECONDS };
	sigset_t set;
	int r;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, number);
	do {
		r = sigtimedwait(&set, NULL, &limit);
	} while (r < 0 && errno == EINTR);
	return r == number;
}

/* Change terminals to and fro; returns how often a card was refused, or -1. */
static int change(struct desk *desk, int times)
{
	int refused = 0;

	for (int i = 0; i < times; i++) {
		int from = i % 2, to = 1 - from;

		if (ioctl(desk->terminals[from], VT_ACTIVATE, FIRST_VT + to) <
		            0 ||
		    !wait_for(SIGUSR1))
			return -1;
		(void)drmDropMaster(desk->cards[from]);
		if (ioctl(desk->terminals[from], VT_RELDISP, 1) < 0 ||
		    !wait_for(SIGUSR2))
			return -1;
		(void)ioctl(desk->terminals[to], VT_RELDISP, VT_ACKACQ);
		if (drmSetMaster(desk->cards[to]) == 0)
			continue;
		refused++;
		while (drmSetMaster(desk->cards[to]) < 0)
			;
	}
	return refused;
}

static void become_user(void)
{
	if (setgroups(1, (gid_t[]){ OBSERVER_GID }) < 0 ||
	    setresgid(OBSERVER_UID, OBSERVER_UID, OBSERVER_UID) < 0 ||
	    setresuid(OBSERVER_UID, OBSERVER_UID, OBSERVER_UID) < 0)
		_exit(1);
}

static void look_always(struct tally *tally)
{
	static struct drm_scan scan;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	become_user();
	for (;;) {
		memset(&scan, 0, sizeof(scan));
		scan.root = root;
		scan.may_ask_kms = true;
		scan.uid = OBSERVER_UID;
		ol_drm_scan(&scan);
		tally->opens += scan.opens;
		tally->masters += scan.masters;
	}
}

static void open_always(struct tally *tally)
{
	become_user();
	for (;;) {
		(void)close(open(CARD_NODE, O_RDONLY | O_CLOEXEC));
		tally->opens++;
	}
}

static int change_beside(struct desk *desk, int times, struct tally *tally,
                         void (*reader)(struct tally *tally))
{
	pid_t pid = fork();
	int refused;

	if (pid == 0)
		reader(tally);
	while (tally->opens == 0)
		(void)usleep(1000);
	refused = change(desk, times);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return refused;
}

void terminal_cases(struct observer *observer, int card)
{
	struct desk desk = { .cards = { card,
		                        open(CARD_NODE, O_RDWR | O_CLOEXEC) } };
	struct tally *tallies =
		mmap(NULL, sizeof(*tallies) * 2, PROT_READ | PROT_WRITE,
	             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sigset_t set, old;
	uint64_t since_us;
	int refused;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigaddset(&set, SIGUSR2);
	(void)sigprocmask(SIG_BLOCK, &set, &old);
	if (!take_terminal(&desk.terminals[0], FIRST_VT) ||
	    !take_terminal(&desk.terminals[1], FIRST_VT + 1)) {
		row("two virtual terminals", "taken", false, observer, 0);
		return;
	}
	since_us = now_us();
	refused = change_beside(&desk, SWITCHES, &tallies[0], look_always);
	printf("MEASURED SET_MASTER refused %d times in %d changes of the "
	       "virtual terminal, %.0f s, beside a reader that opened the card "
	       "%u times as the library does but without its pauses, %u times "
	       "between two masters\n",
	       refused, SWITCHES, (double)(now_us() - since_us) / 1e6,
	       tallies[0].opens, tallies[0].masters);
	row("the terminal changes 10000 times", "never refused", refused == 0,
	    observer, 0);
	refused = change_beside(&desk, CARELESS_SWITCHES, &tallies[1],
	                        open_always);
	printf("MEASURED beside a careless opener: refused %d times in %d\n",
	       refused, CARELESS_SWITCHES);
	row("the same beside a careless opener", "refused", refused > 0,
	    observer, 0);
	give_back(&desk);
	(void)munmap(tallies, sizeof(*tallies) * 2);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
}
