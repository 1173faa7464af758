/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many address spaces own each frame and each swap slot: the tags that
 * owners.h marks, and the memory for them.
 *
 * Tags are in sections of 32,768 frames.  A section takes 2 KiB as soon as one
 * of its frames is marked, and 128 KiB, a thousandth of the memory it stands for,
 * as soon as a block of 64 frames in it has frames of different owners.  What a
 * scan has allocated is kept for the next one, and given back after idle time or
 * when the kernel wants memory.  Where memory cannot be had or the bound is reached, a frame is
 * left unmarked and counted by its map count instead.
 *
 * One scan at a time, so none of this locks but what the shrinker meets.
 */
#ifndef _CENSUS_FRAMES_H
#define _CENSUS_FRAMES_H

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/swap.h>

#include "account.h"
#include "walk.h"

/**
 * struct census_space - tags of things that have numbers
 * @sections: by number
 * @nr: entries of @sections
 */
struct census_space {
	struct census_section *sections;
	unsigned long nr;
};

/**
 * struct census_frames - the owners of everything
 * @cached: in the list of those kept for the next scan
 * @owners: the sets
 * @frames: tags by frame number
 * @swap: tags by slot, of each swap device
 * @markers: of the owner that marks now, by kind
 * @hugetlb: sizes met, in base pages, by kind from %CENSUS_OF_HUGETLB on
 * @free_blocks: arrays that are not in use, linked through their first bytes
 * @free_tags: the same of tags
 * @max_chunks: entries of @owners.chunks
 * @next_owner: the numbers of all owners are lower; set before it is settled
 * @memory: bytes in use, but those of @holdings
 * @peak: the most of it in this scan
 * @limit: bytes that may be
 * @swap_lost: a swap slot was left unmarked: shares of swap cannot be told
 * @lost: a frame was left unmarked; where, is in its section
 * @lost_anywhere: and its section could not be had
 * @starved: an allocation has failed.  For each thing that is to be marked one
 *	may be wanted, and each may take as long as reclaim does, under an mmap
 *	lock: so none is tried again before the next address space
 * @moved: frames that had been given up by who had marked them
 * @holdings: after census_frames_settle()
 * @total: after census_frames_settle(): frames, hugetlb not included; @alone is
 *	not used
 * @violated: after census_frames_settle(): all shares together are not all
 *	frames, which is a bug
 */
struct census_frames {
	struct list_head cached;
	struct census_owners owners;
	struct census_space frames;
	struct census_space swap[MAX_SWAPFILES];
	struct census_marker markers[CENSUS_KINDS];
	unsigned int hugetlb[CENSUS_HUGETLB_SIZES];
	u32 *free_blocks;
	u32 *free_tags;
	u32 max_chunks;
	u32 next_owner;
	u64 memory;
	u64 peak;
	u64 limit;
	bool swap_lost;
	bool lost;
	bool lost_anywhere;
	bool starved;
	u64 moved;
	struct census_holding *holdings;
	struct census_holding total;
	bool violated;
};

/* The most things that one page table or huge page marks at once. */
#define CENSUS_BATCH_MAX max_t(unsigned int, PTRS_PER_PTE, PMD_SIZE / PAGE_SIZE)

struct census_frames *census_frames_alloc(u64 limit);
void census_frames_free(struct census_frames *f);
struct census_frames *census_frames_begin(u64 limit);
void census_frames_end(struct census_frames *f);
int census_frames_init(void);
void census_frames_exit(void);

void census_frames_turn(struct census_frames *f, u32 owner, u32 first,
			bool mixed);
unsigned int census_frames_mark_runs(struct census_frames *f,
				     enum census_kind_of_thing kind,
				     const struct census_run *runs,
				     unsigned int nr,
				     struct census_holding *lost,
				     unsigned long *nr_pages);
void census_frames_mark_page(struct census_frames *f,
			     enum census_kind_of_thing kind, unsigned long pfn,
			     struct census_holding *lost);
void census_frames_mark_hugetlb(struct census_frames *f,
				const struct census_run *run,
				struct census_holding *lost);
void census_frames_mark_swap(struct census_frames *f,
			     const struct census_run *run);
struct census_holding *census_frames_join(struct census_frames *f,
					  const u32 *group_of, u32 nr_groups);
bool census_frames_swapped(struct census_frames *f);
int census_frames_settle(struct census_frames *f);

struct census_section *census_frames_section(struct census_frames *f,
					     struct census_space *space,
					     unsigned long number, bool tags);
bool census_frames_room(struct census_frames *f, unsigned int nr);
void census_frames_lose(struct census_frames *f, unsigned long pfn,
			unsigned int nr);
void census_frames_unsure(struct census_frames *to,
			  const struct census_frames *from);
void *census_frames_memory(struct census_frames *f, size_t size);
void census_frames_give(struct census_frames *f, void *memory, size_t size);
int census_frames_holdings_alloc(struct census_frames *f);
void census_frames_check(struct census_frames *f);

static inline u64 census_frames_holdings_size(const struct census_frames *f)
{
	return (u64)f->next_owner * CENSUS_KINDS * sizeof(*f->holdings);
}

static inline const struct census_holding *
census_frames_holdings(const struct census_frames *f, u32 owner)
{
	return &f->holdings[(u64)owner * CENSUS_KINDS];
}

#endif /* _CENSUS_FRAMES_H */
