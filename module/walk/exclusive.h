/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page table entries that prove that nothing else maps their page.
 *
 * Since 5.19 the kernel keeps this invariant for anonymous memory (PG_anon_exclusive,
 * include/linux/page-flags.h): an entry of a private mapping is writable only if its page
 * is exclusive to the address space, and mapped there once.  fork() makes both entries
 * read-only, or copies the page; KSM makes the entry read-only before it merges; a write
 * fault makes an entry writable again only after a copy, or if there is no other mapping.
 * All this happens under the page table lock, under which the walk reads the entry.  So
 * the page has one owner: it is counted at once, and needs no mark.
 *
 * Documentation/frames.rst lists the kernel's functions that this depends on, for each
 * series, and what to read when a new series appears.
 */
#ifndef _CENSUS_EXCLUSIVE_H
#define _CENSUS_EXCLUSIVE_H

#include <linux/mm.h>

#include "base/compat.h"
#include "base/params.h"

/**
 * census_vma_proves_exclusive() - check whether the rule holds in a mapping
 * @vma: locked for reading
 *
 * A shared mapping has writable entries of shared pages.  PFNMAP and MIXEDMAP have
 * entries that no reverse mapping knows.  Without an anon_vma there is no anonymous page:
 * a writable entry is a driver's.  hugetlb has entries and locks of its own.
 *
 * The anon_vma can only appear while @vma is locked.
 */
static inline bool census_vma_proves_exclusive(const struct vm_area_struct *vma)
{
	return vma_is_cow_mapping(vma) && vma_has_anon_rmap(vma) &&
	       !(vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP | VM_HUGETLB)) &&
	       census_rule_holds() && !census_mark_all();
}

/*
 * Checks whether a migration entry replaced the entry of an exclusive page: a read-only
 * one has a type of its own.  Only where census_vma_proves_exclusive(): shared mappings
 * get writable migration entries too.
 */
static inline bool census_migration_exclusive(softleaf_t entry)
{
	return softleaf_is_migration_write(entry) ||
	       softleaf_is_migration_read_exclusive(entry);
}

/**
 * struct census_sampler - which pages of a kind a census compares with struct page
 * @gap: average distance between two of them, in pages of the kind
 * @left: pages of the kind before the next one
 * @random: state of the random numbers
 */
struct census_sampler {
	u64 random;
	u64 gap;
	u64 left;
};

void census_sample_begin(struct census_sampler *s, u64 pages);
bool census_sample_due(struct census_sampler *s, u64 pages);
void census_sample_ptes(struct census_sampler *s, const struct vm_area_struct *vma,
			const pte_t *pte, unsigned int nr, unsigned long addr);
void census_sample_kind(struct census_sampler *s, const struct vm_area_struct *vma,
			const pte_t *pte, unsigned int nr, unsigned long addr);
void census_sample_pmds(struct census_sampler *s, const pmd_t *pmd, unsigned int nr);

#ifdef CENSUS_CHECK
/* Called under the page table lock for each page that an entry proves to be exclusive. */
void census_exclusive_check(unsigned long pfn, unsigned int nr, bool huge);
#else
static inline void census_exclusive_check(unsigned long pfn, unsigned int nr, bool huge)
{
}
#endif

#endif /* _CENSUS_EXCLUSIVE_H */
