// SPDX-License-Identifier: GPL-2.0
/*
 * This walk reads each level itself, because modules cannot call walk_page_range().
 *
 * The caller holds the VMA lock or mmap_lock for reading, so the upper tables stay: PGD
 * to PUD, and PMD tables except those of hugetlb.  Only exit_mmap() and munmap() free
 * them.  munmap() locks each VMA that it removes for writing, and keeps tables that other
 * VMAs use.  The content of a PMD may change during the walk: a huge page is split or
 * collapsed, a PTE table is installed or removed.  So every PMD is read once; then the
 * walk takes the lock that protects it, checks that it is unchanged, and otherwise reads
 * it again.
 */
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#include "base/memory.h"
#include "walk/exclusive.h"
#include "walk/image.h"
#include "walk/pte.h"
#include "walk/ptes.h"
#include "walk/report.h"
#include "walk/walk.h"

/* As if at least so many pages of files were mapped, a GiB: a small machine reads few of them. */
#define KINDS_LEAST BIT(18)

/**
 * census_walk_begin() - allocate the memory of a walk
 * @walk: zeroed; the caller calls census_walk_end(), also after an error
 *
 * Return: 0 or -ENOMEM.
 */
int census_walk_begin(struct census_walk *walk)
{
	struct census_mask *masks;

	masks = census_kvmalloc((CENSUS_MASKS_MAX + 1) * sizeof(*masks));
	/* masks[-1] has key 0, which no page has: no mask is merged with it. */
	if (masks) {
		masks[0] = (struct census_mask) {};
		walk->masks = masks + 1;
	}
	walk->image = census_kvzalloc(sizeof(*walk->image));
	/* No more can be exclusive. */
	census_sample_begin(&walk->sampler, global_node_page_state(NR_ANON_MAPPED));
	census_sample_begin(&walk->kinds, max_t(u64, global_node_page_state(NR_FILE_MAPPED),
						KINDS_LEAST));
	return masks && walk->image ? 0 : -ENOMEM;
}

void census_walk_end(struct census_walk *walk)
{
	kvfree(walk->image);
	if (walk->masks)
		kvfree(walk->masks - 1);
	walk->image = NULL;
	walk->masks = NULL;
}

/*
 * Maps and locks a PTE table.  spin_unlock() unlocks it, not pte_unmap_unlock(): that
 * also ends an RCU section since 6.5, which has already ended here.
 *
 * khugepaged (since 6.5) and MADV_DONTNEED (since 6.14) may remove a table under
 * mmap_lock held for reading.  They clear the PMD under the table's lock and free the
 * table after an RCU grace period.  So within an RCU section the table that the PMD
 * pointed to and its lock exist.  If the PMD is still the same under that lock, the table
 * cannot be removed until the lock is dropped.
 *
 * Return: the PTE, or NULL if there is no table: the caller reads the PMD again.
 */
static pte_t *map_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long addr,
		       spinlock_t **ptl)
{
	pmd_t pmdval;
	pte_t *pte;

	for (;;) {
		rcu_read_lock();
		pmdval = pmdp_get_lockless(pmd);
		if (!pmd_present(pmdval) || pmd_trans_huge(pmdval) ||
		    census_pmd_devmap(pmdval) || pmd_bad(pmdval))
			break;
		pte = pte_offset_kernel(&pmdval, addr);
		*ptl = pte_lockptr(mm, &pmdval);
		spin_lock(*ptl);
		if (likely(pmd_same(pmdval, pmdp_get_lockless(pmd)))) {
			rcu_read_unlock();
			return pte;
		}
		spin_unlock(*ptl);
		rcu_read_unlock();
	}
	rcu_read_unlock();
	return NULL;
}

/* Exclusive pages that were counted; in slices they are among all others. */
static u64 exclusive_pages(const struct census_walk *walk)
{
	return walk->in.apart ? walk->out.pages : walk->out.exclusive;
}

/* Checks whether an exclusive page is compared that was counted since there were @before. */
static bool is_sampled(struct census_walk *walk, u64 before)
{
	return walk->in.writable_is_exclusive &&
	       census_sample_due(&walk->sampler, exclusive_pages(walk) - before);
}

/* Return: false if there is no PTE table (any more): the caller reads the PMD again. */
static bool walk_pte_table(struct census_walk *walk, struct vm_area_struct *vma,
			   pmd_t *pmd, unsigned long addr, unsigned long end)
{
	unsigned int nr = (end - addr) >> PAGE_SHIFT;
	u64 before = exclusive_pages(walk), pages = walk->out.pages;
	spinlock_t *ptl;
	pte_t *pte;

	pte = map_lock(vma->vm_mm, pmd, addr, &ptl);
	if (!pte)
		return false;
	walk->ptes += nr;
	walk->work += nr;
	census_ptes_report(walk, vma, pte, nr, addr);
	if (is_sampled(walk, before))
		census_sample_ptes(&walk->sampler, vma, pte, nr, addr);
	if (walk->in.copies && !census_may_have_copies(walk, vma) &&
	    census_sample_due(&walk->kinds, walk->out.pages - pages))
		census_sample_kind(&walk->kinds, vma, pte, nr, addr);
	spin_unlock(ptl);
	if (walk->image->nr)
		census_image_keep(walk);
	return true;
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/*
 * The huge zero page belongs to no process.  Modules cannot read its frame number, but it
 * is the only page in an anonymous mapping that is not anonymous, and the only page in a
 * DAX mapping that is not a device page.  In an anonymous mapping it is never writable
 * (set_huge_zero_page(), can_change_pmd_writable() in mm/huge_memory.c), so struct page of
 * written memory is not read.
 */
static bool pmd_maps_zero(struct vm_area_struct *vma, pmd_t pmd)
{
	if (vma_is_dax(vma))
		return !is_zone_device_page(pmd_page(pmd));
	return vma_is_anonymous(vma) && !pmd_write(pmd) && !PageAnon(pmd_page(pmd));
}

/* Pages of a huge page that take as long as an entry, if struct page is not read. */
#define PAGES_PER_WORK 32

/*
 * Reports the huge page of a PMD.  Called under the lock of its table.
 *
 * Return: false if the PMD does not map a huge page (any more).
 */
static bool report_pmd(struct census_walk *walk, struct vm_area_struct *vma, pmd_t pmd,
		       unsigned long addr, unsigned long end)
{
	unsigned int nr = (end - addr) >> PAGE_SHIFT;
	unsigned long skip = (addr & ~PMD_MASK) >> PAGE_SHIFT;

	if (pmd_present(pmd) && census_pmd_devmap(pmd)) {
		walk->out.special += nr;
	} else if (pmd_present(pmd) && pmd_trans_huge(pmd)) {
		if (vma->vm_flags & VM_PFNMAP || census_pmd_special(pmd) || pmd_maps_zero(vma, pmd))
			walk->out.special += nr;
		else
			census_report_pages(walk, vma, addr, pmd_pfn(pmd) + skip, nr,
					    CENSUS_PMD |
					    (walk->in.writable_is_exclusive && pmd_write(pmd) ?
					     CENSUS_EXCLUSIVE : 0) |
					    (pmd_young(pmd) ? CENSUS_YOUNG : 0) |
					    (pmd_dirty(pmd) ? CENSUS_DIRTY : 0));
	} else if (thp_migration_supported() && !pmd_none(pmd) &&
		   !pmd_present(pmd)) {
		census_report_softleaf(walk, vma, addr, softleaf_from_pmd(pmd), false,
				       CENSUS_PMD, nr, skip);
	} else {
		return false;
	}
	walk->work += walk->in.each_page ? nr : nr / PAGES_PER_WORK;
	return true;
}

/* census_exclusive_check() reads struct page. */
#ifdef CENSUS_CHECK
#define EXCLUSIVE_AT_ONCE 1
#else
#define EXCLUSIVE_AT_ONCE PTRS_PER_PMD
#endif

/*
 * Counts huge pages that writable entries prove to be exclusive.  Called under the lock of the
 * table; @addr and @end are aligned.
 *
 * Return: number of entries up to the first one that is something else.
 */
static unsigned long count_exclusive_pmds(struct census_walk *walk, const pmd_t *pmdp,
					  unsigned long addr, unsigned long end)
{
	unsigned long first = addr, nr;

	if (end - addr > EXCLUSIVE_AT_ONCE * PMD_SIZE)
		end = addr + EXCLUSIVE_AT_ONCE * PMD_SIZE;
	for (; addr < end; addr += PMD_SIZE, pmdp++) {
		pmd_t pmd = READ_ONCE(*pmdp);

		if (!census_plain_pmd(pmd, true))
			break;
		census_exclusive_check(pmd_pfn(pmd), HPAGE_PMD_NR, true);
	}
	nr = (addr - first) >> PAGE_SHIFT;
	walk->out.pages += nr;
	walk->out.huge += nr;
	walk->out.exclusive += nr;
	return (addr - first) >> PMD_SHIFT;
}

/*
 * Masks that a huge page may have.  In one hold of the lock of a table of huge pages there are no
 * more of these than in one of a PTE table.
 */
#define LEAF_MASKS (PMD_SIZE / PAGE_SIZE / 64 + 1)

static_assert(LEAF_MASKS <= CENSUS_PTES_MAX);

/*
 * Walks huge pages that follow each other in a PMD table, in one hold of its lock: all PMDs of a
 * table have one.  A run of exclusive ones counts as one.  If the struct page of each of its pages
 * is read under the lock, a hold is for one huge page.
 *
 * Return: the address of the first entry that maps no huge page (any more), or at which the
 * hold ended.
 */
static unsigned long walk_pmd_leaves(struct census_walk *walk, struct vm_area_struct *vma,
				     pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	/* Nothing is kept of an exclusive huge page but the number of its pages. */
	bool exclusive = walk->in.writable_is_exclusive && !walk->in.apart &&
			 !walk->in.each_page && vma_is_anonymous(vma);
	long room = walk->in.each_page || EXCLUSIVE_AT_ONCE == 1 ? LEAF_MASKS : CENSUS_PTES_MAX;
	unsigned long next, whole = end & PMD_MASK;
	u64 before = exclusive_pages(walk);
	pmd_t *first = pmdp;
	spinlock_t *ptl;

	ptl = pmd_lock(vma->vm_mm, pmdp);
	for (; addr < end && room >= (long)LEAF_MASKS; addr = next) {
		unsigned long nr = 0;

		if (exclusive && !(addr & ~PMD_MASK)) {
			nr = count_exclusive_pmds(walk, pmdp, addr, whole);
			room -= nr ? LEAF_MASKS : 0;
		}
		next = addr + nr * PMD_SIZE;
		if (!nr) {
			next = pmd_addr_end(addr, end);
			if (!report_pmd(walk, vma, *pmdp, addr, next))
				break;
			room -= LEAF_MASKS;
			nr = 1;
		}
		pmdp += nr;
	}
	if (is_sampled(walk, before))
		census_sample_pmds(&walk->sampler, first, pmdp - first);
	walk->ptes += pmdp - first;
	walk->work += pmdp - first;
	spin_unlock(ptl);
	return addr;
}
#else
static unsigned long walk_pmd_leaves(struct census_walk *walk, struct vm_area_struct *vma,
				     pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	return addr;
}
#endif

/* Cost of an upper table's entry without a table below, in page table entries. */
#define ENTRIES_PER_EMPTY 16

/* Bytes that are mapped by the entries that are read in one lock hold. */
#define PART_SIZE (CENSUS_PTES_MAX * PAGE_SIZE)

/* Return: the address up to which the entries were reported: @end, or in a PTE table less. */
static unsigned long walk_pmd(struct census_walk *walk, struct vm_area_struct *vma,
			      pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	unsigned long part = min(end, ALIGN(addr + 1, PART_SIZE));

	for (;;) {
		pmd_t pmd;

		/* Most entries are of tables, which map_lock() finds without a look before it. */
		if (walk_pte_table(walk, vma, pmdp, addr, part))
			return part;
		pmd = pmdp_get_lockless(pmdp);
		if (pmd_none(pmd) ||
		    (!pmd_present(pmd) && !thp_migration_supported())) {
			walk->ptes++;
			walk->work += ENTRIES_PER_EMPTY;
			return end;
		}
		if (!pmd_present(pmd) || pmd_trans_huge(pmd) ||
		    census_pmd_devmap(pmd)) {
			if (walk_pmd_leaves(walk, vma, pmdp, addr, end) > addr)
				return end;
		} else if (pmd_bad(pmd)) {
			return end;
		}
		/* The PMD was changed by a split, a collapse or a fault. */
		cpu_relax();
	}
}

/*
 * Return: the PUD of @addr; or NULL, and @next is the end of the missing table's range.
 * Each level ends where the one above does: if a level is folded, its own end is @end.
 */
static pud_t *find_pud(struct mm_struct *mm, unsigned long addr,
		       unsigned long end, unsigned long *next)
{
	pgd_t *pgdp = pgd_offset(mm, addr), pgd;
	p4d_t *p4dp, p4d;

	*next = pgd_addr_end(addr, end);
	pgd = pgdp_get(pgdp);
	if (pgd_none(pgd) || pgd_bad(pgd))
		return NULL;
	p4dp = census_p4d_offset(pgdp, addr);
	*next = p4d_addr_end(addr, *next);
	p4d = p4dp_get(p4dp);
	if (p4d_none(p4d) || p4d_bad(p4d))
		return NULL;
	return census_pud_offset(p4dp, addr);
}

/*
 * Return: the PMD of @addr, and @next is the end of its table's range; otherwise as
 * find_pud().  Sets @leaf if the PUD is a leaf.
 */
static pmd_t *find_pmd(struct mm_struct *mm, unsigned long addr,
		       unsigned long end, unsigned long *next, bool *leaf)
{
	pud_t *pudp = find_pud(mm, addr, end, next), pud;

	*leaf = false;
	if (!pudp)
		return NULL;
	*next = pud_addr_end(addr, *next);
	pud = pudp_get(pudp);
	if (pud_none(pud))
		return NULL;
	if (!pud_present(pud) || pud_leaf(pud)) {
		*leaf = pud_present(pud);
		return NULL;
	}
	if (pud_bad(pud))
		return NULL;
	return census_pmd_offset(pudp, pud, addr);
}

#ifdef CONFIG_HUGETLB_PAGE
/* Cost of a huge page, in page table entries. */
#define ENTRIES_PER_HUGETLB 64

/* Called under the page table lock of the entry. */
static void report_hugetlb(struct census_walk *walk, pte_t pte, unsigned long pfn, unsigned int nr)
{
	unsigned long number;
	softleaf_t entry;

	if (pte_none(pte))
		return;
	if (!pte_present(pte)) {
		entry = softleaf_from_pte(pte);
		walk->unknown |= !census_softleaf_is_known(entry);
		if (!softleaf_has_pfn(entry))
			return;
		pfn = softleaf_to_pfn(entry);
	}
	if (walk->in.only_file && PageAnon(pfn_to_page(pfn)))
		return;
	number = pfn / nr;
	walk->out.hugetlb += nr;
	census_report_mask(walk, walk->in.hugetlb + (number >> 6), BIT_ULL(number & 63));
}

/*
 * Return: the entry of a huge page, at the level of its size, or NULL if it has no table.  @next is
 * set to the end of what the table maps, or of what lacks one, @end at most.
 */
static pte_t *find_hugetlb(struct mm_struct *mm, unsigned long addr, unsigned long end,
			   unsigned long size, unsigned long *next)
{
	pmd_t *pmdp, pmd;
	bool leaf;

	if (size >= PUD_SIZE)
		return (pte_t *)find_pud(mm, addr, end, next);
	pmdp = find_pmd(mm, addr, end, next, &leaf);
	if (!pmdp || size >= PMD_SIZE)
		return (pte_t *)pmdp;
	*next = pmd_addr_end(addr, *next);
	pmd = pmdp_get_lockless(pmdp);
	return pmd_present(pmd) && !pmd_bad(pmd) ? pte_offset_kernel(&pmd, addr) : NULL;
}

/*
 * The page table lock keeps the entry, and so its huge page, while struct page is read: a
 * copy on write and migration replace the entry under this lock, without i_mmap_rwsem.
 */
static void walk_hugetlb_entry(struct census_walk *walk, struct vm_area_struct *vma, pte_t *ptep,
			       unsigned long size)
{
	unsigned int nr = size >> PAGE_SHIFT;
	spinlock_t *ptl;

	ptl = huge_pte_lock(hstate_vma(vma), vma->vm_mm, ptep);
	/*
	 * The frame is read at the entry's level, where its flags are in other bits.
	 * pte_present() decides: pud_present() is false for PROT_NONE on x86.
	 */
	if (size >= PUD_SIZE) {
		pud_t pud = pudp_get((pud_t *)ptep);

		report_hugetlb(walk, __pte(pud_val(pud)), pud_pfn(pud), nr);
	} else if (size >= PMD_SIZE) {
		pmd_t pmd = pmdp_get_lockless((pmd_t *)ptep);

		report_hugetlb(walk, __pte(pmd_val(pmd)), pmd_pfn(pmd), nr);
	} else {
		pte_t pte = census_pte_get(ptep);

		report_hugetlb(walk, pte, pte_pfn(pte), nr);
	}
	spin_unlock(ptl);
}

/*
 * Walks a table from @addr to @end up to its first entry that is not empty.  Any user may have a
 * hugetlb mapping of most of the address space, with or without empty tables: where the pool is
 * empty, a page fault leaves one.
 *
 * Several address spaces may share a PMD table of hugetlb.  huge_pmd_unshare() removes it
 * from this one without the locks held here, but always with the file's i_mmap_rwsem held
 * for writing.  So the table stays while that lock is held for reading.  It is only
 * tried: truncation holds it for a long time.
 *
 * Return: the address at which to go on: @addr if the lock is not available.
 */
static unsigned long walk_hugetlb_table(struct census_walk *walk, struct vm_area_struct *vma,
					unsigned long addr, unsigned long end,
					unsigned long size)
{
	struct address_space *mapping = vma->vm_file->f_mapping;
	/* Entries of a huge page: of arm64, it may have several at its level. */
	unsigned long step = size / (size >= PUD_SIZE ? PUD_SIZE :
				     size >= PMD_SIZE ? PMD_SIZE : PAGE_SIZE);
	bool empty = true;
	pte_t *ptep;

	if (!i_mmap_trylock_read(mapping))
		return addr;
	for (ptep = find_hugetlb(vma->vm_mm, addr, end, size, &end);
	     ptep && empty && addr < end; addr += size, ptep += step) {
		/* An entry that is not empty has some bit at each level. */
		empty = pte_none(census_pte_get(ptep));
		if (!empty)
			walk_hugetlb_entry(walk, vma, ptep, size);
		walk->ptes++;
		walk->work++;
	}
	if (!ptep)
		addr = end;
	i_mmap_unlock_read(mapping);
	walk->work += ENTRIES_PER_HUGETLB;
	return addr;
}

static unsigned long walk_hugetlb(struct census_walk *walk,
				  struct vm_area_struct *vma,
				  unsigned long addr, unsigned long end)
{
	unsigned long size = huge_page_size(hstate_vma(vma)), next;

	/*
	 * Round up, because addresses only go up: @addr is within a huge page only if the
	 * VMA was created while the walk paused at @addr in another VMA, or divided it there.
	 */
	for (addr = ALIGN(addr, size); addr < end; addr = next) {
		/* No table, no lock of the file.  Under the lock the table is found again. */
		if (find_hugetlb(vma->vm_mm, addr, end, size, &next)) {
			next = walk_hugetlb_table(walk, vma, addr, next, size);
			walk->blocked = next == addr;
			if (walk->blocked)
				break;
		} else {
			walk->work += ENTRIES_PER_EMPTY;
		}
		if (walk->pause(walk->pause_context))
			return next;
	}
	return addr;
}
#else
static unsigned long walk_hugetlb(struct census_walk *walk,
				  struct vm_area_struct *vma,
				  unsigned long addr, unsigned long end)
{
	return end;
}
#endif

/* The CPU itself fetches ahead after a few cache lines, but not beyond a page. */
#define LINES_AHEAD 8

/*
 * Prefetches the first entries of a PTE table and its lock.  The PMD may change at any time, and
 * with PREEMPT_RT the table may be freed too: so nothing is read of it, neither is the address of a
 * lock that is not in its struct page.
 */
static void fetch_table(struct mm_struct *mm, const pmd_t *pmdp, unsigned long addr,
			unsigned long end)
{
	pmd_t pmd = pmdp_get_lockless((pmd_t *)pmdp);
	unsigned long size = min((end - addr) >> PAGE_SHIFT,
				 LINES_AHEAD * L1_CACHE_BYTES / sizeof(pte_t)) * sizeof(pte_t);

	if (!pmd_present(pmd) || pmd_leaf(pmd) || pmd_bad(pmd))
		return;
	if (!ALLOC_SPLIT_PTLOCKS)
		prefetchw(pte_lockptr(mm, &pmd));
	census_fetch(pte_offset_kernel(&pmd, addr), size);
}

/**
 * census_walk_fetch() - prefetch what census_walk_vma() reads first
 * @walk: the walk
 * @vma: locked for reading, until census_walk_vma() returns
 * @addr: start address, in @vma
 * @end: end address, above @addr and at most @vma->vm_end; the walk may end below it
 *
 * While the caller prepares the count of this VMA.
 */
void census_walk_fetch(struct census_walk *walk, struct vm_area_struct *vma, unsigned long addr,
		       unsigned long end)
{
	bool leaf;

	walk->first = NULL;
	if (vma_is_hugetlb(vma))
		return;
	walk->first = find_pmd(vma->vm_mm, addr, end, &walk->first_end, &leaf);
	if (walk->first)
		fetch_table(vma->vm_mm, walk->first, addr, pmd_addr_end(addr, walk->first_end));
}

/*
 * Walks the entries of a PMD table.  Each PTE table would begin with cache misses, on the
 * lock and on the first entry: so both are fetched while the table before is read.
 *
 * Return: @end, or the address of a pause.
 */
static unsigned long walk_pmd_table(struct census_walk *walk, struct vm_area_struct *vma,
				    pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	unsigned long next;

	for (; addr < end; pmdp += (next >> PMD_SHIFT) - (addr >> PMD_SHIFT), addr = next) {
		next = addr;
		if (pmd_trans_huge(pmdp_get_lockless(pmdp)))
			next = walk_pmd_leaves(walk, vma, pmdp, addr, end);
		if (next == addr) {
			next = pmd_addr_end(addr, end);
			if (next < end)
				fetch_table(vma->vm_mm, pmdp + 1, next, pmd_addr_end(next, end));
			next = walk_pmd(walk, vma, pmdp, addr, next);
		}
		if (next < end && walk->pause(walk->pause_context))
			return next;
	}
	return end;
}

/**
 * census_walk_vma() - report what a VMA maps
 * @walk: the walk
 * @vma: locked for reading
 * @addr: start address, in @vma
 * @end: end address, at most @vma->vm_end
 *
 * Return: @end if the walk is complete, or the end of a hugetlb page above it; else a lower
 * address at which the caller continues after it dropped the lock and took it again.
 */
unsigned long census_walk_vma(struct census_walk *walk,
			      struct vm_area_struct *vma, unsigned long addr,
			      unsigned long end)
{
	unsigned long next = min(walk->first_end, end);
	pmd_t *pmd = walk->first;
	bool leaf = false;

	if (vma_is_hugetlb(vma))
		return walk_hugetlb(walk, vma, addr, end);

	walk->first = NULL;
	for (; addr < end; addr = next, pmd = NULL) {
		if (!pmd)
			pmd = find_pmd(vma->vm_mm, addr, end, &next, &leaf);
		if (!pmd) {
			/* A leaf above the PMD level maps device memory (DAX, PFN map). */
			if (leaf && !vma_is_dax(vma) &&
			    !(vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP)))
				walk->unknown = true;
			if (leaf)
				walk->out.special += (next - addr) >> PAGE_SHIFT;
			walk->work += ENTRIES_PER_EMPTY;
		} else {
			unsigned long to = next;

			next = walk_pmd_table(walk, vma, pmd, addr, to);
			if (next < to)
				return next;
		}
		if (next != end && walk->pause(walk->pause_context))
			return next;
	}
	return end;
}
