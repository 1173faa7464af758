/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the address spaces and the processes that use them.
 *
 * A collection holds a reference on each mm_struct (mm_count), not on its memory
 * (mm_users): a process that exits during the scan frees its memory at once, not at the
 * end of the scan.
 */
#ifndef _CENSUS_COLLECT_H
#define _CENSUS_COLLECT_H

#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/workqueue.h>

#include "base/process.h"
#include "base/result-memory.h"
#include "census/snapshot.h"
#include "count/marks.h"

/**
 * struct census_counters - the kernel's own counters of an address space
 * @vss: bytes, as all members
 * @rss: approximate, as in statm
 * @rss_peak: see @rss
 * @pagetables: of all levels
 * @mlocked: see mlock()
 * @pinned: by drivers and io_uring
 * @mappings: number of VMAs
 */
struct census_counters {
	u64 vss;
	u64 rss;
	u64 rss_peak;
	u64 pagetables;
	u64 mlocked;
	u64 pinned;
	u32 mappings;
};

/**
 * struct census_mm - one address space to walk
 * @link: in &struct census_collection.mms or a list of the scan
 * @hash: in &struct census_collection.table
 * @mm: reference by mmgrab(); NULL: a requested process has no address space
 * @task: its record; NULL: it only counts as an owner
 * @rights: of the process of the record, which decide who may read it
 * @last_peer: end of the list @task.peers
 * @named: a process was requested by PID and CLONE_VM peers may exist
 * @next_addr: address at which the walk continues
 * @counted: of the last mapping of all of a shmem file that the walk met, but for those within it,
 *	the file; only compared
 * @counted_offset: the page of it that would be at address 0
 * @counted_end: end of the mapping
 * @patience: length of the next contended lock hold, ns
 * @begun: the walk has reported something
 * @unknown: it has met an entry of an unknown type, which is counted nowhere
 * @ptes: entries that were read, in the current slice
 * @tables: the most that its page tables have taken, bytes
 * @walked: VMAs that were walked to their end, in the current slice
 * @mappings: the most VMAs that it has had
 * @visited: no further visit is needed
 * @next_left: of the address spaces whose locks were not available, the next one
 * @state: &enum memcensus_state, of all slices together
 * @number: number of the address space, from 1, in the order of @link
 * @counters: at the end of the walk, if there is a record
 * @sums: results of the walk
 * @chain: its turns in the count
 * @holdings: pages as an owner, by kind; without those of VMAs in @vmas
 * @exclusive: pages that an entry proved to be exclusive, so that they have no marks:
 *	number in the current slice, by kind, of holdings here and in @vmas
 * @vmas: &struct census_vma of its VMAs, if requested
 * @met: one of @vmas, where a later slice continues to search; NULL: at the first one
 */
struct census_mm {
	struct list_head link;
	struct census_link hash;
	struct mm_struct *mm;
	struct census_task *task;
	struct census_rights rights;
	struct census_peer **last_peer;
	unsigned long next_addr;
	const struct address_space *counted;
	pgoff_t counted_offset;
	unsigned long counted_end;
	u64 patience;
	u64 ptes;
	unsigned long tables;
	u32 walked;
	int mappings;
	bool named;
	bool begun;
	bool unknown;
	bool visited;
	u8 state;
	struct census_mm *next_left;
	struct census_counters counters;
	struct census_sums sums;
	u32 number;
	struct census_chain chain;
	struct census_holding holdings[CENSUS_KINDS];
	u64 exclusive[CENSUS_PROVED_KINDS];
	struct list_head vmas;
	struct census_vma *met;
};

/**
 * struct census_collection - the address spaces of a scan
 * @arena: &struct census_mm, and what census_collect_memory() gives
 * @snap: counts the memory of records, and the processes without mm
 * @mms: &struct census_mm, in the order of the lowest PID; those added during the scan are last
 * @nr: number of @mms
 * @named: some of @mms are named
 * @nr_named: number of address spaces that the request names, the first ones
 * @table: @mms by mm pointer, or by the PID of the request without mm
 * @found: processes that records have before the pass over all processes meets them, by struct
 *	pid: those that the request names, and owners; in a census by tree, all
 * @free_work: frees a copy of a large collection
 */
struct census_collection {
	struct census_arena arena;
	struct census_snapshot *snap;
	struct list_head mms;
	unsigned int nr;
	bool named;
	unsigned int nr_named;
	struct census_table table;
	struct census_table found;
	struct work_struct free_work;
};

/**
 * enum census_wanted - why a process is added
 * @CENSUS_RECORD: it gets a record
 * @CENSUS_PEER: it is a peer in a record, if its address space is named
 * @CENSUS_OWNER: it counts as an owner, and is such a peer
 */
enum census_wanted {
	CENSUS_RECORD,
	CENSUS_PEER,
	CENSUS_OWNER,
};

int census_collect_begin(struct census_collection *c, struct census_snapshot *snap);
int census_collect_all(struct census_collection *c, enum census_wanted wanted);
int census_collect_pid(struct census_collection *c, const struct census_name *name);
bool census_collect_again(struct census_collection *c, struct census_mm *m);
const struct census_task *census_collect_find(const struct census_collection *c,
					      const struct pid *pid);
void census_collect_settle(struct census_collection *c);
void census_collect_drop(struct census_collection *c, struct census_mm *m);
void *census_collect_memory(struct census_collection *c, size_t nr, size_t size);
void census_collect_end(struct census_collection *c);

void census_mm_rewind(struct census_mm *m);
void census_mm_reset(struct census_mm *m);
void census_mm_counters(struct census_mm *m);
int census_mm_settle(struct census_mm *m);
bool census_mm_confirm(struct census_mm *m);
void census_counters_figures(const struct census_counters *c, struct census_figures *f);

bool census_pid_is_kthread(struct pid *pid);

#endif /* _CENSUS_COLLECT_H */
