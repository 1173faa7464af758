/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers file pages by file and index.
 *
 * A present entry of a page cache mapping is the file's page at the index that follows
 * from the address.  With these numbers the walk meets pages in the order of their
 * numbers, even if the frames are scattered.  A page that migrates between two walks
 * remains one page.
 *
 * All mappings of a file must number its pages in the same way.  So this depends on how
 * the mapping gets its pages and on their index, not on the process or on what else it maps: see
 * census_files_key().  Users choose how many files there are: if these do not fit, the others'
 * pages are numbered by frame.
 */
#ifndef _CENSUS_FILES_H
#define _CENSUS_FILES_H

#include <linux/fs.h>
#include <linux/mm_types.h>

#include "count/marks.h"

/**
 * struct census_files - files found by the walk
 * @only: only mappings of this file are walked, and its pages counted; NULL: all
 * @budget: of the census
 * @ids_budget: limit of the part of it for @ids and @table: files are found under mmap and VMA
 *	locks
 * @ids: &struct file_id; the first units are not used
 * @table: @ids by identity
 * @nr: number of @ids
 * @full: nothing is added to @ids: pages of other files are numbered by frame
 */
struct census_files {
	const struct address_space *only;
	struct census_budget *budget;
	struct census_budget ids_budget;
	struct census_pool ids;
	struct census_table table;
	u32 nr;
	bool full;
};

/* Index of the first page of a file for which a key has no room. */
#define CENSUS_INDEX_END ((pgoff_t)CENSUS_SPACE(1) << CENSUS_BLOCK_SHIFT)

/* Checks whether a VMA, locked, is to be walked.  An anonymous one of /dev/zero has no file. */
static inline bool census_files_want(const struct census_files *files,
				     const struct vm_area_struct *vma)
{
	return !files->only || (vma->vm_file && vma->vm_ops &&
				vma->vm_file->f_mapping == files->only);
}

const struct address_space *census_file_mapping(struct file *file);
void census_files_init(void);
int census_files_begin(struct census_files *files, struct census_budget *budget);
void census_files_restart(struct census_files *files);
void census_files_end(struct census_files *files);
/* The file of @key, which census_files_key() gave to a page; false: it is no page of a file. */
bool census_files_find(const struct census_files *files, u64 key, dev_t *dev, u64 *inode);
unsigned long census_files_key_end(struct vm_area_struct *vma, enum census_class class,
				   unsigned long addr, unsigned long end);
u64 census_files_key(struct census_files *files, struct vm_area_struct *vma,
		     enum census_class class, unsigned long addr);

#endif /* _CENSUS_FILES_H */
