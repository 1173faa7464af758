// SPDX-License-Identifier: GPL-2.0
/* The columns of figures: the same of tasks, groups and mappings. */
#include "model/columns-data.h"
#include "model/columns.h"

/* @rule: of enum group_rule; left out, it does not compile. */
#define FIGURE(num, rule, name_, header_, help_, kernel_, ...)		\
	[MEMCENSUS_F_##num] = {						\
		name_, header_, help_, kernel_,				\
		.kind = KIND_BYTES, .wire = WIRE_U64, .total = TOTAL_SUM, \
		.group = GROUP_##rule,					\
		.number = MEMCENSUS_F_##num,				\
		.known = offsetof(struct task, figures.known),		\
		.offset = offsetof(struct task, figures.v[MEMCENSUS_F_##num]), \
		__VA_ARGS__ }

/* Only struct page knows, or only counting the owners of frames. */
#define OF_MAPCOUNT	.basis = MEMCENSUS_BASIS_MAPCOUNT
#define OF_FRAMES	.basis = MEMCENSUS_BASIS_FRAMES

const struct column figure_columns[] = {
	FIGURE(VSS, SUM, "vss", "VSS", "address space mapped, touched or not", "Size"),
	FIGURE(RSS, SUM, "rss", "RSS", "pages mapped, as walked", "Rss"),
	FIGURE(RSS_COUNTER, SUM, "rss_counter", "RSScnt",
	       "the kernel's own counter of it", "/proc/PID/stat"),
	FIGURE(RSS_PEAK, NONE, "rss_peak", "RSSpeak",
	       "highest that counter has been", "VmHWM"),
	FIGURE(FRAMES, OWN, "frames", "Frames", "distinct frames mapped", NULL, OF_FRAMES),
	FIGURE(USS, OWN, "uss", "USS", "held by it alone: what its end would free", NULL),
	FIGURE(PSS, SUM, "pss", "PSS", "proportional share: a page of n owners counts 1/n", "Pss"),
	FIGURE(SHARED, OWN, "shared", "Shared", "mapped by others too", NULL),
	FIGURE(ANON, SUM, "anon", "Anon", "of the RSS, anonymous", "Anonymous"),
	FIGURE(FILE, SUM, "file", "File", "of the RSS, page cache of files", NULL),
	FIGURE(SHMEM, SUM, "shmem", "Shmem",
	       "of the RSS, shared memory: shmem, tmpfs, memfd", NULL),
	FIGURE(PSS_ANON, SUM, "pss_anon", "PSSanon", "of the PSS, anonymous", "Pss_Anon"),
	FIGURE(PSS_FILE, SUM, "pss_file", "PSSfile", "of the PSS, page cache of files", "Pss_File"),
	FIGURE(PSS_SHMEM, SUM, "pss_shmem", "PSSshm", "of the PSS, shared memory", "Pss_Shmem"),
	FIGURE(PSS_DIRTY, SUM, "pss_dirty", "PSSdirty",
	       "of the PSS, dirty", "Pss_Dirty", OF_MAPCOUNT),
	FIGURE(SHARED_CLEAN, SUM, "shared_clean", "ShClean", "shared and clean",
	       "Shared_Clean", OF_MAPCOUNT),
	FIGURE(SHARED_DIRTY, SUM, "shared_dirty", "ShDirty", "shared and dirty",
	       "Shared_Dirty", OF_MAPCOUNT),
	FIGURE(PRIVATE_CLEAN, SUM, "private_clean", "PrClean", "private and clean",
	       "Private_Clean", OF_MAPCOUNT),
	FIGURE(PRIVATE_DIRTY, SUM, "private_dirty", "PrDirty", "private and dirty",
	       "Private_Dirty", OF_MAPCOUNT),
	FIGURE(REFERENCED, SUM, "referenced", "Refd", "accessed since last cleared",
	       "Referenced", OF_MAPCOUNT),
	FIGURE(KSM, SUM, "ksm", "KSM", "merged by KSM", "KSM", OF_MAPCOUNT),
	FIGURE(LAZYFREE, SUM, "lazyfree", "LazyFree",
	       "given up by MADV_FREE", "LazyFree", OF_MAPCOUNT),
	FIGURE(THP, SUM, "thp", "THP", "transparent huge pages, the next three together", NULL),
	FIGURE(ANON_THP, SUM, "anon_thp", "AnonTHP", "anonymous huge pages", "AnonHugePages"),
	FIGURE(SHMEM_THP, SUM, "shmem_thp", "ShmTHP",
	       "shared memory in huge pages", "ShmemPmdMapped"),
	FIGURE(FILE_THP, SUM, "file_thp", "FileTHP", "files in huge pages", "FilePmdMapped"),
	FIGURE(HUGETLB, OWN, "hugetlb", "Hugetlb",
	       "hugetlb pages, beside the RSS, not in it", NULL),
	FIGURE(SHARED_HUGETLB, OWN, "shared_hugetlb", "ShHtlb",
	       "hugetlb, shared", "Shared_Hugetlb"),
	FIGURE(PRIVATE_HUGETLB, OWN, "private_hugetlb", "PrHtlb",
	       "hugetlb, private", "Private_Hugetlb"),
	FIGURE(SWAP, SUM, "swap", "Swap", "swapped out, shmem included", "Swap"),
	FIGURE(SWAP_PSS, SUM, "swap_pss", "SwapPSS", "proportional share of swap", "SwapPss"),
	FIGURE(SPECIAL, SUM, "special", "Special", "nobody's: zero pages, PFN maps, devices", NULL),
	FIGURE(PAGETABLES, SUM, "pagetables", "PgTables", "its page tables", "VmPTE"),
	FIGURE(HEAP, SUM, "heap", "Heap", "of the RSS, in the brk heap", NULL),
	FIGURE(STACK, SUM, "stack", "Stack", "of the RSS, in the main thread's stack", NULL),
	FIGURE(LOCKED, SUM, "locked", "Locked",
	       "of the PSS, in locked mappings", "Locked", OF_MAPCOUNT),
	FIGURE(MLOCKED, SUM, "mlocked", "Mlocked", "address space locked by mlock", "VmLck"),
	FIGURE(SWAP_USS, OWN, "swap_uss", "SwapUSS", "swap slots that are its alone", NULL),
	FIGURE(HUGETLB_PSS, SUM, "hugetlb_pss", "HtlbPSS", "proportional share of hugetlb pages",
	       NULL, OF_FRAMES),
};
_Static_assert(ARRAY_SIZE(figure_columns) == FIGURE_COLUMNS, "a figure has no column");

bool percent_of_total(const struct view *view, const struct figures *figures,
		      struct value *value)
{
	const struct figures *bytes = &view->snap->totals.bytes;

	if (!KNOWN(figures, MEMCENSUS_F_PSS) || !KNOWN(bytes, MEMCENSUS_S_TOTAL) ||
	    !bytes->v[MEMCENSUS_S_TOTAL])
		return false;
	value->ratio = 100.0 * figures->v[MEMCENSUS_F_PSS] /
		       bytes->v[MEMCENSUS_S_TOTAL];
	return true;
}
