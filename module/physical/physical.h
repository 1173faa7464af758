/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where all of physical memory is: one pass over the struct pages of each zone.  Each frame
 * has exactly one class, by the kernel's own flags and types.  No reference is taken, but of page
 * cache to find whose it is, after the pass.
 */
#ifndef _CENSUS_PHYSICAL_H
#define _CENSUS_PHYSICAL_H

#include <linux/types.h>
#include <linux/memcensus.h>

#include "base/compat.h"
#include "base/latest.h"
#include "physical/blocks.h"
#include "physical/files.h"
#include "physical/index.h"

/* The kernel has at most as many memory cgroups at a time. */
#define CENSUS_CHARGES_MAX 65536U

/**
 * struct census_charge - frames that are charged to a cgroup
 * @of: by its ID; 0: to none
 * @classes: number of frames by &enum memcensus_frame_class
 * @shared: frames that more than one page table entry maps
 * @pinned: frames that may be pinned for DMA
 */
struct census_charge {
	struct census_link of;
	u64 classes[MEMCENSUS_FC_MAX + 1];
	u64 shared;
	u64 pinned;
};

/**
 * struct census_physical_request - what a pass reports beside classes
 * @order: also blocks of 2^@order frames; 0: none
 * @cgroups: also the cgroups that frames are charged to
 * @files: also the page cache by file, and how many of the largest; 0: no
 */
struct census_physical_request {
	unsigned int order;
	bool cgroups;
	u32 files;
};

/**
 * struct census_physical_zone - one zone, in frames
 * @zone: it is never freed
 * @pfn: its first frame when the pass began
 * @nid: of its node
 * @name: of the zone
 * @spanned: from its first to its last frame: @holes, @others and all of @classes
 * @present: of existing memory, as the kernel counts it
 * @managed: by the buddy allocator, as the kernel counts it
 * @holes: without a struct page, or offline
 * @others: of another zone
 * @classes: by &enum memcensus_frame_class
 * @states: by &enum memcensus_frame_state
 * @blocks: number of free blocks by order
 * @contiguous: what is in the way of contiguous allocations
 */
struct census_physical_zone {
	struct zone *zone;
	unsigned long pfn;
	int nid;
	char name[MEMCENSUS_NAME_LEN];
	u64 spanned;
	u64 present;
	u64 managed;
	u64 holes;
	u64 others;
	u64 classes[MEMCENSUS_FC_MAX + 1];
	u64 states[MEMCENSUS_FS_MAX + 1];
	u64 blocks[CENSUS_ORDERS];
	struct census_frame_blocks contiguous;
};

/**
 * struct census_physical - the result of a pass
 * @result: freed by the last census_physical_put()
 * @req: what was requested
 * @bytes: of this struct, in the budget of results
 * @seq: number of the pass
 * @realtime: its start, ns since 1970
 * @wall: its duration, ns
 * @cpu: its CPU time, ns
 * @read: number of frames whose struct page was read
 * @changed: number of frames that were read again
 * @charges: &struct census_charge by cgroup
 * @files: by file
 * @nr_zones: length of @zones
 * @zones: those with memory
 */
struct census_physical {
	struct census_result result;
	struct census_physical_request req;
	u64 bytes;
	u64 seq;
	u64 realtime;
	u64 wall;
	u64 cpu;
	u64 read;
	u64 changed;
	struct census_index charges;
	struct census_frame_files files;
	u32 nr_zones;
	struct census_physical_zone zones[];
};

const struct census_physical *census_physical_get(const struct census_physical_request *req);
void census_physical_exit(void);

static inline void census_physical_put(const struct census_physical *r)
{
	if (r)
		census_result_put(&r->result);
}

#endif /* _CENSUS_PHYSICAL_H */
