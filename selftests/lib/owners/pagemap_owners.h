/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The test's own count of the owners of each frame and swap slot, from
 * /proc/PID/pagemap of every process. It is the oracle of the census and
 * does not use the census.
 *
 * An entry of pagemap is
 *
 *	special	if kpageflags says that it maps a zero page,
 *	swap	if it is a swap entry,
 *	hugetlb	if kpageflags says so,
 *	else a frame.
 *
 * [vvar] and /dev/mem may be PFN maps, which have no entries in pagemap. Since
 * 6.13 [vvar] maps its pages as a file mapping does: this count, the census and
 * smaps count them so.
 *
 * CLONE_VM peers, found by kcmp(), count once; on a kernel without kcmp() each
 * process counts.
 */
#ifndef _PAGEMAP_OWNERS_H
#define _PAGEMAP_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "client/client.h"

/**
 * struct holding - pages of one kind that one or more address spaces map
 * @pages: distinct pages
 * @alone: exclusive pages of these
 * @shares: 1/2^24 byte, rounded down for each page
 */
struct holding {
	uint64_t pages, alone, shares;
};

/**
 * struct owner - one address space
 * @pid: the first process found in it
 * @mapped: entries that map @frames: the RSS
 * @special: entries of special mappings
 * @pfn_map: pages of PFN maps, mapped or not
 * @frames: without hugetlb
 * @anon: anonymous frames of @frames
 */
struct owner {
	pid_t pid;
	uint64_t mapped, special, pfn_map;
	struct holding frames, anon, swap, hugetlb;
};

struct mark;

/**
 * struct owners - all address spaces at a point in time
 * @frames: distinct mapped frames
 * @several: of @frames, those with 2, with 3 to 9, and with more owners
 * @hugetlb_again: small pages of hugetlb pages that an address space maps more than once:
 *	each is one page of its @hugetlb
 * @unsteady: the count met something temporary: a migration entry, or a
 *	process that ended
 */
struct owners {
	struct owner *owners;
	size_t n;
	struct mark *marks;
	size_t n_marks, room;
	uint64_t frames;
	uint64_t several[3], hugetlb_again;
	bool unsteady;
};

/* 0 or -errno; reuses the memory of an earlier read into @o. */
int owners_read(struct owners *o);
/*
 * The test is itself among the processes, and reading changes its memory. This
 * touches all memory that reading needs, and keeps the heap. 0 or -errno.
 */
int owners_warm_up(struct owners *o);
void owners_free(struct owners *o);
/* Does the kernel have kcmp()? */
bool owners_kcmp(void);
/* True if nothing has changed between the two. */
bool owners_same(const struct owners *a, const struct owners *b);
/* The address space whose first process is @pid, or NULL. */
const struct owner *owners_of(const struct owners *o, pid_t pid);

/*
 * Frames of all @pids together: each page counts once, and is exclusive if no other
 * process has it; @shares is the sum of their shares of @frames.
 */
void owners_together(const struct owners *o, const pid_t *pids, unsigned int n,
		     struct owner *group);

/**
 * struct owned - pages of some owners, by kind
 * @file: of files and shmem
 */
struct owned {
	uint64_t anon, file, swap, hugetlb;
};

/*
 * What each owner has in common with the one of index @a, by index in @o->owners, and of this
 * what no other owner has; and what @a has by number of owners: 1, 2, 3 to 9, 10 and more.
 */
void owners_common(const struct owners *o, size_t a, struct owned *common,
		   struct owned *alone, struct owned *by_owners);

/*
 * The same for groups: @group is the number of each owner's group, below @nr. @common and
 * @alone have @nr times @nr elements, @by_owners four for each group.
 */
void owners_groups_common(const struct owners *o, const unsigned int *group, unsigned int nr,
			  struct owned *common, struct owned *alone,
			  struct owned *by_owners);

/**
 * struct owners_equal - result of a comparison
 * @processes: address spaces compared
 * @groups: groups compared
 * @values: values compared
 * @mismatches: values that differ
 * @tries: attempts until nothing changed during one
 * @frames: distinct frames
 * @wrong: why nothing was compared
 */
struct owners_equal {
	unsigned int processes, groups, tries;
	unsigned long values, mismatches;
	uint64_t frames;
	char wrong[128];
};

/*
 * Reads the owners, takes a census of all processes, in groups
 * by @group_by unless that is 0, and reads the owners again. If they have not
 * changed, compares every value; else tries again, a limited number of times.
 * @pids, @n: for MEMCENSUS_BY_PIDS.
 *
 * 0: compared; -EAGAIN: the owners changed each time; else -errno of the census
 * or the oracle.
 */
int owners_compare(uint8_t group_by, const pid_t *pids, unsigned int n,
		   struct owners_equal *equal);

/* The counts as TAP diagnostics. */
void owners_report(const struct owners_equal *equal);

#endif /* _PAGEMAP_OWNERS_H */
