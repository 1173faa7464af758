/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a census comes from.  The caller does not know whether the kernel or a
 * record answers.
 */
#ifndef READER_SOURCE_H
#define READER_SOURCE_H

#include "lib/failure.h"
#include "model/snapshot.h"

/* The module's default if a request names no parts. */
#define REQUEST_DEFAULT_PARTS	(MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES |	\
				 MEMCENSUS_PART_NODES | MEMCENSUS_PART_SYSTEM)

/**
 * struct request - which census is requested
 * @basis: enum memcensus_basis, or 0 for the module's default
 * @parts: MEMCENSUS_PART_*, or 0 for the module's default
 * @pids: processes, or NULL for all; owned by the caller
 * @n_pids: at most MEMCENSUS_PIDS_MAX
 * @group_by: enum memcensus_group_by, or 0 for no groups
 * @proc_texts: enum proc_texts_bit, texts of /proc to read after the census; meminfo
 *	always comes with the totals of the system
 * @cmdlines: read the command lines of processes of this machine after the census
 * @pages: the bitmaps of the pages of the only one of @pids, on the frames basis, with
 *	its task and its mappings: a PAGES dump, for which of all else only @pages_start
 *	and @pages_end count
 * @pages_start: the first address, a multiple of the page size
 * @pages_end: the first address behind them, or 0 for all
 * @share: what @pids have in common with others, or the groups by @group_by with each other:
 *	a SHARE dump, for which of all else only @limit and @file count
 * @charged: with @share by cgroup: 1: also who is charged for the mapped pages; 2: and for
 *	which files
 * @file: descriptor of an open regular file: only what its mappings have is counted; 0: all
 * @limit: most peers of each process, or most pairs of groups; 0: the module's default
 * @physical: a pass over all frames instead of a census, for which of all else only @order and
 *	@group_by, for cgroups, and @files count
 * @order: of blocks that it also reports; 0: none
 * @files: how many of the largest files in the page cache it also reports; 0: none
 * @oom: the OOM events and the census before one of them, for which of all else only @event counts
 * @event: number of that one; 0: the newest
 * @any_basis: accept a record with another basis than @basis
 * @any_groups: without @group_by, keep the groups that a record has
 */
struct request {
	uint8_t basis;
	bool any_basis;
	bool any_groups;
	bool cmdlines;
	uint8_t proc_texts;
	uint32_t parts;
	const uint32_t *pids;
	size_t n_pids;
	uint8_t group_by;
	bool share;
	uint8_t charged;
	int file;
	uint32_t limit;
	bool pages;
	bool physical;
	uint32_t order;
	uint32_t files;
	bool oom;
	uint64_t event;
	uint64_t pages_start;
	uint64_t pages_end;
};

struct source;

/* Result of taking a census. */
enum taken {
	TAKE_FAILED = -1,
	TAKE_DONE = 0,
	TAKE_END = 1,		/* a record has no more, or a stop is requested */
};

/**
 * struct source_ops - a kind of source
 * @live: a census shows the present; else it was recorded, and the next one
 *	is available without waiting
 * @take: fills the empty @snap with the next census.  If the result is not
 *	TAKE_DONE, @snap may hold a part; the caller may only free it.
 * @close: frees the source
 */
struct source_ops {
	bool live;
	enum taken (*take)(struct source *source, const struct request *request,
			   struct snapshot *snap, struct failure *why);
	void (*close)(struct source *source);
};

/**
 * struct tap - observer of the messages of a census
 * @see: gets the @len bytes of complete messages at @messages: first the request,
 *	then the answers in the order of arrival
 */
struct tap {
	void (*see)(struct tap *tap, const void *messages, size_t len);
};

/**
 * struct source - common head of all kinds of source
 * @ops: its kind
 * @tap: observer of the messages of the kernel, or NULL
 * @damaged: damaged data was skipped, and stderr said so
 */
struct source {
	const struct source_ops *ops;
	struct tap *tap;
	bool damaged;
};

/* Opens a source; NULL and @why if it is unavailable. */
typedef struct source *source_open_fn(struct failure *why);

#endif /* READER_SOURCE_H */
