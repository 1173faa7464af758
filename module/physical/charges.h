/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which cgroup each frame is charged to, by class: a record for each memory cgroup that a pass
 * meets.
 */
#ifndef _CENSUS_PHYSICAL_CHARGES_H
#define _CENSUS_PHYSICAL_CHARGES_H

#include <linux/types.h>
#include <linux/memcensus.h>

#include "physical/class.h"
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
	struct census_indexed of;
	u64 classes[MEMCENSUS_FC_MAX + 1];
	u64 shared;
	u64 pinned;
};

/**
 * struct census_charges - all of a pass
 * @table: &struct census_charge by cgroup
 * @last: what the struct page of the last frame said; 0: nothing yet
 * @last_charge: its record
 */
struct census_charges {
	struct census_index table;
	unsigned long last;
	struct census_charge *last_charge;
};

struct census_charge *census_charges_find(struct census_charges *c, const struct census_frame *f);

#endif /* _CENSUS_PHYSICAL_CHARGES_H */
