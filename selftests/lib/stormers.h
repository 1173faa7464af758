/* SPDX-License-Identifier: GPL-2.0 */
/* What others do to memory while it is counted, without a pause. */
#ifndef _STORMERS_H
#define _STORMERS_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct stormer - one kind of storm
 * @name: for people
 * @ready: what is needed once; false where the kernel lacks it; or NULL
 * @once: a round of it, some milliseconds
 * @moves: pages of those who hold still are moved
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

/* A process that does @s for ever; -1 where the kernel lacks it. */
pid_t stormer_start(const struct stormer *s);
/* Ends it, and all it has started. */
void stormer_end(pid_t pid);
/* All processors and all memory are there again, nothing is set aside. */
void stormers_restore(void);

#endif /* _STORMERS_H */
