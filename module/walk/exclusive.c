// SPDX-License-Identifier: GPL-2.0
/*
 * Compares the rule of exclusive.h with the kernel's own state: a sample in each census; with
 * CENSUS_CHECK, for debug kernels (CONFIG_DEBUG_VM) and for tests, all pages.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/page-flags.h>
#include <linux/random.h>
#include <linux/vmstat.h>

#include "walk/exclusive.h"
#include "walk/pte.h"

static bool is_exclusive(struct page *page, bool huge)
{
	struct folio *folio = page_folio(page);

	if (!folio_test_anon(folio) || folio_test_ksm(folio))
		return false;
	/* A page that a PMD maps has the flag in its first struct page. */
	if (!PageAnonExclusive(huge ? &folio->page : page))
		return false;
	if (!CENSUS_MAPCOUNT_EXACT)
		return true;
	return (folio_test_large(folio) ? census_frame_mapcount(folio, page) :
					  atomic_read(&page->_mapcount) + 1) == 1;
}

/* Pages that a census compares, on average. */
#define SAMPLES 64

/* get_random_u32() takes ten times as long as the rest. */
static u32 next_random(struct census_sampler *s)
{
	s->random = s->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return s->random >> 32;
}

/**
 * census_sample_begin() - start a sample
 * @s: set up
 * @pages: number of pages of the kind, about
 */
void census_sample_begin(struct census_sampler *s, u64 pages)
{
	s->random = get_random_u64();
	s->gap = pages / SAMPLES + 1;
	s->left = mul_u64_u32_shr(2 * s->gap, next_random(s), 32);
}

/* Checks whether one of some pages of the kind is of the sample. */
bool census_sample_due(struct census_sampler *s, u64 pages)
{
	if (pages <= s->left) {
		s->left -= pages;
		return false;
	}
	s->left = mul_u64_u32_shr(2 * s->gap, next_random(s), 32);
	return true;
}

/* A kernel that breaks what entries and mappings tell says so once. */
static bool breaks_rule(void)
{
	return cmpxchg(&census_rule, MEMCENSUS_RULE_ON, MEMCENSUS_RULE_BROKEN) == MEMCENSUS_RULE_ON;
}

static void sample_page(unsigned long pfn, bool huge)
{
	if (!is_exclusive(pfn_to_page(pfn), huge) && breaks_rule())
		pr_err("a writable entry maps frame %lx, which is not exclusive: from now on the owners of all pages are counted\n",
		       pfn);
}

/**
 * census_sample_ptes() - compare a page of a PTE table with its struct page
 * @s: of the census
 * @vma: of the table; the rule holds there
 * @pte: the first entry; the lock of the table is held, so that no page of it is freed
 * @nr: number of entries
 * @addr: address that @pte maps
 */
void census_sample_ptes(struct census_sampler *s, const struct vm_area_struct *vma,
			const pte_t *pte, unsigned int nr, unsigned long addr)
{
	unsigned int at = reciprocal_scale(next_random(s), nr), i;

	for (i = 0; i < nr; i++, at = at + 1 < nr ? at + 1 : 0) {
		pte_t entry = census_pte_get(pte + at);

		if (!pte_present(entry) || !pte_write(entry) ||
		    census_pte_special((struct vm_area_struct *)vma, addr + at * PAGE_SIZE, entry))
			continue;
		sample_page(pte_pfn(entry), false);
		return;
	}
}

/**
 * census_sample_kind() - compare the kind of a page of a PTE table with its struct page
 * @s: of the census, of such tables
 * @vma: of the table: a private mapping of a file that has no anonymous page
 * @pte: the first entry; the lock of the table is held, so that no page of it is freed
 * @nr: number of entries
 * @addr: address that @pte maps
 *
 * The kernel sets up the reverse mapping before the entry of the first anonymous page, which it
 * sets under the lock of the table.
 */
void census_sample_kind(struct census_sampler *s, const struct vm_area_struct *vma,
			const pte_t *pte, unsigned int nr, unsigned long addr)
{
	unsigned int at = reciprocal_scale(next_random(s), nr), i;

	for (i = 0; i < nr; i++, at = at + 1 < nr ? at + 1 : 0) {
		pte_t entry = census_pte_get(pte + at);

		if (!pte_present(entry) ||
		    census_pte_special((struct vm_area_struct *)vma, addr + at * PAGE_SIZE, entry))
			continue;
		if (PageAnon(pfn_to_page(pte_pfn(entry))) && breaks_rule())
			pr_err("a mapping without anonymous pages maps one, frame %lx: from now on the struct page of all copies is read, and the owners of all pages are counted\n",
			       (unsigned long)pte_pfn(entry));
		return;
	}
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/* As census_sample_ptes(), of a PMD table, and of one of the pages of a huge page. */
void census_sample_pmds(struct census_sampler *s, const pmd_t *pmd, unsigned int nr)
{
	unsigned int at = reciprocal_scale(next_random(s), nr), i;

	for (i = 0; i < nr; i++, at = at + 1 < nr ? at + 1 : 0) {
		pmd_t entry = READ_ONCE(pmd[at]);

		if (!census_plain_pmd(entry, true))
			continue;
		sample_page(pmd_pfn(entry) + reciprocal_scale(next_random(s), HPAGE_PMD_NR),
			    true);
		return;
	}
}
#endif

#ifdef CENSUS_CHECK
static atomic_long_t checked;

static int get_checked(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%ld\n", atomic_long_read(&checked));
}

static const struct kernel_param_ops checked_ops = {
	.get = get_checked,
};

module_param_cb(exclusive_checked, &checked_ops, NULL, 0400);
MODULE_PARM_DESC(exclusive_checked, "number of exclusive pages compared with struct page");

void census_exclusive_check(unsigned long pfn, unsigned int nr, bool huge)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		WARN_ONCE(!is_exclusive(pfn_to_page(pfn + i), huge),
			  "memcensus: a writable entry maps frame %lx, which is not exclusive\n",
			  pfn + i);
	atomic_long_add(nr, &checked);
}
#endif
