/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who owns which frame and which swap slot, as the test counts it by itself:
 * from /proc/PID/pagemap of every process there is. The oracle of the frames
 * basis; it knows nothing of the census.
 *
 * An entry of pagemap is
 *
 *	special	where kpageflags says that it is of a zero page,
 *	swap	where it is a slot's,
 *	hugetlb	where kpageflags says so,
 *	else a frame.
 *
 * [vvar] and /dev/mem may be PFN maps, which have no entries in pagemap. Since
 * 6.13 the pages of [vvar] are pages, mapped as those of a file are: counted here
 * as there, and so in smaps.
 *
 * Processes of one address space, by kcmp(), count once; on a kernel that has
 * no kcmp each counts.
 */
#ifndef _PAGEMAP_OWNERS_H
#define _PAGEMAP_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "client.h"

/**
 * struct holding - what an address space, or some of them, have of a kind
 * @pages: distinct ones
 * @alone: of these, no other's
 * @shares: 1/2^24 byte, each page cut by itself
 */
struct holding {
	uint64_t pages, alone, shares;
};

/**
 * struct owner - one address space
 * @pid: the first process met in it
 * @mapped: entries of @frames, each counted: what RSS is
 * @special: entries of special mappings
 * @pfn_map: pages of PFN maps, mapped or not
 * @frames: without hugetlb
 * @anon: of @frames, the anonymous ones
 */
struct owner {
	pid_t pid;
	uint64_t mapped, special, pfn_map;
	struct holding frames, anon, swap, hugetlb;
};

struct mark;

/**
 * struct owners - all address spaces at a point in time
 * @frames: distinct frames that anybody maps
 * @unsteady: something was met that does not last: a migration entry, or a
 *	process that ended
 */
struct owners {
	struct owner *owners;
	size_t n;
	struct mark *marks;
	size_t n_marks, room;
	uint64_t frames;
	bool unsteady;
};

/* 0 or -errno; memory of an @o that was read before is used again. */
int owners_read(struct owners *o);
/*
 * We are among those who are read, and change by reading. This touches what it
 * needs, and leaves a heap that will not shrink. 0 or -errno.
 */
int owners_warm_up(struct owners *o);
void owners_free(struct owners *o);
/* Does the kernel have kcmp()? */
bool owners_kcmp(void);
/* True where nothing has changed between the two. */
bool owners_same(const struct owners *a, const struct owners *b);
/* The address space that @pid, the first in it, runs in; or NULL. */
const struct owner *owners_of(const struct owners *o, pid_t pid);

/*
 * What those of @pids have together: each page once, alone where no other has
 * it; of shares, the sum of those of @frames.
 */
void owners_together(const struct owners *o, const pid_t *pids, unsigned int n,
		     struct owner *group);

/**
 * struct owners_equal - how a comparison came out
 * @processes: address spaces compared
 * @groups: groups compared
 * @values: compared
 * @mismatches: of these
 * @tries: attempts until nothing changed during one
 * @frames: distinct ones
 * @wrong: why nothing was compared
 */
struct owners_equal {
	unsigned int processes, groups, tries;
	unsigned long values, mismatches;
	uint64_t frames;
	char wrong[128];
};

/*
 * Reads the owners, takes a census of all on the frames basis, in groups by
 * @group_by unless that is 0, reads the owners again, and compares every value
 * where they are the same as before; else it tries again, a bounded number of
 * times. @pids, @n: for MEMCENSUS_BY_PIDS.
 *
 * 0 where it was compared, -EAGAIN where the system was never quiet, or -errno
 * of the census or the oracle.
 */
int owners_compare(uint8_t group_by, const pid_t *pids, unsigned int n,
		   struct owners_equal *equal);

/* The counts as TAP diagnostics. */
void owners_report(const struct owners_equal *equal);

#endif /* _PAGEMAP_OWNERS_H */
