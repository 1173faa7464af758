// SPDX-License-Identifier: GPL-2.0
/* What the system gets back when a process ends. */
#include "model/returned.h"

static int64_t bytes_of(const struct figures *figures, unsigned int number)
{
	return KNOWN(figures, number) ? (int64_t)figures->v[number] : 0;
}

/* Pages that only it maps, without page cache and what MADV_FREE gave back. */
static int64_t exclusive(const struct figures *figures)
{
	int64_t anon = bytes_of(figures, MEMCENSUS_F_USS_ANON);

	/* Test data, and records that were cut. */
	if (!KNOWN(figures, MEMCENSUS_F_USS_ANON))
		return bytes_of(figures, MEMCENSUS_F_USS);
	anon -= bytes_of(figures, MEMCENSUS_F_LAZYFREE);
	return (anon > 0 ? anon : 0) + bytes_of(figures, MEMCENSUS_F_USS_SHMEM) +
	       bytes_of(figures, MEMCENSUS_F_USS_DEVICE);
}

struct amount returned_memory(const struct figures *figures)
{
	const bool swap = KNOWN(figures, MEMCENSUS_F_SWAP_USS) ||
			  (KNOWN(figures, MEMCENSUS_F_SWAP) && !figures->v[MEMCENSUS_F_SWAP]);

	return (struct amount){
		KNOWN(figures, MEMCENSUS_F_USS) && swap,
		exclusive(figures) + bytes_of(figures, MEMCENSUS_F_SWAP_USS) +
		bytes_of(figures, MEMCENSUS_F_PRIVATE_HUGETLB) +
		bytes_of(figures, MEMCENSUS_F_PAGETABLES) };
}

struct amount returned_stacks(const struct task *task, struct amount stack)
{
	const bool known = stack.known && KNOWN(task, MEMCENSUS_TASK_THREADS);

	return (struct amount){ true, known ? stack.bytes * (int64_t)task->threads : 0 };
}
