/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames of the kernel without a type, by kind: what struct page tells of them.  A pass keeps a
 * bounded number of kinds, hashed by their key.
 */
#ifndef _CENSUS_FRAME_KINDS_H
#define _CENSUS_FRAME_KINDS_H

#include <linux/types.h>
#include <linux/memcensus.h>

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
 * struct census_frame_kinds - all kinds of a pass
 * @left_out: number of frames in no record
 * @nr: number of @records in use
 * @last: record of the last frames that were added, or NULL
 * @records: hashed by key during the pass; after census_frame_kinds_sort() the largest first
 */
struct census_frame_kinds {
	u64 left_out;
	u32 nr;
	struct census_kernel_frames *last;
	struct census_kernel_frames records[CENSUS_KERNEL_FRAMES];
};

void census_frame_kinds_add(struct census_frame_kinds *kinds, const struct census_kernel_key *key,
			    unsigned long pfn, unsigned long nr);
void census_frame_kinds_merge(struct census_frame_kinds *kinds,
			      const struct census_frame_kinds *others);
void census_frame_kinds_sort(struct census_frame_kinds *kinds);

#endif /* _CENSUS_FRAME_KINDS_H */
