// SPDX-License-Identifier: GPL-2.0
/* Takes censuses in a separate thread. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "lib/memory.h"
#include "top/sampler.h"

/* Interval of the signals to a thread that must end, ns. */
#define TELL_NSEC	20000000

enum sampler_state {
	SAMPLER_IDLE,
	SAMPLER_ASKED,
	SAMPLER_READY,
	SAMPLER_ENDING,
};

/**
 * struct sampler - the thread and its result
 * @session: the caller's, see sampler.h
 * @thread: takes the censuses
 * @lock: protects @state; in SAMPLER_READY the caller may read the fields after it
 * @wake: the thread waits for it
 * @state: whose turn it is
 * @event: eventfd, readable when a census is ready
 * @taken, @snap, @why: the result of session_take()
 */
struct sampler {
	struct session *session;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	enum sampler_state state;
	int event;
	enum taken taken;
	struct snapshot *snap;
	struct failure why;
};

static void take_one(struct sampler *sampler)
{
	const uint64_t one = 1;

	pthread_mutex_unlock(&sampler->lock);
	sampler->taken = session_take(sampler->session, &sampler->snap, &sampler->why);
	pthread_mutex_lock(&sampler->lock);
	if (sampler->state == SAMPLER_ENDING)
		return;
	sampler->state = SAMPLER_READY;
	if (write(sampler->event, &one, sizeof(one)) != sizeof(one))
		abort();
}

static void *sampler_run(void *arg)
{
	struct sampler *sampler = arg;

	pthread_mutex_lock(&sampler->lock);
	while (sampler->state != SAMPLER_ENDING) {
		if (sampler->state == SAMPLER_ASKED)
			take_one(sampler);
		else
			pthread_cond_wait(&sampler->wake, &sampler->lock);
	}
	pthread_mutex_unlock(&sampler->lock);
	return NULL;
}

/*
 * The caller must get the signals: they interrupt its poll(), and ncurses needs them.
 * Only SIGTERM stays enabled: sampler_free() interrupts the system call of a scan by it.
 */
static int start_thread(struct sampler *sampler)
{
	sigset_t blocked, before;
	int error;

	sigfillset(&blocked);
	sigdelset(&blocked, SIGTERM);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	error = pthread_create(&sampler->thread, NULL, sampler_run, sampler);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

struct sampler *sampler_new(struct session *session, struct failure *why)
{
	struct sampler *sampler = xcalloc(1, sizeof(*sampler));
	int error;

	sampler->session = session;
	pthread_mutex_init(&sampler->lock, NULL);
	pthread_cond_init(&sampler->wake, NULL);
	sampler->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = sampler->event < 0 ? errno : start_thread(sampler);
	if (!error)
		return sampler;

	fail(why, FAIL_SYSTEM, "cannot start a thread: %s", strerror(error));
	if (sampler->event >= 0)
		close(sampler->event);
	free(sampler);
	return NULL;
}

void sampler_free(struct sampler *sampler)
{
	struct timespec until;

	pthread_mutex_lock(&sampler->lock);
	sampler->state = SAMPLER_ENDING;
	pthread_cond_signal(&sampler->wake);
	pthread_mutex_unlock(&sampler->lock);

	/* Repeat the signal: it may arrive just before the system call. */
	do {
		pthread_kill(sampler->thread, SIGTERM);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += TELL_NSEC;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
	} while (pthread_timedjoin_np(sampler->thread, NULL, &until) == ETIMEDOUT);

	snapshot_free(sampler->snap);
	pthread_cond_destroy(&sampler->wake);
	pthread_mutex_destroy(&sampler->lock);
	close(sampler->event);
	free(sampler);
}

void sampler_ask(struct sampler *sampler)
{
	pthread_mutex_lock(&sampler->lock);
	sampler->state = SAMPLER_ASKED;
	pthread_cond_signal(&sampler->wake);
	pthread_mutex_unlock(&sampler->lock);
}

int sampler_fd(const struct sampler *sampler)
{
	return sampler->event;
}

bool sampler_get(struct sampler *sampler, enum taken *taken, struct snapshot **snap,
		 struct failure *why)
{
	uint64_t n;

	if (read(sampler->event, &n, sizeof(n)) != sizeof(n))
		return false;
	pthread_mutex_lock(&sampler->lock);
	sampler->state = SAMPLER_IDLE;
	pthread_mutex_unlock(&sampler->lock);
	*taken = sampler->taken;
	*snap = sampler->snap;
	*why = sampler->why;
	sampler->snap = NULL;
	return true;
}
