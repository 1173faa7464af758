// SPDX-License-Identifier: GPL-2.0
/* When record --on-pressure takes a census. */
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

/*
 * Waits until the trigger fires, or until @moment or earlier; false if a stop is requested.  If
 * the cgroup is removed, says so on stderr, and looks for it every few seconds.
 */
static bool wait_once(struct pace *pace, uint64_t moment)
{
	struct pollfd poll = { .events = POLLPRI };
	const uint64_t again = signals_now() + AGAIN;

	if (pace->fd < 0)
		set_trigger(pace);
	poll.fd = pace->fd;
	if (!signals_poll_until(&poll, 1, pace->fd < 0 && again < moment ? again : moment))
		return false;
	if (poll.revents & POLLPRI && !(poll.revents & POLLERR)) {
		pace->pressed = signals_now() + HOLD;
	} else if (poll.revents) {
		fprintf(stderr, "memcensus: '%s' is gone: looking for it again\n", pace->path);
		close(pace->fd);
		pace->fd = -1;
	}
	return true;
}

int pace_open(struct pace *pace, const char *cgroup, uint64_t interval, double share,
	      struct failure *why)
{
	const uint64_t now = signals_now();
	int error;

	*pace = (struct pace){
		.fd = -1,
		.of_cgroup = cgroup && *cgroup,
		.interval = interval,
		.due = now,
		.soon = UINT64_MAX,
		.used = budget_clock(),
	};
	pace->path = pace->of_cgroup ? cgroup_file(cgroup, "memory.pressure") :
				       procfs_path("pressure/memory");
	budget_begin(&pace->budget, share, now);
	if (!pace->path)
		return fail(why, FAIL_SYSTEM,
			    "no cgroup '%.200s' in the default hierarchy: pressure of cgroups needs cgroup v2",
			    cgroup);
	error = set_trigger(pace);
	return error ? no_trigger(pace, error, why) : 0;
}

void pace_close(struct pace *pace)
{
	if (pace->fd >= 0)
		close(pace->fd);
	free(pace->path);
}

bool pace_is_pressed(const struct pace *pace)
{
	return signals_now() < pace->pressed;
}

/* When the next census may start, as things are at @now. */
static uint64_t next(const struct pace *pace, uint64_t now)
{
	uint64_t moment = pace->due < pace->soon ? pace->due : pace->soon, allowed;

	if (now < pace->pressed && pace->last + PACE_PRESSED < moment)
		moment = pace->last + PACE_PRESSED;
	allowed = budget_when(&pace->budget, pace->cost, now);
	return allowed > moment ? allowed : moment;
}

bool pace_wait(struct pace *pace)
{
	uint64_t now = signals_now(), moment;

	while (now < (moment = next(pace, now))) {
		if (!wait_once(pace, moment))
			return false;
		now = signals_now();
	}
	if (pace->soon <= now)
		pace->soon = UINT64_MAX;
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

void pace_hurry(struct pace *pace, uint64_t moment)
{
	if (pace->soon > moment)
		pace->soon = moment;
}
