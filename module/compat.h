/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernel versions, and no other file has a version
 * check.  Where a kernel lacks a name it gets the newest kernel's, so that the
 * rest reads as if written for that one.  Functions that stand in for kernel
 * functions which modules cannot call are named census_*.
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
#include <xen/xen.h>

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

/* ptep_get() is older; its like for the upper levels came in 6.8. */
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
#endif

/* Device mappings have no bit of their own in page tables since 6.17. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define census_pte_devmap(pte)	pte_devmap(pte)
#define census_pmd_devmap(pmd)	pmd_devmap(pmd)
#else
#define census_pte_devmap(pte)	false
#define census_pmd_devmap(pmd)	false
#endif

/*
 * Huge PFN maps are marked in the PMD since 6.12, and the huge zero page in 6.18
 * and later.  Before, a PFN map of that size is one of a VM_PFNMAP mapping.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define census_pmd_special(pmd)	false
#else
#define census_pmd_special(pmd)	pmd_special(pmd)
#endif

/* What smaps makes of an entry whose page is migrating changed in 6.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define CENSUS_MIGRATING_IS_PRIVATE true
#else
#define CENSUS_MIGRATING_IS_PRIVATE false
#endif

/* Attributes of a generic netlink dump request moved in 6.7. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define census_dump_attrs(cb) ((struct nlattr **)genl_dumpit_info(cb)->attrs)
#else
#define census_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#endif

/* Have pages a map count of their own? */
#ifdef CONFIG_NO_PAGE_MAPCOUNT
#define CENSUS_MAPCOUNT_EXACT false
#else
#define CENSUS_MAPCOUNT_EXACT true
#endif

/*
 * for_each_thread(), under RCU.  With CONFIG_PROVE_RCU_LIST that of 6.12 asks lockdep
 * about tasklist_lock, which is not exported.
 */
#define census_for_each_thread(p, t)					\
	list_for_each_entry_rcu(t, &(p)->signal->thread_head, thread_node)

/* kswapd_failures became atomic in 6.18. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define census_kswapd_failures(pgdat) READ_ONCE((pgdat)->kswapd_failures)
#else
#define census_kswapd_failures(pgdat) atomic_read(&(pgdat)->kswapd_failures)
#endif

/* What maps shows of a file that a stacked file system lends, since 6.8. */
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

/* A shrinker is allocated by the kernel since 6.7, and registered in two steps. */
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
pte_t *census_pte_map_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long addr,
			   spinlock_t **ptl);
int census_page_mapcount(const struct folio *folio, const struct page *page);
bool census_page_exclusive(struct folio *folio, int mapcount);
bool census_hugetlb_shared(struct folio *folio);
unsigned long census_shmem_entry_pages(struct xa_state *xas);
const char *census_anon_vma_name(const struct vm_area_struct *vma);

/*
 * A mapping can be locked alone since 6.4; modules may since 7.2 at the latest,
 * which is the first whose lock is known here.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0) && defined(CONFIG_PER_VMA_LOCK)
#define CENSUS_VMA_LOCKS 1
struct vm_area_struct *census_vma_lock(struct mm_struct *mm,
				       unsigned long addr);

static inline void census_vma_unlock(struct vm_area_struct *vma)
{
	vma_end_read(vma);
}

/* Does somebody wait until no reader is left? */
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
 * census_pte_special() - does a present PTE map a frame that is nobody's
 * @vma: where it is
 * @addr: of the PTE
 * @pte: present
 *
 * The zero page, PFN maps and devices: what vm_normal_page(), which modules
 * cannot call, returns NULL for.
 */
static inline bool census_pte_special(struct vm_area_struct *vma,
				      unsigned long addr, pte_t pte)
{
#ifdef CONFIG_ARCH_HAS_PTE_SPECIAL
	return pte_special(pte);
#else
	unsigned long pfn = pte_pfn(pte);

	if (vma->vm_flags & VM_MIXEDMAP)
		return !pfn_valid(pfn) || is_zero_pfn(pfn);
	if (vma->vm_flags & VM_PFNMAP) {
		/*
		 * remap_pfn_range() left the first frame in vm_pgoff; what no
		 * longer follows from it was copied on write and is a page.
		 */
		if (pfn == vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT))
			return true;
		if (!is_cow_mapping(vma->vm_flags))
			return true;
	}
	return is_zero_pfn(pfn);
#endif
}

/**
 * struct census_plain - how to read plain PTEs, loaded once for a table
 * @pfn: bits of the frame number
 * @zero: frame of the zero page, where no bit tells it; else ~0
 *
 * A plain PTE is none, or it is present, not special, and its frame number is a
 * field of it as it stands.  The helpers of x86 also serve PROT_NONE entries,
 * whose number is inverted, and ask the hypervisor; here those entries are not
 * plain, and under Xen PV none is.
 */
struct census_plain {
	unsigned long pfn;
	unsigned long zero;
};

#if defined(CONFIG_UML)
#define CENSUS_PTE_IGNORED (_PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_NEWPAGE | _PAGE_NEWPROT)
#define CENSUS_PTE_NONE_BITS _PAGE_NEWPAGE
#define CENSUS_PTE_SPECIAL 0UL
#elif defined(CONFIG_X86_64)
#define CENSUS_PTE_IGNORED (_PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_SOFT_DIRTY)
#define CENSUS_PTE_NONE_BITS 0UL
#define CENSUS_PTE_SPECIAL _PAGE_SPECIAL
#endif

#ifdef CENSUS_PTE_IGNORED
static inline unsigned long census_pte_value(pte_t pte)
{
	return *(const unsigned long *)&pte;
}

/* Return: false where no PTE is plain. */
static inline bool census_plain_begin(struct census_plain *plain)
{
#ifdef CONFIG_UML
	*plain = (struct census_plain) {
		.pfn = PAGE_MASK, .zero = page_to_pfn(ZERO_PAGE(0)),
	};
	return true;
#else
	*plain = (struct census_plain) { .pfn = PTE_PFN_MASK, .zero = ~0UL };
	return !xen_pv_domain();
#endif
}

static inline unsigned long census_plain_pfn(const struct census_plain *plain,
					     pte_t pte)
{
	return (census_pte_value(pte) & plain->pfn) >> PAGE_SHIFT;
}

/* Return: 1 where a plain PTE maps a page, 0 where it is none. */
static inline u64 census_plain_page(pte_t pte)
{
	return census_pte_value(pte) & _PAGE_PRESENT;
}

/* Return: 0 where a PTE is plain; without a branch. */
static inline u64 census_plain_rest(const struct census_plain *plain, pte_t pte)
{
	unsigned long value = census_pte_value(pte);
	unsigned long absent = (value & _PAGE_PRESENT) - 1UL;
	u64 rest = (value & ~CENSUS_PTE_NONE_BITS & absent) |
		   (value & CENSUS_PTE_SPECIAL);

#ifndef CONFIG_ARCH_HAS_PTE_SPECIAL
	rest |= (value & ~absent) >> PAGE_SHIFT == plain->zero;
#endif
	return rest;
}

/**
 * census_plain_contiguous() - are eight PTEs plain and their frames neighbours
 * @plain: see there
 * @pte: the first; its table is locked
 *
 * They may differ in what the CPU sets.
 */
static inline bool census_plain_contiguous(const struct census_plain *plain,
					   const pte_t *pte)
{
	const unsigned long *entry = (const unsigned long *)pte;
	unsigned long first = READ_ONCE(entry[0]), differ = 0;
	unsigned int i;

#pragma GCC unroll 7
	for (i = 1; i < 8; i++)
		differ |= READ_ONCE(entry[i]) ^ (first + i * PAGE_SIZE);
	if (differ & ~CENSUS_PTE_IGNORED || !(first & _PAGE_PRESENT) ||
	    first & CENSUS_PTE_SPECIAL)
		return false;
	return plain->zero - (first >> PAGE_SHIFT) >= 8;
}

#define CENSUS_PTES_DIFFER (~0U)

/**
 * census_plain_all_or_none() - do eight PTEs all map pages, or none
 * @pte: the first; its table is locked; not of anonymous memory, for the zero
 *	page is not looked for
 *
 * Return: 0xff where all are plain and map pages, 0 where all are none, else
 * %CENSUS_PTES_DIFFER.
 */
static inline unsigned int census_plain_all_or_none(const pte_t *pte)
{
	const unsigned long *entry = (const unsigned long *)pte;
	unsigned long all = ~0UL, any = 0;
	unsigned int i;

#pragma GCC unroll 8
	for (i = 0; i < 8; i++) {
		all &= READ_ONCE(entry[i]);
		any |= READ_ONCE(entry[i]);
	}
	if (!(any & ~CENSUS_PTE_NONE_BITS))
		return 0;
	return all & _PAGE_PRESENT && !(any & CENSUS_PTE_SPECIAL) ?
	       0xff : CENSUS_PTES_DIFFER;
}
#else
/* PTEs of other architectures are read by the kernel's helpers, one by one. */
static inline bool census_plain_begin(struct census_plain *plain)
{
	return false;
}

static inline unsigned long census_plain_pfn(const struct census_plain *plain,
					     pte_t pte)
{
	return pte_pfn(pte);
}

static inline u64 census_plain_page(pte_t pte)
{
	return pte_present(pte);
}

static inline u64 census_plain_rest(const struct census_plain *plain, pte_t pte)
{
	return 1;
}

static inline bool census_plain_contiguous(const struct census_plain *plain,
					   const pte_t *pte)
{
	return false;
}

#define CENSUS_PTES_DIFFER (~0U)

static inline unsigned int census_plain_all_or_none(const pte_t *pte)
{
	return CENSUS_PTES_DIFFER;
}
#endif

/* The PMD table that a PUD named when it was read, or with folded PMDs the PUD. */
#ifdef __PAGETABLE_PMD_FOLDED
#define census_pmd_offset(pudp, pud, addr) pmd_offset(pudp, addr)
#else
#define census_pmd_offset(pudp, pud, addr) pmd_offset_lockless(pudp, pud, addr)
#endif

/**
 * census_mm_swapped() - may an address space have entries in swap
 * @mm: a reference is enough
 *
 * The counter has parts per CPU since 6.2, which get_mm_counter() leaves out.
 * Before, only what threads have swapped in is counted late.
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
