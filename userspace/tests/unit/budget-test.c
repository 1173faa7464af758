// SPDX-License-Identifier: GPL-2.0
/* A budget of CPU time over simulated hours: what is used never exceeds it. */
#include <stdlib.h>

#include "tap.h"
#include "lib/budget.h"

#define SECOND	UINT64_C(1000000000)
#define HOUR	(3600 * SECOND)

/* The most that was used in any minute that begins with a use, in minutes' shares. */
struct course {
	double most;
	double all;
	unsigned int uses;
};

/*
 * An hour in which a census is wanted each second, at a cost of @least to twice that: a
 * census starts when the budget has what the last one took.
 */
static struct course run(double share, uint64_t least)
{
	static uint64_t times[4000], costs[4000];
	struct course course = { 0 };
	struct budget budget;
	uint64_t now = SECOND, cost = 0;
	unsigned int n = 0, first = 0, i;
	double used = 0;

	budget_begin(&budget, share, now);
	while (now < HOUR) {
		now = budget_when(&budget, cost, now);
		cost = least + (uint64_t)rand() % (least + 1);
		times[n] = now;
		costs[n++] = cost;
		now += cost;
		budget_use(&budget, cost, now);
		now += SECOND;
	}
	for (i = 0; i < n; i++) {
		used += costs[i];
		course.all += costs[i];
		while (times[i] - times[first] > BUDGET_SPAN)
			used -= costs[first++];
		if (course.most < used)
			course.most = used;
	}
	course.uses = n;
	course.most /= share * (double)BUDGET_SPAN;
	course.all /= share * (double)HOUR;
	return course;
}

int main(void)
{
	static const double shares[] = { 0.001, 0.01, 0.1 };
	static const uint64_t costs[] = { 100000, 10000000, 300000000 };
	struct budget budget;
	struct course course;
	uint64_t when;
	size_t i, j;

	for (i = 0; i < 3; i++) {
		for (j = 0; j < 3; j++) {
			course = run(shares[i], costs[j]);
			/*
			 * An hour may use what it earns, what is saved at the start, and the
			 * last census; a minute what it earns and what is saved.
			 */
			ok(course.all <= 1 + 1. / 60 + 2. * costs[j] / (shares[i] * HOUR) &&
			   course.most <= 2 + 2. * costs[j] / (shares[i] * BUDGET_SPAN),
			   "share %g, %g ms: %u censuses, %.3f of the budget, %.2f in a minute",
			   shares[i], costs[j] / 1e6, course.uses, course.all, course.most);
			/* What is earned is used if it is wanted. */
			ok(course.all > 0.9 || course.uses > 3000, "and it is used");
		}
	}
	budget_begin(&budget, 0.01, SECOND);
	ok(budget_when(&budget, 600000000, SECOND) == SECOND, "a minute's share is there at once");
	budget_use(&budget, 600000000, SECOND);
	when = budget_when(&budget, 10000000, SECOND);
	ok(when >= 2 * SECOND && when < 2 * SECOND + SECOND / 1000,
	   "10 ms at 1%% are earned in a second: %.6f s", (when - SECOND) / 1e9);
	when = budget_when(&budget, UINT64_MAX / 2, SECOND);
	ok(when > 60 * SECOND && when < 62 * SECOND,
	   "more than a minute earns: when a minute's share is there: %.1f s",
	   (when - SECOND) / 1e9);
	return tap_done();
}
