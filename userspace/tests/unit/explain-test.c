// SPDX-License-Identifier: GPL-2.0
/* The rules of 'explain', against figures that were computed by hand. */
#include <stdlib.h>
#include <string.h>

#include "model/explain.h"
#include "tap.h"

#define MIB	1048576LL

static struct amount mib(int64_t n)
{
	return (struct amount){ true, n * MIB };
}

/*
 * 100 MiB: 10 anon, 60 page cache of which 50 are on the lists, 12 shmem, 8 kernel, 4 sock, 6 not
 * counted yet.
 */
static struct explain hundred(void)
{
	struct explain e = {
		.processes = 2, .lru = mib(50), .writeback = mib(1), .inactive = mib(35),
		.file_mapped = mib(9), .shmem_mapped = mib(2), .deleted = mib(3),
	};

	e.v[EXPLAIN_USAGE] = mib(100);
	e.v[EXPLAIN_ANON] = mib(10);
	e.v[EXPLAIN_CACHE] = mib(60);
	e.v[EXPLAIN_DIRTY] = mib(4);
	e.v[EXPLAIN_SHMEM] = mib(12);
	e.v[EXPLAIN_KERNEL] = mib(8);
	e.v[EXPLAIN_SLAB] = mib(5);
	e.v[EXPLAIN_SLAB_RECLAIM] = mib(2);
	e.v[EXPLAIN_PAGETABLES] = mib(1);
	e.v[EXPLAIN_STACKS] = mib(0);
	e.v[EXPLAIN_PERCPU] = mib(0);
	e.v[EXPLAIN_VMALLOC] = mib(0);
	e.v[EXPLAIN_SOCK] = mib(4);
	e.v[EXPLAIN_IF_STOPPED] = mib(20);
	return e;
}

static bool is(const struct explain *e, enum explain_number row, int64_t n)
{
	return e->v[row].known && e->v[row].bytes == n * MIB;
}

static bool says(const struct explain *e, const char *rule, const char *text)
{
	const struct explain_rule *found = explain_judge(e);
	char *got = explain_text(e, found);
	const bool same = !strcmp(found->name, rule) && !strcmp(got, text);

	if (!same)
		printf("# %s: %s\n", found->name, got);
	free(got);
	return same;
}

static void sums(void)
{
	struct explain e = hundred();

	explain_compute(&e);
	ok(is(&e, EXPLAIN_REST, 6), "what no part has is the rest");
	ok(is(&e, EXPLAIN_MAPPED, 7) && is(&e, EXPLAIN_UNMAPPED, 53),
	   "mapped page cache is without mapped shared memory");
	ok(is(&e, EXPLAIN_KERNEL_OTHER, 2), "kernel memory of no kind");
	ok(is(&e, EXPLAIN_WORKING_SET, 65) && is(&e, EXPLAIN_DOCKER, 65) &&
	   is(&e, EXPLAIN_PODMAN, 10) && is(&e, EXPLAIN_RSS, 10) && is(&e, EXPLAIN_CACHED, 72),
	   "what platforms show");
	/* 50 - 4 dirty - 1 being written - 3 deleted + 2 of slab */
	ok(is(&e, EXPLAIN_RECLAIM, 44) && is(&e, EXPLAIN_NEITHER, 36),
	   "20 come back, 44 are reclaimed, 36 neither");

	e.inactive = mib(101);
	e.v[EXPLAIN_HUGETLB] = mib(2);
	e.lru = mib(70);
	e.v[EXPLAIN_IF_STOPPED].known = false;
	explain_compute(&e);
	ok(is(&e, EXPLAIN_WORKING_SET, 0) && is(&e, EXPLAIN_DOCKER, 100),
	   "more inactive than used: kubelet shows 0, docker all");
	ok(is(&e, EXPLAIN_REST, 4), "hugetlb is a part, where it is charged");
	/* 60, not 70: the others were given back by MADV_FREE */
	ok(is(&e, EXPLAIN_RECLAIM, 57) && !e.v[EXPLAIN_NEITHER].known,
	   "without a census, deleted files are reclaimed as others");

	e = hundred();
	e.v[EXPLAIN_ANON].known = false;
	e.shmem_mapped.known = false;
	explain_compute(&e);
	ok(!e.v[EXPLAIN_REST].known && !e.v[EXPLAIN_MAPPED].known && !e.v[EXPLAIN_RSS].known,
	   "of what is unknown, nothing is computed");
	e.v[EXPLAIN_SHMEM] = mib(0);
	explain_compute(&e);
	ok(is(&e, EXPLAIN_MAPPED, 9), "without shared memory, none of it is mapped");
}

static void verdicts(void)
{
	struct explain e = hundred();

	explain_compute(&e);
	ok(says(&e, "mixed", "No kind is half of 100.0M: 10.0M anon, 60.0M cache, 12.0M shmem."),
	   "44 of 100 are not half");
	e.v[EXPLAIN_RECLAIM] = mib(50);
	ok(says(&e, "cache",
		"20.0M of 100.0M are its own; 50.0M are cache, which the kernel takes first."),
	   "50 of 100 are");
	e.v[EXPLAIN_IF_STOPPED].known = false;
	ok(says(&e, "cache_alone", "50.0M of 100.0M are cache, which the kernel takes first."),
	   "a rule that names what is unknown does not hold");
	e.v[EXPLAIN_LIMIT] = mib(100);
	ok(says(&e, "cache_alone", "50.0M of 100.0M are cache, which the kernel takes first."),
	   "a limit that is full of cache is no danger");
	e.v[EXPLAIN_RECLAIM] = mib(5);
	ok(says(&e, "full",
		"100.0M of its limit of 100.0M, 5.0M of it reclaimable: near an OOM kill."),
	   "with 5 of 100 it is");
	e.v[EXPLAIN_RECLAIM] = mib(6);
	ok(says(&e, "mixed", "No kind is half of 100.0M: 10.0M anon, 60.0M cache, 12.0M shmem."),
	   "with 6 it is not");
	e.v[EXPLAIN_SHMEM] = mib(50);
	ok(says(&e, "shmem",
		"50.0M of 100.0M are files in memory: they stay until deleted, or go to swap."),
	   "shared memory");
	e = hundred();
	e.v[EXPLAIN_IF_STOPPED] = mib(60);
	explain_compute(&e);
	ok(says(&e, "own", "60.0M of 100.0M are its own, and come back when it ends."),
	   "its own");
	e.v[EXPLAIN_SHMEM] = mib(60);
	ok(says(&e, "own", "60.0M of 100.0M are its own, and come back when it ends."),
	   "shared memory that goes with its processes does not stay");
	e = hundred();
	e.v[EXPLAIN_IF_STOPPED] = mib(60);
	explain_compute(&e);
	e.processes = 0;
	ok(says(&e, "empty",
		"No process is in it: 60.0M page cache, 12.0M shmem and 8.0M kernel stay."),
	   "without a process");
	e.v[EXPLAIN_USAGE].known = false;
	ok(says(&e, "uncharged", "What it is charged for is unknown."), "unknown is not 0");
}

int main(void)
{
	sums();
	verdicts();
	return tap_done();
}
