// SPDX-License-Identifier: GPL-2.0
/* When record --on-pressure takes a census. */
#include <stdbool.h>
#include <time.h>

#include "lib/signals.h"
#include "tools/record/pace.h"
#include "tools/record/pressure.h"

/* A trigger fires once in a window at most: after two without it, nothing stalls. */
#define HOLD	(2 * PRESSURE_WINDOW)

/* CPU time of this process, with that of the census that it waited for, ns. */
static uint64_t cpu_now(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * NSEC_PER_SEC + used.tv_nsec;
}

int pace_open(struct pace *pace, const char *cgroup, uint64_t interval, double share,
	      struct failure *why)
{
	const uint64_t now = signals_now();

	*pace = (struct pace){
		.pressure = pressure_open(cgroup, why),
		.interval = interval,
		.due = now,
		.soon = UINT64_MAX,
		.used = cpu_now(),
	};
	budget_begin(&pace->budget, share, now);
	return pace->pressure ? 0 : -1;
}

void pace_close(struct pace *pace)
{
	if (pace->pressure)
		pressure_close(pace->pressure);
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
		switch (pressure_wait(pace->pressure, moment)) {
		case PRESSURE_STOPPED:
			return false;
		case PRESSURE_FIRED:
			pace->pressed = signals_now() + HOLD;
			break;
		case PRESSURE_QUIET:
			break;
		}
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
	const uint64_t used = cpu_now();

	pace->cost = used - pace->used;
	pace->used = used;
	budget_use(&pace->budget, pace->cost, signals_now());
}

void pace_hurry(struct pace *pace, uint64_t moment)
{
	if (pace->soon > moment)
		pace->soon = moment;
}
