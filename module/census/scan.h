/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scan of all address spaces, one after another, each in several lock holds.
 * scan.c is the only file that takes mmap locks and VMA locks.
 */
#ifndef _CENSUS_SCAN_H
#define _CENSUS_SCAN_H

#include "census/collect.h"
#include "census/tally.h"
#include "walk/walk.h"

/**
 * struct census_scan - a scan
 * @collection: the address spaces
 * @tally: counts of them
 * @walk: walk of the current address space
 * @vma: VMA whose lock is held; NULL if the mmap lock or no lock is held
 * @swap_known: no address space was given up, so that all owners of swap slots were walked
 * @locked_at: start of the current lock hold, ns
 * @looked_at: @walk.work at the last read of the clock
 * @waited: time spent on locks that were not available, ns
 * @lock_hold_max: longest lock hold, ns
 * @lock_holds: number of lock holds
 */
struct census_scan {
	struct census_collection collection;
	struct census_tally tally;
	struct census_walk walk;
	struct vm_area_struct *vma;
	bool swap_known;
	u64 locked_at;
	u64 looked_at;
	u64 waited;
	u64 lock_hold_max;
	u64 lock_holds;
};

int census_scan_begin(struct census_scan *scan, struct census_snapshot *snap,
		      struct census_files *files);
int census_scan_all(struct census_scan *scan);
void census_scan_end(struct census_scan *scan, struct census_cost *cost);

#endif /* _CENSUS_SCAN_H */
