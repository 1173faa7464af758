// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's headers that headers.awk reads.  This file is preprocessed, never compiled:
 * what the compiler would see is what is found, for any configuration and architecture,
 * and wherever a distribution keeps its headers.
 */
#include <linux/fs.h>
#include <linux/huge_mm.h>
#include <linux/hugetlb.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/mmap_lock.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>
#include <linux/pgtable.h>
#include <linux/sched/coredump.h>
#include <linux/swapops.h>
#include <linux/vmstat.h>
#include <linux/xarray.h>
#include <net/genetlink.h>

/*
 * What must be found, so that a name that a kernel to come gives away is an error and no silent
 * answer.  CENSUS_ONE_OF: each kernel has one of these names.  CENSUS_WITH: a kernel that has the
 * first name has the others.  A macro is not a declaration: where a name may be one, the
 * preprocessor asks.  Add the newest name to a line, never take away one that older kernels have.
 */
CENSUS_ONE_OF(is_vm_hugetlb_page, vma_is_hugetlb)
CENSUS_ONE_OF(is_cow_mapping, vma_is_cow_mapping)
CENSUS_ONE_OF(get_dumpable, task_exec_state_get_dumpable)
CENSUS_ONE_OF(genl_dumpit_info, genl_info_dump)
CENSUS_ONE_OF(pte_to_swp_entry, softleaf_from_pte)
CENSUS_ONE_OF(page_memcg_check, folio_memcg_check)
#ifndef pmd_special
CENSUS_WITH(follow_pfnmap_args, pmd_special)
CENSUS_ONE_OF(pmd_devmap, pmd_special)
#endif
CENSUS_WITH(vma_flags_test, softleaf_from_pmd, softleaf_has_pfn, softleaf_is_swap, softleaf_type)
CENSUS_WITH(vma_flags_test, softleaf_to_pfn)
CENSUS_WITH(vma_flags_test, softleaf_is_migration_write, softleaf_is_migration_read_exclusive)
CENSUS_WITH(vma_flags_test, xas_get_order, file_user_path, file_user_inode)
CENSUS_WITH(vma_flags_test, PageZsmalloc, folio_test_large_kmalloc)
#ifdef CONFIG_UNACCEPTED_MEMORY
CENSUS_WITH(vma_flags_test, PageUnaccepted)
#endif
#if defined(CONFIG_PAGE_POOL) && !defined(PP_SIGNATURE)
CENSUS_ONE_OF(PageNetpp, page_pool_page_is_pp)
#endif
