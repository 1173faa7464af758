/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The limits that memory can meet: what each is, whose it is, what is left of it, and what
 * happens there.  One table, for all commands.  os/limits.h fills it, of this machine or of a
 * record.
 *
 * A limit that could not be read is not there, and struct limits says that its kind is unknown;
 * one that is not set ("max", unlimited) is not there either, but known.
 */
#ifndef READER_LIMITS_H
#define READER_LIMITS_H

#include "model/amount.h"
#include "model/snapshot.h"

/* What is taken of it; a process that takes none does not meet the limit. */
enum limit_use {
	LIMIT_USE_NONE,		/* what no process takes as such: only its state matters */
	LIMIT_USE_MEMORY,	/* memory and swap, but no pages of a hugetlb pool */
	LIMIT_USE_HUGETLB,	/* pages of a hugetlb pool */
	LIMIT_USE_SHMEM,	/* pages of files of a tmpfs */
	LIMIT_USE_COMMIT,	/* what the kernel has promised, touched or not */
	LIMIT_USE_ADDRESSES,	/* all mappings, VmSize */
	LIMIT_USE_DATA,		/* private writable mappings, VmData */
	LIMIT_USE_LOCKED,	/* locked mappings, VmLck */
	LIMIT_USE_MAPPINGS,	/* number of mappings */
	LIMIT_USES,
};

/* Whose a limit is. */
enum limit_scope {
	LIMIT_OF_MACHINE,
	LIMIT_OF_CGROUP,	/* and of those below it */
	LIMIT_OF_MOUNT,
	LIMIT_OF_PROCESS,
};

enum limit_kind {
	LIMIT_MEMORY,
	LIMIT_ZONE,
	LIMIT_COMMIT,
	LIMIT_POOL,
	LIMIT_CGROUP_MAX,
	LIMIT_CGROUP_HIGH,
	LIMIT_CGROUP_SWAP,
	LIMIT_CGROUP_HUGETLB,
	LIMIT_CGROUP_RSVD,
	LIMIT_TMPFS,
	LIMIT_NODE,
	LIMIT_AS,
	LIMIT_DATA,
	LIMIT_MEMLOCK,
	LIMIT_MAPPINGS,
	LIMITS,
};

/**
 * struct limit_type - a row of the table
 * @name: of the limit, as the kernel calls it
 * @scope: whose it is
 * @use: what is taken of it
 * @number: it is a number, not bytes
 * @then: what happens there, in a word: ENOMEM, SIGBUS, throttled, killed, ...
 * @says: the same, to be read after "then"
 * @left: how what is left is computed, and from which files
 */
struct limit_type {
	const char *name;
	enum limit_scope scope;
	enum limit_use use;
	bool number;
	const char *then;
	const char *says;
	const char *left;
};

extern const struct limit_type limit_types[LIMITS];

/**
 * struct limit - one limit, at a point in time
 * @kind: its row in limit_types
 * @pid: the process whose it is; 0: of none
 * @id: what tells it from others of its kind: ID of the cgroup, device of the mount, bytes of a
 *	page of the pool, number of the node and the zone, the nodes as a bitmap
 * @size: bytes of a page, of limits of hugetlb; else 0
 * @whose: cgroup, mount, nodes, zone, size of a page; NULL: of the machine or of a process; owned
 * @limit: bytes, or a number
 * @left: of that; 0: it is met
 * @swap: of memory.max and memory.high: bytes of @left that are swap
 * @swap_of: what ends this swap: "memory.swap.max of PATH", "swap of the machine"; NULL: there is
 *	none; owned
 */
struct limit {
	enum limit_kind kind;
	uint32_t pid;
	uint64_t id;
	uint64_t size;
	char *whose;
	uint64_t limit;
	uint64_t left;
	uint64_t swap;
	char *swap_of;
};

/**
 * struct limits - all that is known
 * @v: @n of them; owned
 * @unknown: bit n: limits of kind n could not be read, or not all of them
 * @left_out: number of limits beyond LIMITS_MOST
 */
struct limits {
	struct limit *v;
	size_t n;
	uint64_t unknown;
	size_t left_out;
};

/* A user may make as many cgroups and mounts as the machine allows. */
#define LIMITS_MOST	10000

void limits_free(struct limits *limits);

/* Takes over the texts of @limit. */
void limits_add(struct limits *limits, const struct limit *limit);

/* Not all limits of @kind are known. */
void limits_miss(struct limits *limits, enum limit_kind kind);

/* What the kernel says of all memory and swap, in bytes; unknown @swap: there is none. */
void limits_add_memory(struct limits *limits, struct amount total, struct amount available,
		       struct amount swap_total, struct amount swap_free);

/**
 * struct limit_commit - vm.overcommit_memory, and what goes with it; amounts in bytes
 * @mode: 2: the limit holds; unknown without it
 * @limit, @committed: CommitLimit, Committed_AS
 * @reserve: what is kept back for root (vm.admin_reserve_kbytes)
 */
struct limit_commit {
	struct amount mode;
	struct amount limit;
	struct amount committed;
	struct amount reserve;
};

void limits_add_commit(struct limits *limits, const struct limit_commit *commit);

/**
 * struct limit_pool - a hugetlb pool, in pages of @size bytes, as /sys/kernel/mm/hugepages has it
 */
struct limit_pool {
	uint64_t size;
	uint64_t total;
	uint64_t free;
	uint64_t reserved;
	uint64_t surplus;
	uint64_t overcommit;
};

/* Without pages and without overcommit there is no pool. */
void limits_add_pool(struct limits *limits, const struct limit_pool *pool);

/* Hugetlb limits of a cgroup: sizes of pages, at most. */
#define LIMIT_PAGE_SIZES	4

/**
 * struct limit_cgroup - what a cgroup says of itself
 * @id, @path: as of groups; @path NULL: unknown
 * @charges: memory.*
 * @huge: hugetlb.SIZE.*, by size of a page, in bytes; an unknown limit is none
 */
struct limit_cgroup {
	uint64_t id;
	const char *path;
	struct charges charges;
	struct limit_huge {
		uint64_t size;
		struct amount max;
		struct amount current;
		struct amount rsvd_max;
		struct amount rsvd_current;
	} huge[LIMIT_PAGE_SIZES];
	size_t n_huge;
};

/**
 * struct limit_swap - what a cgroup may still swap out
 * @bytes: how much
 * @of: path of the cgroup whose memory.swap.max ends it; NULL: the swap of the machine does; not
 *	owned
 */
struct limit_swap {
	uint64_t bytes;
	const char *of;
};

/*
 * Adds the limits of @cgroup.  It may swap no more than the one above it: @above, which is all
 * swap of the machine above the first one.  Returns what those below it may.
 */
struct limit_swap limits_add_cgroup(struct limits *limits, const struct limit_cgroup *cgroup,
				    struct limit_swap above);

/* Zones whose free memory is below their low watermark, of a census. */
void limits_add_zones(struct limits *limits, const struct snapshot *snap);

/*
 * What process @pid can have where it may use only @nodes (bit n: node n), of a census with zones
 * and nodes.  Nothing if these are all nodes with memory.
 */
void limits_add_nodes(struct limits *limits, const struct snapshot *snap, uint32_t pid,
		      uint64_t nodes);

/* A file system of @device, mounted at @whose; without a size it has no limit. */
void limits_add_tmpfs(struct limits *limits, uint64_t device, const char *whose, uint64_t size,
		      uint64_t used);

/* A limit of process @pid, of which @used is taken. */
void limits_add_own(struct limits *limits, enum limit_kind kind, uint32_t pid, uint64_t limit,
		    uint64_t used);

enum limit_state {
	LIMIT_FAR,
	LIMIT_NEAR,	/* nine tenths are used */
	LIMIT_MET,
};

enum limit_state limit_state(const struct limit *limit);

/* Its name: that of its kind, with the size of a page or the nodes; the caller frees it. */
char *limit_name(const struct limit *limit);

/**
 * struct limit_ahead - a limit that will be met
 * @limit: which; NULL: none
 * @rate: how fast it is used up, in a second
 * @seconds: until then
 */
struct limit_ahead {
	const struct limit *limit;
	double rate;
	double seconds;
};

/*
 * Finds the two limits that are met first, the earliest in @ahead[0].  @rate says how fast each is
 * used up; 0: not, or it does not matter.
 */
void limits_ahead(const struct limits *limits, struct limit_ahead ahead[2],
		  double (*rate)(const struct limit *limit, const void *context),
		  const void *context);

#endif /* READER_LIMITS_H */
