/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the memory of a cgroup is: the rows of 'explain', what of them adds up, and the rules of its
 * verdict.  tools/explain gathers the figures.  What could not be read is unknown in all that is
 * computed of it.
 */
#ifndef READER_EXPLAIN_H
#define READER_EXPLAIN_H

#include "model/amount.h"

/* Whether a table of text has a row; JSON and raw output have all. */
enum explain_shown {
	EXPLAIN_ALWAYS,
	EXPLAIN_RARE,		/* only if there is some */
	EXPLAIN_UNLIKE,		/* only if it differs from the row that says the same */
	EXPLAIN_PART,		/* never: the text of another row says it */
};

/*
 * Each row: ROW(its number, name, part of the row above, shown, row that says the same, help), in
 * the order of the table.  ANON to REST are all of USAGE; so are IF_STOPPED, RECLAIM and NEITHER.
 */
#define EXPLAIN_ROWS_OF(ROW)								\
	ROW(LIMIT, "limit", false, ALWAYS, LIMIT, "memory.max")				\
	ROW(HIGH, "high", false, ALWAYS, HIGH, "memory.high")				\
	ROW(USAGE, "usage", false, ALWAYS, USAGE,					\
	    "memory.current: the sum of the next rows")					\
	ROW(ANON, "anon", true, ALWAYS, ANON,						\
	    "private memory; container_memory_rss; podman stats of 5.4")			\
	ROW(CACHE, "cache", true, ALWAYS, CACHE, "page cache of files")			\
	ROW(MAPPED, "cache_mapped", true, PART, MAPPED,					\
	    "of cache, what processes map")						\
	ROW(UNMAPPED, "cache_unmapped", true, PART, UNMAPPED,				\
	    "of cache, what no process maps: read, written, read ahead")		\
	ROW(DIRTY, "cache_dirty", true, PART, DIRTY,					\
	    "of cache, what is to be written to disk first")				\
	ROW(SHMEM, "shmem", true, ALWAYS, SHMEM, "files of tmpfs, shared memory")	\
	ROW(KERNEL, "kernel", true, ALWAYS, KERNEL, "objects of the kernel for it")	\
	ROW(SLAB, "kernel_slab", true, PART, SLAB,					\
	    "of kernel, small objects: sockets, files, tasks, dentries, inodes")	\
	ROW(SLAB_RECLAIM, "kernel_slab_reclaimable", true, PART, SLAB_RECLAIM,		\
	    "of kernel_slab, dentries, inodes and the like")				\
	ROW(PAGETABLES, "kernel_pagetables", true, PART, PAGETABLES,			\
	    "of kernel, page tables, also those of virtual machines")			\
	ROW(STACKS, "kernel_stacks", true, PART, STACKS,				\
	    "of kernel, kernel stacks of threads")					\
	ROW(PERCPU, "kernel_percpu", true, PART, PERCPU,				\
	    "of kernel, per-CPU memory: cgroups, BPF maps")				\
	ROW(VMALLOC, "kernel_vmalloc", true, PART, VMALLOC,				\
	    "of kernel, vmalloc: BPF maps, large tables")				\
	ROW(KERNEL_OTHER, "kernel_other", true, PART, KERNEL_OTHER,			\
	    "of kernel, what no kind names: pipes, io_uring, zswap")			\
	ROW(SOCK, "sock", true, ALWAYS, SOCK, "buffers of its sockets")			\
	ROW(HUGETLB, "hugetlb", true, RARE, HUGETLB, "huge pages of hugetlb")		\
	ROW(REST, "rest", true, ALWAYS, REST,						\
	    "charged in advance by processors, and counted late")			\
	ROW(WORKING_SET, "working_set", false, ALWAYS, WORKING_SET,			\
	    "kubectl top, kubelet, docker stats: less inactive_file")			\
	ROW(DOCKER, "docker_stats", false, UNLIKE, WORKING_SET,				\
	    "docker stats: usage, as inactive_file is not less")			\
	ROW(PODMAN, "podman_stats", false, UNLIKE, ANON,				\
	    "podman stats of 5.4: anon; newer ones: working_set")			\
	ROW(RSS, "container_memory_rss", false, UNLIKE, ANON, "RSS of cAdvisor: anon")	\
	ROW(CACHED, "container_memory_cache", false, PART, CACHED,			\
	    "cache of cAdvisor: cache and shmem")					\
	ROW(USS, "exclusive", false, ALWAYS, USS, "USS: what only its processes map")	\
	ROW(PSS, "pss", false, ALWAYS, PSS, "PSS: their share of all that they map")	\
	ROW(FOR_OTHERS, "for_others", false, ALWAYS, FOR_OTHERS,			\
	    "it is charged for, and only other cgroups map")				\
	ROW(BY_OTHERS, "by_others", false, ALWAYS, BY_OTHERS,				\
	    "it maps, and other cgroups are charged for")				\
	ROW(IF_STOPPED, "if_stopped", false, ALWAYS, IF_STOPPED,			\
	    "comes back at once if all its processes end")				\
	ROW(RECLAIM, "reclaimable", false, ALWAYS, RECLAIM,				\
	    "the kernel takes it under pressure: clean cache, slab")			\
	ROW(NEITHER, "neither", false, ALWAYS, NEITHER,					\
	    "the rest of usage: named shmem, dirty cache, of others")

#define EXPLAIN_ROW_NUMBER(id, ...)	EXPLAIN_##id,
enum explain_number {
	EXPLAIN_ROWS_OF(EXPLAIN_ROW_NUMBER)
	EXPLAIN_ROWS,
};

/**
 * struct explain_row - a row
 * @name: for all output
 * @part: of a row above
 * @shown: in a table of text
 * @like: the row that says the same
 * @help: one line
 */
struct explain_row {
	const char *name;
	bool part;
	enum explain_shown shown;
	enum explain_number like;
	const char *help;
};

extern const struct explain_row explain_rows[EXPLAIN_ROWS];

/* When a rule holds. */
enum explain_test {
	EXPLAIN_IS_UNKNOWN,	/* the first row is */
	EXPLAIN_IS_EMPTY,	/* no process is in it */
	EXPLAIN_FULL,		/* the first less RECLAIM is the percentage of the second */
	EXPLAIN_MOST_OF,	/* the same, of any second row */
	EXPLAIN_ELSE,		/* always */
};

/*
 * Each rule: RULE(its number, name, test, row, percent, of row, what it says, where "{NAME}" is the
 * amount of that row).  The first one that holds and of which all amounts are known is the verdict.
 */
#define EXPLAIN_RULES_OF(RULE)								\
	RULE(UNCHARGED, "uncharged", IS_UNKNOWN, USAGE, 0, USAGE,			\
	     "What it is charged for is unknown.")					\
	RULE(FULL, "full", FULL, USAGE, 95, LIMIT,					\
	     "{usage} of its limit of {limit}, {reclaimable} of it reclaimable: "		\
	     "near an OOM kill.")							\
	RULE(EMPTY, "empty", IS_EMPTY, USAGE, 0, USAGE,					\
	     "No process is in it: {cache} page cache, {shmem} shmem and {kernel} kernel stay.") \
	RULE(CACHE, "cache", MOST_OF, RECLAIM, 50, USAGE,				\
	     "{if_stopped} of {usage} are its own; {reclaimable} are cache, "		\
	     "which the kernel takes first.")						\
	RULE(CACHE_ALONE, "cache_alone", MOST_OF, RECLAIM, 50, USAGE,			\
	     "{reclaimable} of {usage} are cache, which the kernel takes first.")	\
	RULE(KERNEL, "kernel", MOST_OF, KERNEL, 50, USAGE,				\
	     "{kernel} of {usage} are objects of the kernel for it.")			\
	RULE(SOCK, "sock", MOST_OF, SOCK, 50, USAGE,					\
	     "{sock} of {usage} wait in its sockets to be read or sent.")		\
	RULE(OWN, "own", MOST_OF, IF_STOPPED, 50, USAGE,				\
	     "{if_stopped} of {usage} are its own, and come back when it ends.")	\
	RULE(SHMEM, "shmem", MOST_OF, SHMEM, 50, USAGE,					\
	     "{shmem} of {usage} are files in memory: they stay until deleted, or go to swap.") \
	RULE(OTHERS, "others", MOST_OF, FOR_OTHERS, 50, USAGE,				\
	     "{for_others} of {usage} are mapped by other cgroups alone.")		\
	RULE(ANON, "anon", MOST_OF, ANON, 50, USAGE,					\
	     "{anon} of {usage} are private memory of processes.")			\
	RULE(MIXED, "mixed", ELSE, USAGE, 0, USAGE,					\
	     "No kind is half of {usage}: {anon} anon, {cache} cache, {shmem} shmem.")	\
	RULE(UNKNOWN, "unknown", ELSE, USAGE, 0, USAGE, "Too little is known of it.")

#define EXPLAIN_RULE_NUMBER(id, ...)	EXPLAIN_RULE_##id,
enum explain_rule_number {
	EXPLAIN_RULES_OF(EXPLAIN_RULE_NUMBER)
	EXPLAIN_RULES,
};

/**
 * struct explain_rule - a rule
 * @name: for JSON and for the page of the rules
 * @test, @row, @percent, @of: when it holds
 * @says: the verdict, with names of rows
 */
struct explain_rule {
	const char *name;
	enum explain_test test;
	enum explain_number row;
	unsigned int percent;
	enum explain_number of;
	const char *says;
};

extern const struct explain_rule explain_rules[EXPLAIN_RULES];

/**
 * struct explain - the memory of a cgroup
 * @v: by row
 * @processes: in it and below it
 * @lru: page cache on the lists of reclaim; with memory that MADV_FREE gave back
 * @writeback: page cache that is being written
 * @inactive: inactive_file
 * @file_mapped: mapped page cache and shared memory
 * @shmem_mapped: of it, shared memory
 * @deleted: of IF_STOPPED, page cache
 */
struct explain {
	struct amount v[EXPLAIN_ROWS];
	uint64_t processes;
	struct amount lru;
	struct amount writeback;
	struct amount inactive;
	struct amount file_mapped;
	struct amount shmem_mapped;
	struct amount deleted;
};

/*
 * Fills the rows that follow from others: of the parts of usage REST, MAPPED, UNMAPPED and
 * KERNEL_OTHER; what platforms show; RECLAIM and NEITHER.
 */
void explain_compute(struct explain *explain);

/* The rule that is the verdict. */
const struct explain_rule *explain_judge(const struct explain *explain);

/* What @rule says of @explain, which the caller frees. */
char *explain_text(const struct explain *explain, const struct explain_rule *rule);

/* Whether a table of text has row @number. */
bool explain_shows(const struct explain *explain, enum explain_number number);

#endif /* READER_EXPLAIN_H */
