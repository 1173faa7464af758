/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random trees of processes: each process maps, writes, protects, moves, advises, swaps and
 * forks at random and then stops, before the one that forked it goes on.  What it does depends
 * on the seed, and on what KSM, khugepaged and reclaim do in the meantime.
 */
#ifndef _TREES_H
#define _TREES_H

#include <stdint.h>
#include <sys/types.h>

/* Processes of a tree at most. */
#define TREE_MAX	24

/**
 * struct tree - a tree of stopped processes, in shared memory
 * @seed: see tree_start()
 * @flavour: what it does most, for a diagnostic
 * @n: number of processes
 * @pids: of those that stopped; 0: it exited, or has exited since
 * @operations: performed by all processes
 */
struct tree {
	uint64_t seed;
	const char *flavour;
	unsigned int n;
	pid_t pids[TREE_MAX];
	unsigned long operations;
};

/*
 * Starts the tree of @seed.  Settings of KSM and of THP, and the size of the pool of hugetlb
 * pages, become the seed's.  NULL: its first process did not start, or there is no memory.
 */
struct tree *tree_start(uint64_t seed);
/* Kills all processes of the tree, waits for all children, and frees it; NULL is allowed. */
void tree_end(struct tree *tree);

/*
 * Keeps the settings that tree_start() changes, and restores them.  Between, the caller gets
 * the children of processes of a tree that exit, and has no other children.
 */
void trees_begin(void);
void trees_end(void);

#endif /* _TREES_H */
