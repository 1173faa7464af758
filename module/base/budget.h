/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory for counting: limits, and a reserve for lock holds.
 *
 * All that grows with memory, mappings or files is in chunks, which a budget accounts.
 */
#ifndef _CENSUS_BUDGET_H
#define _CENSUS_BUDGET_H

#include <linux/atomic.h>
#include <linux/limits.h>
#include <linux/types.h>

/**
 * struct census_budget - a limit
 * @parent: budget of which this is a part, or NULL
 * @limit: bytes
 * @used: bytes
 * @peak: maximum of @used, bytes
 * @locked: an mmap or VMA lock may be held: memory is taken without sleeping
 */
struct census_budget {
	struct census_budget *parent;
	u64 limit;
	atomic64_t used;
	atomic64_t peak;
	bool locked;
};

/* A part of @parent without a limit of its own, for memory that is needed under locks. */
static inline struct census_budget census_budget_locked(struct census_budget *parent)
{
	return (struct census_budget) { .parent = parent, .limit = U64_MAX, .locked = true };
}

/*
 * Of all results together: max_results; and of those that readers hold who do not see all
 * processes, each as often as it is held: so that a part is left for the others.
 */
extern struct census_budget census_results;
extern struct census_budget census_results_of_others;

bool census_budget_take(struct census_budget *budget, u64 bytes);
void census_budget_give(struct census_budget *budget, u64 bytes);

int census_budgets_init(void);
void census_budgets_exit(void);
bool census_reserve_low(void);
bool census_reserve_fill(void);

#endif /* _CENSUS_BUDGET_H */
