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
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "memory.h"
#include "walk.h"

/**
 * census_walk_begin() - get what a walk needs
 * @walk: to be ended by census_walk_end()
 *
 * Return: 0 or -ENOMEM.
 */
int census_walk_begin(struct census_walk *walk)
{
	struct census_run *runs = census_kvcalloc(CENSUS_RUNS_MAX + 1, sizeof(*runs));

	if (!runs)
		return -ENOMEM;
	walk->runs = runs + 1;
	walk->nr = 0;
	walk->other = false;
	return 0;
}

/**
 * census_walk_end() - give back what a walk needed
 * @walk: begun, or all zeroes
 */
void census_walk_end(struct census_walk *walk)
{
	if (walk->runs)
		kvfree(walk->runs - 1);
	walk->runs = NULL;
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
	walk->other = true;
	walk->nr++;
}

static void hand_on_locked(struct census_walk *walk)
{
	if (walk->nr && walk->takers->locked)
		walk->takers->locked(walk->context, walk->runs, walk->nr);
}

/**
 * census_walk_hand_on() - hand on what was gathered
 * @walk: begun
 */
void census_walk_hand_on(struct census_walk *walk)
{
	if (walk->nr && walk->takers->unlocked)
		walk->takers->unlocked(walk->context, walk->runs, walk->nr);
	/* take_plain_ptes() counts on it that kind and bits are 0. */
	if (walk->other)
		memset(walk->runs, 0, walk->nr * sizeof(*walk->runs));
	walk->other = false;
	walk->nr = 0;
	walk->gathered = 0;
}

/* A table was read: its runs are handed on, or wait for those of others. */
static void hand_on(struct census_walk *walk)
{
	if (!walk->gather)
		census_walk_hand_on(walk);
}

/* Before @nr entries are read: together they must not be more than a table's. */
static void make_room(struct census_walk *walk, unsigned int nr)
{
	if (walk->gathered + nr > PTRS_PER_PTE)
		census_walk_hand_on(walk);
	walk->gathered += nr;
}

static void add_hole(struct census_walk *walk, struct vm_area_struct *vma,
		     unsigned long addr, unsigned long end)
{
	if (walk->holes)
		add_run(walk, CENSUS_HOLE, 0, linear_page_index(vma, addr),
			(end - addr) >> PAGE_SHIFT, 0);
}

static void take_softleaf(struct census_walk *walk, softleaf_t entry,
			  enum census_kind kind, u8 bits, unsigned int nr)
{
	if (softleaf_is_swap(entry)) {
		add_run(walk, CENSUS_SWAP, 0, swp_offset(entry), nr,
			swp_type(entry));
	} else if (softleaf_has_pfn(entry)) {
		if (softleaf_is_migration(entry))
			bits |= CENSUS_MIGRATING;
		if (softleaf_is_device_private(entry))
			bits |= CENSUS_DEVICE;
		add_run(walk, kind, bits | CENSUS_NOT_PRESENT,
			softleaf_to_pfn(entry), nr, 0);
	}
}

static void take_not_present(struct census_walk *walk,
			     struct vm_area_struct *vma, unsigned long addr,
			     pte_t pte)
{
	if (pte_none(pte))
		add_hole(walk, vma, addr, addr + PAGE_SIZE);
	else
		take_softleaf(walk, softleaf_from_pte(pte), CENSUS_PRESENT, 0, 1);
}

/* Any entry, with the bits that the takers want. */
static void take_pte(struct census_walk *walk, struct vm_area_struct *vma,
		     unsigned long addr, pte_t pte)
{
	u8 bits = walk->takers->bits &
		  ((pte_young(pte) ? CENSUS_YOUNG : 0) |
		   (pte_dirty(pte) ? CENSUS_DIRTY : 0));

	if (!pte_present(pte))
		take_not_present(walk, vma, addr, pte);
	else if (census_pte_special(vma, addr, pte))
		add_run(walk, CENSUS_SPECIAL, 0, 0, 1, 0);
	else
		add_run(walk, CENSUS_PRESENT, bits, pte_pfn(pte), 1, 0);
}

static void take_ptes(struct census_walk *walk, struct vm_area_struct *vma,
		      const pte_t *pte, unsigned int nr, unsigned long addr)
{
	for (; nr; nr--, pte++, addr += PAGE_SIZE)
		take_pte(walk, vma, addr, ptep_get((pte_t *)pte));
}

/**
 * struct plain_runs - the last run, while runs of plain entries are added
 * @runs: of the walk
 * @nr: of @runs; signed, for with none the last one is that before the first
 * @next: the frame that would go on the last run, or ~0
 * @end: what its end is
 */
struct plain_runs {
	struct census_run *runs;
	long nr;
	unsigned long next;
	u32 end;
};

static __always_inline void take_neighbours(struct plain_runs *r,
					    unsigned long pfn, unsigned int nr)
{
	r->runs[r->nr].pfn = pfn;
	r->nr += pfn != r->next;
	r->next = pfn + nr;
	r->end = r->next;
	r->runs[r->nr - 1].end = r->end;
}

/*
 * Where every second entry is missing, or no two frames are neighbours, no
 * branch is foreseen, so there is none: each entry is stored as the beginning of
 * a run, and the run is counted if it was one.
 */
static __always_inline void take_plain_pte(struct plain_runs *r, pte_t pte,
					   unsigned long mask)
{
	unsigned long pfn = census_plain_pfn(pte, mask);
	unsigned long present = census_plain_present(pte);
	unsigned long missing = present - 1;

	OPTIMIZER_HIDE_VAR(missing);	/* or it would become a branch again */
	r->runs[r->nr].pfn = pfn;
	r->nr += present & (pfn != r->next);
	r->next = (pfn + 1) | missing;
	r->end ^= (r->end ^ (u32)r->next) & ~(u32)missing;
	r->runs[r->nr - 1].end = r->end;
}

static noinline void take_odd_pte(struct census_walk *walk,
				  struct plain_runs *r,
				  struct vm_area_struct *vma,
				  unsigned long addr, pte_t pte)
{
	walk->nr = r->nr;
	take_pte(walk, vma, addr, pte);
	r->nr = walk->nr;
	r->next = ~0UL;
	r->end = r->runs[r->nr - 1].end;
}

/*
 * take_ptes() where neither bits nor holes are wanted: this loop is what a
 * census costs.  Eight entries are compared at once, and are one run or part of
 * one if each names the frame behind that of the entry before it.
 */
static void take_plain_ptes(struct census_walk *walk,
			    struct vm_area_struct *vma, const pte_t *pte,
			    unsigned int nr, unsigned long addr)
{
	struct plain_runs r = {
		.runs = walk->runs, .nr = walk->nr, .next = ~0UL,
		.end = walk->runs[(long)walk->nr - 1].end,
	};
	const unsigned long mask = census_plain_pfn_mask();
	const pte_t *end = pte + nr, *group;
	struct plain_runs odd;

	while (pte < end) {
		if (end - pte >= 8 && census_ptes_contiguous(pte)) {
			take_neighbours(&r, census_plain_pfn(*pte, mask), 8);
			pte += 8;
			continue;
		}
		group = min(end, pte + 8);
		for (; pte < group; pte++) {
			pte_t entry = ptep_get((pte_t *)pte);

			if (likely(!census_pte_odd(entry))) {
				take_plain_pte(&r, entry, mask);
				continue;
			}
			/* A copy: @r itself can stay in registers. */
			odd = r;
			take_odd_pte(walk, &odd, vma,
				     addr + (nr - (end - pte)) * PAGE_SIZE,
				     entry);
			r = odd;
		}
	}
	walk->nr = r.nr;
}

/* Return: false where there is no PTE table (any more): look at the PMD again. */
static bool walk_pte_table(struct census_walk *walk, struct vm_area_struct *vma,
			   pmd_t *pmd, unsigned long addr, unsigned long end)
{
	unsigned int nr = (end - addr) >> PAGE_SHIFT;
	spinlock_t *ptl;
	pte_t *pte;

	make_room(walk, nr);
	pte = census_pte_map_lock(vma->vm_mm, pmd, addr, &ptl);
	if (!pte)
		return false;
	walk->ptes += nr;
	walk->work += nr;
	if (walk->takers->bits || walk->holes || !census_plain_ptes() ||
	    vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP))
		take_ptes(walk, vma, pte, nr, addr);
	else
		take_plain_ptes(walk, vma, pte, nr, addr);
	hand_on_locked(walk);
	spin_unlock(ptl);
	hand_on(walk);
	return true;
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/*
 * The huge zero page is nobody's.  Its frame number is not for modules to see,
 * but it is the only page in an anonymous mapping that is not anonymous.
 */
static bool pmd_maps_zero(struct vm_area_struct *vma, pmd_t pmd)
{
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

	/* Runs of PMDs have bits that those of PTEs have not. */
	census_walk_hand_on(walk);
	ptl = pmd_lock(vma->vm_mm, pmdp);
	pmd = *pmdp;
	if (pmd_present(pmd) && census_pmd_devmap(pmd)) {
		add_run(walk, CENSUS_SPECIAL, 0, 0, nr, 0);
	} else if (pmd_present(pmd) && pmd_trans_huge(pmd)) {
		if (vma->vm_flags & VM_PFNMAP || census_pmd_special(pmd) ||
		    pmd_maps_zero(vma, pmd))
			add_run(walk, CENSUS_SPECIAL, 0, 0, nr, 0);
		else
			add_run(walk, CENSUS_PRESENT, CENSUS_PMD |
				(pmd_young(pmd) ? CENSUS_YOUNG : 0) |
				(pmd_dirty(pmd) ? CENSUS_DIRTY : 0),
				pmd_pfn(pmd) + skip, nr, 0);
	} else if (thp_migration_supported() && !pmd_none(pmd) &&
		   !pmd_present(pmd)) {
		take_softleaf(walk, softleaf_from_pmd(pmd), CENSUS_PRESENT,
			      CENSUS_PMD, nr);
	} else {
		leaf = false;
	}
	if (leaf) {
		walk->ptes++;
		walk->work += nr;
		hand_on_locked(walk);
	}
	spin_unlock(ptl);
	census_walk_hand_on(walk);
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
			hand_on(walk);
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
	hand_on(walk);
}

/* Return: the PUD of @addr, or NULL; then @next is behind what is missing. */
static pud_t *find_pud(struct mm_struct *mm, unsigned long addr,
		       unsigned long end, unsigned long *next)
{
	pgd_t *pgdp = pgd_offset(mm, addr), pgd;
	p4d_t *p4dp, p4d;

	*next = pgd_addr_end(addr, end);
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
	return pmd_offset(pudp, addr);
}

#ifdef CONFIG_HUGETLB_PAGE
/* What a huge page costs, in entries of a page table. */
#define ENTRIES_PER_HUGETLB 64

static void take_hugetlb(struct census_walk *walk, pte_t pte,
			 unsigned long pfn, bool shared_table, unsigned int nr)
{
	u8 bits = shared_table ? CENSUS_SHARED_TABLE : 0;

	if (pte_none(pte))
		return;
	if (pte_present(pte))
		add_run(walk, CENSUS_HUGETLB, bits, pfn, nr, 0);
	else
		take_softleaf(walk, softleaf_from_pte(pte), CENSUS_HUGETLB,
			      bits, nr);
	hand_on_locked(walk);
}

static void walk_hugetlb_pud(struct census_walk *walk, struct mm_struct *mm,
			     unsigned long addr, unsigned long size)
{
	unsigned long next;
	pud_t *pudp = find_pud(mm, addr, addr + size, &next), pud;

	if (!pudp)
		return;
	pud = pudp_get(pudp);
	take_hugetlb(walk, __pte(pud_val(pud)),
		     pud_present(pud) ? pud_pfn(pud) : 0, false,
		     size >> PAGE_SHIFT);
}

static void walk_hugetlb_pmd(struct census_walk *walk, struct mm_struct *mm,
			     unsigned long addr, unsigned long size)
{
	unsigned long next;
	pmd_t *pmdp, pmd;
	bool leaf;

	pmdp = find_pmd(mm, addr, addr + size, &next, &leaf);
	if (!pmdp)
		return;
	pmd = pmdp_get_lockless(pmdp);
	if (size >= PMD_SIZE) {
		take_hugetlb(walk, __pte(pmd_val(pmd)),
			     pmd_present(pmd) ? pmd_pfn(pmd) : 0,
			     hugetlb_pmd_shared((pte_t *)pmdp),
			     size >> PAGE_SHIFT);
	} else if (pmd_present(pmd) && !pmd_bad(pmd)) {
		pte_t pte = ptep_get(pte_offset_kernel(&pmd, addr));

		take_hugetlb(walk, pte, pte_pfn(pte), false,
			     size >> PAGE_SHIFT);
	}
}

/*
 * A PMD table of hugetlb may be shared by several address spaces and taken out
 * of ours without our locks.  Before such a table is freed all CPUs are
 * made to answer an interrupt, as for lockless get_user_pages(): with
 * interrupts off it stays.
 */
static void walk_hugetlb_entry(struct census_walk *walk, struct mm_struct *mm,
			       unsigned long addr, unsigned long size)
{
	unsigned long flags;

	local_irq_save(flags);
	if (size >= PUD_SIZE)
		walk_hugetlb_pud(walk, mm, addr, size);
	else
		walk_hugetlb_pmd(walk, mm, addr, size);
	walk->ptes++;
	walk->work += ENTRIES_PER_HUGETLB;
	local_irq_restore(flags);
	/* At once: each page has owners of its own, so runs must not be joined. */
	census_walk_hand_on(walk);
}

static unsigned long walk_hugetlb(struct census_walk *walk,
				  struct vm_area_struct *vma,
				  unsigned long addr)
{
	unsigned long size = huge_page_size(hstate_vma(vma));

	census_walk_hand_on(walk);
	for (addr = ALIGN_DOWN(addr, size); addr < vma->vm_end; ) {
		walk_hugetlb_entry(walk, vma->vm_mm, addr, size);
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
			continue;
		}
		next = pmd_addr_end(addr, end);
		walk_pmd(walk, vma, pmd, addr, next);
		if (next != end && walk->pause(walk->pause_context))
			return next;
	}
	return end;
}
