/* SPDX-License-Identifier: GPL-2.0 */
/* Continuous load on the memory system during a census. */
#ifndef _STORMERS_H
#define _STORMERS_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct stormer - one kind of storm
 * @name: for diagnostics
 * @ready: set-up; false if the kernel lacks support; or NULL
 * @once: one round, some milliseconds
 * @moves: it moves pages of other processes
 */
struct stormer {
	const char *name;
	bool (*ready)(void);
	void (*once)(void);
	bool moves;
};

extern const struct stormer stormers[];
extern const unsigned int nr_stormers;

void storm_exits(void);
void storm_execs(void);
void storm_maps(void);
void storm_huge_pages(void);
void storm_compacts(void);
void storm_threads(void);

/* Starts a process that repeats @s for ever; -1 if the kernel lacks support. */
pid_t stormer_start(const struct stormer *s);
/* Ends it and all its children. */
void stormer_end(pid_t pid);
/* Brings all CPUs and memory blocks online again, empties the hugetlb pool. */
void stormers_restore(void);

#endif /* _STORMERS_H */
