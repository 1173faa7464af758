/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What census.c and the questions in questions/ know of a census in progress.
 *
 * A walk marks which pages each address space maps, and the owners of each page are counted.
 * Everything else that a request wants to know is a question, asked of the same marks: what groups
 * have, who shares with whom, who is charged.  Each is a file in questions/; census.c calls it at
 * each step, if the request asks.
 */
#ifndef _CENSUS_QUESTION_H
#define _CENSUS_QUESTION_H

#include "census/scan.h"
#include "census/snapshot.h"

/**
 * struct census - a census in progress
 * @req: the request
 * @snap: the result
 * @budget: limit of the memory for counting owners
 * @files: files that are mapped
 * @scan: the address spaces, and what is counted of them
 * @group_holdings: by group and kind, what groups have; NULL: not asked
 * @share: state of questions/share.c; NULL: not asked
 * @begun: a slice was
 * @pss: sum over all owners, 1/2^36 page
 * @full: results use all of max_results
 */
struct census {
	const struct census_request *req;
	struct census_snapshot *snap;
	struct census_budget budget;
	struct census_files files;
	struct census_scan scan;
	struct census_holding *group_holdings;
	void *share;
	bool begun;
	census_share pss;
	bool full;
};

/*
 * The steps of a question.  Errors are those of census_get().
 *
 * begin: all address spaces are collected.  Its state is memory of the collection.
 * restart: the count starts, or starts again in more slices: forgets what was counted.
 * page: receives what an entry maps, as &struct census_walk.page.
 * count: a slice is walked and the owners of its pages are counted: adds them, and forgets what
 *	only this slice needed.
 * finish: all slices are counted, and all records made.
 * end: frees what is not memory of the collection, also after an error of begin.
 */
int census_groups_begin(struct census *c);
void census_groups_restart(struct census *c);
int census_groups_count(struct census *c);
int census_groups_finish(struct census *c);

int census_share_begin(struct census *c);
void census_share_restart(struct census *c);
int census_share_count(struct census *c);
int census_share_finish(struct census *c);

int census_charges_begin(struct census *c);
void census_charges_restart(struct census_tally *t);
void census_charges_page(struct census_tally *t, const struct census_place *place);
void census_charges_count(struct census_tally *t);
int census_charges_finish(struct census *c);
void census_charges_end(struct census_tally *t);

#endif /* _CENSUS_QUESTION_H */
