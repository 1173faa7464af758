/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scan of all address spaces, one after another, each in several lock holds.
 * scan.c is the only file that takes mmap locks and VMA locks.  census.c chooses the
 * number of workers and processes the results.
 */
#ifndef _CENSUS_SCAN_H
#define _CENSUS_SCAN_H

#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "base/threads.h"
#include "census/collect.h"
#include "census/tally.h"
#include "walk/walk.h"

/**
 * struct census_scan - state shared by all workers of a census
 * @collection: the address spaces
 * @lock: protects all below but @waited, and the list while workers add parts
 * @next: next address space to walk, in @collection.mms
 * @divides: large mappings are divided among workers
 * @divided: some were
 * @left: the locks of some address spaces were not available; set without the lock
 * @running: number of workers in census_scan_all()
 * @idle: of @running, those that wait for parts
 * @finished: all were idle: nothing is left
 * @wait: idle workers
 * @waited: time that all workers together have spent on locks that were not available, ns
 * @threads: run the workers
 * @work: estimate of what the walk of all address spaces takes, by one worker, ns
 * @done: of @work, what the caller's thread has done alone
 * @begun_at: when it began, ns
 * @late: the caller's thread is alone, and may begin helpers once
 */
struct census_scan {
	struct census_collection collection;
	spinlock_t lock;	/* protects the next members */
	struct census_mm *next;
	bool divides;
	bool divided;
	bool left;
	unsigned int running;
	unsigned int idle;
	bool finished;
	wait_queue_head_t wait;
	atomic64_t waited;
	struct census_threads *threads;
	u64 work;
	u64 done;
	u64 begun_at;
	bool late;
};

/**
 * struct census_worker - one thread of a scan
 * @scan: shared by all workers
 * @number: of this worker, from 0
 * @tally: counts of this worker
 * @walk: walk of the current address space
 * @vma: VMA whose lock is held; NULL if the mmap lock or no lock is held
 * @locked_at: start of the current lock hold, ns
 * @looked_at: @walk.work at the last read of the clock
 * @waited: time between tries to get the lock, in the current visit, ns
 * @lock_hold_max: longest lock hold, ns
 * @lock_holds: number of lock holds
 */
struct census_worker {
	struct census_scan *scan;
	u8 number;
	struct census_tally tally;
	struct census_walk walk;
	struct vm_area_struct *vma;
	u64 locked_at;
	u64 looked_at;
	u64 waited;
	u64 lock_hold_max;
	u64 lock_holds;
};

int census_worker_begin(struct census_worker *w, struct census_scan *scan,
			struct census_snapshot *snap, struct census_files *files,
			struct census_payers *payers);
void census_worker_end(struct census_worker *w, struct census_cost *cost);
void census_scan_begin(struct census_scan *scan, bool divides, bool late);
int census_scan_all(struct census_worker *w);
int census_scan_mm(struct census_worker *w, struct census_mm *m);
void census_scan_give_up(struct census_mm *m);
u64 census_scan_estimate(const struct census_request *req, u64 work);
void census_scan_learn(const struct census_request *req, u64 work, u64 time);
u64 census_scan_budget(const struct census_scan *scan);

#endif /* _CENSUS_SCAN_H */
