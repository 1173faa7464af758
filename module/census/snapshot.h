/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A finished census: numbered, immutable, reference counted.
 *
 * The scan and the functions that it calls fill a snapshot, and the cache publishes it.
 * After that, outputs hold references and read it as const.  The last put frees it, in
 * process context.  PIDs and user IDs are stored as kernel objects and converted to
 * numbers for each caller, in its namespaces.
 *
 * All its memory is in arenas, see result-memory.h.  The result of a SHARE request, or of one that
 * names PIDs, is the caller's own, so its records are charged to the caller's cgroup.  Others are
 * shared by callers, and kept for later ones, so they are not.
 */
#ifndef _CENSUS_SNAPSHOT_H
#define _CENSUS_SNAPSHOT_H

#include <linux/list.h>
#include <linux/mmzone.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>
#include <linux/memcensus.h>

#include "base/compat.h"
#include "base/latest.h"
#include "base/process.h"
#include "base/result-memory.h"
#include "census/rows.h"
#include "count/marks.h"
#include "owners/account.h"

/**
 * struct census_name - a process in a request
 * @number: PID or thread ID in the caller's namespace
 * @pid: a reference; NULL if there is no such process
 */
struct census_name {
	u32 number;
	struct pid *pid;
};

/* Parts that have records of VMAs. */
#define CENSUS_PARTS_OF_VMAS (MEMCENSUS_PART_VMAS | MEMCENSUS_PART_MEMORY_VMAS)
#define CENSUS_PARTS_OF_PIDS (CENSUS_PARTS_OF_VMAS | MEMCENSUS_PART_FLAGS)

/**
 * struct census_request - contents of a census
 * @group_by: &enum memcensus_group_by, 0: no groups
 * @pid_ns: processes outside of it are in no group; not read without groups or @share
 * @parts: MEMCENSUS_PART_*
 * @max_age: a census of all processes that is not older answers too, ns
 * @nr_pids: length of @pids; 0: all processes
 * @pids: the named processes
 * @share: what processes or groups have in common is requested
 * @together: all of @pids are compared as one
 * @charged: who pays for the pages of cgroups is requested: 1, or 2 by file too
 * @file: only mappings of this file or block device are walked, a reference; NULL: all
 * @limit: maximum number of pairs that are sent, with PIDS for each process
 */
struct census_request {
	u8 group_by;
	struct pid_namespace *pid_ns;
	u32 parts;
	u64 max_age;
	unsigned int nr_pids;
	struct census_name *pids;
	bool share;
	bool together;
	u8 charged;
	struct file *file;
	u32 limit;
};

/*
 * Time, result counts and cost of a census, as its SCAN message has them: ns, bytes and counts.
 * @several: of @frames, those with 2, with 3 to 9, and with more owners
 * @owners: of @frames, by &enum census_class and number of owners: 1, 2, 3 to 9, more
 */
struct census_cost {
	CENSUS_SCAN_ROWS(CENSUS_MEMBER)
	u64 several[CENSUS_OWNER_CLASSES - 1];
	u64 owners[CENSUS_CLASSES][CENSUS_OWNER_CLASSES];
};

/**
 * struct census_peer - another process that uses an address space
 * @next: next peer, or NULL
 * @pid: a reference
 */
struct census_peer {
	struct census_peer *next;
	struct pid *pid;
};

/**
 * struct census_task - one address space and the processes that use it
 * @pid: the process that it belongs to, a reference; NULL: no process has the @number
 * @number: PID in the request if it had no address space then; else 0
 * @parent: parent of @pid, a reference; NULL: unknown, because @pid was exiting
 * @peers: the other processes, first those that the request names
 * @comm: command name of @pid
 * @uid: effective user ID of @pid, as in ps and top
 * @reader: who might read its smaps without capabilities, when it was found and after the walk
 * @cgroup: ID in the default hierarchy
 * @above: IDs of the cgroups above that, from the root on; groups by cgroup only
 * @nr_above: number of @above
 * @session: number of its session for the caller, 0: none; groups by session only
 * @start: ns since boot
 * @threads: of @pid
 * @mappings: number of VMAs, 0 if unknown
 * @oom_score_adj: -1000 to 1000
 * @state: &enum memcensus_state
 * @group: index in &struct census_snapshot.groups
 * @sent: of a SHARE request: it is compared, or a peer that is sent
 * @share: PSS, 1/2^36 page, to sum up in a group
 * @figures: bytes; none while the census is in progress
 */
struct census_task {
	struct pid *pid;
	u32 number;
	struct pid *parent;
	struct census_peer *peers;
	char comm[TASK_COMM_LEN];
	kuid_t uid;
	struct census_reader reader;
	u64 cgroup;
	const u64 *above;
	u64 start;
	u32 threads;
	u32 mappings;
	s16 oom_score_adj;
	u8 state;
	bool sent;
	u8 nr_above;
	pid_t session;
	u32 group;
	census_share share;
	struct census_figures figures;
};

/**
 * struct census_group_key - what the members of a group have in common; compared as bytes
 * @uid: only with UID
 * @cgroup: only with CGROUP
 * @comm: only with COMM
 * @pid: only with TREE: of the process, for the caller
 * @session: only with SESSION; 0: none for the caller
 */
struct census_group_key {
	kuid_t uid;
	u64 cgroup;
	char comm[TASK_COMM_LEN];
	pid_t pid;
	pid_t session;
};

/**
 * struct census_group - a group of address spaces
 * @key: of the group
 * @parent: the group that contains it, before it in the array; 0: none
 * @contains: it contains other groups
 * @lacks_swap: the swap of a member is unknown
 * @members: address spaces that are in no group in it
 * @mms: number of address spaces
 * @reader: of each of them
 * @share: sum over the address spaces, 1/2^36 page
 * @figures: bytes
 */
struct census_group {
	struct census_group_key key;
	u32 parent;
	bool contains;
	bool lacks_swap;
	u32 members;
	u32 mms;
	struct census_reader reader;
	census_share share;
	struct census_figures figures;
};

/**
 * struct census_counts - what a walk counts of a VMA
 * @sums: results of the walk
 * @holdings: pages as an owner, by kind
 */
struct census_counts {
	struct census_sums sums;
	struct census_holding holdings[CENSUS_KINDS];
};

/**
 * struct census_vma - one VMA
 * @link: in &struct census_snapshot.vmas, by task, then by address
 * @task: of the VMA
 * @start: first address
 * @end: end address (exclusive)
 * @offset: in the file, bytes; 0 if anonymous
 * @inode: 0 if anonymous
 * @dev: device of the file
 * @page_shift: binary logarithm of the page size
 * @flags: VM_*
 * @unnamed: @file is known, not @name: until the lock of the VMA was dropped and the path is read
 * @name: in the arena, possibly also of neighbours; or NULL
 * @file: a reference
 * @counts: results of the walk, in memory of the count; NULL in a finished census
 * @figures: from @counts, bytes
 */
struct census_vma {
	struct list_head link;
	const struct census_task *task;
	u64 start;
	u64 end;
	u64 offset;
	u64 inode;
	dev_t dev;
	u8 page_shift;
	bool unnamed;
	unsigned long flags;
	union {
		const char *name;
		struct file *file;
	};
	struct census_counts *counts;
	struct census_figures figures;
};

/**
 * struct census_owned - what a process or a group has, by number of owners
 * @task: the process, or NULL
 * @group: index of the group, or 0; 0 without @task: all processes of the request together
 * @fewest: smallest number of owners
 * @most: largest number, 0: any
 * @bytes: by &enum memcensus_kind
 */
struct census_owned {
	const struct census_task *task;
	u32 group;
	u32 fewest;
	u32 most;
	u64 bytes[MEMCENSUS_K_MAX + 1];
};

#define CENSUS_LEFT_OUT_UNKNOWN (~0U)

/**
 * struct census_pair - what two processes or two groups have in common
 * @link: in &struct census_snapshot.pairs
 * @task: process of the request, or NULL
 * @peer: the other process, or NULL
 * @group: index of a group, 0: none
 * @peer_group: index of the other group, 0: none
 * @left_out: number of pairs that this sums up, or %CENSUS_LEFT_OUT_UNKNOWN; 0: one pair
 * @bytes: by &enum memcensus_kind
 * @alone: of @bytes, without other owners; only of one pair
 */
struct census_pair {
	struct list_head link;
	const struct census_task *task;
	const struct census_task *peer;
	u32 group;
	u32 peer_group;
	u32 left_out;
	u64 bytes[MEMCENSUS_K_MAX + 1];
	u64 alone[MEMCENSUS_K_MAX + 1];
};

/*
 * A zone, as its message has it, in bytes.
 * @blocks: free blocks by order
 * @lowmem_reserve: by zone of the allocation
 */
struct census_zone {
	CENSUS_ZONE_ROWS(CENSUS_MEMBER)
	u64 blocks[CENSUS_ORDERS];
	u64 lowmem_reserve[MAX_NR_ZONES];
};

/* A node and its kswapd, as its message has them, in bytes. */
struct census_node {
	CENSUS_NODE_ROWS(CENSUS_MEMBER)
};

/**
 * struct census_payer - mapped pages that a cgroup is charged for
 * @cgroup: its ID; 0: none, or not visible to the caller
 * @group: number of the group of its own processes, 0: it has none
 * @charged: bytes, each page once
 * @own: of @charged, what its own processes map
 * @of_file: only pages of one file
 * @dev: of the file, as the next
 * @inode: as /proc shows it for one of its mappings
 */
struct census_payer {
	u64 cgroup;
	u32 group;
	bool of_file;
	dev_t dev;
	u64 inode;
	u64 charged;
	u64 own;
};

/**
 * struct census_snapshot - a finished census
 * @result: freed by the last census_snapshot_put()
 * @free_work: frees a large snapshot, because its last reader may have been killed
 * @arena: all but the next
 * @vma_arena: records of VMAs, and their names
 * @seq: number of the census, from 1
 * @owners: owners of all pages are counted
 * @parts: MEMCENSUS_PART_* that it contains
 * @group_by: key of @groups
 * @by_payer: cgroups are those that pay for the memory of the processes
 * @pid_ns: namespace of the processes in @groups, a reference; NULL without groups
 * @walked: contains address spaces
 * @cost: of the scan
 * @nr_tasks: number of @tasks
 * @tasks: in the order of the lowest PIDs, as in /proc
 * @nr_groups: number of @groups
 * @groups: each before those in it; group 0 has no figures: its tasks are in no group
 * @vmas: &struct census_vma
 * @nr_owned: number of @owned
 * @owned: in the order of @tasks or @groups
 * @pairs: &struct census_pair, as they are sent
 * @nr_payers: number of @payers
 * @payers: the first one has the pages of all that are not told apart
 * @nr_zones: number of @zones
 * @zones: by node, then from the lowest zone
 * @nr_nodes: number of @nodes
 * @nodes: by number
 */
struct census_snapshot {
	struct census_result result;
	struct work_struct free_work;
	struct census_arena arena;
	struct census_arena vma_arena;
	u64 seq;
	bool owners;
	u8 group_by;
	bool by_payer;
	struct pid_namespace *pid_ns;
	u32 parts;
	bool walked;
	struct census_cost cost;
	unsigned int nr_tasks;
	struct census_task **tasks;
	unsigned int nr_groups;
	struct census_group *groups;
	struct list_head vmas;
	unsigned int nr_owned;
	struct census_owned *owned;
	struct list_head pairs;
	unsigned int nr_payers;
	struct census_payer *payers;
	unsigned int nr_zones;
	struct census_zone *zones;
	unsigned int nr_nodes;
	struct census_node *nodes;
};

extern const struct census_record_row census_scan_rows[];
extern const struct census_record_row census_zone_rows[];
extern const struct census_record_row census_node_rows[];

struct census_snapshot *census_snapshot_alloc(const struct census_request *req);
void *census_snapshot_memory(struct census_snapshot *snap, size_t size);
void census_snapshot_put(const struct census_snapshot *snap);

/* Bytes of &census_results that a finished census has. */
static inline u64 census_snapshot_bytes(const struct census_snapshot *snap)
{
	return snap->arena.bytes + snap->vma_arena.bytes;
}

void census_task_free(struct census_task *task);
pid_t census_task_pid(const struct census_task *task, struct pid_namespace *ns);
bool census_snapshot_full(const struct census_snapshot *snap);
void census_free_later(struct work_struct *work);
int census_snapshot_init(void);
void census_snapshot_exit(void);

static inline const struct census_snapshot *
census_snapshot_get(const struct census_snapshot *snap)
{
	kref_get((struct kref *)&snap->result.ref);
	return snap;
}

void census_request_release(struct census_request *req);

#endif /* _CENSUS_SNAPSHOT_H */
