/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ctrl-C, SIGTERM and SIGHUP end the program in order: with an average, a closed
 * record, a clean terminal.
 */
#ifndef READER_SIGNALS_H
#define READER_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * From now on these signals are remembered and end no more than the system
 * call that waits.  Without this they end the program, as everywhere.
 */
void signals_catch(void);

/* The same from within: nothing reads the output any more. */
void signals_stop(void);

/* Whether one of them has come since. */
bool signals_stopped(void);

/* Sleeps to @moment, ns of CLOCK_MONOTONIC; false where a stop was asked for. */
bool signals_sleep_until(uint64_t moment);

/* Now, in ns of CLOCK_MONOTONIC. */
uint64_t signals_now(void);

#endif /* READER_SIGNALS_H */
