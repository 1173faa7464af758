/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of results.  Readers may hold any number of snapshots for any time, so all of
 * them together have one budget, max_results.  Records of a census in progress belong to
 * its result until they are converted.
 */
#ifndef _CENSUS_RESULT_MEMORY_H
#define _CENSUS_RESULT_MEMORY_H

#include <linux/gfp.h>
#include <linux/types.h>

#include "base/budget.h"
#include "base/visible.h"

/* To the caller, with -EDQUOT. */
#define CENSUS_RESULTS_FULL \
	"results use all of max_results: close sockets and files that hold a census, name fewer processes, or raise max_results"

/**
 * census_results_hold() - begin to hold a result
 * @ns: PID namespace of the reader
 * @bytes: of the result, which is in &census_results
 * @held: increased by what census_results_leave() gives back
 *
 * Return: false if readers who do not see all processes hold their part of max_results.
 */
static inline bool census_results_hold(const struct pid_namespace *ns, u64 bytes, u64 *held)
{
	if (census_sees_all(ns))
		return true;
	if (!census_budget_take(&census_results_of_others, bytes))
		return false;
	*held += bytes;
	return true;
}

static inline void census_results_leave(u64 held)
{
	census_budget_give(&census_results_of_others, held);
}

struct census_arena_chunk;

/**
 * struct census_arena - memory that is freed all at once
 * @chunks: the newest one first
 * @free: bytes at the end of the newest one
 * @bytes: taken from the budget
 * @account: charge the memory to the cgroup of the caller
 * @full: the budget was used up
 *
 * A record costs its own size, not that of the next larger slab.
 */
struct census_arena {
	struct census_arena_chunk *chunks;
	u32 free;
	u64 bytes;
	bool account;
	bool full;
};

/* Alignment of all memory: that of unsigned __int128. */
#define CENSUS_ARENA_ALIGN 16

bool census_arena_has(const struct census_arena *a, size_t size);
bool census_arena_reserve(struct census_arena *a, size_t size);
void *census_arena_alloc(struct census_arena *a, size_t size);
void census_arena_free(struct census_arena *a);

#endif /* _CENSUS_RESULT_MEMORY_H */
