/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All differences between kernel versions; no other file checks versions.  An older
 * kernel gets the names of the newest one, so that the other files read as if written for
 * the newest.  Functions that replace kernel functions which modules cannot call are
 * named census_*.
 */
#ifndef _CENSUS_COMPAT_H
#define _CENSUS_COMPAT_H

#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page_idle.h>
#include <linux/pgtable.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/version.h>

#ifndef CONFIG_MMU
#error "memcensus counts pages by page tables: it needs CONFIG_MMU"
#endif
#ifdef CONFIG_HIGHPTE
#error "memcensus does not map page tables in high memory: CONFIG_HIGHPTE must be off"
#endif
#ifndef CONFIG_64BIT
#error "memcensus needs CONFIG_64BIT"
#endif

/* Number of buddy orders: MAX_ORDER became inclusive in 6.4. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define CENSUS_ORDERS MAX_ORDER
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define CENSUS_ORDERS (MAX_ORDER + 1)
#else
#define CENSUS_ORDERS NR_PAGE_ORDERS
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define pmdp_get_lockless(pmdp) READ_ONCE(*(pmdp))
#endif

/* ptep_get() is older; the helpers for the upper levels exist since 6.8. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define pudp_get(pudp) READ_ONCE(*(pudp))
#define p4dp_get(p4dp) READ_ONCE(*(p4dp))
#define pgdp_get(pgdp) READ_ONCE(*(pgdp))
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
static inline bool vma_is_initial_heap(const struct vm_area_struct *vma)
{
	return vma->vm_start <= vma->vm_mm->brk &&
	       vma->vm_end >= vma->vm_mm->start_brk;
}

static inline bool vma_is_initial_stack(const struct vm_area_struct *vma)
{
	return vma->vm_start <= vma->vm_mm->start_stack &&
	       vma->vm_end >= vma->vm_mm->start_stack;
}
#endif

/* Non-present entries: "softleaf" since 6.19, swap entries before. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
typedef swp_entry_t softleaf_t;
#define softleaf_from_pte(pte)		pte_to_swp_entry(pte)
#define softleaf_from_pmd(pmd)		pmd_to_swp_entry(pmd)
#define softleaf_is_swap(entry)		(!non_swap_entry(entry))
#define softleaf_has_pfn(entry)		is_pfn_swap_entry(entry)
#define softleaf_to_pfn(entry)		swp_offset_pfn(entry)
#define softleaf_is_migration(entry)	is_migration_entry(entry)
#define softleaf_is_device_private(entry) is_device_private_entry(entry)
#define softleaf_is_migration_write(entry) is_writable_migration_entry(entry)
#define softleaf_is_migration_read_exclusive(entry) is_readable_exclusive_migration_entry(entry)
#endif

/* Since 6.17 page tables have no bit for device mappings. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define census_pte_devmap(pte)	pte_devmap(pte)
#define census_pmd_devmap(pmd)	pmd_devmap(pmd)
#else
#define census_pte_devmap(pte)	false
#define census_pmd_devmap(pmd)	false
#endif

/*
 * The PMD has a mark for huge PFN maps since 6.12, and for the huge zero page since 6.18.
 * Before 6.12, a huge PFN map occurs only in a VM_PFNMAP mapping.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define census_pmd_special(pmd)	false
#else
#define census_pmd_special(pmd)	pmd_special(pmd)
#endif

/* smaps changed how it counts an entry of a migrating page in 6.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define CENSUS_MIGRATING_IS_PRIVATE true
#else
#define CENSUS_MIGRATING_IS_PRIVATE false
#endif

/* The attributes of a generic netlink dump request moved in 6.7. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define census_dump_attrs(cb) ((struct nlattr **)genl_dumpit_info(cb)->attrs)
#else
#define census_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#endif

/* Whether each page has its own map count. */
#ifdef CONFIG_NO_PAGE_MAPCOUNT
#define CENSUS_MAPCOUNT_EXACT false
#else
#define CENSUS_MAPCOUNT_EXACT true
#endif

/*
 * for_each_thread() under RCU.  With CONFIG_PROVE_RCU_LIST the macro of 6.12 calls
 * lockdep for tasklist_lock, which is not exported.
 */
#define census_for_each_thread(p, t)					\
	list_for_each_entry_rcu(t, &(p)->signal->thread_head, thread_node)

/* kswapd_failures became atomic in 6.18. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define census_kswapd_failures(pgdat) READ_ONCE((pgdat)->kswapd_failures)
#else
#define census_kswapd_failures(pgdat) atomic_read(&(pgdat)->kswapd_failures)
#endif

/* Path and inode that maps shows for a file of a stacked file system, since 6.8. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define file_user_path(file)	(&(file)->f_path)
#define file_user_inode(file)	file_inode(file)
#endif

/* Reclaim events, for census_vm_event(); they became node counters in 6.18. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define census_reclaim_item(item) (item)
#else
#define census_reclaim_item(item) (NR_VM_EVENT_ITEMS + (item))
#endif

/* Since 6.7 the kernel allocates shrinkers, and registers them in a second step. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct shrinker *shrinker_alloc(unsigned int flags, const char *name)
{
	return kzalloc(sizeof(struct shrinker), GFP_KERNEL);
}

static inline int census_shrinker_register(struct shrinker *shrinker, const char *name)
{
	shrinker->seeks = DEFAULT_SEEKS;
	return register_shrinker(shrinker, name);
}

static inline void shrinker_free(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(shrinker);
}
#else
static inline int census_shrinker_register(struct shrinker *shrinker, const char *name)
{
	shrinker_register(shrinker);
	return 0;
}
#endif

u64 census_vm_event(const unsigned long *events, int item);
int census_page_mapcount(const struct folio *folio, const struct page *page);
bool census_page_exclusive(struct folio *folio, int mapcount);
bool census_hugetlb_shared(struct folio *folio);
unsigned long census_shmem_entry_pages(struct xa_state *xas);
const char *census_anon_vma_name(const struct vm_area_struct *vma);

/*
 * VMAs have locks since 6.4.  Modules can take them in 7.2, the first version whose lock
 * is supported here.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0) && defined(CONFIG_PER_VMA_LOCK)
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

/**
 * census_mm_swapped() - check whether an address space may have entries in swap
 * @mm: a reference is enough
 *
 * The counter is per CPU since 6.2, and get_mm_counter() omits the per-CPU parts.
 * Before, only swap-ins by threads are counted late.
 */
static inline bool census_mm_swapped(struct mm_struct *mm)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	return get_mm_counter(mm, MM_SWAPENTS);
#else
	return percpu_counter_sum_positive(&mm->rss_stat[MM_SWAPENTS]);
#endif
}

#endif /* _CENSUS_COMPAT_H */
