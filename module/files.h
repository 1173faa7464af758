/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of files by file and index.
 *
 * A present entry of a mapping of page cache is the file's page at the index that
 * follows from the address.  Numbered so, the order of the walk is the order of
 * the numbers, however the frames are scattered, and a page that migrates between
 * two walks stays one page.
 *
 * All mappings of a file must agree on it, so it depends on how the mapping's
 * pages get there, not on the process: see census_files_key().
 */
#ifndef _CENSUS_FILES_H
#define _CENSUS_FILES_H

#include <linux/mm_types.h>
#include <linux/spinlock.h>

#include "frames.h"

#define CENSUS_FILES_BUCKETS_BITS 10

/**
 * struct census_files - the files that were met
 * @budget: of the census
 * @lock: for adding; reading takes RCU, and nothing is removed
 * @buckets: by address of the &struct address_space
 * @nr: how many
 */
struct census_files {
	struct census_budget *budget;
	spinlock_t lock;
	struct hlist_head buckets[1 << CENSUS_FILES_BUCKETS_BITS];
	u32 nr;
};

void census_files_begin(struct census_files *files, struct census_budget *budget);
void census_files_end(struct census_files *files);
int census_files_key(struct census_files *files, struct vm_area_struct *vma,
		     enum census_class class, u64 *key);

#endif /* _CENSUS_FILES_H */
