// SPDX-License-Identifier: GPL-2.0
/* Takes censuses in a thread of its own. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "top/sampler.h"

/* How often a thread that is to end is told so. */
#define TELL_NSEC	20000000

enum taker_state {
	TAKER_IDLE,
	TAKER_ASKED,
	TAKER_READY,
	TAKER_ENDING,
};

/**
 * struct taker - the thread and what is handed over
 * @session: of the asker, see taker.h
 * @thread: takes
 * @lock: guards @state; who sees TAKER_READY may read what follows it
 * @wake: the thread waits here
 * @state: whose turn it is
 * @event: counts censuses that are ready
 * @taken, @snap, @why: what session_take() said
 */
struct taker {
	struct session *session;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	enum taker_state state;
	int event;
	enum taken taken;
	struct snapshot *snap;
	struct failure why;
};

static void take_one(struct taker *taker)
{
	const uint64_t one = 1;

	pthread_mutex_unlock(&taker->lock);
	taker->taken = session_take(taker->session, &taker->snap, &taker->why);
	pthread_mutex_lock(&taker->lock);
	if (taker->state == TAKER_ENDING)
		return;
	taker->state = TAKER_READY;
	if (write(taker->event, &one, sizeof(one)) != sizeof(one))
		abort();
}

static void *taker_run(void *arg)
{
	struct taker *taker = arg;

	pthread_mutex_lock(&taker->lock);
	while (taker->state != TAKER_ENDING) {
		if (taker->state == TAKER_ASKED)
			take_one(taker);
		else
			pthread_cond_wait(&taker->wake, &taker->lock);
	}
	pthread_mutex_unlock(&taker->lock);
	return NULL;
}

/*
 * Signals are the asker's: they end its poll, and ncurses wants them there.
 * But for SIGTERM, by which taker_free() ends the system call of a scan.
 */
static int start_thread(struct taker *taker)
{
	sigset_t blocked, before;
	int error;

	sigfillset(&blocked);
	sigdelset(&blocked, SIGTERM);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	error = pthread_create(&taker->thread, NULL, taker_run, taker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

struct taker *taker_new(struct session *session, struct failure *why)
{
	struct taker *taker = calloc(1, sizeof(*taker));
	int error;

	if (!taker) {
		fail_memory(why);
		return NULL;
	}
	taker->session = session;
	pthread_mutex_init(&taker->lock, NULL);
	pthread_cond_init(&taker->wake, NULL);
	taker->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = taker->event < 0 ? errno : start_thread(taker);
	if (!error)
		return taker;

	fail(why, FAIL_SYSTEM, "cannot start a thread: %s", strerror(error));
	if (taker->event >= 0)
		close(taker->event);
	free(taker);
	return NULL;
}

void taker_free(struct taker *taker)
{
	struct timespec until;

	pthread_mutex_lock(&taker->lock);
	taker->state = TAKER_ENDING;
	pthread_cond_signal(&taker->wake);
	pthread_mutex_unlock(&taker->lock);

	/* Again and again: the first may come just before the system call. */
	do {
		pthread_kill(taker->thread, SIGTERM);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += TELL_NSEC;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
	} while (pthread_timedjoin_np(taker->thread, NULL, &until) == ETIMEDOUT);

	snapshot_free(taker->snap);
	pthread_cond_destroy(&taker->wake);
	pthread_mutex_destroy(&taker->lock);
	close(taker->event);
	free(taker);
}

void taker_ask(struct taker *taker)
{
	pthread_mutex_lock(&taker->lock);
	taker->state = TAKER_ASKED;
	pthread_cond_signal(&taker->wake);
	pthread_mutex_unlock(&taker->lock);
}

int taker_fd(const struct taker *taker)
{
	return taker->event;
}

bool taker_get(struct taker *taker, enum taken *taken, struct snapshot **snap,
	       struct failure *why)
{
	uint64_t n;

	if (read(taker->event, &n, sizeof(n)) != sizeof(n))
		return false;
	pthread_mutex_lock(&taker->lock);
	taker->state = TAKER_IDLE;
	pthread_mutex_unlock(&taker->lock);
	*taken = taker->taken;
	*snap = taker->snap;
	*why = taker->why;
	taker->snap = NULL;
	return true;
}
