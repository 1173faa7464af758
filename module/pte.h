/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bits of a page table entry.  Only walk.c needs to know them.  What differs
 * between versions is in compat.h.
 */
#ifndef _CENSUS_PTE_H
#define _CENSUS_PTE_H

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <xen/xen.h>

#include "compat.h"

/**
 * census_pte_special() - is a present PTE a special mapping
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
 * field of it, unchanged.  The helpers of x86 also serve PROT_NONE entries,
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

#endif /* _CENSUS_PTE_H */
