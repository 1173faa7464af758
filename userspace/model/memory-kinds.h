/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kinds of memory that processes have, in one table: where the figure of each comes from, and
 * whether it comes back when they end.  'share --if-stopped' shows all of them, 'leak' sums up
 * those of a process alone.
 */
#ifndef READER_MEMORY_KINDS_H
#define READER_MEMORY_KINDS_H

#include <stdbool.h>

#include "model/amount.h"
#include "model/snapshot.h"

/* What becomes of it when all who have it end. */
enum memory_fate {
	MEMORY_FREE,		/* free memory grows by it */
	MEMORY_ELSEWHERE,	/* it comes back to swap, or to the pool of huge pages */
	MEMORY_MAYBE,		/* it may come back */
	MEMORY_STAYS,		/* until it is reclaimed, or others let go of it */
	MEMORY_NUMBER,		/* no memory: a number of objects */
};

/* Where its amount comes from. */
enum memory_source {
	MEMORY_OF_CENSUS,	/* a figure of the group of these processes */
	MEMORY_OF_PROCESSES,	/* counted process by process */
	MEMORY_OF_FILES,	/* added up file by file */
	MEMORY_OF_CGROUP,	/* charged to a cgroup: only these have it */
	MEMORY_COMPUTED,	/* from the others */
};

/*
 * Each row: KIND(its number, name, heading, fate, source, figure of the census, whether 'leak'
 * counts it as memory of one process, its meaning).  In the order of the tables.
 */
#define MEMORY_KINDS_OF(KIND)								\
	KIND(THREADS, "threads", "Threads", NUMBER, OF_PROCESSES, UNSPEC, false,	\
	     "threads that end")							\
	KIND(ANON, "anon", "Anon", FREE, OF_CENSUS, USS_ANON, true,			\
	     "anonymous memory that only they have")					\
	KIND(DEVICE, "device", "Device", FREE, OF_CENSUS, USS_DEVICE, true,		\
	     "memory of drivers that only they map")					\
	KIND(SHMEM, "shmem", "Shmem", FREE, OF_FILES, UNSPEC, false,			\
	     "shared memory without a name and another user")				\
	KIND(DELETED, "deleted", "Deleted", FREE, OF_FILES, UNSPEC, false,		\
	     "page cache of deleted files without another user")			\
	KIND(BUFFERS, "buffers", "Buffers", FREE, OF_FILES, UNSPEC, false,		\
	     "by a descriptor alone: DMA-BUFs, BPF maps, rings, GPU, pinned and unmapped")	\
	KIND(PAGETABLES, "pagetables", "PgTables", FREE, OF_CENSUS, PAGETABLES, true,	\
	     "page tables")								\
	KIND(STACKS, "stacks", "Stacks", FREE, COMPUTED, UNSPEC, false,			\
	     "kernel stacks of the threads")						\
	KIND(KERNEL, "kernel", "Kernel", FREE, OF_CGROUP, UNSPEC, false,		\
	     "charged, of no process: comes back when its last descriptor closes")	\
	KIND(MEMORY, "memory", "Memory", MAYBE, COMPUTED, UNSPEC, false,		\
	     "what free memory grows by: the sum of the above")				\
	KIND(SWAP, "swap", "Swap", ELSEWHERE, OF_CENSUS, SWAP_USS, true,		\
	     "swap that becomes free")							\
	KIND(ZRAM, "zram", "Zram", MAYBE, COMPUTED, UNSPEC, false,			\
	     "memory that its swap in zram takes, by the average: comes back too")	\
	KIND(IN_BOTH, "in_both", "InBoth", MAYBE, COMPUTED, UNSPEC, false,		\
	     "at most: in memory and in swap, so it comes back in both rows")		\
	KIND(PINNED, "pinned", "Pinned", MAYBE, OF_CENSUS, PINNED, false,		\
	     "pinned: what of it is not mapped comes back too")				\
	KIND(AT_MOST, "at_most", "AtMost", MAYBE, OF_FILES, UNSPEC, false,		\
	     "comes back too, at most: memory of guests, pinned, in flight")		\
	KIND(PARTS, "huge_parts", "HugeParts", MAYBE, COMPUTED, UNSPEC, false,		\
	     "at most, and of all: parts of huge pages that no process maps any more")	\
	KIND(PIPES, "pipes", "Pipes", NUMBER, OF_PROCESSES, UNSPEC, false,		\
	     "descriptors of pipes: what these hold may come back too")			\
	KIND(SOCKETS, "sockets", "Sockets", NUMBER, OF_PROCESSES, UNSPEC, false,	\
	     "descriptors of sockets: the same")					\
	KIND(IO_URINGS, "io_urings", "IOUrings", NUMBER, OF_PROCESSES, UNSPEC, false,	\
	     "descriptors of io_uring: the same")					\
	KIND(HUGETLB, "hugetlb", "Hugetlb", ELSEWHERE, OF_CENSUS, PRIVATE_HUGETLB, true, \
	     "huge pages that go back to their pool")					\
	KIND(RECLAIM, "reclaim", "Reclaim", MAYBE, OF_CGROUP, UNSPEC, false,		\
	     "may stay: dentries and inodes; those of open sockets come back")		\
	KIND(CACHED, "cached", "Cached", STAYS, OF_CENSUS, USS_FILE, false,		\
	     "stays: files only they map, in the page cache until reclaimed")		\
	KIND(KEPT_SHMEM, "kept_shmem", "KeptShm", STAYS, OF_CENSUS, USS_SHMEM, true,	\
	     "stays: shared memory only they map, with a name or another user")		\
	KIND(KEPT_HUGETLB, "kept_hugetlb", "KeptHtlb", STAYS, OF_FILES, UNSPEC, false,	\
	     "stays: huge pages only they map, of such files")				\
	KIND(KEPT_BUFFERS, "kept_buffers", "KeptBuf", STAYS, OF_FILES, UNSPEC, false,	\
	     "stays: as buffers, which other processes have too")			\
	KIND(SHARED, "shared", "Shared", STAYS, OF_CENSUS, SHARED, false,		\
	     "stays: memory that other processes map too")

#define MEMORY_KIND_NUMBER(id, ...)	MEMORY_##id,
enum memory_kind {
	MEMORY_KINDS_OF(MEMORY_KIND_NUMBER)
	MEMORY_KINDS,
};

/**
 * struct memory_row - a kind of memory
 * @fate, @source: as above
 * @figure: enum memcensus_figure, with MEMORY_OF_CENSUS
 * @of_one: a process alone has it, and 'leak' follows it
 */
struct memory_row {
	enum memory_fate fate;
	enum memory_source source;
	unsigned int figure;
	bool of_one;
};

extern const struct memory_row memory_kinds[MEMORY_KINDS];

/* The figure of @kind, with MEMORY_OF_CENSUS; of devices without what is not in MemTotal. */
struct amount memory_of_kind(const struct figures *figures, enum memory_kind kind);

#endif /* READER_MEMORY_KINDS_H */
