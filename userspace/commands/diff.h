/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The change of a process between two censuses.
 */
#ifndef READER_DIFF_H
#define READER_DIFF_H

#include "model/columns.h"

/* The change of a process; by PSS if it is in both censuses. */
enum diff_change {
	DIFF_UNKNOWN,
	DIFF_SAME,
	DIFF_NEW,
	DIFF_GONE,
	DIFF_GROWN,
	DIFF_SHRUNK,
	DIFF_CHANGED,		/* PSS is the same, another figure is not */
};

/**
 * struct diff_row - a process
 * @before, @after: its records in the two censuses; NULL where it is missing
 * @snap: the later census that has it; it provides the names
 * @same_basis: shares are comparable
 */
struct diff_row {
	const struct task *before;
	const struct task *after;
	const struct snapshot *snap;
	bool same_basis;
};

/* Columns for struct diff_row. */
extern const struct record_type diff_record;

enum diff_change diff_change(const struct diff_row *row);

#endif /* READER_DIFF_H */
