/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts the memory of an address space: receives the counts and masks of its VMAs, and returns
 * figures.  It does not know page tables or the locks of the walk.
 */
#ifndef _CENSUS_TALLY_H
#define _CENSUS_TALLY_H

#include <linux/types.h>

#include "census/collect.h"
#include "census/snapshot.h"
#include "census/swapped.h"
#include "count/files.h"
#include "count/marks.h"
#include "walk/walk.h"

/**
 * struct census_tally - counts of address spaces
 * @snap: snapshot in progress
 * @marks: owners of frames and swap slots
 * @files: files that are mapped
 * @charges: state of questions/charges.c, which wants each page; NULL: not asked
 * @path_buffer: PATH_MAX bytes if records of VMAs are requested; else NULL
 * @counts: memory of what is counted for these records
 * @wanted: memory that the next record lacks, bytes; 0: nothing is lacking
 * @unnamed: first record since the lock was taken, of which files may have no name yet; or NULL
 * @nameless: there was no memory for the name of a file
 * @later: an earlier slice has counted everything else: count only owners
 * @m: the current address space
 * @vma: the current VMA
 * @walk: its walk
 * @record: record of @vma, or NULL
 * @sums: receives the pages of @vma
 * @holdings: of the current owner: of @record, or of @m
 * @unused: target of @sums if @later
 * @class: of the pages of @vma, except for copies in a private mapping
 * @of_heap: sum of heap or stack if @vma is one of these; else NULL
 * @wants_flags: the flags of each page of @m are counted
 * @swapped: of the file of @vma, what is to be looked at for pages in swap
 * @pages: mapped pages met
 * @rss_before: RSS of @sums when the part of @vma started, for @of_heap
 */
struct census_tally {
	struct census_snapshot *snap;
	struct census_marks *marks;
	struct census_files *files;
	void *charges;
	char *path_buffer;
	struct census_arena counts;
	size_t wanted;
	struct census_vma *unnamed;
	bool nameless;
	bool later;
	struct census_mm *m;
	struct vm_area_struct *vma;
	struct census_walk *walk;
	struct census_vma *record;
	struct census_sums *sums;
	struct census_holding *holdings;
	struct census_sums unused;
	enum census_class class;
	u64 *of_heap;
	bool wants_flags;
	struct census_swapped swapped;
	u64 pages;
	u64 rss_before;
};

int census_tally_begin(struct census_tally *t, struct census_snapshot *snap,
		       struct census_files *files);
void census_tally_end(struct census_tally *t);
int census_tally_mm(struct census_tally *t, struct census_mm *m);
int census_tally_lock(struct census_tally *t);
void census_tally_unlock(struct census_tally *t, struct census_walk *walk);
void census_tally_forget(struct census_tally *t, struct census_mm *m);
int census_tally_vma(struct census_tally *t, struct vm_area_struct *vma,
		     unsigned long addr, struct census_walk *walk);
unsigned long census_tally_part(struct census_tally *t, unsigned long addr);
void census_tally_part_end(struct census_tally *t, unsigned long addr, unsigned long next);
int census_tally_error(const struct census_tally *t);
int census_tally_figures(struct census_tally *t, struct census_mm *m,
			 bool swap_known, struct census_figures *figures);

#endif /* _CENSUS_TALLY_H */
