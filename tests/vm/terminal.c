/*
 * Two display servers on two virtual terminals, as logind, seatd and Xorg hand a
 * card from one to the other: whoever gives the terminal up drops the card first,
 * whoever gets it takes the card. Beside them, without a pause: who looks at the
 * outputs as the library does; who does so with ONLOOKER_KMS; and who opens the
 * card and does not care.
 */
#include <errno.h>
#include <fcntl.h>
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
	CHANGES = 10000,
	/* Beside those who need only be seen to do harm. */
	HARM_CHANGES = 2000,
	FIRST_VT = 1,
	SECONDS = 10, /* for a change of terminals */
};

struct tally {
	volatile unsigned looks, opens, masters;
};

/* Whoever looks, and never returns. */
typedef void (*reader_fn)(struct tally *tally);

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

static void look_always(struct tally *tally, bool may_ask_kms)
{
	static struct drm_scan scan;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	become_user();
	for (;;) {
		memset(&scan, 0, sizeof(scan));
		scan.root = root;
		scan.is_kms_off = !may_ask_kms;
		scan.may_ask_kms = may_ask_kms;
		scan.uid = OBSERVER_UID;
		ol_drm_scan(&scan);
		tally->looks++;
		tally->opens += scan.opens;
		tally->masters += scan.masters;
	}
}

static void look_only(struct tally *tally)
{
	look_always(tally, false);
}

static void look_with_kms(struct tally *tally)
{
	look_always(tally, true);
}

static void open_always(struct tally *tally)
{
	become_user();
	for (;;) {
		(void)close(open(CARD_NODE, O_RDONLY | O_CLOEXEC));
		tally->looks++;
		tally->opens++;
	}
}

static int change_beside(struct desk *desk, int times, const char *whom,
                         reader_fn reader)
{
	struct tally *tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
	                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t since_us = now_us();
	pid_t pid = fork();
	int refused;

	if (pid == 0)
		reader(tally);
	while (tally->looks == 0)
		(void)usleep(1000);
	refused = change(desk, times);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	printf("MEASURED %d changes of the virtual terminal in %.0f s beside "
	       "%s "
	       "(%u looks, %u opens of the card, %u of them became its "
	       "master): "
	       "refused %d times\n",
	       times, (double)(now_us() - since_us) / 1e6, whom, tally->looks,
	       tally->opens, tally->masters, refused);
	(void)munmap(tally, sizeof(*tally));
	return refused;
}

static void block_signals(sigset_t *old)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigaddset(&set, SIGUSR2);
	(void)sigprocmask(SIG_BLOCK, &set, old);
}

void terminal_cases(struct observer *observer, int card)
{
	struct desk desk = { .cards = { card,
		                        open(CARD_NODE, O_RDWR | O_CLOEXEC) } };
	uint64_t deadline_us;
	sigset_t old;
	int refused;

	block_signals(&old);
	if (!take_terminal(&desk.terminals[0], FIRST_VT) ||
	    !take_terminal(&desk.terminals[1], FIRST_VT + 1)) {
		row("two virtual terminals", "taken", NULL, false, observer, 0);
		return;
	}
	row("the terminal changes 10000 times", "never refused", NULL,
	    change_beside(&desk, CHANGES, "the library's looking", look_only) ==
	            0,
	    observer, 0);
	/* Rare, and a matter of luck: measured, not expected. */
	(void)change_beside(&desk, HARM_CHANGES, "the same with ONLOOKER_KMS",
	                    look_with_kms);
	/* Whether the two meet is luck: until they do. */
	deadline_us = now_us() + (uint64_t)WAIT_MS * 1000;
	do {
		refused = change_beside(&desk, HARM_CHANGES,
		                        "a careless opener", open_always);
	} while (refused == 0 && now_us() < deadline_us);
	row("the terminal changes beside a careless opener", "refused", NULL,
	    refused > 0, observer, 0);
	give_back(&desk);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
}
