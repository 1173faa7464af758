/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All differences between kernels; no other file checks for them.  An older kernel gets the
 * names of the newest one, so that the other files read as if written for the newest.
 * Functions that replace kernel functions which modules cannot call are named census_*.
 *
 * The kernel's headers tell the difference, by a macro, a type, or in found.h, which
 * headers.awk makes.  A version tells it only where behaviour changed and no header shows it:
 * distributions carry changes back.
 */
#ifndef _CENSUS_COMPAT_H
#define _CENSUS_COMPAT_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>
#include <linux/page_idle.h>
#include <linux/pgtable.h>
#include <linux/poison.h>
#include <linux/sched.h>
#include <linux/sched/coredump.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/version.h>

#include "base/found.h"

#if CENSUS_HAVE_TASK_EXEC_STATE_GET_DUMPABLE
#include <linux/sched/exec_state.h>
#endif

/*
 * Items of enum node_stat_item and zone_stat_item move from one to another.
 * An item that is passed as one of another enum must not build.
 */
#pragma GCC diagnostic error "-Wenum-conversion"

#ifndef CONFIG_MMU
#error "memcensus counts pages by page tables: it needs CONFIG_MMU"
#endif
#ifdef CONFIG_HIGHPTE
#error "memcensus does not map page tables in high memory: CONFIG_HIGHPTE must be off"
#endif
#ifndef CONFIG_64BIT
#error "memcensus needs CONFIG_64BIT"
#endif

#ifndef CENSUS_NEWEST
/*
 * The newest series on which the module was tested, and whose source was read for frames.rst: on a
 * newer one the walk takes no entry for a proof, and searches no tables that fork() copied.
 * Read: the functions in frames.rst, in 7.3.
 */
#define CENSUS_NEWEST KERNEL_VERSION(7, 3, 255)
#endif
/* Read: as above, of no newer one. */
#define CENSUS_KERNEL_TESTED (LINUX_VERSION_CODE <= CENSUS_NEWEST)

/* Number of buddy orders.  MAX_ORDER is inclusive in some kernels, in others not. */
#ifdef NR_PAGE_ORDERS
#define CENSUS_ORDERS NR_PAGE_ORDERS
#else
#define CENSUS_ORDERS (const_ilog2(MAX_ORDER_NR_PAGES) + 1)
#endif

#if !CENSUS_HAVE_PMDP_GET_LOCKLESS && !defined(pmdp_get_lockless)
#define pmdp_get_lockless(pmdp) READ_ONCE(*(pmdp))
#endif
#if !CENSUS_HAVE_PUDP_GET && !defined(pudp_get)
#define pudp_get(pudp) READ_ONCE(*(pudp))
#endif
#if !CENSUS_HAVE_P4DP_GET && !defined(p4dp_get)
#define p4dp_get(p4dp) READ_ONCE(*(p4dp))
#endif
#if !CENSUS_HAVE_PGDP_GET && !defined(pgdp_get)
#define pgdp_get(pgdp) READ_ONCE(*(pgdp))
#endif

#if !CENSUS_HAVE_VMA_IS_COW_MAPPING && !defined(vma_is_cow_mapping)
#define vma_is_cow_mapping(vma) is_cow_mapping((vma)->vm_flags)
#endif
#if !CENSUS_HAVE_VMA_IS_HUGETLB && !defined(vma_is_hugetlb)
#define vma_is_hugetlb(vma) is_vm_hugetlb_page(vma)
#endif

/* Checks whether a VMA has ever had an anonymous page, which appears in it at any time. */
#if !CENSUS_HAVE_VMA_HAS_ANON_RMAP && !defined(vma_has_anon_rmap)
#define vma_has_anon_rmap(vma) (!!READ_ONCE((vma)->anon_vma))
#endif

#if !CENSUS_HAVE_MM_FLAGS_TEST
static inline bool mm_flags_test(int flag, const struct mm_struct *mm)
{
	return test_bit(flag, &mm->flags);
}
#endif

#if !CENSUS_HAVE_VMA_IS_INITIAL_HEAP
static inline bool vma_is_initial_heap(const struct vm_area_struct *vma)
{
	return vma->vm_start <= vma->vm_mm->brk &&
	       vma->vm_end >= vma->vm_mm->start_brk;
}
#endif

#if !CENSUS_HAVE_VMA_IS_INITIAL_STACK
static inline bool vma_is_initial_stack(const struct vm_area_struct *vma)
{
	return vma->vm_start <= vma->vm_mm->start_stack &&
	       vma->vm_end >= vma->vm_mm->start_stack;
}
#endif

/*
 * Non-present entries: "softleaf" since 6.19, swap entries before.  Late 6.12 has the type
 * and some of the names.
 */
#if !CENSUS_HAVE_SOFTLEAF_FROM_PTE
typedef swp_entry_t softleaf_t;
#endif
#if !CENSUS_HAVE_SOFTLEAF_FROM_PTE && !defined(softleaf_from_pte)
#define softleaf_from_pte(pte) pte_to_swp_entry(pte)
#endif
#if !CENSUS_HAVE_SOFTLEAF_FROM_PMD && !defined(softleaf_from_pmd)
#define softleaf_from_pmd(pmd) pmd_to_swp_entry(pmd)
#endif
#if !CENSUS_HAVE_SOFTLEAF_IS_SWAP && !defined(softleaf_is_swap)
#define softleaf_is_swap(entry) (!non_swap_entry(entry))
#endif
#if !CENSUS_HAVE_SOFTLEAF_HAS_PFN && !defined(softleaf_has_pfn)
#define softleaf_has_pfn(entry) is_pfn_swap_entry(entry)
#endif
#if !CENSUS_HAVE_SOFTLEAF_TO_PFN && !defined(softleaf_to_pfn)
#define softleaf_to_pfn(entry) swp_offset_pfn(entry)
#endif
#if !CENSUS_HAVE_SOFTLEAF_IS_MIGRATION_WRITE && !defined(softleaf_is_migration_write)
#define softleaf_is_migration_write(entry) is_writable_migration_entry(entry)
#endif
#if !CENSUS_HAVE_SOFTLEAF_IS_MIGRATION_READ_EXCLUSIVE && \
	!defined(softleaf_is_migration_read_exclusive)
#define softleaf_is_migration_read_exclusive(entry) is_readable_exclusive_migration_entry(entry)
#endif

/*
 * Checks whether the type of a non-present entry is one of those that 7.3 has.  Older kernels get
 * no further types.
 */
static inline bool census_softleaf_is_known(softleaf_t entry)
{
#if CENSUS_HAVE_SOFTLEAF_TYPE
	switch (softleaf_type(entry)) {
	case SOFTLEAF_SWAP:
	case SOFTLEAF_MIGRATION_READ:
	case SOFTLEAF_MIGRATION_READ_EXCLUSIVE:
	case SOFTLEAF_MIGRATION_WRITE:
	case SOFTLEAF_DEVICE_PRIVATE_READ:
	case SOFTLEAF_DEVICE_PRIVATE_WRITE:
	case SOFTLEAF_DEVICE_EXCLUSIVE:
	case SOFTLEAF_HWPOISON:
	case SOFTLEAF_MARKER:
		return true;
	default:
		return false;
	}
#else
	return true;
#endif
}

/* PTEs of User Mode Linux: one bit for what the host does not map yet; older kernels have two. */
#ifdef CONFIG_UML
#ifndef _PAGE_NEEDSYNC
#define _PAGE_NEEDSYNC _PAGE_NEWPAGE
#endif
#ifndef _PAGE_NEWPROT
#define _PAGE_NEWPROT 0UL
#endif
#endif

/* Before 6.17 page tables have a bit for device mappings. */
#if CENSUS_HAVE_PTE_DEVMAP || defined(pte_devmap)
#define census_pte_devmap(pte)	pte_devmap(pte)
#else
#define census_pte_devmap(pte)	false
#endif
#if CENSUS_HAVE_PMD_DEVMAP || defined(pmd_devmap)
#define census_pmd_devmap(pmd)	pmd_devmap(pmd)
#else
#define census_pmd_devmap(pmd)	false
#endif

/*
 * The PMD has a mark for huge PFN maps since 6.12, and for the huge zero page since 6.18.
 * Before 6.12, a huge PFN map occurs only in a VM_PFNMAP mapping.
 */
#if CENSUS_HAVE_PMD_SPECIAL || defined(pmd_special)
#define census_pmd_special(pmd)	pmd_special(pmd)
#else
#define census_pmd_special(pmd)	false
#endif

/* The attributes of a generic netlink dump request moved in 6.7. */
#if CENSUS_HAVE_GENL_INFO_DUMP
#define census_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#else
#define census_dump_attrs(cb) ((struct nlattr **)genl_dumpit_info(cb)->attrs)
#endif

/* Whether each page has its own map count. */
#ifdef CONFIG_NO_PAGE_MAPCOUNT
#define CENSUS_MAPCOUNT_EXACT false
#else
#define CENSUS_MAPCOUNT_EXACT true
#endif

/*
 * Whether smaps of @t may be read by its own user.  Since 7.3 it belongs to the task, before that
 * to its address space; exec() replaces both under task_lock(), which the caller holds, in an RCU
 * read section.  @t has @mm, or has exited with it: the task keeps what belongs to it until it is
 * freed.
 */
static inline bool census_is_dumpable(struct task_struct *t, struct mm_struct *mm)
{
#if CENSUS_HAVE_TASK_EXEC_STATE_GET_DUMPABLE
	return READ_ONCE(rcu_dereference(t->exec_state)->dumpable) == TASK_DUMPABLE_OWNER;
#else
	return get_dumpable(mm) == SUID_DUMP_USER;
#endif
}

/* kswapd_failures became atomic in 6.18. */
static inline int census_kswapd_failures(const pg_data_t *pgdat)
{
	const bool is_atomic = __same_type(pgdat->kswapd_failures, atomic_t);
	const void *failures = &pgdat->kswapd_failures;

	BUILD_BUG_ON(!is_atomic && !__same_type(pgdat->kswapd_failures, int));
	return is_atomic ? atomic_read(failures) : READ_ONCE(*(const int *)failures);
}

/* Path and inode that maps shows for a file of a stacked file system, since 6.8. */
#if !CENSUS_HAVE_FILE_USER_PATH && !defined(file_user_path)
#define file_user_path(file)	(&(file)->f_path)
#endif
#if !CENSUS_HAVE_FILE_USER_INODE && !defined(file_user_inode)
#define file_user_inode(file)	file_inode(file)
#endif

/* The names of an inode, under its i_lock. */
#ifndef for_each_alias
#define for_each_alias(dentry, inode) \
	hlist_for_each_entry(dentry, &(inode)->i_dentry, d_u.d_alias)
#endif

/* Kernels without folio_memcg_check() take the first page. */
#if !CENSUS_HAVE_FOLIO_MEMCG_CHECK
#define folio_memcg_check(folio) page_memcg_check(&(folio)->page)
#endif

/*
 * Page flags are a struct since 6.18.  An intermediate pointer because the type of the
 * member differs.
 */
static inline unsigned long census_page_flags(const struct page *page)
{
	const void *flags = &page->flags;

	BUILD_BUG_ON(sizeof(page->flags) != sizeof(unsigned long));
	return READ_ONCE(*(const unsigned long *)flags);
}

/* Since 7.4 page->private alone says that a file system has something there. */
#if CENSUS_HAVE_PG_PRIVATE
#define CENSUS_PG_PRIVATE BIT(PG_private)
#else
#define CENSUS_PG_PRIVATE 0UL
#endif

/* Low bits of page->mapping, which have the names of folios since 6.17. */
#ifndef FOLIO_MAPPING_FLAGS
#define FOLIO_MAPPING_FLAGS PAGE_MAPPING_FLAGS
#define FOLIO_MAPPING_ANON PAGE_MAPPING_ANON
#endif

/* Of a page that others map and unmap: one load, which older kernels do not mark. */
#define census_page_has_type(page) data_race(page_has_type(page))

/* Page types that a kernel may not have; without them their frames have other classes. */
#if CENSUS_HAVE_PAGEZSMALLOC
#define CENSUS_HAS_ZSMALLOC 1
#define census_page_zsmalloc(page) PageZsmalloc(page)
#else
#define CENSUS_HAS_ZSMALLOC 0
#define census_page_zsmalloc(page) false
#endif
#if CENSUS_HAVE_PAGEUNACCEPTED
#define CENSUS_HAS_UNACCEPTED 1
#define census_page_unaccepted(page) PageUnaccepted(page)
#else
#define CENSUS_HAS_UNACCEPTED 0
#define census_page_unaccepted(page) false
#endif
/* Before PageLargeKmalloc() only folios were asked, which reads the first page. */
#if CENSUS_HAVE_FOLIO_TEST_LARGE_KMALLOC
#define CENSUS_HAS_LARGE_KMALLOC 1
#define census_page_large_kmalloc(page) \
	folio_test_large_kmalloc((const struct folio *)(page))
#else
#define CENSUS_HAS_LARGE_KMALLOC 0
#define census_page_large_kmalloc(page) false
#endif

/* Checks whether pages of a node may be poisoned.  Nodes count errors since 6.3. */
#ifndef CONFIG_MEMORY_FAILURE
#define census_node_poisoned(pgdat) false
#elif CENSUS_HAVE_MEMORY_FAILURE_STATS
#define census_node_poisoned(pgdat) (READ_ONCE((pgdat)->mf_stats.total) != 0)
#else
#define census_node_poisoned(pgdat) true
#endif

/*
 * Pages that a driver lets migrate: before 7.0 a bit of page->mapping, then only pages with
 * a type.
 */
#ifdef PAGE_MAPPING_MOVABLE
#define CENSUS_HAS_MOVABLE 1
#else
#define CENSUS_HAS_MOVABLE 0
#define PAGE_MAPPING_MOVABLE 0UL
#endif

/*
 * Pages of page_pool: some kernels have a page type for them, all others a signature, which is
 * distinct from all pointers, in the first word behind the flags.  struct page need not say so:
 * it shares that word with lru.
 */
#if !defined(CONFIG_PAGE_POOL)
#define CENSUS_HAS_PAGE_POOL 0
#define census_page_netpp(page) false
#define census_page_pool(page) false
#elif CENSUS_HAVE_PAGENETPP
#define CENSUS_HAS_PAGE_POOL 1
#define census_page_netpp(page) PageNetpp(page)
#define census_page_pool(page) false
#elif CENSUS_HAVE_PAGE_POOL_PAGE_IS_PP
#define CENSUS_HAS_PAGE_POOL 1
#define census_page_netpp(page) false
#define census_page_pool(page) page_pool_page_is_pp(page)
#elif defined(PP_SIGNATURE)
#define CENSUS_HAS_PAGE_POOL (POISON_POINTER_DELTA != 0)
#define census_page_netpp(page) false
#define census_page_pool(page) (((unsigned long)(page)->lru.next & ~3UL) == PP_SIGNATURE)
#else
#define CENSUS_HAS_PAGE_POOL 0
#define census_page_netpp(page) false
#define census_page_pool(page) false
#endif

/* page_to_pfn() of any pointer: it is arithmetic, and reads no memory. */
#define CENSUS_MEMMAP_FLAT (IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP) || IS_ENABLED(CONFIG_FLATMEM))

/* The unit in which memory goes online, at least; pfn_to_online_page() holds for all of it. */
#ifdef PAGES_PER_SUBSECTION
#define CENSUS_ONLINE_FRAMES PAGES_PER_SUBSECTION
#else
#define CENSUS_ONLINE_FRAMES 512UL
#endif

int census_frame_mapcount(const struct folio *folio, const struct page *page);
bool census_folio_unmapped(const struct folio *folio);
unsigned long census_shmem_entry_pages(struct xa_state *xas);
const char *census_anon_vma_name(const struct vm_area_struct *vma);

/*
 * VMAs have locks since 6.4, everywhere since 7.4.  Modules can take them since 6.16.  The lock of
 * 7.0 is the first one supported here.
 */
#if CENSUS_HAVE_VM_AREA_STRUCT_VM_REFCNT && CENSUS_EXPORTS_LOCK_VMA_UNDER_RCU && \
	defined(VM_REFCNT_EXCLUDE_READERS_FLAG)
#define CENSUS_VMA_LOCKS 1
struct vm_area_struct *census_vma_lock(struct mm_struct *mm,
				       unsigned long addr);

static inline void census_vma_unlock(struct vm_area_struct *vma)
{
	vma_end_read(vma);
}

/* Checks whether a writer waits until there are no readers. */
static inline bool census_vma_is_contended(const struct vm_area_struct *vma)
{
	return refcount_read(&vma->vm_refcnt) & VM_REFCNT_EXCLUDE_READERS_FLAG;
}
#else
#define CENSUS_VMA_LOCKS 0
static inline struct vm_area_struct *census_vma_lock(struct mm_struct *mm,
						     unsigned long addr)
{
	return ERR_PTR(-EAGAIN);
}

static inline void census_vma_unlock(struct vm_area_struct *vma)
{
}

static inline bool census_vma_is_contended(const struct vm_area_struct *vma)
{
	return false;
}
#endif

struct mm_rss_stat;

/**
 * census_mm_swapped() - check whether an address space may have entries in swap
 * @mm: a reference is enough
 *
 * The counter is per CPU since 6.2, and get_mm_counter() omits the per-CPU parts.
 * Before, only swap-ins by threads are counted late.
 */
static inline bool census_mm_swapped(struct mm_struct *mm)
{
	const bool is_percpu = __same_type(mm->rss_stat, struct percpu_counter[NR_MM_COUNTERS]);
	void *counters = &mm->rss_stat;

	BUILD_BUG_ON(!is_percpu && !__same_type(&mm->rss_stat, struct mm_rss_stat *));
	if (is_percpu)
		return percpu_counter_sum_positive((struct percpu_counter *)counters + MM_SWAPENTS);
	return get_mm_counter(mm, MM_SWAPENTS);
}

#endif /* _CENSUS_COMPAT_H */
