/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is counted of an address space: the runs of its mappings go in, on
 * either basis, figures come out.  Knows neither page tables nor the locks
 * that are held while runs come in.
 */
#ifndef _CENSUS_TALLY_H
#define _CENSUS_TALLY_H

#include "collect.h"
#include "files.h"
#include "frames.h"
#include "snapshot.h"
#include "walk.h"

/**
 * struct census_tally - the count of a census, or of one of its workers
 * @snap: being filled
 * @basis: &enum memcensus_basis
 * @frames: owners of frames and swap slots
 * @files: of all workers
 * @path_buffer: of PATH_MAX, where mappings are requested; else NULL
 * @later: only owners are counted: an earlier slice has taken all the rest
 * @m: the present address space
 * @vma: the present mapping
 * @record: its record, or NULL
 * @met: the last record of @m in this visit, or NULL
 * @sums: where its pages are added
 * @unused: for @sums, if @later
 * @gone: pages of address spaces that vanished while they were walked
 * @class: of its frames, where @vma decides that
 * @of_heap: what of @vma is heap or stack is added there too; else NULL
 * @placed: bitmaps of the pages of @vma are requested
 * @pages: mapped pages met
 * @rss_before: of @sums, when @vma was begun or gone on with, for @of_heap
 */
struct census_tally {
	struct census_snapshot *snap;
	u8 basis;
	struct census_frames *frames;
	struct census_files *files;
	char *path_buffer;
	bool later;
	struct census_mm *m;
	struct vm_area_struct *vma;
	struct census_vma *record;
	struct census_vma *met;
	struct census_sums *sums;
	struct census_sums unused;
	struct census_holding gone[CENSUS_KINDS];
	enum census_class class;
	u64 *of_heap;
	bool placed;
	u64 pages;
	u64 rss_before;
};

int census_tally_begin(struct census_tally *t, struct census_snapshot *snap,
		       struct census_files *files);
void census_tally_end(struct census_tally *t);
int census_tally_mm(struct census_tally *t, struct census_mm *m);
void census_tally_forget(struct census_tally *t, struct census_mm *m);
int census_tally_vma(struct census_tally *t, struct vm_area_struct *vma,
		     unsigned long addr, struct census_walk *walk);
void census_tally_vma_end(struct census_tally *t, struct census_walk *walk);
int census_tally_error(const struct census_tally *t);
void census_tally_figures(struct census_tally *t, struct census_mm *m,
			  bool swap_known);

#endif /* _CENSUS_TALLY_H */
