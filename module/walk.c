// SPDX-License-Identifier: GPL-2.0
/*
 * The levels are opened by hand: walk_page_range() is not for modules.
 *
 * The caller has locked the mapping, alone or all of them by the mmap lock, for
 * reading, so upper tables (PGD to PUD, and PMD tables but for hugetlb's) stay;
 * they are freed only by exit_mmap() and by munmap(), which locks for writing
 * each mapping that it takes away, and leaves tables that others are in.  What
 * a PMD holds may change under us: a huge page is split or collapsed, a PTE
 * table put in or taken away.  Hence every PMD is read once, and what was seen
 * is proven under the lock that guards it, or looked at again.
 */
#include <linux/hugetlb.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "memory.h"
#include "owners.h"
#include "pte.h"
#include "walk.h"

/**
 * census_walk_begin() - get what a walk needs
 * @walk: zeroed; to be ended by census_walk_end(), also after an error
 * @places: it will hand on places
 *
 * Return: 0 or -ENOMEM.
 */
int census_walk_begin(struct census_walk *walk, bool places)
{
	struct census_mask *masks;

	walk->runs = census_kvcalloc(CENSUS_RUNS_MAX, sizeof(*walk->runs));
	masks = census_kvcalloc(CENSUS_MASKS_MAX + 1, sizeof(*masks));
	/* Key 0 is none that a page has: nothing is joined with it. */
	walk->masks = masks ? masks + 1 : NULL;
	if (places)
		walk->places = census_kvcalloc(CENSUS_PLACES_MAX, sizeof(*walk->places));
	return walk->runs && masks && (walk->places || !places) ? 0 : -ENOMEM;
}

void census_walk_end(struct census_walk *walk)
{
	kvfree(walk->runs);
	kvfree(walk->places);
	if (walk->masks)
		kvfree(walk->masks - 1);
	walk->runs = NULL;
	walk->places = NULL;
	walk->masks = NULL;
}

static void add_run(struct census_walk *walk, enum census_kind kind, u8 bits,
		    unsigned long pfn, unsigned int nr, u8 swap_type)
{
	struct census_run *run = &walk->runs[walk->nr];

	if (walk->nr) {
		struct census_run *last = run - 1;

		if (last->kind == kind && last->bits == bits &&
		    last->swap_type == swap_type &&
		    (kind == CENSUS_SPECIAL || last->end == (u32)pfn)) {
			last->end += nr;
			return;
		}
	}
	*run = (struct census_run) {
		.pfn = pfn, .end = (u32)pfn + nr, .kind = kind, .bits = bits,
		.swap_type = swap_type,
	};
	walk->nr++;
}

static void add_mask(struct census_walk *walk, u64 key, u64 mask)
{
	struct census_mask *last = &walk->masks[(long)walk->nr_masks - 1];

	if (last->key == key) {
		last->mask |= mask;
		return;
	}
	walk->masks[walk->nr_masks++] = (struct census_mask) {
		.key = key, .mask = mask,
	};
}

/* Under the lock of the table, which has room: it adds no more than it has entries. */
static void add_place(struct census_walk *walk, enum census_kind kind, bool huge,
		      unsigned long addr, unsigned int nr, u64 key, u8 at)
{
	struct census_place *place;

	if (!walk->placed)
		return;
	place = &walk->places[walk->nr_places];
	if (walk->nr_places) {
		struct census_place *last = place - 1;

		if (last->kind == kind && last->huge == huge && last->key == key &&
		    kind != CENSUS_HUGETLB &&
		    last->addr + (unsigned long)last->nr * PAGE_SIZE == addr &&
		    (kind != CENSUS_PRESENT || last->at + last->nr == at)) {
			last->nr += nr;
			return;
		}
	}
	*place = (struct census_place) {
		.kind = kind, .huge = huge, .at = at, .nr = nr, .addr = addr,
		.key = key,
	};
	walk->nr_places++;
}

static bool may_have_copies(const struct census_walk *walk,
			    const struct vm_area_struct *vma)
{
	return walk->copies && READ_ONCE(vma->anon_vma);
}

/*
 * Mapped pages, as masks or as a run.  In a private mapping of a file only the
 * pages say which of them are copies; under the lock of their table or PMD they
 * cannot be freed.
 */
static void take_pages(struct census_walk *walk, struct vm_area_struct *vma,
		       unsigned long addr, unsigned long pfn, unsigned int nr,
		       u8 bits)
{
	u64 key = walk->frames, number = pfn;

	if (!walk->ops->masks) {
		add_run(walk, CENSUS_PRESENT, bits, pfn, nr, 0);
		return;
	}
	walk->pages += nr;
	if (bits & CENSUS_PMD)
		walk->huge += nr;
	if (may_have_copies(walk, vma) && PageAnon(pfn_to_page(pfn))) {
		key = walk->copies;
		walk->copied += nr;
	} else if (walk->file) {
		key = walk->file;
		number = linear_page_index(vma, addr);
	}
	while (nr) {
		unsigned int at = number & 63, n = min(64 - at, nr);

		add_mask(walk, key + (number >> 6), GENMASK_ULL(at + n - 1, at));
		add_place(walk, CENSUS_PRESENT, bits & CENSUS_PMD, addr, n,
			  key + (number >> 6), at);
		number += n;
		addr += n * PAGE_SIZE;
		nr -= n;
	}
}

static void hand_on_locked(struct census_walk *walk)
{
	if (walk->nr && walk->ops->runs_locked)
		walk->ops->runs_locked(walk->context, walk->runs, walk->nr);
}

static void hand_on_runs(struct census_walk *walk)
{
	if (walk->nr && walk->ops->runs)
		walk->ops->runs(walk->context, walk->runs, walk->nr);
	walk->nr = 0;
	if (walk->nr_places)
		walk->ops->places(walk->context, walk->places, walk->nr_places);
	walk->nr_places = 0;
}

void census_walk_hand_on(struct census_walk *walk)
{
	if (walk->nr_masks)
		walk->ops->masks(walk->context, walk->masks, walk->nr_masks);
	walk->nr_masks = 0;
}

/*
 * Before a table is locked: it adds no more masks than it has entries.  Masks wait
 * for those of other tables, for where mappings are small a table has few.
 */
static void make_room(struct census_walk *walk)
{
	if (walk->nr_masks + PTRS_PER_PTE > CENSUS_MASKS_MAX)
		census_walk_hand_on(walk);
}

static void add_hole(struct census_walk *walk, struct vm_area_struct *vma,
		     unsigned long addr, unsigned long end)
{
	unsigned int nr = (end - addr) >> PAGE_SHIFT;

	if (!walk->holes)
		return;
	/* Either, for what is in a place is wanted in the order of addresses. */
	if (walk->placed)
		add_place(walk, CENSUS_HOLE, false, addr, nr, 0, 0);
	else
		add_run(walk, CENSUS_HOLE, 0, linear_page_index(vma, addr), nr, 0);
}

/* @nr pages, the first of them @skip pages into what @entry stands for. */
static void take_softleaf(struct census_walk *walk, struct vm_area_struct *vma,
			  unsigned long addr, softleaf_t entry, u8 bits,
			  unsigned int nr, unsigned long skip)
{
	if (softleaf_is_swap(entry)) {
		add_run(walk, CENSUS_SWAP, 0, swp_offset(entry) + skip, nr,
			swp_type(entry));
		add_place(walk, CENSUS_SWAP, false, addr, nr, 0, 0);
	} else if (softleaf_has_pfn(entry)) {
		if (softleaf_is_migration(entry))
			bits |= CENSUS_MIGRATING;
		if (softleaf_is_device_private(entry))
			bits |= CENSUS_DEVICE;
		take_pages(walk, vma, addr, softleaf_to_pfn(entry) + skip, nr,
			   bits | CENSUS_NOT_PRESENT);
	}
}

/* Any entry, with the bits that matter to @walk->ops. */
static void take_pte(struct census_walk *walk, struct vm_area_struct *vma,
		     unsigned long addr, pte_t pte)
{
	u8 bits = walk->ops->bits & ((pte_young(pte) ? CENSUS_YOUNG : 0) |
				     (pte_dirty(pte) ? CENSUS_DIRTY : 0));

	if (pte_none(pte))
		add_hole(walk, vma, addr, addr + PAGE_SIZE);
	else if (!pte_present(pte))
		take_softleaf(walk, vma, addr, softleaf_from_pte(pte), 0, 1, 0);
	else if (census_pte_special(vma, addr, pte))
		add_run(walk, CENSUS_SPECIAL, 0, 0, 1, 0);
	else
		take_pages(walk, vma, addr, pte_pfn(pte), 1, bits);
}

static void take_ptes(struct census_walk *walk, struct vm_area_struct *vma,
		      const pte_t *pte, unsigned int nr, unsigned long addr)
{
	for (; nr; nr--, pte++, addr += PAGE_SIZE)
		take_pte(walk, vma, addr, ptep_get((pte_t *)pte));
}

/*
 * A private mapping of a file that was written to.  An entry that is writable is
 * a copy.  One that is dirty is too, but for shmem, where userfaultfd maps page
 * cache so; of the others the page says what it is.
 */
static void take_copied_ptes(struct census_walk *walk,
			     struct vm_area_struct *vma, const pte_t *pte,
			     unsigned int nr, unsigned long addr)
{
	for (; nr; nr--, pte++, addr += PAGE_SIZE) {
		pte_t entry = ptep_get((pte_t *)pte);

		if (pte_none(entry))
			continue;
		if (!pte_present(entry) || census_pte_special(vma, addr, entry) ||
		    !(pte_write(entry) ||
		      (pte_dirty(entry) && walk->dirty_is_copied))) {
			take_pte(walk, vma, addr, entry);
			continue;
		}
		walk->pages++;
		walk->copied++;
		add_mask(walk, walk->copies + (pte_pfn(entry) >> 6),
			 BIT_ULL(pte_pfn(entry) & 63));
	}
}

/**
 * struct last_mask - the last mask, while it grows
 * @at: where it is to be stored
 * @key: its key
 * @mask: its pages
 */
struct last_mask {
	struct census_mask *at;
	u64 key;
	u64 mask;
};

static struct last_mask last_mask_begin(const struct census_walk *walk)
{
	struct census_mask *at = &walk->masks[(long)walk->nr_masks - 1];

	return (struct last_mask) { .at = at, .key = at->key, .mask = at->mask };
}

static void last_mask_end(struct census_walk *walk, const struct last_mask *last)
{
	last->at->key = last->key;
	last->at->mask = last->mask;
	walk->nr_masks = last->at - walk->masks + 1;
}

/* Pages @mask of the block @key, as often as not the same as the last. */
static __always_inline void grow_mask(struct last_mask *last, u64 key, u64 mask)
{
	if (key == last->key) {
		last->mask |= mask;
		return;
	}
	last->at->key = last->key;
	last->at->mask = last->mask;
	last->at++;
	last->key = key;
	last->mask = mask;
}

/*
 * The same of one page, or none if @page is 0; else it is 1.  Where frames are
 * scattered no branch is predicted, so there is none: the last mask is stored in
 * any case, and goes on growing there or not.
 */
static __always_inline void grow_mask_by_page(struct last_mask *last, u64 key,
					      u64 mask, u64 page)
{
	u64 other = page & (key != last->key), new = -other;

	OPTIMIZER_HIDE_VAR(new);	/* or it becomes a branch again */
	last->at->key = last->key;
	last->at->mask = last->mask;
	last->at += other;
	last->mask = (last->mask & ~new) | mask;
	last->key ^= (last->key ^ key) & new;
}

/* Return: false where one of @nr entries is not plain; then none is taken. */
static __always_inline bool take_each(struct last_mask *last,
				      const struct census_plain *plain, u64 frames,
				      const pte_t *pte, unsigned int nr, u64 *pages)
{
	unsigned int i;
	u64 rest = 0;

#pragma GCC unroll 8
	for (i = 0; i < nr; i++)
		rest |= census_plain_rest(plain, ptep_get((pte_t *)&pte[i]));
	if (unlikely(rest))
		return false;
#pragma GCC unroll 8
	for (i = 0; i < nr; i++) {
		pte_t entry = ptep_get((pte_t *)&pte[i]);
		unsigned long pfn = census_plain_pfn(plain, entry);
		u64 page = census_plain_page(entry);

		grow_mask_by_page(last, frames + (pfn >> 6), page << (pfn & 63),
				  page);
		*pages += page;
	}
	return true;
}

/*
 * Pages that are numbered by frame: this loop is what a census costs.  Eight
 * entries are compared at once, and are one mask or part of one if each names the
 * frame behind that of the entry before it.
 */
static noinline void take_frames(struct census_walk *walk,
				 struct vm_area_struct *vma,
				 const struct census_plain *plain,
				 const pte_t *pte, unsigned int nr,
				 unsigned long addr)
{
	struct last_mask last = last_mask_begin(walk);
	const struct census_plain p = *plain;
	const u64 frames = walk->frames;
	u64 pages = 0;

	while (nr) {
		unsigned int n = 8;
		bool plain8;

		if (nr < 8) {
			n = nr;
			plain8 = take_each(&last, &p, frames, pte, n, &pages);
		} else if (census_plain_contiguous(&p, pte) &&
			   (census_plain_pfn(&p, *pte) & 63) <= 56) {
			unsigned long pfn = census_plain_pfn(&p, *pte);

			grow_mask(&last, frames + (pfn >> 6),
				  0xffULL << (pfn & 63));
			pages += 8;
			plain8 = true;
		} else {
			plain8 = take_each(&last, &p, frames, pte, 8, &pages);
		}
		if (unlikely(!plain8)) {
			last_mask_end(walk, &last);
			take_ptes(walk, vma, pte, n, addr);
			last = last_mask_begin(walk);
		}
		pte += n;
		addr += n * PAGE_SIZE;
		nr -= n;
	}
	last_mask_end(walk, &last);
	walk->pages += pages;
}

/* Which of @nr entries, up to 8, map a page; @rest is not 0 if not all are plain. */
static __always_inline u64 mapped_each(const struct census_plain *plain,
				       const pte_t *pte, unsigned int nr, u64 *rest)
{
	unsigned int i;
	u64 pages = 0;

#pragma GCC unroll 8
	for (i = 0; i < nr; i++) {
		pte_t entry = ptep_get((pte_t *)&pte[i]);

		pages |= census_plain_page(entry) << i;
		*rest |= census_plain_rest(plain, entry);
	}
	return pages;
}

/*
 * Which of @nr entries, up to 64, map a page.
 *
 * Return: false where not all are plain; then @pages means nothing.
 */
static __always_inline bool mapped_pages(const struct census_plain *plain,
					 const pte_t *pte, unsigned int nr,
					 u64 *pages)
{
	unsigned int i, all = 0;
	u64 rest = 0;

	*pages = 0;
	for (i = 0; i + 8 <= nr; i += 8) {
		/* Once they differ, they are likely to go on so. */
		if (all != CENSUS_PTES_DIFFER)
			all = census_plain_all_or_none(pte + i);
		if (all != CENSUS_PTES_DIFFER)
			*pages |= (u64)all << i;
		else
			*pages |= mapped_each(plain, pte + i, 8, &rest) << i;
	}
	if (i < nr)
		*pages |= mapped_each(plain, pte + i, nr - i, &rest) << i;
	return !rest;
}

/* Pages of a file, numbered by index: in the order of their entries. */
static noinline void take_file(struct census_walk *walk,
			       struct vm_area_struct *vma,
			       const struct census_plain *plain,
			       const pte_t *pte, unsigned int nr,
			       unsigned long addr)
{
	const struct census_plain p = *plain;
	pgoff_t index = linear_page_index(vma, addr);
	unsigned int i, n;
	u64 pages;

	for (i = 0; i < nr; i += n, index += n) {
		unsigned int at = index & 63;

		n = min(64 - at, nr - i);
		if (unlikely(!mapped_pages(&p, pte + i, n, &pages))) {
			take_ptes(walk, vma, pte + i, n, addr + i * PAGE_SIZE);
		} else if (pages) {
			add_mask(walk, walk->file + (index >> 6), pages << at);
			walk->pages += census_popcount(pages);
		}
	}
}

/*
 * A PTE table, locked; spin_unlock() ends it, not pte_unmap_unlock(), which since
 * 6.5 ends an RCU section too that is over already here.
 *
 * khugepaged and MADV_DONTNEED may take a table away under the mmap lock held
 * for reading (since 6.5, since 6.14), but they clear the PMD under the table's
 * lock and free the table after an RCU grace period.  So within RCU the table
 * that the PMD named and its lock are there, and if under that lock the PMD is
 * still the same, the table cannot go until the lock is dropped.
 *
 * Return: the PTE, or NULL where there is no table: look at the PMD again.
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

/* Return: false where there is no PTE table (any more): look at the PMD again. */
static bool walk_pte_table(struct census_walk *walk, struct vm_area_struct *vma,
			   pmd_t *pmd, unsigned long addr, unsigned long end)
{
	unsigned int nr = (end - addr) >> PAGE_SHIFT;
	struct census_plain plain;
	spinlock_t *ptl;
	pte_t *pte;

	make_room(walk);
	pte = map_lock(vma->vm_mm, pmd, addr, &ptl);
	if (!pte)
		return false;
	walk->ptes += nr;
	walk->work += nr;
	if (!walk->ops->masks || walk->holes || walk->placed ||
	    !census_plain_begin(&plain) ||
	    vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP))
		take_ptes(walk, vma, pte, nr, addr);
	else if (may_have_copies(walk, vma))
		take_copied_ptes(walk, vma, pte, nr, addr);
	else if (walk->file)
		take_file(walk, vma, &plain, pte, nr, addr);
	else
		take_frames(walk, vma, &plain, pte, nr, addr);
	hand_on_locked(walk);
	spin_unlock(ptl);
	hand_on_runs(walk);
	return true;
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/*
 * The huge zero page belongs to no process.  Modules cannot see its frame number,
 * but it is the only page in an anonymous mapping that is not anonymous, and the
 * only one in a mapping of DAX that is not a device's.
 */
static bool pmd_maps_zero(struct vm_area_struct *vma, pmd_t pmd)
{
	if (vma_is_dax(vma))
		return !is_zone_device_page(pmd_page(pmd));
	return vma_is_anonymous(vma) && !PageAnon(pmd_page(pmd));
}

/* Return: false where the PMD is not a huge page's (any more). */
static bool walk_pmd_leaf(struct census_walk *walk, struct vm_area_struct *vma,
			  pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	unsigned int nr = (end - addr) >> PAGE_SHIFT;
	unsigned long skip = (addr & ~PMD_MASK) >> PAGE_SHIFT;
	bool leaf = true;
	spinlock_t *ptl;
	pmd_t pmd;

	make_room(walk);
	ptl = pmd_lock(vma->vm_mm, pmdp);
	pmd = *pmdp;
	if (pmd_present(pmd) && census_pmd_devmap(pmd)) {
		add_run(walk, CENSUS_SPECIAL, 0, 0, nr, 0);
	} else if (pmd_present(pmd) && pmd_trans_huge(pmd)) {
		if (vma->vm_flags & VM_PFNMAP || census_pmd_special(pmd) ||
		    pmd_maps_zero(vma, pmd))
			add_run(walk, CENSUS_SPECIAL, 0, 0, nr, 0);
		else
			take_pages(walk, vma, addr, pmd_pfn(pmd) + skip, nr,
				   CENSUS_PMD |
				   (pmd_young(pmd) ? CENSUS_YOUNG : 0) |
				   (pmd_dirty(pmd) ? CENSUS_DIRTY : 0));
	} else if (thp_migration_supported() && !pmd_none(pmd) &&
		   !pmd_present(pmd)) {
		take_softleaf(walk, vma, addr, softleaf_from_pmd(pmd),
			      CENSUS_PMD, nr, skip);
	} else {
		leaf = false;
	}
	if (leaf) {
		walk->ptes++;
		walk->work += nr;
		hand_on_locked(walk);
	}
	spin_unlock(ptl);
	hand_on_runs(walk);
	return leaf;
}
#else
static bool walk_pmd_leaf(struct census_walk *walk, struct vm_area_struct *vma,
			  pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	return false;
}
#endif

static void walk_pmd(struct census_walk *walk, struct vm_area_struct *vma,
		     pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	for (;;) {
		pmd_t pmd = pmdp_get_lockless(pmdp);

		if (pmd_none(pmd) ||
		    (!pmd_present(pmd) && !thp_migration_supported())) {
			add_hole(walk, vma, addr, end);
			hand_on_runs(walk);
			return;
		}
		if (!pmd_present(pmd) || pmd_trans_huge(pmd) ||
		    census_pmd_devmap(pmd)) {
			if (walk_pmd_leaf(walk, vma, pmdp, addr, end))
				return;
		} else if (pmd_bad(pmd)) {
			return;
		} else if (walk_pte_table(walk, vma, pmdp, addr, end)) {
			return;
		}
		/* A split, a collapse or a fault got in between. */
		cpu_relax();
	}
}

/*
 * Entries of a large page above the PMD level are devices' (DAX, PFN maps); of
 * a table that is not there nothing is mapped.
 */
static void skip_upper(struct census_walk *walk, struct vm_area_struct *vma,
		       bool leaf, unsigned long addr, unsigned long end)
{
	if (leaf)
		add_run(walk, CENSUS_SPECIAL, 0, 0, (end - addr) >> PAGE_SHIFT,
			0);
	else
		add_hole(walk, vma, addr, end);
	hand_on_locked(walk);
	hand_on_runs(walk);
}

/* What is missing is passed over in parts: a run has 32 bits, a PGD up to 2^36 pages. */
#define MISSING_MAX BIT(40)

/* Return: the PUD of @addr, or NULL; then @next is behind what is missing. */
static pud_t *find_pud(struct mm_struct *mm, unsigned long addr,
		       unsigned long end, unsigned long *next)
{
	pgd_t *pgdp = pgd_offset(mm, addr), pgd;
	p4d_t *p4dp, p4d;

	*next = pgd_addr_end(addr, min(end, addr + MISSING_MAX));
	pgd = pgdp_get(pgdp);
	if (pgd_none(pgd) || pgd_bad(pgd))
		return NULL;
	p4dp = p4d_offset(pgdp, addr);
	*next = p4d_addr_end(addr, end);
	p4d = p4dp_get(p4dp);
	if (p4d_none(p4d) || p4d_bad(p4d))
		return NULL;
	return pud_offset(p4dp, addr);
}

/* Return: as find_pud(), of the PMD; @leaf: the PUD is a large page's. */
static pmd_t *find_pmd(struct mm_struct *mm, unsigned long addr,
		       unsigned long end, unsigned long *next, bool *leaf)
{
	pud_t *pudp = find_pud(mm, addr, end, next), pud;

	*leaf = false;
	if (!pudp)
		return NULL;
	*next = pud_addr_end(addr, end);
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
/* What a huge page costs, in entries of a page table. */
#define ENTRIES_PER_HUGETLB 64

static void take_hugetlb(struct census_walk *walk, unsigned long addr, pte_t pte,
			 unsigned long pfn, bool shared_table, unsigned int nr)
{
	u8 bits = shared_table ? CENSUS_SHARED_TABLE : 0;
	softleaf_t entry;

	if (pte_none(pte))
		return;
	if (!pte_present(pte)) {
		entry = softleaf_from_pte(pte);
		if (!softleaf_has_pfn(entry))
			return;
		bits |= CENSUS_NOT_PRESENT;
		if (softleaf_is_migration(entry))
			bits |= CENSUS_MIGRATING;
		pfn = softleaf_to_pfn(entry);
	}
	add_run(walk, CENSUS_HUGETLB, bits, pfn, nr, 0);
	add_place(walk, CENSUS_HUGETLB, true, addr, nr, pfn, 0);
	hand_on_locked(walk);
}

static void walk_hugetlb_table(struct census_walk *walk, struct mm_struct *mm,
			       unsigned long addr, unsigned long size)
{
	unsigned int nr = size >> PAGE_SHIFT;
	unsigned long next;
	pud_t *pudp, pud;
	pmd_t *pmdp, pmd;
	bool leaf;

	if (size >= PUD_SIZE) {
		pudp = find_pud(mm, addr, addr + size, &next);
		pud = pudp ? pudp_get(pudp) : __pud(0);
		take_hugetlb(walk, addr, __pte(pud_val(pud)),
			     pud_present(pud) ? pud_pfn(pud) : 0, false, nr);
		return;
	}
	pmdp = find_pmd(mm, addr, addr + size, &next, &leaf);
	if (!pmdp)
		return;
	pmd = pmdp_get_lockless(pmdp);
	if (size >= PMD_SIZE) {
		take_hugetlb(walk, addr, __pte(pmd_val(pmd)),
			     pmd_present(pmd) ? pmd_pfn(pmd) : 0,
			     hugetlb_pmd_shared((pte_t *)pmdp), nr);
	} else if (pmd_present(pmd) && !pmd_bad(pmd)) {
		pte_t pte = ptep_get(pte_offset_kernel(&pmd, addr));

		take_hugetlb(walk, addr, pte, pte_pfn(pte), false, nr);
	}
}

/*
 * A PMD table of hugetlb may be shared by several address spaces, and is taken
 * out of ours (huge_pmd_unshare()) without our locks, but never without the
 * file's i_mmap_rwsem held for writing.  So while that is held for reading, the
 * table stays.  It is only tried for: truncation holds it for long.
 *
 * Return: false where it is not available.
 */
static bool walk_hugetlb_entry(struct census_walk *walk,
			       struct vm_area_struct *vma, unsigned long addr,
			       unsigned long size)
{
	struct address_space *mapping = vma->vm_file->f_mapping;

	if (!i_mmap_trylock_read(mapping))
		return false;
	walk_hugetlb_table(walk, vma->vm_mm, addr, size);
	walk->ptes++;
	walk->work += ENTRIES_PER_HUGETLB;
	i_mmap_unlock_read(mapping);
	/* At once: each page has owners of its own, so runs must not be joined. */
	hand_on_runs(walk);
	return true;
}

static unsigned long walk_hugetlb(struct census_walk *walk,
				  struct vm_area_struct *vma,
				  unsigned long addr)
{
	unsigned long size = huge_page_size(hstate_vma(vma));

	/*
	 * Up, for addresses only go up: @addr is within a huge page only where
	 * the mapping came while the walk paused at @addr in another one.
	 */
	for (addr = ALIGN(addr, size); addr < vma->vm_end; ) {
		walk->blocked = !walk_hugetlb_entry(walk, vma, addr, size);
		if (walk->blocked)
			break;
		addr += size;
		if (walk->pause(walk->pause_context))
			break;
	}
	return addr;
}
#else
static unsigned long walk_hugetlb(struct census_walk *walk,
				  struct vm_area_struct *vma,
				  unsigned long addr)
{
	return vma->vm_end;
}
#endif

/**
 * census_walk_vma() - hand on what is mapped in a VMA
 * @walk: the walk
 * @vma: locked for reading
 * @addr: where to begin, in @vma
 *
 * Return: @vma->vm_end where all of it was handed on, else a lower address to
 * go on at after the lock was dropped and taken again.
 */
unsigned long census_walk_vma(struct census_walk *walk,
			      struct vm_area_struct *vma, unsigned long addr)
{
	unsigned long next, end = vma->vm_end;
	pmd_t *pmd;
	bool leaf;

	if (is_vm_hugetlb_page(vma))
		return walk_hugetlb(walk, vma, addr);

	for (; addr < end; addr = next) {
		pmd = find_pmd(vma->vm_mm, addr, end, &next, &leaf);
		if (!pmd) {
			skip_upper(walk, vma, leaf, addr, next);
			walk->work++;
		} else {
			next = pmd_addr_end(addr, end);
			walk_pmd(walk, vma, pmd, addr, next);
		}
		if (next != end && walk->pause(walk->pause_context))
			return next;
	}
	return end;
}
