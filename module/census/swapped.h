/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of shmem files in swap.  They are in no page table, but in the file's page cache, and have
 * no share, as in smaps.
 *
 * Users choose files, mappings and what is in swap.  So what is looked at of a page cache follows
 * what the walk has read, for each mapping on its own: what one process maps takes nothing from
 * others.  Beyond that, swap of this process is unknown.
 */
#ifndef _CENSUS_SWAPPED_H
#define _CENSUS_SWAPPED_H

#include <linux/mm_types.h>
#include <linux/types.h>

#include "walk/walk.h"

/*
 * Slots that may be looked at for a mapping, beyond the entries that the walk has read of it: those
 * of one more table.
 */
#define CENSUS_SWAPPED_SPARE 512

/* Entries of a mapping after which a lock hold ends: a look is one RCU section, of some 50 us. */
#define CENSUS_SWAPPED_ENTRIES 16384

struct census_tally;

/**
 * struct census_swapped - the pages of a file that a lock hold has passed
 * @cache: its page cache, valid within the RCU section of the hold; NULL: none is looked at
 * @offset: the page of the file that would be at address 0
 * @first: the first page
 * @end: behind the last page
 * @ptes: entries that the walk had read before
 * @spare: of %CENSUS_SWAPPED_SPARE, what is left
 */
struct census_swapped {
	struct address_space *cache;
	pgoff_t offset;
	pgoff_t first;
	pgoff_t end;
	u64 ptes;
	u64 spare;
};

/* Checks whether the hold is to end, for a look at what it has passed. */
static inline bool census_swapped_due(const struct census_swapped *s,
				      const struct census_walk *walk)
{
	return s->cache && (s->end > s->first || walk->ptes - s->ptes >= CENSUS_SWAPPED_ENTRIES);
}

void census_swapped_begin(struct census_tally *t, unsigned long addr);
void census_swapped_look(struct census_tally *t);

#endif /* _CENSUS_SWAPPED_H */
