/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames of the kernel without a type, by kind: what struct page tells of them.  A pass keeps a
 * bounded number of kinds, the largest.  It has no kernel state, so that selftests/host tests the
 * same file on the host.
 */
#ifndef _CENSUS_PHYSICAL_KINDS_H
#define _CENSUS_PHYSICAL_KINDS_H

#include <linux/types.h>
#include <linux/memcensus.h>

#include "base/table.h"

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

#define CENSUS_KIND_WORDS (sizeof(struct census_kernel_key) / sizeof(u64))

/**
 * struct census_kernel_frames - frames of one kind
 * @key: the kind
 * @frames: number of frames
 * @before: at most as many others of this kind were left out, before it had a record
 * @next: number of the next record of the chain, from 1; 0: none
 * @nr_first: number of @first
 * @first: the first frames, or the first ones of the first compound pages
 */
struct census_kernel_frames {
	struct census_kernel_key key;
	u64 frames;
	u64 before;
	u16 next;
	u32 nr_first;
	u64 first[MEMCENSUS_FIRST_FRAMES_MAX];
};

/**
 * struct census_kind_size - a place in the heap of records
 * @frames: how many the record had, with those before, when it was last looked at
 * @record: its index
 */
struct census_kind_size {
	u64 frames;
	u32 record;
};

/**
 * struct census_frame_kinds - all kinds of a pass
 * @left_out: number of frames in no record
 * @nr: number of @records in use
 * @last: record of the last frames that were added, or NULL
 * @hash: of each word of a key; drawn at random, so that no user can choose a chain
 * @chains: number of the first record of each, from 1; 0: none
 * @heap: a binary heap of the records, the smallest first; used once there are no more records
 * @records: after census_frame_kinds_sort() the largest first
 *
 * If there are more kinds than records, a new kind gets that of the smallest one, and counts as
 * if it had been that one ("Space-Saving", Metwally et al. 2005).  So of all frames that are
 * added, each kind with more than one in CENSUS_KERNEL_FRAMES has a record at the end, and at
 * most as many of its frames are left out; whatever kinds a user makes, and in whatever order.
 */
struct census_frame_kinds {
	u64 left_out;
	u32 nr;
	struct census_kernel_frames *last;
	struct census_hash hash[CENSUS_KIND_WORDS];
	u16 chains[CENSUS_KERNEL_FRAMES];
	struct census_kind_size heap[CENSUS_KERNEL_FRAMES];
	struct census_kernel_frames records[CENSUS_KERNEL_FRAMES];
};

void census_frame_kinds_begin(struct census_frame_kinds *kinds);
void census_frame_kinds_add(struct census_frame_kinds *kinds, const struct census_kernel_key *key,
			    unsigned long pfn, unsigned long nr);
void census_frame_kinds_sort(struct census_frame_kinds *kinds);

#endif /* _CENSUS_PHYSICAL_KINDS_H */
