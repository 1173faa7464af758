/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which address spaces there are, and whose.
 *
 * A collection holds a reference on the struct (mm_count), not on the memory
 * (mm_users) of each: a process that exits during the scan frees its memory
 * then, not when the scan is over.
 */
#ifndef _CENSUS_COLLECT_H
#define _CENSUS_COLLECT_H

#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>

#include "frames.h"
#include "snapshot.h"

/**
 * struct census_mm - one address space to walk
 * @link: in &struct census_collection.mms or a list of the scan
 * @hash: in &struct census_collection.buckets
 * @mm: a reference by mmgrab(); NULL: that of a process which was named and has none
 * @task: its record; NULL: it only counts as an owner
 * @last_peer: where the next one of @task.peers goes
 * @named: it was named, and all processes in it are still to be found
 * @next_addr: where the walk goes on
 * @patience: ns, how long the next lock hold goes on although others wait
 * @begun: the walk has handed on something
 * @visited: no further visit is needed
 * @worker: number of the worker that has begun it
 * @state: &enum memcensus_state, of all slices together
 * @number: of all address spaces, from 1
 * @sums: what was walked
 * @holdings: its pages as an owner, by kind; of what @vmas has no records of
 * @vmas: &struct census_vma of its mappings, if they are requested
 */
struct census_mm {
	struct list_head link;
	struct hlist_node hash;
	struct mm_struct *mm;
	struct census_task *task;
	struct census_peer **last_peer;
	unsigned long next_addr;
	u64 patience;
	bool named;
	bool begun;
	bool visited;
	u8 worker;
	u8 state;
	struct census_sums sums;
	u32 number;
	struct census_holding holdings[CENSUS_KINDS];
	struct list_head vmas;
};

/**
 * struct census_collection - the address spaces of a scan
 * @snap: gets the task records' cost, and the counts of processes without mm
 * @mms: &struct census_mm, in the order of process creation
 * @nr: number of @mms
 * @named: there are some of these in @mms
 * @last_number: of an address space
 * @buckets: @mms by address
 * @lock: for @buckets, while several workers walk
 */
struct census_collection {
	struct census_snapshot *snap;
	struct list_head mms;
	unsigned int nr;
	bool named;
	u32 last_number;
	struct hlist_head *buckets;
	struct mutex lock;
};

/**
 * enum census_wanted - what a process is added for
 * @CENSUS_RECORD: it gets a record
 * @CENSUS_PEER: it gets a record, or is noted in one, if its address space is named
 * @CENSUS_OWNER: it counts as an owner
 * @CENSUS_SWAP_OWNER: it counts as an owner, if it has anything in swap
 */
enum census_wanted {
	CENSUS_RECORD,
	CENSUS_PEER,
	CENSUS_OWNER,
	CENSUS_SWAP_OWNER,
};

int census_collect_begin(struct census_collection *c,
			 struct census_snapshot *snap);
int census_collect_all(struct census_collection *c, enum census_wanted wanted);
int census_collect_pid(struct census_collection *c, const struct census_name *name);
bool census_collect_again(struct census_collection *c, struct census_mm *m);
void census_collect_end(struct census_collection *c);

void census_mm_reset(struct census_mm *m);
void census_mm_counters(const struct mm_struct *mm, struct census_figures *f);

bool census_pid_is_kthread(struct pid *pid);

#endif /* _CENSUS_COLLECT_H */
