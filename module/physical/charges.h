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
 * @cgroup: its ID; 0: to none
 * @classes: number of frames by &enum memcensus_frame_class
 * @shared: frames that more than one page table entry maps
 */
struct census_charge {
	u64 cgroup;
	u64 classes[MEMCENSUS_FC_MAX + 1];
	u64 shared;
};

/**
 * struct census_charges - all of a pass
 * @table: &struct census_charge by cgroup
 * @last: what the struct page of the last frame said; 0: nothing yet
 * @last_nr: number of its record
 */
struct census_charges {
	struct census_index table;
	unsigned long last;
	u32 last_nr;
};

int census_charges_begin(struct census_charges *c);
bool census_charges_find(struct census_charges *c, const struct census_frame *f, u32 *nr);

static inline struct census_charge *census_charge(const struct census_charges *c, u32 nr)
{
	return census_index_record(&c->table, nr);
}

/* Before the RCU read lock is taken again: what @last points to may be another cgroup then. */
static inline void census_charges_forget(struct census_charges *c)
{
	c->last = 0;
}

#endif /* _CENSUS_PHYSICAL_CHARGES_H */
