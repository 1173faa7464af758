// SPDX-License-Identifier: GPL-2.0
/* Turns SIGINT, SIGTERM and SIGHUP into an orderly end. */
#include <signal.h>

#include "lib/signals.h"

static volatile sig_atomic_t asked;

static void remember(int number)
{
	(void)number;
	asked = 1;
}

/* Blocked except in ppoll(), so that no signal is missed just before it. */
static void signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(how, &set, NULL);
}

void signals_catch(void)
{
	/* No SA_RESTART: the blocking system call must return. */
	const struct sigaction action = { .sa_handler = remember };
	struct sigaction before;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* nohup ignores SIGHUP: keep it so. */
	sigaction(SIGHUP, NULL, &before);
	if (before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
}

void signals_stop(void)
{
	asked = 1;
}

bool signals_stopped(void)
{
	return asked;
}

static uint64_t time_by(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

uint64_t signals_now(void)
{
	return time_by(CLOCK_MONOTONIC);
}

uint64_t signals_realtime(void)
{
	return time_by(CLOCK_REALTIME);
}

bool signals_poll_until(struct pollfd *polls, nfds_t n, uint64_t moment)
{
	struct timespec left;
	sigset_t before;
	uint64_t now;
	int ready = 0;

	sigprocmask(SIG_SETMASK, NULL, &before);
	signals(SIG_BLOCK);
	while (!asked && ready <= 0 && (now = signals_now()) < moment) {
		left = signals_timespec(moment - now);
		ready = ppoll(polls, n, &left, &before);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return !asked;
}

bool signals_sleep_until(uint64_t moment)
{
	return signals_poll_until(NULL, 0, moment);
}

int signals_thread(pthread_t *thread, int enabled, void *(*run)(void *arg), void *arg)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	if (enabled)
		sigdelset(&all, enabled);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}
