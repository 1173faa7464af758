/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When record --on-pressure takes a census: at each interval, and more often while tasks
 * stall for memory, within a budget of CPU time.
 */
#ifndef READER_RECORD_PACE_H
#define READER_RECORD_PACE_H

#include "lib/failure.h"
#include "lib/budget.h"

/* Least time from one census to the next while a trigger fires, ns. */
#define PACE_PRESSED	UINT64_C(1000000000)

/**
 * struct pace - the times of censuses
 * @fd: of the file that has a trigger of pressure stall information (PSI); closing it removes the
 *	trigger; -1: the cgroup is gone
 * @path: of that file, for messages; owned
 * @of_cgroup: it is of a cgroup
 * @interval: between two censuses without pressure, ns; 0: only one at the start
 * @budget: CPU time of this process and of the census
 * @due: time of the next one without pressure, ns of CLOCK_MONOTONIC; UINT64_MAX: never
 * @soon: time of one that pace_hurry() asked for; UINT64_MAX: none
 * @pressed: until then tasks stall
 * @last: start of the last census
 * @used: CPU time of this process that the budget knows
 * @cost: CPU time of the last census, all in all
 */
struct pace {
	int fd;
	char *path;
	bool of_cgroup;
	uint64_t interval;
	struct budget budget;
	uint64_t due;
	uint64_t soon;
	uint64_t pressed;
	uint64_t last;
	uint64_t used;
	uint64_t cost;
};

/*
 * @cgroup: of its pressure; NULL or the root: of the machine.  @share of one processor.  0, or -1
 * and @why, which names the file and says what to do; pace_close() in both cases.
 */
int pace_open(struct pace *pace, const char *cgroup, uint64_t interval, double share,
	      struct failure *why);
void pace_close(struct pace *pace);

/* Waits until a census is due; false if a stop is requested. */
bool pace_wait(struct pace *pace);

/* A census ended. */
void pace_took(struct pace *pace);

/* Asks for a census at @moment or earlier, as the budget allows. */
void pace_hurry(struct pace *pace, uint64_t moment);

/* Whether tasks stall for memory. */
bool pace_is_pressed(const struct pace *pace);

#endif /* READER_RECORD_PACE_H */
