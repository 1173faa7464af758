// SPDX-License-Identifier: GPL-2.0
/* The columns of figures: the same of tasks, groups and mappings. */
#include "model/columns-data.h"
#include "model/columns.h"

#define FIGURE(num, name_, header_, help_, kernel_, ...)		\
	[MEMCENSUS_F_##num] = {						\
		name_, header_, help_, kernel_,				\
		.kind = KIND_BYTES, .wire = WIRE_U64, .total = TOTAL_SUM, \
		.number = MEMCENSUS_F_##num,				\
		.known = offsetof(struct task, figures.known),		\
		.offset = offsetof(struct task, figures.v[MEMCENSUS_F_##num]), \
		__VA_ARGS__ }

/* Only struct page knows, or only counting the owners of frames. */
#define OF_MAPCOUNT	.basis = MEMCENSUS_BASIS_MAPCOUNT
#define OF_FRAMES	.basis = MEMCENSUS_BASIS_FRAMES

const struct column figure_columns[] = {
	FIGURE(VSS, "vss", "VSS", "address space mapped, touched or not", "Size"),
	FIGURE(RSS, "rss", "RSS", "pages mapped, as walked", "Rss"),
	FIGURE(RSS_COUNTER, "rss_counter", "RSScnt",
	       "the kernel's own counter of it", "/proc/PID/stat"),
	FIGURE(RSS_PEAK, "rss_peak", "RSSpeak",
	       "highest that counter has been", "VmHWM"),
	FIGURE(FRAMES, "frames", "Frames", "distinct frames mapped", NULL, OF_FRAMES),
	FIGURE(USS, "uss", "USS", "held by it alone: what its end would free", NULL),
	FIGURE(PSS, "pss", "PSS", "proportional share: a page of n owners counts 1/n", "Pss"),
	FIGURE(SHARED, "shared", "Shared", "mapped by others too", NULL),
	FIGURE(ANON, "anon", "Anon", "of the RSS, anonymous", "Anonymous"),
	FIGURE(FILE, "file", "File", "of the RSS, page cache of files", NULL),
	FIGURE(SHMEM, "shmem", "Shmem", "of the RSS, shared memory: shmem, tmpfs, memfd", NULL),
	FIGURE(PSS_ANON, "pss_anon", "PSSanon", "of the PSS, anonymous", "Pss_Anon"),
	FIGURE(PSS_FILE, "pss_file", "PSSfile", "of the PSS, page cache of files", "Pss_File"),
	FIGURE(PSS_SHMEM, "pss_shmem", "PSSshm", "of the PSS, shared memory", "Pss_Shmem"),
	FIGURE(PSS_DIRTY, "pss_dirty", "PSSdirty", "of the PSS, dirty", "Pss_Dirty", OF_MAPCOUNT),
	FIGURE(SHARED_CLEAN, "shared_clean", "ShClean", "shared and clean",
	       "Shared_Clean", OF_MAPCOUNT),
	FIGURE(SHARED_DIRTY, "shared_dirty", "ShDirty", "shared and dirty",
	       "Shared_Dirty", OF_MAPCOUNT),
	FIGURE(PRIVATE_CLEAN, "private_clean", "PrClean", "private and clean",
	       "Private_Clean", OF_MAPCOUNT),
	FIGURE(PRIVATE_DIRTY, "private_dirty", "PrDirty", "private and dirty",
	       "Private_Dirty", OF_MAPCOUNT),
	FIGURE(REFERENCED, "referenced", "Refd", "accessed since last cleared",
	       "Referenced", OF_MAPCOUNT),
	FIGURE(KSM, "ksm", "KSM", "merged by KSM", "KSM", OF_MAPCOUNT),
	FIGURE(LAZYFREE, "lazyfree", "LazyFree", "given up by MADV_FREE", "LazyFree", OF_MAPCOUNT),
	FIGURE(THP, "thp", "THP", "transparent huge pages, the next three together", NULL),
	FIGURE(ANON_THP, "anon_thp", "AnonTHP", "anonymous huge pages", "AnonHugePages"),
	FIGURE(SHMEM_THP, "shmem_thp", "ShmTHP", "shared memory in huge pages", "ShmemPmdMapped"),
	FIGURE(FILE_THP, "file_thp", "FileTHP", "files in huge pages", "FilePmdMapped"),
	FIGURE(HUGETLB, "hugetlb", "Hugetlb", "hugetlb pages, beside the RSS, not in it", NULL),
	FIGURE(SHARED_HUGETLB, "shared_hugetlb", "ShHtlb", "hugetlb, shared", "Shared_Hugetlb"),
	FIGURE(PRIVATE_HUGETLB, "private_hugetlb", "PrHtlb", "hugetlb, private", "Private_Hugetlb"),
	FIGURE(SWAP, "swap", "Swap", "swapped out, shmem included", "Swap"),
	FIGURE(SWAP_PSS, "swap_pss", "SwapPSS", "proportional share of swap", "SwapPss"),
	FIGURE(SPECIAL, "special", "Special", "nobody's: zero pages, PFN maps, devices", NULL),
	FIGURE(PAGETABLES, "pagetables", "PgTables", "its page tables", "VmPTE"),
	FIGURE(HEAP, "heap", "Heap", "of the RSS, in the brk heap", NULL),
	FIGURE(STACK, "stack", "Stack", "of the RSS, in the main thread's stack", NULL),
	FIGURE(LOCKED, "locked", "Locked", "of the PSS, in locked mappings", "Locked", OF_MAPCOUNT),
	FIGURE(MLOCKED, "mlocked", "Mlocked", "address space locked by mlock", "VmLck"),
	FIGURE(SWAP_USS, "swap_uss", "SwapUSS", "swap slots that are its alone", NULL),
	FIGURE(HUGETLB_PSS, "hugetlb_pss", "HtlbPSS", "proportional share of hugetlb pages",
	       NULL, OF_FRAMES),
};
_Static_assert(ARRAY_SIZE(figure_columns) == FIGURE_COLUMNS, "a figure has no column");

bool derive_percent(const struct view *view, const void *record,
		    struct value *value)
{
	const struct figures *bytes = &view->snap->totals.bytes;
	/* Tasks and groups have them at one place. */
	const struct figures *figures = &((const struct task *)record)->figures;

	if (!KNOWN(figures, MEMCENSUS_F_PSS) || !KNOWN(bytes, MEMCENSUS_S_TOTAL) ||
	    !bytes->v[MEMCENSUS_S_TOTAL])
		return false;
	value->ratio = 100.0 * figures->v[MEMCENSUS_F_PSS] /
		       bytes->v[MEMCENSUS_S_TOTAL];
	return true;
}
