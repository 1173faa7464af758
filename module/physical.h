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

#include "compat.h"
#include "frame-blocks.h"
#include "frame-charges.h"
#include "frame-files.h"
#include "frame-lru.h"

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

/* Kinds of kernel frames in one pass; further ones are only summed. */
#define CENSUS_KERNEL_FRAMES 256

/**
 * struct census_kernel_key - what frames of one kind have in common
 * @flags: by the bits of linux/kernel-page-flags.h
 * @zone: index in the pass
 * @type: page_type; 0: none
 * @marks: MEMCENSUS_FRAME_MARK_*
 * @class: &enum memcensus_frame_class
 * @order: of the compound page; 0: not compound
 *
 * Without padding: compared by memcmp().
 */
struct census_kernel_key {
	u64 flags;
	u32 zone;
	u32 type;
	u32 marks;
	u16 class;
	u16 order;
};

/**
 * struct census_kernel_frames - frames of one kind
 * @key: the kind
 * @frames: number of frames; 0: not in use
 * @nr_first: number of @first
 * @first: the first frames, or the first ones of the first compound pages
 */
struct census_kernel_frames {
	struct census_kernel_key key;
	u64 frames;
	u32 nr_first;
	u64 first[MEMCENSUS_FIRST_FRAMES_MAX];
};

/**
 * struct census_physical_zone - one zone, in frames
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
 * @generations: of the multi-gen LRU
 * @contiguous: what is in the way of contiguous allocations
 */
struct census_physical_zone {
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
	struct census_generations generations;
	struct census_frame_blocks contiguous;
};

/**
 * struct census_physical - the result of a pass
 * @seq: number of the pass
 * @realtime: its start, ns since 1970
 * @wall: its duration, ns
 * @cpu: CPU time, ns
 * @read: number of frames whose struct page was read
 * @changed: number of frames that were read again
 * @left_out: number of frames in no record
 * @nr_kernel: number of @kernel in use
 * @kernel: hashed by key during the pass; then the largest ones first
 * @charges: by cgroup
 * @files: by file
 * @nr_zones: length of @zones
 * @zones: those with memory
 */
struct census_physical {
	u64 seq;
	u64 realtime;
	u64 wall;
	u64 cpu;
	u64 read;
	u64 changed;
	u64 left_out;
	u32 nr_kernel;
	struct census_kernel_frames kernel[CENSUS_KERNEL_FRAMES];
	struct census_charges charges;
	struct census_frame_files files;
	u32 nr_zones;
	struct census_physical_zone zones[];
};

struct census_physical *census_physical_take(const struct census_physical_request *req);
void census_physical_free(struct census_physical *r);

#endif /* _CENSUS_PHYSICAL_H */
