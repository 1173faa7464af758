/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process's census, by map count, against its smaps and smaps_rollup, in
 * every field of its record and of each of its mappings.
 *
 * All amounts are compared to the byte but these, which smaps cuts to KiB
 * after it has added up fractions of pages: Pss, Pss_Anon, Pss_File,
 * Pss_Shmem, Pss_Dirty, SwapPss and Locked. Of them the KiB are compared, for
 * the whole process with smaps_rollup and for each mapping with smaps.
 *
 * VmFlags: flags that this kernel's smaps has no name for are ?? there; the
 * census may know the name.
 *
 * VmRSS, VmHWM: where status adds up what stat, and so ps, does not, the census
 * is compared with stat alone.
 *
 * Shared_Hugetlb, Private_Hugetlb of pages of 1 GiB: from Linux 6.12.y on smaps
 * looks for sharers of a page table in a place where a table of that level
 * keeps none (hugetlb_pmd_shared), and may call any page shared. Where it
 * differs only their sum is compared.
 *
 * Pss_Anon, Pss_File, Pss_Shmem: smaps has them for the whole process only.
 *
 * Never compared, and said so each time by equal_report(): THPeligible, which
 * no module can work out; the gate mapping [vsyscall], which is in no address
 * space; figures that this kernel's smaps has no line for; under User Mode Linux the
 * name [vdso], which only a function of the kernel's knows there (arch_vma_name).
 */
#ifndef _EQUAL_H
#define _EQUAL_H

#include <stdint.h>
#include <sys/types.h>

/**
 * struct equal - what was compared and how it came out
 * @processes: compared
 * @unstable: not compared, because smaps itself kept changing
 * @gone: not compared, because they ended or have no address space
 * @vmas: mappings compared
 * @fields: values compared, @rounded of them in KiB
 * @mismatches: values that differ, or are in smaps and not in the census
 * @gates: mappings [vsyscall] that were passed over
 * @thp_eligible: lines THPeligible that were passed over
 * @summed: processes whose VmRSS is another than in stat
 * @gigantic: mappings of pages of 1 GiB that smaps calls shared
 * @vdsos: mappings whose name was passed over
 * @nameless: flags that are ?? in smaps
 * @no_line: figures that smaps has no line for here, bits of memcensus_figure
 * @other: lines of smaps that the census has no figure for
 */
struct equal {
	unsigned int processes, unstable, gone, vmas, summed;
	unsigned long fields, rounded, mismatches, gates, thp_eligible;
	unsigned long nameless, gigantic, vdsos;
	uint64_t no_line;
	char other[128];
};

/*
 * Compares the process or thread @pid and adds to @equal. 0 where it was
 * compared, -EAGAIN where it is unstable, -ESRCH where it is gone; any other
 * -errno is the census's and counts as a mismatch.
 */
int equal_smaps(pid_t pid, struct equal *equal);

/* The counts as TAP diagnostics. */
void equal_report(const struct equal *equal);

#endif /* _EQUAL_H */
