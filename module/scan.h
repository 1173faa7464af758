/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address spaces one after the other, each in several lock holds.
 * scan.c is the only file that takes an mmap lock, or a mapping's.  How many
 * scan, and what comes of it, is in census.c.
 */
#ifndef _CENSUS_SCAN_H
#define _CENSUS_SCAN_H

#include <linux/sched.h>
#include <linux/spinlock.h>

#include "collect.h"
#include "tally.h"
#include "walk.h"

/**
 * struct census_scan - what all workers of a census share
 * @collection: the address spaces
 * @lock: for @next
 * @next: the next address space, in @collection.mms
 * @stop: a worker has failed: the others stop too
 */
struct census_scan {
	struct census_collection collection;
	spinlock_t lock;	/* for @next */
	struct census_mm *next;
	bool stop;
};

/**
 * struct census_worker - one thread of a scan
 * @scan: what it shares with the others
 * @number: of all, from 0
 * @tally: what it counts
 * @walk: of the present address space
 * @vma: the VMA whose lock is held; NULL: the mmap lock is held, or none
 * @locked_at: ns, when the present lock hold began
 * @looked_at: @walk.work when the clock was last read
 * @lock_hold_max: ns
 * @lock_holds: how many there were
 */
struct census_worker {
	struct census_scan *scan;
	u8 number;
	struct census_tally tally;
	struct census_walk walk;
	struct vm_area_struct *vma;
	u64 locked_at;
	u64 looked_at;
	u64 lock_hold_max;
	u64 lock_holds;
};

int census_worker_begin(struct census_worker *w, struct census_scan *scan,
			struct census_snapshot *snap,
			struct census_files *files);
void census_worker_end(struct census_worker *w, struct census_cost *cost);
void census_scan_begin(struct census_scan *scan);
int census_scan_all(struct census_worker *w);
int census_scan_mm(struct census_worker *w, struct census_mm *m);
void census_scan_give_up(struct census_mm *m);

#endif /* _CENSUS_SCAN_H */
