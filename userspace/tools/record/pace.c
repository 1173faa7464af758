// SPDX-License-Identifier: GPL-2.0
/* When a recorder takes a census. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/signals.h"
#include "os/cgroups.h"
#include "os/procfs.h"
#include "tools/record/pace.h"

/* A trigger fires if some task stalls for so long in each window; ns. */
#define PRESSURE_STALL		UINT64_C(100000000)
#define PRESSURE_WINDOW		UINT64_C(2000000000)

/* A trigger fires once in a window at most: after two without it, nothing stalls. */
#define HOLD	(2 * PRESSURE_WINDOW)

/* The log is read so often at most, as others write there too; ns. */
#define LOG_TURN	(NSEC_PER_SEC / 5)

/* From a kill to the census that shows what came back, ns: the victim is gone in a second. */
#define AFTER_KILL	(NSEC_PER_SEC * 3 / 2)

/* How often to look for a cgroup that was removed, ns. */
#define AGAIN	(5 * NSEC_PER_SEC)

static int no_trigger(const struct pace *pace, int error, struct failure *why)
{
	if (error == EPERM || error == EACCES)
		return fail(why, FAIL_PRIVILEGE,
			    "cannot wait for pressure in '%.200s': permission denied: run as root (CAP_SYS_RESOURCE)",
			    pace->path);
	if (error == EROFS)
		return fail(why, FAIL_PRIVILEGE,
			    "cannot wait for pressure in '%.200s': it is mounted read-only here",
			    pace->path);
	if (pace->of_cgroup && error == ENOENT)
		return fail(why, FAIL_SYSTEM,
			    "no '%.200s': pressure of cgroups needs cgroup v2 and a kernel with CONFIG_PSI, started without psi=0 (or cgroup.pressure is 0)",
			    pace->path);
	if (error == ENOENT || error == EOPNOTSUPP)
		return fail(why, FAIL_SYSTEM,
			    "no pressure in '%.200s': this kernel has no CONFIG_PSI, or it is off: start it with psi=1, or record at an INTERVAL without '--on-pressure'",
			    pace->path);
	return fail(why, FAIL_SYSTEM, "cannot wait for pressure in '%.200s': %s", pace->path,
		    strerror(error));
}

/* Returns 0 or an error number. */
static int set_trigger(struct pace *pace)
{
	char trigger[64];
	int error = 0;

	/* Without O_RDWR there is no trigger; a process without rights may only use 2 s. */
	pace->fd = open(pace->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (pace->fd < 0)
		return errno;
	snprintf(trigger, sizeof(trigger), "some %" PRIu64 " %" PRIu64, PRESSURE_STALL / 1000,
		 PRESSURE_WINDOW / 1000);
	if (write(pace->fd, trigger, strlen(trigger) + 1) < 0)
		error = errno;
	if (!error)
		return 0;
	close(pace->fd);
	pace->fd = -1;
	return error;
}

/* Asks for a census at @moment or earlier, as the budget allows. */
static void hurry(struct pace *pace, uint64_t moment)
{
	if (pace->soon > moment)
		pace->soon = moment;
}

void pace_killed(struct pace *pace)
{
	hurry(pace, pace->last + PACE_PRESSED);
	pace->later = signals_now() + AFTER_KILL;
}

/* What may end a wait. */
enum {
	WAIT_PRESSURE,
	WAIT_MOVES,
	WAIT_LOG,
	WAIT_KINDS,
};

/* If the cgroup is removed, says so on stderr. */
static void read_trigger(struct pace *pace, short events)
{
	if (events & POLLPRI && !(events & POLLERR)) {
		pace->pressed = signals_now() + HOLD;
	} else if (events) {
		fprintf(stderr, "memcensus: '%s' is gone: looking for it again\n", pace->path);
		close(pace->fd);
		pace->fd = -1;
	}
}

static void read_log(struct pace *pace)
{
	pace->log_again = signals_now() + LOG_TURN;
	if (kill_lines_read(pace->lines, KILL_LINES_TURN, NULL))
		pace_killed(pace);
}

/*
 * Waits until something happens, or until @moment or earlier; false if a stop is requested.  A file
 * that has news, of which more would change nothing now, is left out.
 */
static bool wait_once(struct pace *pace, uint64_t moment)
{
	struct pollfd polls[WAIT_KINDS] = {
		[WAIT_PRESSURE] = { .events = POLLPRI },
		[WAIT_MOVES] = { .fd = -1, .events = POLLIN },
		[WAIT_LOG] = { .fd = -1, .events = POLLIN },
	};
	const uint64_t now = signals_now();

	if (pace->fd < 0 && pace->path) {
		set_trigger(pace);
		if (pace->fd < 0 && now + AGAIN < moment)
			moment = now + AGAIN;
	}
	polls[WAIT_PRESSURE].fd = pace->fd;
	if (pace->soon == UINT64_MAX)
		polls[WAIT_MOVES].fd = pace->moves.fd;
	if (pace->lines && now >= pace->log_again)
		polls[WAIT_LOG].fd = pace->lines->fd;
	else if (pace->lines && pace->log_again < moment)
		moment = pace->log_again;
	if (!signals_poll_until(polls, WAIT_KINDS, moment))
		return false;
	read_trigger(pace, polls[WAIT_PRESSURE].revents);
	if (polls[WAIT_MOVES].revents && moves_read(&pace->moves))
		hurry(pace, pace->last + PACE_MOVED);
	if (polls[WAIT_LOG].revents)
		read_log(pace);
	return true;
}

static int open_pressure(struct pace *pace, const char *cgroup, struct failure *why)
{
	int error;

	pace->of_cgroup = cgroup && strcmp(cgroup, "/");
	pace->path = pace->of_cgroup ? cgroup_file(cgroup, "memory.pressure") :
				       procfs_path("pressure/memory");
	if (!pace->path)
		return fail(why, FAIL_SYSTEM,
			    "no cgroup '%.200s' in the default hierarchy: pressure of cgroups needs cgroup v2",
			    cgroup);
	error = set_trigger(pace);
	return error ? no_trigger(pace, error, why) : 0;
}

int pace_open(struct pace *pace, const struct pace_options *options, struct failure *why)
{
	const uint64_t now = signals_now();

	*pace = (struct pace){
		.fd = -1,
		.moves.fd = -1,
		.lines = options->lines,
		.all_in_budget = options->on_pressure,
		.interval = options->interval,
		.due = now,
		.soon = UINT64_MAX,
		.later = UINT64_MAX,
		.used = budget_clock(),
	};
	budget_begin(&pace->budget, options->share, now);
	if (options->lines)
		moves_open(&pace->moves, options->cgroup);
	return options->on_pressure ? open_pressure(pace, options->cgroup, why) : 0;
}

void pace_close(struct pace *pace)
{
	if (pace->fd >= 0)
		close(pace->fd);
	moves_close(&pace->moves);
	free(pace->path);
}

bool pace_is_pressed(const struct pace *pace)
{
	return signals_now() < pace->pressed;
}

/* When the next census may start, as things are at @now. */
static uint64_t next(const struct pace *pace, uint64_t now)
{
	const uint64_t allowed = budget_when(&pace->budget, pace->cost, now);
	uint64_t due = pace->due, extra = pace->soon;

	if (now < pace->pressed && pace->last + PACE_PRESSED < extra)
		extra = pace->last + PACE_PRESSED;
	if (extra < allowed)
		extra = allowed;
	if (pace->all_in_budget && due < allowed)
		due = allowed;
	return due < extra ? due : extra;
}

bool pace_wait(struct pace *pace)
{
	uint64_t now = signals_now(), moment;

	while (now < (moment = next(pace, now))) {
		if (!wait_once(pace, moment))
			return false;
		now = signals_now();
	}
	/* After a kill, one that has what came back. */
	if (pace->soon <= now) {
		pace->soon = pace->later;
		pace->later = UINT64_MAX;
	}
	if (pace->due <= now)
		pace->due = pace->interval ?
			pace->due + ((now - pace->due) / pace->interval + 1) * pace->interval :
			UINT64_MAX;
	pace->last = now;
	return !signals_stopped();
}

void pace_took(struct pace *pace)
{
	const uint64_t used = budget_clock();

	pace->cost = used - pace->used;
	pace->used = used;
	budget_use(&pace->budget, pace->cost, signals_now());
}
