// SPDX-License-Identifier: GPL-2.0
/* A budget of CPU time. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/budget.h"
#include "lib/signals.h"

uint64_t budget_clock(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * NSEC_PER_SEC + used.tv_nsec;
}

bool budget_parse(double *share, const char *text)
{
	char *end;

	*share = strtod(text, &end) / 100;
	return end != text && !strcmp(end, "%") && *share >= 0.0001 && *share <= 1;
}

static double most(const struct budget *budget)
{
	return budget->share * (double)BUDGET_SPAN;
}

/* What is left at @now. */
static double left_at(const struct budget *budget, uint64_t now)
{
	const double left = budget->credit + budget->share * (double)(now - budget->at);

	return left < most(budget) ? left : most(budget);
}

void budget_begin(struct budget *budget, double share, uint64_t now)
{
	budget->share = share;
	budget->credit = most(budget);
	budget->at = now;
}

void budget_use(struct budget *budget, uint64_t cost, uint64_t now)
{
	budget->credit = left_at(budget, now) - (double)cost;
	budget->at = now;
}

uint64_t budget_when(const struct budget *budget, uint64_t cost, uint64_t now)
{
	const double wanted = (double)cost < most(budget) ? (double)cost : most(budget);
	const double missing = wanted - left_at(budget, now);

	return missing > 0 ? now + (uint64_t)(missing / budget->share) + 1 : now;
}
