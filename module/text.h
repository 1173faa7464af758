/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A snapshot as aligned text, in KiB, with "-" for unknown values.  Only reads a const
 * snapshot.
 */
#ifndef _CENSUS_TEXT_H
#define _CENSUS_TEXT_H

#include <linux/seq_file.h>

#include "snapshot.h"

struct census_view;

/**
 * struct census_text - one text file
 * @name: of the file
 * @parts: MEMCENSUS_PART_* that it shows
 * @rows: returns the number of rows of a snapshot
 * @show: prints one row; called again if the buffer was too small
 */
struct census_text {
	const char *name;
	u32 parts;
	unsigned int (*rows)(const struct census_snapshot *snap);
	void (*show)(struct seq_file *seq, const struct census_view *view,
		     unsigned int row);
};

#define CENSUS_TOP 20

/**
 * struct census_view - an open text file
 * @text: type of the file
 * @snap: a reference
 * @ns: PID namespace for the PIDs; a reference
 * @top: tasks with the highest PSS, for the summary
 * @nr_top: number of @top
 * @sums: figures of all tasks, by &enum memcensus_figure, for the summary
 */
struct census_view {
	const struct census_text *text;
	const struct census_snapshot *snap;
	struct pid_namespace *ns;
	const struct census_task *top[CENSUS_TOP];
	unsigned int nr_top;
	u64 sums[MEMCENSUS_F_MAX + 1];
};

extern const struct census_text census_texts[];
extern const unsigned int census_nr_texts;

void census_text_comm(struct seq_file *seq, const char *comm);
int census_text_open(struct file *file, const struct census_text *text);
int census_text_release(struct inode *inode, struct file *file);

#endif /* _CENSUS_TEXT_H */
