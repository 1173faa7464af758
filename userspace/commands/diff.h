/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What became of a process between two censuses.
 */
#ifndef READER_DIFF_H
#define READER_DIFF_H

#include "model/columns.h"

/* What happened to it; by PSS, where it was and is there. */
enum diff_change {
	DIFF_UNKNOWN,
	DIFF_SAME,
	DIFF_NEW,
	DIFF_GONE,
	DIFF_GROWN,
	DIFF_SHRUNK,
	DIFF_CHANGED,		/* another figure did */
};

/**
 * struct diff_row - a process
 * @before, @after: in the two censuses; NULL in the one where it is not
 * @snap: the census that has its names: the later one it is in
 * @same_basis: shares can be compared
 */
struct diff_row {
	const struct task *before;
	const struct task *after;
	const struct snapshot *snap;
	bool same_basis;
};

/* Of struct diff_row. */
extern const struct record_type diff_record;

enum diff_change diff_change(const struct diff_row *row);

#endif /* READER_DIFF_H */
