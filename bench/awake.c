// SPDX-License-Identifier: GPL-2.0
/*
 *	LD_PRELOAD=awake.so PROGRAM
 *
 * User Mode Linux counts CPU time in ticks, by which a program that a timer wakes always has one.
 * So CLOCK_PROCESS_CPUTIME_ID is here CLOCK_MONOTONIC less the time in ppoll(): the same where
 * nothing else runs.
 */
#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

#define NSEC 1000000000ULL

static uint64_t asleep;

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	__typeof__(clock_gettime) *real = dlsym(RTLD_NEXT, "clock_gettime");
	uint64_t ns;
	int ret;

	ret = real(clock == CLOCK_PROCESS_CPUTIME_ID ? CLOCK_MONOTONIC : clock, ts);
	if (ret || clock != CLOCK_PROCESS_CPUTIME_ID)
		return ret;
	ns = ts->tv_sec * NSEC + ts->tv_nsec - asleep;
	ts->tv_sec = ns / NSEC;
	ts->tv_nsec = ns % NSEC;
	return 0;
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	__typeof__(ppoll) *real = dlsym(RTLD_NEXT, "ppoll");
	uint64_t begin = now();
	int ret = real(fds, n, timeout, mask);

	asleep += now() - begin;
	return ret;
}
