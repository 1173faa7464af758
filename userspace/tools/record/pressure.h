/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waits until tasks stall for lack of memory: triggers of pressure stall information (PSI).
 */
#ifndef READER_PRESSURE_H
#define READER_PRESSURE_H

#include <stdint.h>

#include "lib/failure.h"

/* A trigger fires if some task stalls for so long in each window; ns. */
#define PRESSURE_STALL		UINT64_C(100000000)
#define PRESSURE_WINDOW		UINT64_C(2000000000)

struct pressure;

/*
 * Opens a trigger of the machine; or of the cgroup @path, from the root of the default
 * hierarchy or its directory, unless @path is NULL or the root.  NULL and @why, which names
 * the file and says what to do.
 */
struct pressure *pressure_open(const char *path, struct failure *why);
void pressure_close(struct pressure *pressure);

/* Result of waiting for a trigger. */
enum pressure_status {
	PRESSURE_FIRED,
	PRESSURE_QUIET,		/* the time is over */
	PRESSURE_STOPPED,	/* a stop is requested */
};

/*
 * Waits until the trigger fires, or until @moment, ns of CLOCK_MONOTONIC.  If the cgroup is
 * removed, says so on stderr, and looks for it every few seconds.
 */
enum pressure_status pressure_wait(struct pressure *pressure, uint64_t moment);

#endif /* READER_PRESSURE_H */
