/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One census in memory, as received: no netlink, no presentation.
 *
 * Every row begins with a bitmap of its known attributes, one bit per
 * attribute number (MEMCENSUS_TASK_PID is bit MEMCENSUS_TASK_PID of
 * task.known).  If its bit is clear, a member is unavailable and its value means
 * nothing.  The columns (columns.h) map attributes to members.
 *
 * Units are those of the ABI: bytes and nanoseconds.  Numbers narrower on the
 * wire are widened to 64 bits, signed ones with their sign.
 *
 * One decoder fills a snapshot and the filters of a command narrow it; then it
 * is const.  All memory that it points to lives as long as the snapshot.
 */
#ifndef READER_SNAPSHOT_H
#define READER_SNAPSHOT_H

#include <obstack.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/memcensus.h>

#include "model/totals.h"

/* Enough for the figures of a task; the system has fewer. */
#define FIGURES_MAX	(MEMCENSUS_F_MAX + 1)

_Static_assert(FIGURES_MAX <= 64, "the known bitmaps have 64 bits");
_Static_assert(MEM_MAX < FIGURES_MAX, "amounts of the system fit in figures");
_Static_assert(EVENT_MAX < FIGURES_MAX, "events fit in figures");

/**
 * struct figures - amounts by number
 * @known: bit n is set if @v[n] is known
 * @v: by enum memcensus_figure, totals_bytes or totals_event
 */
struct figures {
	uint64_t known;
	uint64_t v[FIGURES_MAX];
};

/* An array attribute, widened; s32 elements keep their sign. */
struct numbers {
	size_t n;
	const uint64_t *v;
};

/*
 * Records have a member for each attribute, of the same name without "_ns", which the ABI
 * describes.  members.h has them; nests and what is not in the ABI follow here.  share.h,
 * physical.h has the rows that only some commands show.
 */
#include "model/members.h"

struct info {
	uint64_t known;
	INFO_MEMBERS;
};

struct scan {
	uint64_t known;
	SCAN_MEMBERS;
};

/**
 * struct on_node - what a process has on a NUMA node
 * @node: its number
 * @rss, @hugetlb: bytes
 */
struct on_node {
	uint64_t node;
	uint64_t rss;
	uint64_t hugetlb;
};

/**
 * struct on_nodes - the memory of a process by node
 * @v, @n: for each node where it has some, ascending
 * @policy: that of most of it, as the kernel writes it
 * @known: the rest is valid
 */
struct on_nodes {
	const struct on_node *v;
	size_t n;
	const char *policy;
	bool known;
};

/* @cmdline, @on and @merged are not in the ABI: read from /proc if requested; NULL: unknown. */
struct task {
	uint64_t known;
	struct figures figures;
	struct on_nodes on;
	const uint64_t *merged;		/* bytes of pages that KSM has merged */
	TASK_MEMBERS;
	const char *cmdline;
};

struct vma {
	uint64_t known;
	struct figures figures;
	VMA_MEMBERS;
};

struct page_block;

/*
 * What is charged to a cgroup and to those below it, in bytes, except the last four.  The
 * kernel counts it, not the census, and charges a page to the one that touched it first.
 * CHARGE_FILE is without CHARGE_SHMEM, which the kernel counts in both.
 */
enum charge {
	CHARGE_TOTAL,
	CHARGE_ANON,
	CHARGE_FILE,
	CHARGE_SHMEM,
	CHARGE_KERNEL,
	CHARGE_SOCK,
	CHARGE_HUGETLB,
	CHARGE_SLAB,
	CHARGE_RECLAIMABLE,
	CHARGE_PAGETABLES,
	CHARGE_SEC_PAGETABLES,
	CHARGE_STACKS,
	CHARGE_PERCPU,
	CHARGE_VMALLOC,
	CHARGE_ZSWAP,
	CHARGE_INACTIVE_FILE,
	CHARGE_ACTIVE_FILE,
	CHARGE_FILE_MAPPED,
	CHARGE_DIRTY,
	CHARGE_WRITEBACK,
	CHARGE_SWAP,
	CHARGE_LIMIT,
	CHARGE_SWAP_LIMIT,
	CHARGE_HIGH,
	CHARGE_OOM_KILLS,
	CHARGE_HIGH_EVENTS,
	CHARGE_LIMIT_EVENTS,
	CHARGE_DYING,
	CHARGES,
};

/*
 * @v: by enum charge; bit n of @known is set if @v[n] is known, else it is 0.  Those of
 * CHARGE_PAGETABLES contain those of guests, CHARGE_SEC_PAGETABLES.
 */
struct charges {
	uint64_t known;
	uint64_t v[CHARGES];
};

/**
 * struct group_limit - the limit of memory with the least left, of a cgroup or one above it
 * @limit: its bytes
 * @left: what may still be charged there
 * @of: "memory.high PATH"; NULL: there is none
 */
struct group_limit {
	uint64_t limit;
	uint64_t left;
	const char *of;
};

/*
 * The known one of @uid, @cgroup, @comm, @pid and @session is the key of the group.  @charges is
 * not in the ABI: read from the files of the cgroup after the census.  cgroup_tree_link() sets the
 * others: @depth: how many groups contain it; @contains: groups with processes; @own: it has
 * only the processes of its cgroup itself, and another group has those below it too; @path,
 * @name: NULL: unavailable; @own_uss, @own_pss: of a tree, what its first process has, in bytes;
 * UINT64_MAX: unavailable; @called: of all cgroups with this @namespace or @image, by
 * called_groups(); @others: of all those that metrics leave out; @met_first: of its limits of
 * memory and of those above it.
 */
struct group {
	uint64_t known;
	struct figures figures;
	GROUP_MEMBERS;
	struct charges charges;
	struct group_limit met_first;
	unsigned int depth;
	bool contains;
	bool own;
	const char *path;
	const char *name;
	bool called;
	bool others;
	const char *namespace;
	const char *image;
	uint64_t own_uss;
	uint64_t own_pss;
};

/* Bits of struct mapping.known; the ABI has no such row. */
enum mapping_field {
	MAPPING_NAME,
	MAPPING_MMS,
	MAPPING_VMAS,
	MAPPING_ALL = (1 << (MAPPING_VMAS + 1)) - 1,
};

/**
 * struct mapping - all mappings of one name, summed by mappings_sum()
 * @known: as in other rows, by enum mapping_field
 * @figures: their sums
 * @name: path, [heap], [stack], [anon:...]; "[ anon ]": without a name
 * @vmas: how many
 * @mms: in how many address spaces
 */
struct mapping {
	uint64_t known;
	struct figures figures;
	const char *name;
	uint64_t vmas;
	uint64_t mms;
};

/* One table of columns serves the figures of all four. */
_Static_assert(offsetof(struct task, figures) == offsetof(struct vma, figures) &&
	       offsetof(struct task, figures) == offsetof(struct group, figures) &&
	       offsetof(struct task, figures) == offsetof(struct mapping, figures),
	       "figures of tasks, mappings and groups are at one place");

/* In a list of free blocks: the kernel's list was too long to count. */
#define BLOCKS_UNKNOWN	UINT64_MAX

/* Orders of the buddy allocator, at most. */
#define ORDERS_MAX	64

struct zone {
	uint64_t known;
	ZONE_MEMBERS;
	struct numbers unusable;	/* see fragmentation_compute() */
	struct numbers extfrag;
};

struct node {
	uint64_t known;
	NODE_MEMBERS;
};

/* One pass over all frames; times in ns. */
struct physical {
	uint64_t known;
	uint64_t realtime;
	uint64_t wall;
	uint64_t cpu;
	uint64_t frames;
	uint64_t read;
	uint64_t changed;
	uint64_t left_out;
};

/**
 * struct totals - what /proc/meminfo and /proc/vmstat say of the system; see proc_texts_apply()
 * @bytes: by enum totals_bytes
 * @events: by enum totals_event
 */
struct totals {
	struct figures bytes;
	struct figures events;
};

/**
 * struct meminfo_line - a line of /proc/meminfo that is none of struct totals
 * @name: as the kernel writes it, without the colon
 * @value: in bytes if @bytes, else a count
 * @bytes: whether the kernel wrote a unit
 */
struct meminfo_line {
	const char *name;
	uint64_t value;
	bool bytes;
};

/* A text read right after the census; proc-texts.h has their names. */
struct proc_text {
	const char *name;
	const char *text;
};

/* Recorded names of users or cgroups, sorted by number. */
struct names {
	const struct name {
		uint64_t id;
		const char *text;
	} *v;
	size_t n;
};

/**
 * struct request - which census is requested, or was by the one who recorded it
 * @known: of a request that was read; one to be sent has each member that is not 0
 * @command: enum memcensus_cmd, whose request takes only some of these; 0: SNAPSHOT
 * @named_only: walk no others than @pids: without owners.  Else @parts, if any, get
 *	MEMCENSUS_PART_OWNERS when the request is sent
 * @any_groups: without @group_by, keep the groups that a record has
 * @charges: without @group_by, groups are the cgroups of this machine, with what they are charged
 *	for and the number of their processes alone
 * @totals: read the texts that the totals of the system come from, after the census; of a record,
 *	they are there
 * @cmdlines, @nodes, @merged: read the command lines of processes of this machine, what they have
 *	by NUMA node, and what KSM has merged, after the census
 *
 * The other members are the attributes of the ABI.  The list of PIDs is the caller's.
 */
struct request {
	uint64_t known;
	REQUEST_MEMBERS;
	uint8_t command;
	bool named_only;
	bool any_groups;
	bool charges;
	bool totals;
	bool cmdlines;
	bool nodes;
	bool merged;
};

struct snapshot;

enum name_kind {
	NAME_USER,
	NAME_CGROUP,
	NAME_CONTAINER,
	NAME_KINDS,
};

/*
 * The name of user or cgroup @id on the machine of a census; the number in decimal if
 * @numeric or if there is no name.  NAME_CONTAINER: what is known of the container that cgroup @id
 * is of, see model/cgroup-name.h.  Valid until snapshot_free() or names_forget().
 */
typedef const char *naming_fn(const struct snapshot *snap, enum name_kind kind, uint64_t id,
			      bool numeric);

/**
 * struct snapshot - one census
 * @seq: its number; 0 before its first message
 * @number: that in its record, from 1; 0: it is in none
 * @torn: the kernel marked the dump as inconsistent (NLM_F_DUMP_INTR)
 * @has_info, @has_scan, @has_physical: that message was received
 * @has_totals: it has the text of /proc/meminfo, and @totals
 * @outside: tasks that --cgroup has dropped from @tasks
 * @node_ids: the nodes where tasks have memory, ascending, if that was read
 * @mappings: sums of @vmas by name, if requested
 * @physical, @physical_zones, @frame_cgroups, @frame_systems, @frame_files,
 *	@frame_blocks: of a pass over all frames, which is no census: @seq is its number, and it
 *	has no scan
 * @meminfo: the lines of /proc/meminfo that are not in @totals; without @has_totals all
 * @proc_texts: texts read after the census
 * @naming: names of users and cgroups on its machine; NULL: unavailable
 * @named: requested by PIDs, so @tasks does not hold all tasks
 * @names: in a record, those on the machine where it was made
 * @called: what its cgroups are called, made by the first cgroup_name_of(); owned
 * @memory: of strings and lists
 * @bytes: of rows, strings and lists, and of what the lines of @proc_texts give when read
 * @most: maximum of snapshot_bytes() of a census of a record; 0: any
 * @by_pid: @n_by_pid tasks in the order of PIDs, by task_of(); owned
 * @arrays: where the arrays of rows are in it, by offset; row_add() made all of them
 */
struct snapshot {
	uint64_t seq;
	uint64_t number;
	bool torn;
	bool has_info;
	bool has_scan;
	bool has_totals;
	bool has_physical;
	struct info info;
	struct scan scan;
	struct totals totals;
	struct request asked;
	struct task *tasks;
	size_t n_tasks;
	const struct task *outside;
	size_t n_outside;
	struct numbers node_ids;
	struct group *groups;
	size_t n_groups;
	struct vma *vmas;
	size_t n_vmas;
	struct page_block *pages;
	size_t n_pages;
	struct owners *owners;
	size_t n_owners;
	struct pair *pairs;
	size_t n_pairs;
	struct payer *payers;
	size_t n_payers;
	struct mapping *mappings;
	size_t n_mappings;
	struct zone *zones;
	size_t n_zones;
	struct node *nodes;
	size_t n_nodes;
	struct physical physical;
	struct physical_zone *physical_zones;
	size_t n_physical_zones;
	struct frame_cgroup *frame_cgroups;
	size_t n_frame_cgroups;
	struct frame_system *frame_systems;
	size_t n_frame_systems;
	struct frame_file *frame_files;
	size_t n_frame_files;
	struct frame_blocks *frame_blocks;
	size_t n_frame_blocks;
	struct meminfo_line *meminfo;
	size_t n_meminfo;
	struct proc_text *proc_texts;
	size_t n_proc_texts;
	naming_fn *naming;
	bool named;
	struct names names[NAME_KINDS];
	struct cgroup_names *called;
	struct obstack memory;
	size_t bytes;
	size_t most;
	const struct task **by_pid;
	size_t n_by_pid;
	size_t *arrays;
	size_t n_arrays;
};

#define KNOWN(row, bit)	((row)->known >> (bit) & 1)

/* A new, empty snapshot; snapshot_free() frees it. */
struct snapshot *snapshot_new(void);
void snapshot_free(struct snapshot *snap);

/* Empties it: as snapshot_new() returns it. */
void snapshot_reset(struct snapshot *snap);

/* Bytes of memory that it holds, and whether these are too many: it is to be dropped. */
size_t snapshot_bytes(const struct snapshot *snap);
bool snapshot_is_full(const struct snapshot *snap);

/* Allocates @size bytes for strings and lists, less than INT_MAX, not zeroed. */
void *snapshot_alloc(struct snapshot *snap, size_t size);

/* A NUL-terminated copy of @text, of at most @len bytes. */
const char *snapshot_text(struct snapshot *snap, const char *text, size_t len);

/*
 * The request names the task, but it has no address space any more, so it has no
 * figures.  A task that vanished later has the kernel's own counters.
 */
bool task_is_gone(const struct task *task);
void snapshot_drop_gone(struct snapshot *snap);

/* The request names it, but no process has its PID. */
bool task_is_absent(const struct task *task);

/* Whether it may be in any cgroup. */
bool task_is_unplaced(const struct task *task);

/* Whether its walk is known not to have reached all of its memory. */
bool task_is_unseen(const struct task *task);

/* Whether @pids, @n of them, have the PID of @task or of one of its CLONE_VM peers. */
bool task_is_of(const struct task *task, const uint64_t *pids, size_t n);

/* Drops all other tasks. */
void snapshot_keep_tasks(struct snapshot *snap, const uint64_t *pids, size_t n);

/* For qsort() of pointers to tasks: only PID and start time together identify a process. */
int task_compare(const void *a, const void *b);

/* Bytes of a page on its machine; 0: unknown. */
uint64_t page_size_of(const struct snapshot *snap);

/* The task with this PID; NULL if there is none.  Sorts them at the first call. */
const struct task *task_of(const struct snapshot *snap, uint64_t pid);

/* The group of this MEMCENSUS_GROUP_ID; NULL if there is none. */
struct group *group_of(const struct snapshot *snap, uint64_t id);

/* Drops the mappings of processes that are no tasks of @snap. */
void snapshot_drop_vmas(struct snapshot *snap);

/* In @extfrag: a block of the order, or of a higher one, is free. */
#define EXTFRAG_AVAILABLE	(-1000)

/* Its name; MAPPING_UNNAMED if it has none. */
const char *mapping_name(const struct vma *vma);
#define MAPPING_UNNAMED	"[ anon ]"

#endif /* READER_SNAPSHOT_H */
