// SPDX-License-Identifier: GPL-2.0
/*
 * Compares the rule of exclusive.h with the kernel's own state.  Only compiled with
 * CENSUS_CHECK: for debug kernels (CONFIG_DEBUG_VM), and for tests.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/page-flags.h>

#include "walk/exclusive.h"

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

static bool is_exclusive(struct page *page, bool huge)
{
	struct folio *folio = page_folio(page);

	if (!folio_test_anon(folio) || folio_test_ksm(folio))
		return false;
	/* A page that a PMD maps has the flag in its first struct page. */
	if (!PageAnonExclusive(huge ? &folio->page : page))
		return false;
	return !CENSUS_MAPCOUNT_EXACT || census_page_mapcount(folio, page) == 1;
}

void census_exclusive_check(unsigned long pfn, unsigned int nr, bool huge)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		WARN_ONCE(!is_exclusive(pfn_to_page(pfn + i), huge),
			  "memcensus: a writable entry maps frame %lx, which is not exclusive\n",
			  pfn + i);
	atomic_long_add(nr, &checked);
}
