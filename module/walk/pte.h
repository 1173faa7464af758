/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bits of page table entries, for the files of this folder only.  Differences between
 * kernel versions are in compat.h.
 */
#ifndef _CENSUS_PTE_H
#define _CENSUS_PTE_H

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <xen/xen.h>

#include "base/compat.h"

/*
 * Checks whether a present PTE is a special mapping.  Special are the zero page, PFN maps and
 * devices: vm_normal_page(), which modules cannot call, returns NULL for them.
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
		 * remap_pfn_range() stored the first frame in vm_pgoff.  A frame that
		 * does not match it was copied on write and is a normal page.
		 */
		if (pfn == vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT))
			return true;
		if (!vma_is_cow_mapping(vma))
			return true;
	}
	return is_zero_pfn(pfn);
#endif
}

/* One PTE.  On arm64 its accessed and dirty bits may be in another PTE of its block. */
static inline pte_t census_pte_get(const pte_t *ptep)
{
	return READ_ONCE(*ptep);
}

/**
 * census_pte_with_bits() - read a PTE with the accessed and dirty bits of its block
 * @ptep: its table is locked
 * @last: the PTE before it, from this function; or a none PTE
 *
 * arm64 maps a block of PTEs as one, and the CPU sets these bits in any of them.  ptep_get() reads
 * the whole block, of 16 or 128 PTEs; this does so only once for each block.
 */
static inline pte_t census_pte_with_bits(const pte_t *ptep, pte_t last)
{
#ifdef CONFIG_ARM64_CONTPTE
	pte_t pte = census_pte_get(ptep);

	if (!pte_valid_cont(pte))
		return pte;
	if (pte_valid_cont(last) &&
	    !IS_ALIGNED((unsigned long)ptep, CONT_PTES * sizeof(*ptep))) {
		if (pte_young(last))
			pte = pte_mkyoung(pte);
		return pte_dirty(last) ? pte_mkdirty(pte) : pte;
	}
#endif
	return ptep_get((pte_t *)ptep);
}

/**
 * struct census_plain - how to read plain PTEs; loaded once for each table
 * @pfn: bits of the frame number
 * @zero: frame of the zero page if no PTE bit marks it; else ~0
 * @high: bits of the frame number that are elsewhere, 0 in a plain PTE
 *
 * A plain PTE is none, or it is present, not special, and contains its frame number
 * unchanged.  The helpers of x86 also handle PROT_NONE entries, which contain an inverted
 * number, and query the hypervisor.  Here PROT_NONE entries are not plain, and under Xen
 * PV no entry is.  arm64 has the bits of addresses above 2^50, or above 2^48 with pages of 64 KiB,
 * below the others.
 */
struct census_plain {
	unsigned long pfn;
	unsigned long zero;
	unsigned long high;
};

#if defined(CONFIG_UML)
#define CENSUS_PTE_IGNORED (_PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_NEEDSYNC | _PAGE_NEWPROT)
#define CENSUS_PTE_NONE_BITS _PAGE_NEEDSYNC
#define CENSUS_PTE_SPECIAL 0UL
#define CENSUS_PTE_PRESENT _PAGE_PRESENT
#define CENSUS_PTE_WRITE _PAGE_RW
#elif defined(CONFIG_X86_64)
#define CENSUS_PTE_IGNORED (_PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_SOFT_DIRTY)
#define CENSUS_PTE_NONE_BITS 0UL
#define CENSUS_PTE_SPECIAL _PAGE_SPECIAL
#define CENSUS_PTE_PRESENT _PAGE_PRESENT
#define CENSUS_PTE_WRITE _PAGE_RW
#elif defined(CONFIG_ARM64)
/*
 * A CPU that sets the dirty bit clears PTE_RDONLY of an entry with PTE_WRITE.  PTE_CONT is set and
 * cleared as blocks of entries become contiguous.
 */
#define CENSUS_PTE_IGNORED (PTE_AF | PTE_DIRTY | PTE_RDONLY | PTE_CONT)
#define CENSUS_PTE_NONE_BITS 0UL
#define CENSUS_PTE_SPECIAL PTE_SPECIAL
#define CENSUS_PTE_PRESENT PTE_VALID
#define CENSUS_PTE_WRITE PTE_WRITE
#define CENSUS_PTE_HIGH(plain) ((plain)->high)
#else
/* Other architectures: no PTE is plain, see census_plain_begin(), and these compile only. */
#define CENSUS_PTE_NEVER_PLAIN
#define CENSUS_PTE_IGNORED 0UL
#define CENSUS_PTE_NONE_BITS 0UL
#define CENSUS_PTE_SPECIAL 4UL
#define CENSUS_PTE_PRESENT 1UL
#define CENSUS_PTE_WRITE 2UL
#endif

#ifndef CENSUS_PTE_HIGH
#define CENSUS_PTE_HIGH(plain) 0UL
#endif

static_assert(CENSUS_PTE_PRESENT == 1);

static inline unsigned long census_pte_value(pte_t pte)
{
	return *(const unsigned long *)&pte;
}

/* Return: false if no PTE is plain: then no other function of these is called. */
static inline bool census_plain_begin(struct census_plain *plain)
{
#if defined(CENSUS_PTE_NEVER_PLAIN)
	*plain = (struct census_plain) {};
	return false;
#elif defined(CONFIG_UML)
	*plain = (struct census_plain) {
		.pfn = PAGE_MASK, .zero = page_to_pfn(ZERO_PAGE(0)),
	};
	return true;
#elif defined(CONFIG_ARM64)
	*plain = (struct census_plain) { .pfn = PTE_ADDR_LOW, .zero = ~0UL };
#if defined(CONFIG_ARM64_PA_BITS_52) && defined(CONFIG_ARM64_64K_PAGES)
	plain->high = PTE_ADDR_HIGH;
#elif defined(CONFIG_ARM64_LPA2)
	plain->high = lpa2_is_enabled() ? PTE_ADDR_HIGH : 0;
#endif
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

/* Return: 1 if a plain PTE maps a page, 0 if it is none. */
static inline u64 census_plain_page(pte_t pte)
{
	return census_pte_value(pte) & CENSUS_PTE_PRESENT;
}

/* Return: 0 if a PTE is plain.  Has no branch. */
static inline u64 census_plain_rest(const struct census_plain *plain, pte_t pte)
{
	unsigned long value = census_pte_value(pte);
	unsigned long absent = (value & CENSUS_PTE_PRESENT) - 1UL;
	u64 rest = (value & ~CENSUS_PTE_NONE_BITS & absent) |
		   (value & (CENSUS_PTE_SPECIAL | CENSUS_PTE_HIGH(plain)));

#ifndef CONFIG_ARCH_HAS_PTE_SPECIAL
	rest |= (value & ~absent) >> PAGE_SHIFT == plain->zero;
#endif
	return rest;
}

/**
 * census_plain_run() - number of plain PTEs that map consecutive frames
 * @plain: from census_plain_begin()
 * @pte: the first PTE; its table is locked
 * @nr: limit
 *
 * They may differ in the accessed and dirty bits.
 *
 * Return: all up to the first other PTE, so that the next run is met at its beginning; 0 if there
 * are fewer than eight: of scattered frames no PTE is compared alone.
 */
static __always_inline unsigned int census_plain_run(const struct census_plain *plain,
						     const pte_t *pte, unsigned int nr)
{
	const unsigned long *begin = (const unsigned long *)pte, *entry = begin, *end;
	unsigned long first = READ_ONCE(*begin);
	unsigned int i;

	if (!(first & CENSUS_PTE_PRESENT) || first & (CENSUS_PTE_SPECIAL | CENSUS_PTE_HIGH(plain)))
		return 0;
	if (plain->zero - (first >> PAGE_SHIFT) < nr)
		nr = 0;
	for (end = begin + nr; entry + 8 <= end; entry += 8, first += 8 * PAGE_SIZE) {
		unsigned long differ = 0;

#pragma GCC unroll 8
		for (i = 0; i < 8; i++)
			differ |= READ_ONCE(entry[i]) ^ (first + i * PAGE_SIZE);
		if (differ & ~CENSUS_PTE_IGNORED)
			break;
	}
	if (entry == begin)
		return 0;
	for (; entry < end; entry++, first += PAGE_SIZE)
		if ((READ_ONCE(*entry) ^ first) & ~CENSUS_PTE_IGNORED)
			break;
	return entry - begin;
}

/* Return: 1 if a PTE is present and writable, else 0. */
static inline u64 census_plain_writable(pte_t pte)
{
	unsigned long value = census_pte_value(pte);

	return value & (value / CENSUS_PTE_WRITE) & CENSUS_PTE_PRESENT;
}

/* Sets @all to the bits that all of eight entries have, @any to those that one of them has. */
static __always_inline void eight_bits(const unsigned long *entry, unsigned long *all,
				       unsigned long *any)
{
	unsigned int i;

	*all = ~0UL;
	*any = 0;
#pragma GCC unroll 8
	for (i = 0; i < 8; i++) {
		unsigned long value = READ_ONCE(entry[i]);

		*all &= value;
		*any |= value;
	}
}

/**
 * census_plain_exclusive_run() - number of PTEs that all map exclusive pages, in eights
 * @pte: the first PTE; its table is locked; of a mapping whose writable pages are exclusive
 * @nr: limit
 */
static __always_inline unsigned int census_plain_exclusive_run(const pte_t *pte,
							       unsigned int nr)
{
	const unsigned long *begin = (const unsigned long *)pte, *entry;
	unsigned long all, any;

	for (entry = begin; entry + 8 <= begin + nr; entry += 8) {
		eight_bits(entry, &all, &any);
		if (!(all & CENSUS_PTE_PRESENT) || !(all & CENSUS_PTE_WRITE) ||
		    any & CENSUS_PTE_SPECIAL)
			break;
	}
	return entry - begin;
}

/**
 * census_plain_exclusive() - count exclusive pages among PTEs that are none or map such
 * @pte: the first PTE, as for census_plain_exclusive_run()
 * @nr: number of PTEs
 * @pages: increased by the number of exclusive pages
 *
 * Return: false if a PTE is neither none nor an exclusive page; then @pages is unchanged.
 */
static __always_inline bool census_plain_exclusive(const pte_t *pte, unsigned int nr,
						   u64 *pages)
{
	u64 rest = 0, found = 0;
	unsigned int i;

#pragma GCC unroll 8
	for (i = 0; i < nr; i++) {
		pte_t entry = census_pte_get(pte + i);
		u64 page = census_plain_writable(entry);

		found += page;
		rest |= census_pte_value(entry) &
			((~CENSUS_PTE_NONE_BITS & (page - 1)) | CENSUS_PTE_SPECIAL);
	}
	if (rest)
		return false;
	*pages += found;
	return true;
}

/**
 * census_plain_image() - value of a plain PTE that maps a page read-only
 * @plain: from census_plain_begin()
 * @pte: of a table that is locked
 *
 * Return: the value without what the CPU may change; 0 for all other PTEs.
 */
static inline u64 census_plain_image(const struct census_plain *plain, pte_t pte)
{
	unsigned long value = census_pte_value(pte);

	if (!(value & CENSUS_PTE_PRESENT) || value & (CENSUS_PTE_WRITE | CENSUS_PTE_SPECIAL) ||
	    (value & plain->pfn) >> PAGE_SHIFT == plain->zero)
		return 0;
	return value & ~CENSUS_PTE_IGNORED;
}

/* Checks whether a PTE has a value from census_plain_image(). */
static inline bool census_plain_same(pte_t pte, u64 value)
{
	return (census_pte_value(pte) & ~CENSUS_PTE_IGNORED) == value;
}

/* Checks whether eight PTEs, of a table that is locked, have values from census_plain_image(). */
static __always_inline bool census_plain_equal(const pte_t *pte, const u64 *values)
{
	u64 differ = 0;
	unsigned int i;

#pragma GCC unroll 8
	for (i = 0; i < 8; i++)
		differ |= census_pte_value(census_pte_get(pte + i)) ^ values[i];
	return !(differ & ~CENSUS_PTE_IGNORED);
}

/* Checks whether a table may begin with exclusive pages: its first PTE is no read-only page. */
static inline bool census_plain_may_be_exclusive(pte_t pte)
{
	unsigned long value = census_pte_value(pte);

	return !(value & CENSUS_PTE_PRESENT) || value & CENSUS_PTE_WRITE;
}

/**
 * census_plain_mapped() - which of some PTEs map pages
 * @pte: the first PTE; its table is locked; not of anonymous memory, because this does
 *	not check for the zero page
 * @nr: number of PTEs, up to 64
 * @rest: not changed to 0; set to another value if a PTE is not plain
 *
 * Return: bit i is set if PTE i maps a page.
 */
static __always_inline u64 census_plain_mapped(const pte_t *pte, unsigned int nr, u64 *rest)
{
	unsigned long any = 0, absent = 0;
	u64 pages = 0;
	unsigned int i;

#pragma GCC unroll 8
	for (i = 0; i < nr; i++) {
		unsigned long value = census_pte_value(census_pte_get(pte + i));
		u64 page = value & CENSUS_PTE_PRESENT;

		pages |= page << i;
		absent |= value & (page - 1);
		any |= value;
	}
	*rest |= (absent & ~CENSUS_PTE_NONE_BITS) | (any & CENSUS_PTE_SPECIAL);
	return pages;
}

#define CENSUS_PTES_DIFFER (~0U)

/**
 * census_plain_all_or_none() - check whether eight PTEs all map pages or are all none
 * @pte: the first PTE; its table is locked; not of anonymous memory, because this does
 *	not check for the zero page
 *
 * Return: 0xff if all are plain and map pages, 0 if all are none, else
 * %CENSUS_PTES_DIFFER.
 */
static inline unsigned int census_plain_all_or_none(const pte_t *pte)
{
	unsigned long all, any;

	eight_bits((const unsigned long *)pte, &all, &any);
	if (!(any & ~CENSUS_PTE_NONE_BITS))
		return 0;
	return all & CENSUS_PTE_PRESENT && !(any & CENSUS_PTE_SPECIAL) ?
	       0xff : CENSUS_PTES_DIFFER;
}
/*
 * Bits of a PMD that maps a huge page.  The helpers of x86 look at the size first, to mask the
 * frame number, and query the hypervisor.
 */
#if defined(CONFIG_X86_64) && !defined(CONFIG_UML)
#define CENSUS_PMD_LEAF (_PAGE_PRESENT | _PAGE_PSE)
#define CENSUS_PMD_TABLE 0UL
#ifdef _PAGE_DEVMAP
#define CENSUS_PMD_DEVMAP _PAGE_DEVMAP
#else
#define CENSUS_PMD_DEVMAP 0UL
#endif
#elif defined(CONFIG_ARM64)
#define CENSUS_PMD_LEAF PTE_VALID
#define CENSUS_PMD_TABLE PMD_TABLE_BIT
#ifdef PTE_DEVMAP
#define CENSUS_PMD_DEVMAP PTE_DEVMAP
#else
#define CENSUS_PMD_DEVMAP 0UL
#endif
#endif

/**
 * census_plain_pmd() - check whether a PMD maps a huge page
 * @pmd: of a table that is locked
 * @writable: the flag that is expected too
 *
 * Return: true if it does, with this flag, and is neither special nor of a device; false also for
 * some others that do, such as PROT_NONE and the shadow stacks of x86.
 */
static __always_inline bool census_plain_pmd(pmd_t pmd, bool writable)
{
#ifdef CENSUS_PMD_LEAF
	unsigned long value = *(const unsigned long *)&pmd;

	return (value & (CENSUS_PMD_LEAF | CENSUS_PMD_TABLE | CENSUS_PTE_WRITE |
			 CENSUS_PTE_SPECIAL | CENSUS_PMD_DEVMAP)) ==
	       (CENSUS_PMD_LEAF | (writable ? CENSUS_PTE_WRITE : 0));
#else
	return pmd_present(pmd) && pmd_trans_huge(pmd) && pmd_write(pmd) == writable &&
	       !census_pmd_devmap(pmd) && !census_pmd_special(pmd);
#endif
}

/* PMD table of a PUD value that was read once; with folded PMDs, of the PUD itself. */
#ifdef __PAGETABLE_PMD_FOLDED
#define census_pmd_offset(pudp, pud, addr) pmd_offset(pudp, addr)
#else
#define census_pmd_offset(pudp, pud, addr) pmd_offset_lockless(pudp, pud, addr)
#endif

/*
 * P4D of a PGD, PUD of a P4D.  riscv knows at boot how many levels it has, and does not export
 * its own functions for these two.
 */
#ifdef CONFIG_RISCV
static inline p4d_t *census_p4d_offset(pgd_t *pgdp, unsigned long addr)
{
	return pgtable_l5_enabled ? pgd_pgtable(pgdp_get(pgdp)) + p4d_index(addr) : (p4d_t *)pgdp;
}

static inline pud_t *census_pud_offset(p4d_t *p4dp, unsigned long addr)
{
	return pgtable_l4_enabled ? p4d_pgtable(p4dp_get(p4dp)) + pud_index(addr) : (pud_t *)p4dp;
}
#else
#define census_p4d_offset(pgdp, addr) p4d_offset(pgdp, addr)
#define census_pud_offset(p4dp, addr) pud_offset(p4dp, addr)
#endif

#endif /* _CENSUS_PTE_H */
