/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Goes over the frames of a zone, and adds each to a result.  Nothing is shared: each worker has
 * a pass and a result of its own.
 */
#ifndef _CENSUS_PHYSICAL_PASS_H
#define _CENSUS_PHYSICAL_PASS_H

#include <linux/mmzone.h>
#include <linux/types.h>

#include "physical/blocks.h"
#include "physical/class.h"
#include "physical/kinds.h"
#include "physical/physical.h"
#include "physical/repeats.h"

/**
 * struct census_pass - a worker's pass over frames
 * @req: what it reports
 * @result: to be filled, with the zones prepared
 * @stopped: another worker failed, or the caller was killed
 * @repeats: frames of which repetitions are only counted
 * @zone: the current zone
 * @z: its result
 * @blocks: the current block of the zone; its records are those of all workers
 * @end: first frame behind the current range
 * @first: last frame of the range that has a reference, or is on the list of a processor, and is
 *	not compound: those right behind it may be the rest of its allocation
 * @last: of @first and those that were found to be the rest of its allocation, the last
 * @key: of @first
 * @first_cgroup: number of the record in charges that @first is charged to
 * @cgroup: the same of the current frame
 * @file: number of the record of the file that the current frame is of
 * @full: the table of charges must grow
 * @files_full: the table of files must grow
 * @frame: the current one; here because some kernels clear all variables on the stack
 */
struct census_pass {
	const struct census_physical_request *req;
	struct census_physical *result;
	const bool *stopped;
	struct census_repeats *repeats;
	struct zone *zone;
	struct census_physical_zone *z;
	struct census_frame_blocks blocks;
	unsigned long end;
	unsigned long first;
	unsigned long last;
	struct census_kernel_key key;
	u32 first_cgroup;
	u32 cgroup;
	u32 file;
	bool full;
	bool files_full;
	struct census_frame frame;
};

/*
 * Nothing that is described by one struct page crosses such a boundary, but compound pages: neither
 * a block of the buddy allocator nor the rest of an allocation.
 */
#define CENSUS_RANGE_ORDER_MIN (CENSUS_ORDERS - 1)

int census_pass_begin(struct census_pass *p, const struct census_physical_request *req,
		      struct census_physical *result, const bool *stopped);
void census_pass_end(struct census_pass *p);
int census_pass_add(struct census_pass *p, struct zone *zone, u32 nr,
		    const struct census_frame_blocks *blocks, unsigned long pfn,
		    unsigned long end);

#endif /* _CENSUS_PHYSICAL_PASS_H */
