// SPDX-License-Identifier: GPL-2.0
/* What the system gets back when a process ends. */
#include "model/memory-kinds.h"
#include "model/returned.h"

static int64_t bytes_of(const struct figures *figures, unsigned int number)
{
	return KNOWN(figures, number) ? (int64_t)figures->v[number] : 0;
}

/* Anonymous pages that only it maps, without what MADV_FREE gave back. */
static int64_t anon_of(const struct figures *figures)
{
	const int64_t anon = bytes_of(figures, MEMCENSUS_F_USS_ANON) -
			     bytes_of(figures, MEMCENSUS_F_LAZYFREE);

	return anon > 0 ? anon : 0;
}

/* Whether @kind is a part of its USS. */
static bool is_in_uss(enum memory_kind kind)
{
	return kind == MEMORY_ANON || kind == MEMORY_DEVICE || kind == MEMORY_KEPT_SHMEM;
}

struct amount returned_memory(const struct figures *figures)
{
	const bool swap = KNOWN(figures, MEMCENSUS_F_SWAP_USS) ||
			  (KNOWN(figures, MEMCENSUS_F_SWAP) && !figures->v[MEMCENSUS_F_SWAP]);
	/* Test data, and records that were cut. */
	const bool whole = !KNOWN(figures, MEMCENSUS_F_USS_ANON);
	int64_t bytes = whole ? bytes_of(figures, MEMCENSUS_F_USS) : anon_of(figures);
	enum memory_kind kind;
	struct amount amount;

	for (kind = 0; kind < MEMORY_KINDS; kind++) {
		amount = memory_of_kind(figures, kind);
		if (memory_kinds[kind].of_one && kind != MEMORY_ANON &&
		    !(whole && is_in_uss(kind)) && amount.known)
			bytes += amount.bytes;
	}
	return (struct amount){ KNOWN(figures, MEMCENSUS_F_USS) && swap, bytes };
}

struct amount returned_stacks(const struct task *task, struct amount stack)
{
	const bool known = stack.known && KNOWN(task, MEMCENSUS_TASK_THREADS);

	return (struct amount){ true, known ? stack.bytes * (int64_t)task->threads : 0 };
}
