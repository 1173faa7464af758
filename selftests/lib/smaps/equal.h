/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compares a process's census with its smaps and smaps_rollup: every field of its record and of
 * each of its mappings.
 *
 * All amounts are compared in bytes except those that smaps rounds down to KiB
 * after it has added up fractions of pages: Pss, Pss_Anon, Pss_File,
 * Pss_Shmem and SwapPss. These are compared in KiB, for the whole process with
 * smaps_rollup and for each mapping with smaps.
 *
 * Pss, Private_* and Shared_*: smaps divides a page by its map count, the census by its owners,
 * and an address space that maps a page twice owns it once. Anonymous memory is mapped once, if
 * KSM does not merge it: of mappings without a file and without MADV_MERGEABLE, and in Pss_Anon,
 * the two are the same. All else is no less than by map counts, Pss if the process maps each page
 * once, as a page counts in one mapping; lib/owners has the oracle of it.
 * Where a process was busy, its pages may have more owners: then no less is all that is known.
 * If pages of large folios have no map counts (mapcounts_exact()), none of this is compared.
 *
 * VmFlags: smaps prints ?? for flags it has no name for; the census may know the
 * name.
 *
 * VmRSS, VmHWM: status may add per-CPU counts that stat, and so ps, does not. Then
 * the census is compared with stat only.
 *
 * Shared_Hugetlb, Private_Hugetlb of 1 GiB pages: since Linux 6.12.y smaps reads
 * the number of sharers of a page table (hugetlb_pmd_shared) at a level whose
 * tables have none, and may call any page shared. If smaps differs, only the
 * sum of the two is compared.
 *
 * Huge pages in a mapping of PROT_NONE: smaps of 6.1 leaves them out, because it takes
 * them for NUMA hints (follow_trans_huge_pmd() in mm/huge_memory.c). If the Rss of such a
 * mapping lacks exactly its huge pages, the figures of pages are not compared, neither of
 * it nor of its process.
 *
 * Swap: a census does not look for pages of shmem in swap in a private writable mapping,
 * nor at more than it has read of page tables and 512. If Swap of such a mapping is unknown,
 * it is not compared, neither of it nor of its process.
 *
 * SwapPss of a mapping with MADV_MERGEABLE that has pages in swap: smaps divides a slot by the
 * entries that refer to it, of which one process may have several.  It is not compared, neither of
 * it nor of its process; lib/owners has the oracle of slots too.
 *
 * Pss_Anon, Pss_File, Pss_Shmem: smaps has them for the whole process only.
 *
 * Never compared, as equal_report() says each time: THPeligible, which no module
 * can compute; the gate mapping [vsyscall], which is in no address space;
 * figures that this kernel's smaps has no line for; under User Mode Linux the
 * name [vdso], which only arch_vma_name() of the kernel knows.
 */
#ifndef _EQUAL_H
#define _EQUAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct equal - what was compared and how it came out
 * @at_least: set by the caller: processes may map a page several times, or share one with an
 *	address space that no process shows any more, so USS and PSS are at least those of smaps,
 *	and hugetlb pages are not compared
 * @processes: compared
 * @unstable: processes not compared because their smaps kept changing
 * @gone: processes not compared because they ended or have no address space
 * @vmas: mappings compared
 * @fields: values compared, @rounded of them in KiB
 * @bounds: of @fields, USS and PSS that may be more than by map counts
 * @mismatches: values that differ, or are in smaps and not in the census
 * @gates: mappings [vsyscall] skipped
 * @thp_eligible: lines THPeligible skipped
 * @summed: processes whose VmRSS differs from that in stat
 * @gigantic: mappings of 1 GiB pages that smaps calls shared
 * @hidden: mappings of PROT_NONE whose huge pages smaps leaves out
 * @unlooked: mappings of shmem of which the census does not know Swap
 * @vdsos: mappings whose name was skipped
 * @no_line: figures that smaps has no line for here, bits of memcensus_figure
 * @other: lines of smaps that the census has no figure for
 */
struct equal {
	bool at_least;
	unsigned int processes, unstable, gone, vmas, summed;
	unsigned long fields, rounded, bounds, mismatches, gates, thp_eligible;
	unsigned long gigantic, hidden, unlooked, vdsos;
	uint64_t no_line;
	char other[128];
};

/*
 * Compares the process or thread @pid and adds the result to @equal. 0: compared;
 * -EAGAIN: unstable; -ESRCH: gone; any other -errno comes from the census and
 * counts as a mismatch.
 */
int equal_smaps(pid_t pid, struct equal *equal);

/* The counts as TAP diagnostics. */
void equal_report(const struct equal *equal);

#endif /* _EQUAL_H */
