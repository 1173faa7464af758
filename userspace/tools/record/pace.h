/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When a recorder takes a census: at each interval; when the memory.events of a cgroup move, and at
 * an OOM kill; and with --on-pressure more often while tasks stall for memory.  All but the first
 * are within a budget of CPU time, and with --on-pressure all.
 */
#ifndef READER_RECORD_PACE_H
#define READER_RECORD_PACE_H

#include "lib/failure.h"
#include "lib/budget.h"
#include "tools/record/kill-lines.h"
#include "tools/record/moves.h"

/* Least time from one census to the next while a trigger fires, ns. */
#define PACE_PRESSED	UINT64_C(1000000000)

/* The same while memory.events move: a cgroup may be at its limit, of page cache, for days. */
#define PACE_MOVED	UINT64_C(10000000000)

/**
 * struct pace_options - what a recorder waits for
 * @cgroup: whose pressure and events; NULL or the root: of the machine
 * @on_pressure: PSI
 * @lines: of OOM kills, which it reads; NULL: it waits neither for kills nor for memory.events
 * @interval: between two censuses, ns; 0: only one at the start
 * @share: of one processor
 */
struct pace_options {
	const char *cgroup;
	bool on_pressure;
	struct kill_lines *lines;
	uint64_t interval;
	double share;
};

/**
 * struct pace - the times of censuses
 * @fd: of the file that has a trigger of pressure stall information (PSI); closing it removes the
 *	trigger; -1: the cgroup is gone, or there is none
 * @path: of that file, for messages; owned; NULL: it waits for no pressure
 * @of_cgroup: it is of a cgroup
 * @moves: memory.events
 * @lines: of OOM kills; NULL: not read
 * @log_again: when the log may be read again, ns of CLOCK_MONOTONIC
 * @all_in_budget: also the censuses that are due
 * @interval: between two censuses without pressure, ns; 0: only one at the start
 * @budget: CPU time of this process and of the census
 * @due: time of the next one without pressure, ns of CLOCK_MONOTONIC; UINT64_MAX: never
 * @soon: time of one because something happened; UINT64_MAX: none
 * @later: of a further one after that; UINT64_MAX: none
 * @pressed: until then tasks stall
 * @last: start of the last census
 * @used: CPU time of this process that the budget knows
 * @cost: CPU time of the last census, all in all
 */
struct pace {
	int fd;
	char *path;
	bool of_cgroup;
	struct moves moves;
	struct kill_lines *lines;
	uint64_t log_again;
	bool all_in_budget;
	uint64_t interval;
	struct budget budget;
	uint64_t due;
	uint64_t soon;
	uint64_t later;
	uint64_t pressed;
	uint64_t last;
	uint64_t used;
	uint64_t cost;
};

/*
 * 0, or -1 and @why, which names the file of pressure and says what to do; pace_close() in both
 * cases.
 */
int pace_open(struct pace *pace, const struct pace_options *options, struct failure *why);
void pace_close(struct pace *pace);

/* Waits until a census is due; false if a stop is requested. */
bool pace_wait(struct pace *pace);

/* A census ended. */
void pace_took(struct pace *pace);

/* A process was killed: asks for a census, and one that shows what came back. */
void pace_killed(struct pace *pace);

/* Whether tasks stall for memory. */
bool pace_is_pressed(const struct pace *pace);

#endif /* READER_RECORD_PACE_H */
