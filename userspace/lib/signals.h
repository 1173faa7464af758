/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SIGINT, SIGTERM and SIGHUP end the program in order: it still prints an average,
 * closes a record and restores the terminal.
 */
#ifndef READER_SIGNALS_H
#define READER_SIGNALS_H

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NSEC_PER_SEC	UINT64_C(1000000000)

/*
 * From now on these signals are recorded; they only interrupt a blocking system
 * call.  Without this call they terminate the program, as by default.
 */
void signals_catch(void);

/* Requests the same stop from within: nothing reads the output any more. */
void signals_stop(void);
bool signals_stopped(void);

/* Sleeps until @moment, ns of CLOCK_MONOTONIC; false if a stop is requested. */
bool signals_sleep_until(uint64_t moment);

/* The same, or until one of @polls, @n, is ready, which it then says. */
bool signals_poll_until(struct pollfd *polls, nfds_t n, uint64_t moment);

/* The current time, ns of CLOCK_MONOTONIC. */
uint64_t signals_now(void);

/* The current time, ns since 1970. */
uint64_t signals_realtime(void);

static inline struct timespec signals_timespec(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / NSEC_PER_SEC), (long)(ns % NSEC_PER_SEC) };
}

/*
 * Starts a thread that leaves all signals to the others, except @enabled, 0: none.
 * Returns 0 or an error number.
 */
int signals_thread(pthread_t *thread, int enabled, void *(*run)(void *arg), void *arg);

#endif /* READER_SIGNALS_H */
