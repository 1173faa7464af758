/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What census.c and the questions in questions/ know of a census in progress.
 *
 * A walk marks which pages each address space maps, and the owners of each page are counted.
 * Everything else that a request wants to know is a question, asked of the same marks: what groups
 * have, who shares with whom, who is charged, on which node pages are.  A question is a file in
 * questions/, and does here what it needs to do at each step; a census runs those of its request
 * only.  census.c has the steps.
 */
#ifndef _CENSUS_QUESTION_H
#define _CENSUS_QUESTION_H

#include "census/scan.h"
#include "census/snapshot.h"
#include "owners/pairs.h"

/**
 * struct census - a census in progress
 * @req: the request
 * @snap: the result
 * @budget: limit of the memory for counting owners
 * @files: files that are mapped
 * @scan: the address spaces, and what is counted of them
 * @asked: &struct census_asked, in the order of census_questions
 * @matrix: of a SHARE request by groups, what they have in common: groups.c counts it, and share.c
 *	sends it; else NULL
 * @begun: a slice was
 * @swap_owners: other owners of swap slots were collected
 * @pss: sum over all owners, 1/2^36 page
 * @full: results use all of max_results
 */
struct census {
	const struct census_request *req;
	struct census_snapshot *snap;
	struct census_budget budget;
	struct census_files files;
	struct census_scan scan;
	struct list_head asked;
	struct census_matrix *matrix;
	bool begun;
	bool swap_owners;
	census_share pss;
	bool full;
};

/**
 * struct census_question - what is asked of the marks of a census
 * @size: bytes of its state, which is zeroed before @begin, and memory of the collection
 * @is_asked: checks whether a request asks it
 * @begin: all address spaces are collected.  Return: 0 or an error, also then @end follows
 * @restart: the count starts, or starts again in more slices: forgets what was counted
 * @wants: checks whether @page is to be called for pages of the current address space
 * @page: receives what an entry maps, as &struct census_walk_ops.page
 * @forget: an address space vanished: what @page received of it does not count
 * @count: a slice is walked and the owners of its pages are counted: adds them, and forgets what
 *	only this slice needed.  Return: 0 or an error
 * @task: an address space has its record and figures.  Return: 0 or an error
 * @finish: all slices are counted, and all records made.  Return: 0 or an error
 * @end: frees what is not memory of the collection
 *
 * All from @restart on may be NULL.  Errors are those of census_take().
 */
struct census_question {
	size_t size;
	bool (*is_asked)(const struct census_request *req);
	int (*begin)(struct census *c, void *state);
	void (*restart)(struct census *c, void *state);
	bool (*wants)(const struct census_tally *t);
	void (*page)(void *state, const struct census_tally *t, const struct census_place *place);
	void (*forget)(void *state, const struct census_mm *m);
	int (*count)(struct census *c, void *state);
	int (*task)(struct census *c, void *state, const struct census_mm *m);
	int (*finish)(struct census *c, void *state);
	void (*end)(struct census *c, void *state);
};

/**
 * struct census_asked - a question of a census
 * @link: in &struct census.asked
 * @question: the question
 * @state: of @question
 * @wanted: its @page is called for pages of the current address space
 */
struct census_asked {
	struct list_head link;
	const struct census_question *question;
	void *state;
	bool wanted;
};

/* All questions, from questions/questions.c; one that is not in this module is NULL. */
extern const struct census_question *const census_questions[];
extern const unsigned int census_nr_questions;

#endif /* _CENSUS_QUESTION_H */
